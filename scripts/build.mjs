/** Builds dist/: CommonJS files that are loaded when they are needed, types, and the licences of what was bundled. */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from './bundle.mjs';
import { writeDeclarations } from './declarations.mjs';
import { root } from './groups.mjs';

const dist = path.join(root, 'dist');
await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const { inputs, outputFiles } = await bundle();
await Promise.all(outputFiles.map(({ path: file, contents }) => writeFile(file, contents)));

/** What other people import has types: see `exports` in package.json. */
await writeDeclarations(root, { sandbox: 'sandbox/open', policy: 'policy/library' });

/** Folders of the packages that have code in the bundle. */
const packages = new Set();
for (const input of inputs) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (match) packages.add(match[1]);
}

/** Licence text to the packages that come under it: most share one text word for word. */
const licences = new Map();
for (const folder of [...packages].toSorted()) {
  const manifest = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
  const files = (await readdir(path.join(root, folder))).filter((name) => /^(licen[cs]e|notice)/i.test(name)).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(path.join(root, folder, name), 'utf8')));
  const text =
    texts.length > 0 ? texts.join('\n').trim() : `Licensed under ${manifest.license}; the package ships no licence text.`;
  licences.set(text, [...(licences.get(text) ?? []), `${manifest.name} ${manifest.version} (${manifest.license})`]);
}
const sections = [...licences].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
await writeFile(path.join(root, 'dist/THIRD_PARTY_LICENSES.txt'), sections.join(`\n${'-'.repeat(80)}\n\n`));
