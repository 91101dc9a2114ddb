/** The packed tarball by npx, in an empty folder, with an empty npm cache: what a person gets on a machine that has never seen the project. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cleanEnvironment, run, ROOT, type Environment, type Finished } from '../support/child.ts';

const node = process.env['XACCT_NODE'] ?? process.execPath;
const ROLE = 'arn:aws:iam::222222222222:role/xacct-terraform';

let folder = '';
let env: Environment = {};

const tarball = `./${path.basename(inject('tarball'))}`;

/** npx as a shell finds it, on the Node under test; npm may fetch nothing. */
const npx = (args: readonly string[]): Promise<Finished> =>
  run('npx', ['--yes', tarball, ...args], { cwd: folder, env, timeoutMs: 60_000 });

const installed = (): string => path.join(folder, 'node_modules/.bin/xacct');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-tarball-'));
  env = cleanEnvironment(folder, {
    PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_cache: path.join(folder, '.cache'),
    npm_config_update_notifier: 'false',
    npm_config_offline: 'true',
    npm_config_loglevel: 'error',
  });
  await copyFile(inject('tarball'), path.join(folder, tarball));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npx with the tarball', () => {
  test('prints the version on stdout and nothing else', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
    expect(await npx(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('prints help on stdout, with every command of the main job', async () => {
    const { status, stdout, stderr } = await npx(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const command of ['init', 'verify', 'emit-tf', 'demo']) expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'));
  });

  test('writes provider.tf from flags alone', async () => {
    const { status, stdout, stderr } = await npx(['emit-tf', '--role-arn', ROLE, '--region', 'us-east-1']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`"${ROLE}"`);
    expect(stdout).toContain('provider "aws" {');
    // Whole, down to the line that marks its end.
    expect(stdout).toMatch(/\}\n\n# End of what xacct emit-tf made\.\n$/);
  });

  test('tells the story in the sandbox, with no warning of the SDK', async () => {
    const { status, stdout, stderr } = await npx(['demo']);
    expect(status).toBe(0);
    expect(`${stdout}${stderr}`).toContain('provider "aws" {');
    expect(stderr).not.toMatch(/NodeDeprecationWarning|\(node:\d+\)|Warning:/);
  });

  test('says how it was started in the commands that it proposes', async () => {
    const { status, stderr } = await npx(['verify']);
    expect(status).toBe(2);
    expect(stderr).toContain(`: npx --yes ${tarball} init\n`);
  });

  test('leaves nothing in the folder', async () => {
    expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual([path.basename(tarball)]);
  });
});

describe('npx in a checkout', () => {
  /** npx puts a link to the checkout into its cache, and starts that. */
  test('proposes npx xacct: there may be no tarball', async () => {
    const cache = path.join(folder, '.npm/_npx/0123/node_modules/.bin');
    await mkdir(cache, { recursive: true });
    await symlink(path.join(ROOT, 'bin/xacct.js'), path.join(cache, 'xacct'));
    const { status, stderr } = await run(node, [path.join(cache, 'xacct'), 'verify'], {
      cwd: folder,
      env: { ...env, npm_command: 'exec' },
    });
    expect(status).toBe(2);
    expect(stderr).toContain(': npx xacct init\n');
  });
});

describe('installed from the tarball', () => {
  beforeAll(async () => {
    const { status, stderr } = await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', tarball], {
      cwd: folder,
      env,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('brings no other package', async () => {
    expect((await readdir(path.join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['xacct']);
  });

  test('is small, and has nothing to install', async () => {
    const { stdout } = await run('npm', ['query', '#xacct', '--json'], { cwd: folder, env });
    const [{ dependencies = {} } = {}] = JSON.parse(stdout) as readonly { readonly dependencies?: object }[];
    expect(dependencies).toEqual({});
    const files = await readdir(path.join(folder, 'node_modules/xacct'), { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => stat(path.join(file.parentPath, file.name))),
    );
    expect(sizes.reduce((sum, { size }) => sum + size, 0) / 1e6).toBeLessThan(2.2);
  });

  test.each([['--version'], ['--help'], ['emit-tf', '--role-arn', ROLE, '--region', 'us-east-1']])(
    'loads no network, crypto or child processes for %s',
    async (...args) => {
      const hook = path.join(folder, '.loaded.cjs');
      const slow = 'http|https|tls|crypto|child_process|readline';
      await writeFile(
        hook,
        `process.on('exit', () => require('node:fs').writeSync(2, process.moduleLoadList.filter((name) => /^NativeModule (?:${slow})$/.test(name)).join()))`,
      );
      const { status, stderr } = await run(node, ['--require', hook, installed(), ...args], { cwd: folder, env });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  test('exits 2 for a command that does not exist, and says which', async () => {
    const { status, stdout, stderr } = await run(installed(), ['no-such-command'], { cwd: folder, env });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('no-such-command');
    expect(stderr).not.toContain('    at ');
  });

  test('a reader that closes stdout early gets no stack trace', async () => {
    const { stdout, stderr } = await run('bash', ['-o', 'pipefail', '-c', '"$0" emit-tf --help | head -n 1', installed()], {
      cwd: folder,
      env,
    });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('');
  });

  test('a reader that is gone before the first byte gets no stack trace', async () => {
    const { stderr } = await run('bash', ['-c', '"$0" --help > >(exec 0<&-; exit 0); wait', installed()], { cwd: folder, env });
    expect(stderr).toBe('');
  });

  test('SIGINT ends a running command with 130 and no stack trace', async () => {
    const child = spawn(node, [installed(), 'demo'], { cwd: folder, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) => {
      child.on('close', (status, signal) => resolve([status, signal]));
    });
    // The first line says that the command is under way.
    await new Promise((resolve) => {
      child.stdout.once('data', resolve);
      child.stderr.once('data', resolve);
    });
    child.kill('SIGINT');
    const [status, signal] = await ended;
    // As a shell sees it: a process that died of SIGINT is 130 as well.
    expect(signal === 'SIGINT' ? 130 : status).toBe(130);
    expect(stderr).not.toContain('    at ');
  });
});
