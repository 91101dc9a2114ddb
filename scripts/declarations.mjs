/**
 * Types of what other people import (`xacct/sandbox`, …): the declarations of each entry and of all it reaches, in dist/types, with relative
 * specifiers in place of `#room/…`, which only this package could resolve.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SPECIFIER = /((?:from|import)\s*\(?\s*)(["'])(#[^"']+|\.[^"']+)\.ts\2/g;

/** `src/sandbox/open.ts` seen from `src/`: `sandbox/open`. @param {string} from @param {string} specifier */
const moduleOf = (from, specifier) =>
  specifier.startsWith('#') ? specifier.slice(1) : path.posix.join(path.posix.dirname(from), specifier);

/** @param {string} from @param {string} to */
const relativeTo = (from, to) => {
  const way = path.posix.relative(path.posix.dirname(from), to);
  return way.startsWith('.') ? way : `./${way}`;
};

/** `.d.cts`, because what they describe is CommonJS. @param {string} root @param {readonly string[]} entries names below src, without `.ts` */
export const writeDeclarations = async (root, entries) => {
  const drafts = await mkdtemp(path.join(tmpdir(), 'xacct-types-'));
  try {
    const project = path.join(root, `tsconfig.declarations.${process.pid}.json`);
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
        files: ['src/ambient.d.ts', ...entries.map((entry) => `src/${entry}.ts`)],
      }),
    );
    try {
      execFileSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', project], { cwd: root, stdio: 'inherit' });
    } finally {
      await rm(project, { force: true });
    }
    /** @type {Set<string>} */
    const done = new Set();
    const write = async (/** @type {string} */ name) => {
      if (done.has(name)) return;
      done.add(name);
      const text = await readFile(path.join(drafts, `${name}.d.ts`), 'utf8');
      /** @type {string[]} */
      const reached = [];
      const rewritten = text.replace(SPECIFIER, (_all, before, quote, specifier) => {
        const to = moduleOf(name, specifier);
        reached.push(to);
        return `${before}${quote}${relativeTo(name, to)}.cjs${quote}`;
      });
      const file = path.join(root, 'dist/types', `${name}.d.cts`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, rewritten);
      for (const to of reached) await write(to);
    };
    for (const entry of entries) await write(entry);
  } finally {
    await rm(drafts, { recursive: true, force: true });
  }
};
