/** `xacct sandbox` as a process: around a program, and until stopped; what it prints, passes on and leaves behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnvironment, run, ROOT, xacct, type ChildOptions, type Environment } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

let folder = '';
const here = (more: Environment = {}, input?: string): ChildOptions => ({
  cwd: folder,
  env: cleanEnvironment(folder, { TMPDIR: folder, ...more }),
  timeoutMs: 30_000,
  ...(input !== undefined && { input }),
});
const node = (script: string, ...args: readonly string[]) => [process.execPath, '-e', script, '--', ...args];
const SHOW = `console.log(JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(AWS_(?!SDK_JS)|NO_PROXY)/.test(name)))))`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-sandbox-command-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('around a program', () => {
  test('leads it into the sandbox, and out of whatever the environment said before', async () => {
    const foreign = {
      AWS_ACCESS_KEY_ID: 'AKIAREAL',
      AWS_PROFILE: 'production',
      AWS_ENDPOINT_URL_STS: 'https://sts.amazonaws.com',
    };
    const { status, stdout } = await xacct(['sandbox', '--', ...node(SHOW)], here({ ...foreign, AWS_PAGER: 'cat' }));
    expect(status).toBe(0);
    const env = JSON.parse(stdout) as Record<string, string>;
    expect(env).toEqual({
      AWS_PAGER: 'cat',
      AWS_ENDPOINT_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      AWS_EC2_METADATA_SERVICE_ENDPOINT: env['AWS_ENDPOINT_URL'],
      AWS_CONFIG_FILE: expect.stringContaining('xacct-sandbox-'),
      AWS_SHARED_CREDENTIALS_FILE: `${env['AWS_CONFIG_FILE']}.none`,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    });
    expect(existsSync(path.dirname(env['AWS_CONFIG_FILE'] ?? ''))).toBe(false);
  });

  test('keeps a profile that the sandbox has, and goes past a proxy', async () => {
    const { stdout } = await xacct(
      ['sandbox', '--', ...node(SHOW)],
      here({ AWS_PROFILE: 'target', HTTP_PROXY: 'http://proxy.invalid:1', NO_PROXY: 'example.org' }),
    );
    expect(JSON.parse(stdout)).toMatchObject({ AWS_PROFILE: 'target', NO_PROXY: 'example.org,127.0.0.1,localhost' });
  });

  test('passes stdin, arguments, output and exit status on', async () => {
    const script = `let text = ''; process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => { console.log(text + process.argv.slice(1)); console.error('err'); process.exit(7); });`;
    const finished = await xacct(['sandbox', '--', ...node(script, '--json', 'a b')], here({}, 'in:'));
    expect(finished).toMatchObject({ status: 7, stdout: 'in:--json,a b\n', stderr: 'err\n' });
  });

  test('ends with 128 and the signal that ended the program, and with 127 where there is none', async () => {
    expect((await xacct(['sandbox', '--', ...node(`process.kill(process.pid, 'SIGKILL')`)], here())).status).toBe(137);
    expect(await xacct(['sandbox', '--', 'no-such-program'], here())).toMatchObject({ status: 127, stdout: '' });
  });

  test('passes a signal on, and takes the status from the program', async () => {
    const script = `process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('up')`;
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/xacct.js'), 'sandbox', '--', ...node(script)], {
      ...here(),
      env: { ...here().env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([5, null]);
  });
});

describe('until stopped', () => {
  const serve = (args: readonly string[]) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/xacct.js'), 'sandbox', ...args], {
      cwd: folder,
      env: { ...here().env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return child;
  };

  test.each([
    ['SIGINT', 0],
    ['SIGTERM', 143],
  ] as const)('prints nothing but lines for eval, serves, and leaves no file after %s', async (signal, status) => {
    const child = serve([]);
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const lines = chunk.toString().trimEnd().split('\n');
    expect(lines.filter((line) => !/^export [A-Z_0-9]+=[\w:/.-]+$/.test(line))).toEqual([]);
    const env = Object.fromEntries(lines.map((line) => line.replace('export ', '').split('=')) as [string, string][]);
    expect((await fetch(`${env['AWS_ENDPOINT_URL']}/_xacct/log`)).status).toBe(200);
    expect(await readFile(env['AWS_CONFIG_FILE'] ?? '', 'utf8')).toContain('[profile target]');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([status, null]);
    expect((await readdir(folder)).filter((name) => name.startsWith('xacct-sandbox-'))).toEqual([]);
  });

  test('lets a shell go on once it has read the lines', async () => {
    const script = `eval "$("$0" "$1" sandbox 2>/dev/null &)"; echo "$AWS_ENDPOINT_URL"; kill "$XACCT_SANDBOX_PID"`;
    const { status, stdout } = await run('sh', ['-c', script, process.execPath, path.join(ROOT, 'bin/xacct.js')], here());
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\n$/) });
  });

  // As npx does: a parent that holds the pipe for as long as its program runs.
  test('goes on by itself with --detach, so that whoever holds the pipe beside it lets go', async () => {
    const held = `require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' }).on('exit', (code) => process.exit(code))`;
    const script = `eval "$("$0" -e "$2" "$1" sandbox --detach 2>/dev/null)"; kill -0 "$XACCT_SANDBOX_PID" && echo "$AWS_ENDPOINT_URL"; kill "$XACCT_SANDBOX_PID"`;
    const { status, stdout } = await run('sh', ['-c', script, process.execPath, path.join(ROOT, 'bin/xacct.js'), held], here());
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\n$/) });
  });

  test('has the status of one that could not begin, with --detach too', async () => {
    const failed = await xacct(['sandbox', '--detach', '--port', 'x'], here());
    expect(failed).toMatchObject({ status: 2, stdout: '' });
    expect(failed.stderr).toContain('--port');
  });

  test('with --json prints the same as one object, at once', async () => {
    const child = serve(['--json', '--accounts', '333333333333']);
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(JSON.parse(chunk.toString())).toMatchObject({
      schema: 1,
      command: 'sandbox',
      ok: true,
      result: { accounts: ['333333333333'], profiles: ['source', '333333333333', 'ec2'] },
    });
  });
});

describe('its options', () => {
  test('every wrong one is named at once', async () => {
    const { status, stdout, stderr } = await xacct(
      ['sandbox', '--port', 'x', '--accounts', '12', '--latency', 'soon', '--throttle', '-', '--consistency-delay', 'x'],
      here(),
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const flag of ['port', 'accounts', 'latency', 'throttle', 'consistency-delay']) expect(stderr).toContain(`--${flag}`);
  });

  test('a port that is taken is a usage error with a way out', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await xacct(['sandbox', '--port', String(port), '--', 'true'], here());
    other.close();
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining(`--port: port ${port} cannot be listened on: another program has it (EADDRINUSE)`),
    });
  });

  test.each([
    [
      'accounts:\n  "222222222222":\n    rolls: []\n',
      'seed.yaml:3:5: accounts.222222222222.rolls is not known here; there are alias',
    ],
    [
      'accounts:\n  "222222222222":\n    users: [{UserName: u, Policies: [{PolicyName: p, PolicyDocument: {}}]}]\n',
      'seed.yaml:3:13: accounts.222222222222.users[0] is refused as IAM refuses it: MalformedPolicyDocument',
    ],
    ['a: [', 'seed.yaml is not YAML'],
    ['faults:\n  latncy: 3s\n', 'seed.yaml:2:3: faults.latncy is not known here'],
  ])('a faulty seed is refused: %j', async (text, said) => {
    await writeFile(path.join(folder, 'seed.yaml'), text);
    const { status, stderr } = await xacct(['sandbox', '--seed', 'seed.yaml', '--', 'true'], here());
    expect(status).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).toContain('xacct sandbox --seed seed.yaml -- true');
    expect(stderr).not.toContain('init');
  });
});

describeWithPeers(['aws'], 'the AWS CLI inside', () => {
  const aws = (args: readonly string[], options: readonly string[] = []) =>
    xacct(['sandbox', ...options, '--', pathOf('aws'), ...args], here({ AWS_MAX_ATTEMPTS: '1' }));

  test.each([
    ['source', 'arn:aws:iam::111111111111:user/admin'],
    ['target', 'arn:aws:iam::222222222222:user/admin'],
    ['222222222222', 'arn:aws:iam::222222222222:user/admin'],
    ['ec2', 'arn:aws:sts::111111111111:assumed-role/runner/i-0abcdef1234567890'],
  ])('is profile %s', async (profile, arn) => {
    const { stdout } = await aws(['sts', 'get-caller-identity', '--profile', profile, '--query', 'Arn', '--output', 'text']);
    expect(stdout).toBe(`${arn}\n`);
  });

  test('finds what the seed has, is logged, and is throttled on demand', async () => {
    await writeFile(path.join(folder, 'seed.yaml'), 'accounts:\n  "222222222222":\n    users: [{UserName: bob}]\n');
    const args = ['iam', 'get-user', '--user-name', 'bob', '--profile', 'target', '--query', 'User.Arn', '--output', 'text'];
    const options = ['--seed', 'seed.yaml', '--log', 'calls.jsonl'];
    expect((await aws(args, options)).stdout).toBe('arn:aws:iam::222222222222:user/bob\n');
    expect((await aws(args, [...options, '--throttle', '1'])).stderr).toContain('(Throttling)');
    expect((await aws(args, [...options, '--throttle', '0/s'])).stderr).toContain('(Throttling)');
    const lines = (await readFile(path.join(folder, 'calls.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { decision: string }).decision)).toEqual(['allowed', 'fault', 'fault']);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      account: '222222222222',
      caller: 'arn:aws:iam::222222222222:user/admin',
      service: 'iam',
      action: 'GetUser',
      resource: 'arn:aws:iam::222222222222:user/bob',
      reason: null,
    });
  });
});
