/** The proofs of several targets wait for IAM at the same time, and what is said of them comes in the file's order. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Prompter } from '#core/ports/prompter.ts';
import type { Clock } from '#domain/clock.ts';
import type { Sandbox } from '#sandbox/open.ts';
import { stateOf } from '../support/account-state.ts';
import { schemaFaults, type Schema } from '../support/json-schema.ts';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';
import { INTERRUPT } from '../support/script.ts';

const STAGING = '333333333333';
const PROD = '444444444444';
const TARGETS = [TARGET, STAGING, PROD];

const FILE = `version: 1
source: { account: "${SOURCE}", profile: source }
permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}", profile: target }
  staging: { account: "${STAGING}", profile: "${STAGING}" }
  prod: { account: "${PROD}", profile: "${PROD}" }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct({ accounts: [SOURCE, ...TARGETS] });
  await product.put('s3.json', S3_POLICY);
  await product.put('xacct.yaml', FILE);
});
afterEach(() => product.close());

/** Longer than a call to the sandbox takes: whoever else is about to wait has begun by then. */
const BREATH_MS = 40;

/** Its time goes on while somebody waits, and for all who wait together once. */
const openCommonClock = (sandbox: Sandbox, onSleep: () => void = () => undefined) => {
  let waitedMs = 0;
  const clock: Clock = {
    now: () => Date.now() + waitedMs,
    sleep: async (ms, signal) => {
      const until = waitedMs + ms;
      onSleep();
      await pause(BREATH_MS);
      signal?.throwIfAborted();
      if (waitedMs >= until) return;
      sandbox.advanceClock(until - waitedMs);
      waitedMs = until;
    },
  };
  return { clock, waited: () => waitedMs };
};

const DELAY_MS = 20_000;
const NAMES = ['dev', 'staging', 'prod'];
const ARGV = ['init', '--all', '--json'];

const SCHEMA = JSON.parse(readFileSync(new URL('../../schemas/init.schema.json', import.meta.url), 'utf8')) as Schema;

/** The entries of a run, which the schema that ships holds. */
const entriesOf = ({ stdout }: Pick<Ran, 'stdout'>) => {
  const { result } = JSON.parse(stdout) as { readonly result: { readonly targets: readonly { readonly name: string }[] } };
  expect(schemaFaults(SCHEMA, result)).toEqual([]);
  return result.targets;
};

const MADE = { applied: expect.arrayContaining(['create-role xacct-terraform']) as unknown };
const MADE_ONLY = {
  ...MADE,
  proved: false,
  error: { code: 'INTERRUPTED', message: 'stopped: what was made stays, and was not proved' },
};
const NOT_BEGUN = { error: { code: 'INTERRUPTED', message: 'not begun' } };

const rolesIn = async (account: string) => (await stateOf(product.sandbox, account)).roles.map(({ name }) => name);

describe('three targets that IAM has yet to spread', () => {
  beforeEach(() => product.sandbox.setFaults({ consistencyDelayMs: DELAY_MS }));

  test('are waited for together, and reported one after the other', async () => {
    const { clock, waited } = openCommonClock(product.sandbox);
    const ran = await product.run([...ARGV, '--yes'], { clock });
    expect(ran.status, ran.stderr).toBe(0);
    expect(entriesOf(ran)).toMatchObject(NAMES.map((name) => ({ name, ...MADE, proved: true })));
    expect(waited()).toBeLessThan(2 * DELAY_MS);
    const reports = ran.stderr.match(/^arn:aws:iam::\d+|the source may assume/gm);
    expect(reports).toEqual(TARGETS.flatMap((account) => [`arn:aws:iam::${account}`, 'the source may assume']));
    const waiting = ran.stderr.match(/^… (\w+): refused; IAM may not/gm)?.toSorted();
    expect(waiting).toEqual(NAMES.toSorted().map((name) => `… ${name}: refused; IAM may not`));
  });

  test('are made and not proved where Ctrl-C ends the waiting', async () => {
    const stop = new AbortController();
    let sleeps = 0;
    const { clock } = openCommonClock(product.sandbox, () => {
      sleeps += 1;
      if (sleeps === 4) stop.abort(new Error('stopped by SIGINT'));
    });
    const ran = await product.run([...ARGV, '--yes'], { clock, signal: stop.signal });
    expect(ran.status, ran.stderr).toBe(130);
    expect(entriesOf(ran)).toMatchObject(NAMES.map((name) => ({ name, ...MADE_ONLY })));
    expect(ran.stderr.match(/^stopped.*|(?<=: )stopped: .*$/gm)).toHaveLength(3);
    expect(ran.stderr).toContain('xacct verify staging');
    for (const account of TARGETS) expect(await rolesIn(account)).toEqual(['xacct-terraform']);
  });
});

describe('of three targets', () => {
  test('the one that was made is not waited for, and the last not begun, where Ctrl-C answers the question of the second', async () => {
    const asked = `Make these changes in account`;
    const answers = [
      { asked: `${asked} ${TARGET}`, answer: true },
      { asked: `${asked} ${STAGING}`, answer: INTERRUPT },
    ];
    const ran = await product.run(ARGV, { answers });
    expect(ran.status, ran.stderr).toBe(130);
    const [dev, staging, prod] = entriesOf(ran);
    expect(dev).toMatchObject(MADE_ONLY);
    expect(staging).toEqual({ name: 'staging', error: expect.objectContaining({ code: 'INTERRUPTED', message: 'stopped' }) });
    expect(prod).toMatchObject(NOT_BEGUN);
    expect(await rolesIn(STAGING)).toEqual([]);
  });

  test('the others are proved where one fails, and takes back what it made', async () => {
    product.sandbox.setFaults({ rules: [{ kind: 'expired-token', action: 'AttachRolePolicy', after: 1, times: 1 }] });
    const ran = await product.run([...ARGV, '--yes']);
    expect(ran.status, ran.stderr).toBe(3);
    const entries = entriesOf(ran);
    expect(entries).toMatchObject([
      { name: 'dev', ...MADE, proved: true },
      { name: 'staging', error: { kind: 'credentials' } },
      { name: 'prod', ...MADE, proved: true },
    ]);
    expect(entries[1]).not.toHaveProperty('applied');
    expect(await rolesIn(STAGING)).toEqual([]);
  });

  test('each that cannot be proved says what was made of it all the same', async () => {
    product.sandbox.setFaults({ rules: [{ kind: 'expired-token', action: 'AssumeRole', times: 1 }] });
    const ran = await product.run([...ARGV, '--yes']);
    expect(ran.status, ran.stderr).toBe(3);
    const entries = entriesOf(ran);
    expect(entries).toMatchObject(NAMES.map((name) => ({ name, ...MADE })));
    expect(entries.map((entry) => 'error' in entry).toSorted()).toEqual([false, false, true]);
  });
});

test('whoever thinks for hours about one target leaves no stale proof of another: it is entered again', async () => {
  expect(await product.run([...ARGV, '--yes'])).toMatchObject({ status: 0 });
  const PolicyArn = `arn:aws:iam::${PROD}:policy/xacct-terraform-s3`;
  await adminOf(product.sandbox, PROD).iam.send(new DetachRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyArn }));
  const { clock } = openCommonClock(product.sandbox);
  const thinking = { confirm: async () => (await clock.sleep(7_200_000), true) } as unknown as Prompter;
  const ran = await product.run(ARGV, { clock, context: { canAsk: true, prompter: async () => thinking } });
  expect(ran.status, ran.stderr).toBe(0);
  expect(entriesOf(ran)).toMatchObject(NAMES.map((name) => ({ name, proved: true })));
});
