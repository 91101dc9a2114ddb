/**
 * Runs the tests on other Nodes: those of the rooms that touch Node, and the tarball, on each supported major; the tarball alone on the oldest.
 * The Nodes come from npm into a temporary folder. With arguments, only the versions that begin so: `npm run test:nodes -- 24`.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');

/** Between Node 20, on which everything runs, and the newest, the product itself is enough, and CI stays under ten minutes. */
const isWhole = process.env['XACCT_ALL_NODES'] === '1';

/** The one place where these versions stand. Tests of sources need a Node that vitest supports; the product itself needs 20.17. */
const NODES = [
  { version: '20.17.0', suites: ['tarball'] },
  { version: '22.23.3', suites: isWhole ? ['test', 'tarball'] : ['tarball'] },
  { version: '24.21.0', suites: isWhole ? ['test', 'tarball'] : ['tarball'] },
  { version: '26.10.0', suites: ['test', 'tarball'] },
];

/** @param {string} folder @param {string} version @returns {Promise<string>} the node program */
const installNode = async (folder, version) => {
  const prefix = path.join(folder, version);
  await mkdir(prefix);
  await writeFile(path.join(prefix, 'package.json'), '{ "private": true }');
  await exec('npm', ['install', '--no-audit', '--no-fund', '--prefix', prefix, `node@${version}`], { cwd: prefix });
  const node = path.join(prefix, 'node_modules/node/bin/node');
  const { stdout } = await exec(node, ['--version']);
  if (stdout.trim() !== `v${version}`) throw new Error(`npm's node@${version} says that it is ${stdout.trim()}`);
  return node;
};

/** The rooms that Node can change under: HTTP, streams, files, child processes. The pure rooms are text and data on every Node. */
const TOUCHING_NODE = ['test/flow', 'test/unit/aws', 'test/unit/host', 'test/unit/sandbox'];

/** Packed once for all Nodes. @param {string} folder @returns {Promise<string | undefined>} the tarball, or undefined after saying why not */
const pack = async (folder) => {
  try {
    const { stdout } = await exec('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], { cwd: root });
    return path.join(folder, JSON.parse(stdout.slice(stdout.indexOf('[')))[0].filename);
  } catch (error) {
    process.stdout.write(`npm pack failed\n${String(error instanceof Error && 'stderr' in error ? error.stderr : error)}\n`);
    process.exitCode = 1;
    return undefined;
  }
};

/** @param {string} node @param {string} config @param {Record<string, string>} env @param {readonly string[]} filters @returns {Promise<number>} exit status */
const vitest = (node, config, env, filters = []) =>
  new Promise((resolve, reject) => {
    const program = path.join(root, 'node_modules/vitest/vitest.mjs');
    const child = spawn(node, [program, 'run', '--config', config, ...filters], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });

/** `…/nodes.json` becomes `…/nodes-24.21.0-test.json`, so that each run leaves its own report. @param {string} name */
const reportFor = (name) => {
  const file = process.env['XACCT_REPORT'];
  return file === undefined ? {} : { XACCT_REPORT: file.replace(/\.json$/, `-${name}.json`) };
};

const wanted = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), 'xacct-nodes-'));
try {
  const chosen = NODES.filter(({ version }) => wanted.length === 0 || wanted.some((start) => version.startsWith(start)));
  // All at once: a download waits more than it works.
  const [tarball, ...programs] = await Promise.all([pack(folder), ...chosen.map(({ version }) => installNode(folder, version))]);
  for (const [index, { version, suites }] of chosen.entries()) {
    const node = programs[index] ?? '';
    for (const suite of suites) {
      if (suite === 'tarball' && tarball === undefined) continue;
      process.stdout.write(`\n-- Node ${version}: ${suite}\n`);
      const report = reportFor(`${version}-${suite}`);
      const status =
        suite === 'test'
          ? await vitest(node, 'test/vitest.config.ts', report, TOUCHING_NODE)
          : await vitest(process.execPath, 'test/bin/vitest.config.ts', {
              ...report,
              XACCT_NODE: node,
              XACCT_TARBALL: tarball ?? '',
            });
      if (status !== 0) process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
