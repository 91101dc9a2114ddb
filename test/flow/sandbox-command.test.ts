/** `xacct sandbox` around a program that is only noted: its environment, and what it refuses. The process itself is in test/e2e/sandbox-command.test.ts. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Context } from '#cli/context.ts';
import { openSandbox, type SandboxOptions } from '#sandbox/open.ts';
import { openProduct, type Product, type RunOptions } from '../support/product.ts';

type Attach = Context['processes']['attach'];

let product: Product;
beforeAll(async () => {
  product = await openProduct();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => product.close());

const nothingElse = () => Promise.reject(new Error('nothing else is run'));

/** With every program that was started. */
const sandbox = async (argv: readonly string[], options: RunOptions = {}, ending = 0) => {
  const started: Parameters<Attach>[0][] = [];
  const attach: Attach = async (request) => {
    started.push(request);
    return ending;
  };
  const ran = await product.run(['sandbox', ...argv], {
    ...options,
    context: {
      ...options.context,
      processes: { run: nothingElse, leave: nothingElse, attach },
      openSandbox: (request) => openSandbox(request as SandboxOptions | undefined),
    },
  });
  return { ...ran, started };
};

test('no variable of xacct leads a program that is xacct out of the sandbox', async () => {
  const { started } = await sandbox(['--', 'xacct', 'verify'], {
    env: { XACCT_ENDPOINT_URL: 'https://sts.amazonaws.com', XACCT_EXTERNAL_ID: 'kept' },
  });
  expect(started).toHaveLength(1);
  expect(started[0]?.env).not.toHaveProperty('XACCT_ENDPOINT_URL');
  expect(started[0]?.env).toHaveProperty('XACCT_EXTERNAL_ID', 'kept');
});

test('the number of a sandbox around this one is not that of this one', async () => {
  const { started } = await sandbox(['--', 'true'], { env: { XACCT_SANDBOX_PID: '1' } });
  expect(started[0]?.env).not.toHaveProperty('XACCT_SANDBOX_PID');
});

test('a variable that asks for JSON is for the program, where there is one', async () => {
  const { status, started } = await sandbox(['--', 'xacct', 'verify'], { env: { XACCT_JSON: '1' } });
  expect({ status, programs: started.map(({ command }) => command) }).toEqual({ status: 0, programs: ['xacct'] });
  expect(started[0]?.env).toHaveProperty('XACCT_JSON', '1');
  expect(await sandbox(['--', 'xacct', '--json'])).toMatchObject({ status: 0, started: [{ args: ['--json'] }] });
  expect(await sandbox(['--json', '--', 'true'])).toMatchObject({ status: 2, started: [] });
});

test('a sandbox that goes on by itself has no program', async () => {
  const { status, stderr, started } = await sandbox(['--detach', '--', 'true']);
  expect({ status, started }).toEqual({ status: 2, started: [] });
  expect(stderr).toContain('--detach: the sandbox ends with its program: nothing is left to serve [USAGE]');
});

test('a program without a name is a usage error, as an unset variable makes it', async () => {
  const { status, stderr, started } = await sandbox(['--', '', 'plan']);
  expect({ status, started }).toEqual({ status: 2, started: [] });
  expect(stderr).toContain('the program has no name [USAGE]');
});

test('a person in a terminal is told which accounts and profiles there are, and how to leave', async () => {
  const { stderr } = await sandbox(['--', 'bash'], { context: { columns: 200 } });
  expect(stderr).toContain('accounts 111111111111, 222222222222, profiles source, target, 111111111111, 222222222222, ec2');
  expect(stderr).toContain('it ends with bash (a shell: exit or Ctrl-D)');
  expect((await sandbox(['--', 'bash'])).stderr).toBe('');
  expect((await sandbox(['--quiet', '--', 'bash'], { context: { columns: 200 } })).stderr).toBe('');
});

test('no program is started after Ctrl-C', async () => {
  expect(await sandbox(['--', 'terraform', 'apply'], { signal: AbortSignal.abort() })).toMatchObject({
    status: 130,
    started: [],
  });
});

test('options of the program without -- before it: told where they go, and not that xacct has no such option only', async () => {
  const { status, stderr } = await sandbox(['terraform', 'plan', '-out', 'x']);
  expect(status).toBe(2);
  expect(stderr).toContain('xacct sandbox -- PROGRAM');
  expect((await sandbox(['--sed', 'x', '--', 'true'])).stderr).not.toContain('PROGRAM');
});

test.each([
  ['--accounts', '12'],
  ['--seed', 'absent.yaml'],
  ['--upstream', 'http://host:99999'],
  ['--upstream', 'http://\u001b[31m'],
])('what is wrong with %s is followed by help of this command', async (flag, value) => {
  const { status, stderr } = await sandbox([flag, value, '--', 'true']);
  expect(status).toBe(2);
  expect(stderr).toContain('xacct sandbox --help');
});

test('what cannot be started is named without moving the cursor', async () => {
  const { stderr } = await sandbox(['--', '\u001b[2Jnone'], {}, 127);
  expect(stderr).toContain('\\u001b[2Jnone ended with 127');
});

test('a temporary folder that is not there is no fault of xacct', async () => {
  const { status, stderr } = await sandbox(['--', 'true'], { env: { TMPDIR: '/nonexistent' } });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining('no folder can be made in /nonexistent: ENOENT'),
  });
});

test('a secret of the seed is not repeated where it is no text', async () => {
  const user =
    '{ UserName: u, AccessKeys: [{ AccessKeyId: AKIAIOSFODNN7EXAMPLE, SecretAccessKey: 987654321 }], MFADevices: [{ Base32StringSeed: 234567234 }] }';
  await product.put(
    'seed.yaml',
    `accounts:\n  "222222222222":\n    users: [${user}]\n    rootAccessKeys: [{ AccessKeyId: AKIAIOSFODNN7EXAMPLE, SecretAccessKey: 987654321 }]\n`,
  );
  const { status, stdout, stderr } = await sandbox(['--seed', 'seed.yaml', '--', 'true']);
  expect(status).toBe(2);
  expect(stderr.match(/must be text, in quotes/g)).toHaveLength(3);
  expect(stdout + stderr).not.toMatch(/987654321|234567234/);
});

test('a port that another program has is said in words', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { stderr } = await sandbox(['--port', String(port), '--', 'true']);
  other.close();
  expect(stderr).toContain(`port ${port} cannot be listened on: another program has it (EADDRINUSE)`);
});
