/**
 * The source as a few CommonJS files, with each module in exactly one of them: the first, in the order of the groups, that needs it; a later
 * file requires that one. So no two files hold copies, and no circle can come about.
 *
 * esbuild splits modules by what reaches them, as ES modules and into a hundred chunks. The second pass puts the chunks of one home together,
 * as CommonJS, which starts 10 ms sooner than ES modules do.
 */
import path from 'node:path';
import { build } from 'esbuild';
import { GROUPS, OPTIONS, root, START } from './groups.mjs';

/** What the start shares with any other: requiring the start's own file would run it. */
const SHARED_WITH_START = 'base';
/** What no group needs at once: packages load it by themselves when it is wanted. */
const OF_PACKAGES = 'later';

/** @typedef {{imports: readonly {path: string, kind: string, external?: boolean}[], modules: readonly string[]}} Chunk */
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
  const closures = NAMES.map((name) => /** @type {const} */ ([name, closureOf(chunks, `${name}.js`)]));
  /** @type {Map<string, string>} */
  const homes = new Map();
  for (const chunk of chunks.keys()) {
    const [first = OF_PACKAGES, second] = closures.filter(([, closure]) => closure.has(chunk)).map(([name]) => name);
    homes.set(chunk, first === START && second !== undefined ? SHARED_WITH_START : first);
  }
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
    entryPoints: GROUPS,
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    chunkNames: 'chunk-[hash]',
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
