/**
 * kill -9 at every step of init, of a change and of destroy: before each call that changes something, and after it with the answer lost.
 * The same command, run again, comes to exactly the state of a run that nobody disturbed. The table of all cases is printed.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { ROOT, type Environment } from '../support/child.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { environmentBy, openKillingProxy, type KillingProxy, type Strike } from '../support/killing-proxy.ts';

const MOMENTS = ['before', 'after'] as const;
const policy = (action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

const config = (role: string, permissions: string): string => `version: 1
source: { account: "${SOURCE}", profile: source }
role:
  externalId: fixed-for-the-test
${role}
permissions: { ${permissions} }
targets:
  dev: { account: "${TARGET}", profile: target }
`;

const OLD = config(
  `  trust: [arn:aws:iam::${SOURCE}:user/admin]\n  tags: { team: web }`,
  'policies: { changed: a.json, dropped: a.json }, policyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]',
);
const NEW = config(
  `  trust: [arn:aws:iam::${SOURCE}:root]\n  tags: { team: infra, cost: "1" }\n  description: new`,
  'policies: { changed: b.json, added: b.json }',
);

const INIT = ['init', '--yes', '--prune', '--skip', 'negative', '--timeout', '0s'];
const DESTROY = ['destroy', '--yes'];

interface Scene {
  readonly name: string;
  /** What is there before. */
  readonly given: string | undefined;
  readonly wanted: string;
  readonly command: readonly string[];
  /** Calls that change something, in an undisturbed run. */
  readonly writes: number;
}

const SCENES: readonly Scene[] = [
  { name: 'init of an empty account', given: undefined, wanted: OLD, command: INIT, writes: 6 },
  { name: 'init --prune that changes everything', given: OLD, wanted: NEW, command: INIT, writes: 10 },
  { name: 'destroy', given: OLD, wanted: OLD, command: DESTROY, writes: 6 },
];

let product: Product;
let proxy: KillingProxy;
let env: Environment = {};
const table: string[] = [];

beforeAll(async () => {
  product = await openProduct();
  proxy = await openKillingProxy(product.sandbox.endpoint);
  env = await environmentBy(proxy, product);
});

afterAll(async () => {
  await proxy.close();
  await product.close();
  process.stdout.write(`\nkill -9, then the same command again:\n${table.toSorted().join('\n')}\n`);
});

/** In this process, by the same code: only what is killed has to be a process of its own. */
const succeed = async (command: readonly string[]): Promise<string> => {
  const { status, stderr } = await product.run(command);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return stderr.replaceAll(/\s+/g, ' ');
};

const prepare = async ({ given, wanted }: Scene): Promise<void> => {
  proxy.arm(undefined);
  product.sandbox.reset();
  await product.put('a.json', policy('s3:GetObject'));
  await product.put('b.json', policy('s3:*'));
  if (given !== undefined) {
    await product.put('xacct.yaml', given);
    await succeed(INIT);
  }
  await product.put('xacct.yaml', wanted);
};

/** Runs the command until the proxy kills it, or to its end. */
const killed = (command: readonly string[], at: number, moment: Strike['moment']): Promise<NodeJS.Signals | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/xacct.js'), ...command], {
      cwd: product.folder,
      env: { ...env },
      stdio: 'ignore',
    });
    proxy.arm({ at, moment, kill: () => void child.kill('SIGKILL') });
    child.on('error', reject);
    child.on('close', (_status, signal) => resolve(signal));
  });

const states = async () => [await wholeStateOf(product.sandbox, SOURCE), await wholeStateOf(product.sandbox, TARGET)];

describe.each(SCENES)('$name', (scene) => {
  let undisturbed: Awaited<ReturnType<typeof states>> = [];

  beforeAll(async () => {
    await prepare(scene);
    const already = product.writes().length;
    await succeed(scene.command);
    undisturbed = await states();
    // How many cases there are must not be guessed.
    expect(product.writes().length - already).toBe(scene.writes);
  });

  const cases = Array.from({ length: scene.writes }, (_, index) => MOMENTS.map((moment) => [index + 1, moment] as const)).flat();

  test.each(cases)('killed at call %i, %s it was carried out', async (at, moment) => {
    await prepare(scene);
    expect(await killed(scene.command, at, moment)).toBe('SIGKILL');
    const action = proxy.writes().at(at - 1) ?? '';
    proxy.arm(undefined);
    expect(await succeed(scene.command)).toMatch(/an earlier run was cut off in the middle of .* \[CUT_OFF\]/);
    const isSame = JSON.stringify(await states()) === JSON.stringify(undisturbed);
    table.push(
      `  ${scene.name.padEnd(38)} ${String(at).padStart(2)} ${action.padEnd(26)} ${moment.padEnd(7)} ${isSame ? 'as wanted' : 'DIFFERS'}`,
    );
    expect(await states()).toEqual(undisturbed);
  });
});
