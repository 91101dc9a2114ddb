/**
 * The source as a few CommonJS files, with each module in exactly one of them: the copies of what several groups need would be most of the package.
 *
 * esbuild splits modules by which groups reach them, as ES modules and into a hundred chunks. homes.mjs says which chunks share a file, and the second
 * pass puts them together, as CommonJS, which starts 10 ms sooner than ES modules do.
 */
import path from 'node:path';
import { build } from 'esbuild';
import { shareFiles } from './homes.mjs';
import { GROUPS, OPTIONS, root, START, WEIGHTS } from './groups.mjs';

/** What no group needs at once: packages load it by themselves when it is wanted. */
const OF_PACKAGES = 'later';

/** @typedef {{bytes: number, imports: readonly {path: string, kind: string, external?: boolean}[], modules: readonly string[]}} Chunk */
/** `needs`: other files, and modules of Node. @typedef {{bytes: number, modules: readonly string[], needs: readonly string[]}} BuiltFile */

const NAMES = Object.keys(GROUPS);
const groupOf = (/** @type {string} */ chunk) => NAMES.find((name) => `${name}.js` === chunk);
/** As a name of JavaScript. @param {string} chunk */
const nameOf = (chunk) => path.basename(chunk, '.js').replaceAll('-', '_');
const isLazy = (/** @type {{kind: string}} */ { kind }) => kind === 'dynamic-import';

/** What a chunk needs at once. @param {ReadonlyMap<string, Chunk>} chunks @param {string} name @param {Set<string>} found */
const closureOf = (chunks, name, found = new Set()) => {
  const chunk = chunks.get(name);
  if (chunk === undefined || found.has(name)) return found;
  found.add(name);
  for (const needed of chunk.imports) if (!isLazy(needed)) closureOf(chunks, needed.path, found);
  return found;
};

/** Chunk to file. @param {ReadonlyMap<string, Chunk>} chunks @returns {ReadonlyMap<string, string>} */
const homesOf = (chunks) => {
  /** @type {Map<string, import('./homes.mjs').Piece>} */
  const pieces = new Map();
  const named = new Set(NAMES.flatMap((name) => [...closureOf(chunks, `${name}.js`)]));
  for (const [name, { bytes, imports }] of chunks) {
    if (!named.has(name)) continue;
    const needs = imports.filter((needed) => !isLazy(needed)).map((needed) => needed.path);
    const group = groupOf(name);
    pieces.set(name, { bytes, needs, isFixed: group !== undefined, isAlone: group === START });
  }
  const processes = Object.entries(GROUPS).flatMap(([name, [, ...beside]]) =>
    Array.from({ length: WEIGHTS[name] ?? 1 }, () => [name, ...beside].map((group) => `${group}.js`)),
  );
  /** @type {Map<string, string>} */
  const homes = new Map();
  let count = 0;
  for (const members of shareFiles(pieces, processes)) {
    const file = members.map(groupOf).find((group) => group !== undefined) ?? `shared-${(count += 1)}`;
    for (const chunk of members) homes.set(chunk, file);
  }
  for (const chunk of chunks.keys()) if (!homes.has(chunk)) homes.set(chunk, OF_PACKAGES);
  return homes;
};

/** What a file hands out: its group's own exports, and each chunk that another file takes something from, under its name. */
const entriesOf = (/** @type {ReadonlyMap<string, Chunk>} */ chunks, /** @type {ReadonlyMap<string, string>} */ homes) => {
  /** @type {Map<string, string[]>} */
  const entries = new Map();
  for (const [chunk, home] of homes) {
    const lines = entries.get(home) ?? [];
    entries.set(home, lines);
    const isWanted = [...chunks].some(
      ([name, { imports }]) => homes.get(name) !== home && imports.some((needed) => needed.path === chunk),
    );
    if (groupOf(chunk) !== undefined) lines.push(`export * from './${chunk}';`);
    else if (isWanted) lines.push(`export * as ${nameOf(chunk)} from './${chunk}';`);
  }
  return entries;
};

