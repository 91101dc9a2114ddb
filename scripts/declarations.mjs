/**
 * Types of what other people import (`xacct/sandbox`, …): one file for each entry, with the declarations of all that it reaches. As many files as
 * modules were half of the package's, and npm takes 2 to 5 ms for each.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a module takes from others and hands on, as tsc writes it. */
const EXCHANGE = /^(import|export)\s(?:type\s)?\{([^}]*)\}(?:\sfrom\s["']([^"']+)\.ts["'])?;\n/gm;
/** What it names without an import. */
const INLINE = /\bimport\(["']([^"']+)\.ts["']\)\.(?=\w)/g;
const DECLARED = /^(?:export )?(?:declare )?(?:abstract )?(?:const|function|class|interface|type|enum) (\w+)/gm;

/** @typedef {{text: string, needs: readonly string[], exports: readonly string[]}} Module */

/** `src/sandbox/open.ts` seen from `src/`: `sandbox/open`. @param {string} from @param {string} specifier */
const moduleOf = (from, specifier) =>
  specifier.startsWith('#') ? specifier.slice(1) : path.posix.join(path.posix.dirname(from), specifier);

/** @param {string} list */
const namesIn = (list) =>
  list
    .split(',')
    .map((name) => name.replace(/^\s*type\s/, '').trim())
    .filter((name) => name !== '');

/** @param {string} folder @param {string} name @returns {Promise<Module>} */
const readModule = async (folder, name) => {
  const draft = await readFile(path.join(folder, `${name}.d.ts`), 'utf8');
  /** @type {string[]} */
  const needs = [];
  /** @type {string[]} */
  const listed = [];
  const exchanged = draft.replace(EXCHANGE, (_all, word, list, specifier) => {
    if (specifier !== undefined) needs.push(moduleOf(name, specifier));
    if (word === 'export') listed.push(...namesIn(list));
    return '';
  });
  const text = exchanged.replace(INLINE, (_all, specifier) => {
    needs.push(moduleOf(name, specifier));
    return '';
  });
  const left = /^.*(?:\bfrom ["'](?!node:)|\bimport\(|\sas \w+ \}).*$/m.exec(text.replaceAll(/\/\*[^]*?\*\//g, ''));
  if (left) throw new Error(`types of ${name}: this cannot be put into one file: ${left[0].trim()}`);
  const own = [...text.matchAll(/^export (?:declare )?(?:const|function|class|interface|type) (\w+)/gm)].map(
    ([, found = '']) => found,
  );
  return { text: text.replaceAll(/^export (?=\w)/gm, ''), needs, exports: [...listed, ...own] };
};

/** Each module once, what it needs before it. @param {string} folder @param {string} entry */
const flatten = async (folder, entry) => {
  /** @type {Map<string, Module>} */
  const modules = new Map();
  const reach = async (/** @type {string} */ name) => {
    if (modules.has(name)) return;
    const module = await readModule(folder, name);
    modules.set(name, module);
    for (const needed of module.needs) await reach(needed);
  };
  await reach(entry);
  /** @type {Map<string, string>} */
  const owners = new Map();
  for (const [name, { text }] of modules)
    for (const [, declared = ''] of text.matchAll(DECLARED)) {
      const owner = owners.get(declared) ?? name;
      if (owner !== name)
        throw new Error(`types of ${entry}: ${owner} and ${name} both declare ${declared}; call one something else`);
      owners.set(declared, name);
    }
  const exported = modules.get(entry)?.exports.toSorted() ?? [];
  return `${[...modules.values()].map(({ text }) => text).join('')}export { ${exported.join(', ')} };\n`;
};

/**
 * `.d.cts`, because what they describe is CommonJS.
 * @param {string} root
 * @param {Readonly<Record<string, string>>} entries names in dist, to modules below src without `.ts`
 */
export const writeDeclarations = async (root, entries) => {
  const drafts = await mkdtemp(path.join(tmpdir(), 'xacct-types-'));
  const project = path.join(root, `tsconfig.declarations.${process.pid}.json`);
  try {
    await writeFile(
      project,
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: {
          noEmit: false,
          declaration: true,
          emitDeclarationOnly: true,
          noCheck: true,
          rootDir: 'src',
          outDir: drafts,
        },
        include: [],
        files: ['src/ambient.d.ts', ...Object.values(entries).map((entry) => `src/${entry}.ts`)],
      }),
    );
    execFileSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', project], { cwd: root, stdio: 'inherit' });
    for (const [name, entry] of Object.entries(entries))
      await writeFile(path.join(root, 'dist', `${name}.d.cts`), await flatten(drafts, entry));
  } finally {
    await rm(project, { force: true });
    await rm(drafts, { recursive: true, force: true });
  }
};
