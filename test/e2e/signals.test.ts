/** The real program, stopped in the middle of its work by a signal: it takes back what it made, and says by its status which signal it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { ROOT, type Environment } from '../support/child.ts';
import { environmentBy, openKillingProxy, type KillingProxy } from '../support/killing-proxy.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { openTerminal } from '../support/terminal.ts';

let product: Product;
let proxy: KillingProxy;
let env: Environment = {};

beforeAll(async () => {
  product = await openProduct();
  proxy = await openKillingProxy(product.sandbox.endpoint);
  env = await environmentBy(proxy, product);
  await product.put('s3.json', S3_POLICY);
});
afterAll(async () => {
  await proxy.close();
  await product.close();
});

const states = async () => [await wholeStateOf(product.sandbox, SOURCE), await wholeStateOf(product.sandbox, TARGET)];

const ARGV = [
  process.execPath,
  path.join(ROOT, 'bin/xacct.js'),
  ...['init', '--target-profile', 'target', '--source-profile', 'source', '--policy', 's3.json', '--yes'],
];

/** `isDeaf`: nobody reads what it says any more. */
const stopped = (
  [command = '', ...argv]: readonly string[],
  name: NodeJS.Signals,
  isDeaf: boolean,
): Promise<{ readonly status: number | null; readonly stderr: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, argv, {
      cwd: product.folder,
      env: { ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
    const kill = (): void => {
      if (isDeaf) child.stderr.destroy();
      child.kill(name);
    };
    proxy.arm({ at: 2, moment: 'during', kill });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stderr }));
  });

test.each<[NodeJS.Signals, number, boolean]>([
  ['SIGINT', 130, false],
  ['SIGTERM', 143, false],
  ['SIGTERM', 143, true],
])('%s ends it with %i after it took back what it made (deaf: %s)', async (name, status, isDeaf) => {
  const before = await states();
  const ended = await stopped(ARGV, name, isDeaf);
  expect(ended.status, ended.stderr).toBe(status);
  expect(proxy.writes().length).toBeGreaterThan(2);
  expect(await states()).toEqual(before);
  expect(await product.list()).not.toContain('xacct.yaml');
  if (!isDeaf) expect(ended.stderr).toContain('INTERRUPTED');
});

test('takes back what it made when its terminal is closed', async () => {
  const before = await states();
  const terminal = openTerminal(ARGV, { cwd: product.folder, env });
  proxy.arm({ at: 2, moment: 'during', kill: () => terminal.hangUp() });
  await vi.waitFor(async () => expect(proxy.writes().length).toBeGreaterThan(2), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await states()).toEqual(before), { timeout: 20_000, interval: 200 });
  await vi.waitFor(async () => expect(await product.list()).not.toContain('xacct.yaml'));
});

// Node makes SIGHUP deadly again that nohup had ignored.
test('goes on under nohup when its terminal is closed', async () => {
  const ended = await stopped(['nohup', ...ARGV], 'SIGHUP', false);
  expect(ended.status, ended.stderr).toBe(0);
  expect(ended.stderr).not.toContain('INTERRUPTED');
  expect(await product.list()).toContain('xacct.yaml');
  expect(await product.run(['destroy', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
  await rm(path.join(product.folder, 'xacct.yaml'));
});

// Nothing of the program is heard while the loop runs: the signal ends it as it ends any other.
test.each(['SIGINT', 'SIGTERM'] as const)("%s ends an endless loop in a person's own template", async (name) => {
  await product.put('loop.eta', '<% process.stderr.write("looping"); while (true) {} %>');
  const emit = ['bin/xacct.js', 'emit-tf', '--role-arn', `arn:aws:iam::${TARGET}:role/r`, '--region', 'eu-west-1'];
  const child = spawn(process.execPath, [...emit, '--template', path.join(product.folder, 'loop.eta')], {
    cwd: ROOT,
    env: { ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 20_000);
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (text.includes('looping') && child.kill(name)));
  expect(await ended).toEqual([null, name]);
  clearTimeout(giveUp);
});