/**
 * @param {ReadonlyMap<string, string>} texts of the chunks
 * @param {ReadonlyMap<string, string>} homes
 * @param {ReadonlyMap<string, readonly string[]>} entries
 * @returns {import('esbuild').Plugin}
 */
const joining = (texts, homes, entries) => ({
  name: 'join-chunks',
  setup: (builder) => {
    const inFile = (/** @type {string} */ file, /** @type {string | undefined} */ contents) => ({
      contents,
      pluginData: file,
      resolveDir: root,
    });
    builder.onResolve({ filter: /^home:/ }, ({ path: name }) => ({ path: name.slice('home:'.length), namespace: 'home' }));
    builder.onLoad({ filter: /.*/, namespace: 'home' }, ({ path: file }) => inFile(file, entries.get(file)?.join('\n')));
    builder.onResolve({ filter: /^\.\// }, ({ path: specifier, pluginData: file, namespace }) => {
      if (namespace === 'abroad') return { path: specifier, external: true };
      const chunk = path.basename(specifier);
      if (homes.get(chunk) === file) return { path: chunk, namespace: 'chunk', pluginData: file };
      if (groupOf(chunk) !== undefined) return { path: `./${homes.get(chunk)}.cjs`, external: true };
      return { path: chunk, namespace: 'abroad' };
    });
    builder.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path: chunk, pluginData }) => inFile(pluginData, texts.get(chunk)));
    builder.onLoad({ filter: /.*/, namespace: 'abroad' }, ({ path: chunk }) =>
      inFile('', `module.exports = require('./${homes.get(chunk)}.cjs').${nameOf(chunk)};`),
    );
  },
});

/**
 * `inputs`: every module that was read. `files`: by name what is in each file of JavaScript, and what it loads.
 * @returns {Promise<{inputs: readonly string[], outputFiles: readonly import('esbuild').OutputFile[], files: Readonly<Record<string, BuiltFile>>}>}
 */
export const bundle = async () => {
  const split = await build({
    ...OPTIONS,
    entryPoints: Object.fromEntries(Object.entries(GROUPS).map(([name, [module]]) => [name, module])),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    chunkNames: 'chunk-[hash]',
    // What chunks take from each other gets short names.
    minifyIdentifiers: true,
    sourcemap: 'inline',
    metafile: true,
    write: false,
  });
  const texts = new Map(split.outputFiles.map((file) => [path.basename(file.path), file.text]));
  /** @type {Map<string, Chunk>} */
  const chunks = new Map();
  for (const [name, { imports, inputs }] of Object.entries(split.metafile.outputs))
    chunks.set(path.basename(name), {
      imports: imports.map((needed) => (needed.external ? needed : { ...needed, path: path.basename(needed.path) })),
      modules: Object.keys(inputs),
      // Without the source map, which is in there as well.
      bytes: Object.values(inputs).reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0),
    });
  const homes = homesOf(chunks);
  const entries = entriesOf(chunks, homes);

  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    entryPoints: Object.fromEntries([...entries.keys()].map((file) => [file, `home:${file}`])),
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    minify: true,
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    plugins: [joining(texts, homes, entries)],
    metafile: true,
    write: false,
  });
  /** @type {Record<string, BuiltFile>} */
  const files = {};
  for (const file of entries.keys()) {
    const own = [...chunks].filter(([name]) => homes.get(name) === file).map(([, chunk]) => chunk);
    const imports = own.flatMap((chunk) => chunk.imports);
    const loaded = imports.filter((needed) => !isLazy(needed)).map((needed) => homes.get(needed.path) ?? needed.path);
    files[file] = {
      bytes: metafile.outputs[`dist/${file}.cjs`]?.bytes ?? 0,
      modules: own.flatMap((chunk) => chunk.modules),
      needs: [...new Set(loaded)].filter((name) => name !== file),
    };
  }
  return { inputs: Object.keys(split.metafile.inputs), outputFiles, files };
};
