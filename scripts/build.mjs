/** Builds dist/: one CommonJS file for each group that is loaded on its own, and the licences of what was bundled. */
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { writeDeclarations } from './declarations.mjs';
import { esbuildTemplates } from './template-plugin.mjs';

const root = path.resolve(import.meta.dirname, '..');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** What main.ts imports dynamically, and the file that it becomes. Anything else imported dynamically is an error. */
const LAZY = {
  '#aws/open.ts': 'aws',
  '#host/config-file.ts': 'config',
  '#host/prompts.ts': 'prompts',
  '#host/paint.ts': 'paint',
  '#cli/emit-open.ts': 'emit',
  '#emit/user-template.ts': 'template',
  '#cli/explain-open.ts': 'explain',
  '#sandbox/open.ts': 'sandbox',
};

/** @type {import('esbuild').Plugin} */
const lazyGroups = {
  name: 'lazy-groups',
  setup(builder) {
    builder.onResolve({ filter: /^#/ }, ({ path: specifier, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      const group = LAZY[specifier];
      if (group === undefined)
        return { errors: [{ text: `${specifier} is imported dynamically but is no group of scripts/build.mjs` }] };
      return { path: `./${group}.cjs`, external: true };
    });
  },
};

const entryPoints = { cli: 'src/main.ts', policy: 'src/policy/library.ts' };
for (const [specifier, group] of Object.entries(LAZY)) entryPoints[group] = `src/${specifier.slice(1)}`;

await rm(path.join(root, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints,
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  mainFields: ['module', 'main'],
  supported: { 'dynamic-import': false },
  sourcemap: 'external',
  legalComments: 'none',
  define: { XACCT_VERSION: JSON.stringify(version) },
  plugins: [lazyGroups, esbuildTemplates],
  metafile: true,
  logLevel: 'warning',
});

/** What other people import has types: see `exports` in package.json. */
await writeDeclarations(root, ['sandbox/open', 'policy/library']);

/** Folders of the packages that have code in the bundle. */
const packages = new Set();
for (const input of Object.keys(metafile.inputs)) {
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
