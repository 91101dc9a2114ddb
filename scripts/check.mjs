/**
 * Everything that can be judged without running the product: `npm run check`. With --fast: lint, types and the unit tests.
 * With --update the list of packed files is written anew. All steps run, also after one that failed.
 */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

const root = path.resolve(import.meta.dirname, '..');
const PACKED_FILES = 'test/golden/packed-files.txt';

/** @typedef {{ok: boolean, output: string}} Outcome */

/** @param {string} command @param {string[]} args @returns {Promise<Outcome>} */
const run = (command, args) =>
  new Promise((resolve) => {
    // Packing must not build once more.
    const env = { ...process.env, npm_config_ignore_scripts: 'true', npm_config_loglevel: 'error' };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (status) => resolve({ ok: status === 0, output }));
  });

/** @param {string} name @param {string[]} args */
const tool = (name, ...args) => run(path.join(root, 'node_modules/.bin', name), args);

const MOST_LINES = 60;

/** @param {string} output @returns {string} */
const shorten = (output) => {
  const lines = output.trimEnd().split('\n');
  const shown = lines.slice(0, MOST_LINES);
  if (lines.length > MOST_LINES) shown.push(`… and ${lines.length - MOST_LINES} more lines`);
  return shown.map((line) => `  ${line}`).join('\n');
};

/** The files that `npm pack` would ship, compared with the list that was last agreed on. @returns {Promise<Outcome>} */
const packedFiles = async () => {
  const { ok, output } = await run('npm', ['pack', '--dry-run', '--json']);
  if (!ok) return { ok, output };
  const [{ files }] = JSON.parse(output.slice(output.indexOf('[')));
  // How many files hold what several need follows from the code.
  const names = files.map((/** @type {{path: string}} */ file) => file.path.replace(/shared-\d+/, 'shared-N'));
  const actual = `${[...new Set(names)].toSorted().join('\n')}\n`;
  const file = path.join(root, PACKED_FILES);
  if (process.argv.includes('--update')) await writeFile(file, actual);
  const agreed = await readFile(file, 'utf8').catch(() => '');
  if (actual === agreed) return { ok: true, output: '' };
  return {
    ok: false,
    output: `npm would pack\n${actual}\nbut ${PACKED_FILES} says\n${agreed}\n(node scripts/check.mjs --update agrees)`,
  };
};

const lint = { name: 'lint', step: () => tool('oxlint') };
const types = { name: 'types', step: () => tool('tsc', '--noEmit') };

const FULL = [
  { name: 'format', step: () => tool('oxfmt', '--check') },
  lint,
  types,
  { name: 'build', step: () => run(process.execPath, ['scripts/build.mjs']) },
  { name: 'dead code', step: () => tool('knip', '--no-progress') },
  { name: 'package', step: () => tool('publint', '--strict') },
  { name: 'packed files', step: packedFiles },
];

const FAST = [
  lint,
  types,
  { name: 'unit tests', step: () => tool('vitest', 'run', '--config', 'test/vitest.config.ts', 'test/unit') },
];

let passed = 0;
let failed = 0;
for (const { name, step } of process.argv.includes('--fast') ? FAST : FULL) {
  process.stdout.write(name.padEnd(14));
  const start = performance.now();
  const { ok, output } = await step();
  process.stdout.write(`${ok ? 'ok' : 'FAILED'}  ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  if (!ok) process.stdout.write(`${shorten(output)}\n`);
  if (ok) passed += 1;
  else failed += 1;
}

const report = process.env['XACCT_REPORT'];
if (report) await writeFile(report, JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: 0 }));
process.exitCode = failed > 0 ? 1 : 0;
