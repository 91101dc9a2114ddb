/** Several targets of one run at a time: what they share in the source is planned once, made once, and goes only when nobody stands on it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { grantNameFor } from '#domain/desired.ts';
import { problem } from '#domain/diagnostic.ts';
import { changesOf } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { hubPrincipal, NO_SOURCE } from '#domain/source-wish.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Answer } from '#core/approve.ts';
import { initTarget, type InitPorts } from '#core/init-target.ts';
import { planSpec, type Planned } from '#core/plan-target.ts';
import type { AccountIam } from '#core/ports/account-iam.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import { createSharedSource } from '#core/shared-source.ts';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { wholeStateOf } from '../support/account-state.ts';
import { sharedFiles, useEnvironment } from '../support/aws-stub.ts';
import { guardWrites } from '../support/both-accounts.ts';
import { aSpec, awsPrincipal } from '../support/builders.ts';
import { SOURCE, TARGET } from '../support/sandbox-clients.ts';
import { createJournal, createListener, createTime } from '../support/world.ts';

const THIRD = '333333333333';
const FOURTH = '444444444444';
const FIFTH = '555555555555';
const HUB = {
  role: { partition: 'aws', account: SOURCE, path: '/', name: 'xacct-hub' },
  trust: [awsPrincipal(`arn:aws:iam::${SOURCE}:user/admin`)],
};
const specOf = (targetAccount: string, hub = HUB): Spec =>
  aSpec({ targetAccount, role: { trust: [hubPrincipal(hub)] }, source: { ...NO_SOURCE, isManaged: true, hub } });

/** As a file that describes all of them knows. */
const GRANTS = [TARGET, THIRD, FOURTH, FIFTH].map((account) => grantNameFor(account, 'xacct-terraform'));

let sandbox: Sandbox;
let sides: (account: string) => AwsSide;
let before: unknown;

beforeEach(async () => {
  sandbox = await openSandbox({ accounts: [SOURCE, TARGET, THIRD, FOURTH, FIFTH] });
  const env = useEnvironment({ ...sharedFiles(sandbox.awsConfigText()), AWS_ENDPOINT_URL: sandbox.endpoint });
  const accounts = openAwsAccounts(env);
  sides = (name) => accounts.open({ source: { kind: 'profile', name }, region: 'us-east-1' });
  before = await wholeStateOf(sandbox, SOURCE);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
});

const called = (action: string): number => sandbox.log().filter((entry) => entry.action === action).length;

/** One run: each target is planned, and carried out by what is returned. */
const openRun = () => {
  const shared = createSharedSource();
  const { journal } = createJournal();
  return async (account: string, more: Partial<InitPorts> = {}, hub = HUB) => {
    const ports: InitPorts = {
      target: sides(account),
      source: sides(SOURCE),
      shared,
      reporter: createListener().reporter,
      ...createTime(),
      diagnosis: () => Promise.reject(new Error('nothing is proved here')),
      hold: (work) => work(journal),
      record: async () => ({ forget: async () => undefined }),
      ask: async () => 'yes',
      ...more,
    };
    const options = { isDryRun: false, onFailure: 'undo', skip: [], waitMs: 0, calmWaitMs: 0, grants: GRANTS } as const;
    const planned = await planSpec(specOf(account, hub), ports, options);
    return {
      planned,
      carryOut: async (madeAt?: number) =>
        (await initTarget(planned, ports, { ...options, ...(madeAt !== undefined && { madeAt }) })).applied,
    };
  };
};

/** The account lets everything be done but this. */
const without = (denied: keyof AccountIam, account: string): AwsSide => {
  const side = sides(account);
  const refused = new XacctError(problem('AWS_REFUSED', `no ${denied} here`));
  return { ...side, iam: guardWrites(side.iam, (call, name) => (name === denied ? Promise.reject(refused) : call())) };
};

/** Its account lets roles be made, and no policies. */
const withoutPolicies = (account: string): Partial<InitPorts> => ({ target: without('createPolicy', account) });

const trusting = (AWS: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
});

const answering = (answer: Answer): Partial<InitPorts> => ({ ask: async () => answer });

const addresses = ({ plan }: Planned): readonly string[] => changesOf(plan).map(({ address }) => address);
const MAKES_HUB = 'source/role/xacct-hub';

describe('two targets at once', () => {
  test('plan their hub once, make it once, and both stand on it', async () => {
    const open = openRun();
    const targets = await Promise.all([open(TARGET), open(THIRD)]);
    for (const { planned } of targets) expect(addresses(planned)).toContain(MAKES_HUB);
    expect(called('GetRole')).toBe(3);
    const applied = await Promise.all(targets.map(({ carryOut }) => carryOut()));
    expect(applied.flat().filter(({ id }) => id === 'source/create-role xacct-hub')).toHaveLength(1);
    expect(called('CreateRole')).toBe(3);
    for (const account of [TARGET, THIRD]) {
      const { roles } = await wholeStateOf(sandbox, account);
      expect(JSON.stringify(roles['xacct-terraform']?.trust)).toContain(`${SOURCE}:role/xacct-hub`);
      expect(addresses((await open(account)).planned)).toEqual([]);
    }
    const hub = (await wholeStateOf(sandbox, SOURCE)).roles['xacct-hub'];
    expect(Object.keys(hub?.inline ?? {})).toEqual([TARGET, THIRD].map((account) => `xacct-${account}-xacct-terraform`));
  });

  test('keep it when one of them fails, whichever is first', async () => {
    const open = openRun();
    const [bad, good] = await Promise.all([open(TARGET, withoutPolicies(TARGET)), open(THIRD)]);
    const ended = await Promise.allSettled([bad.carryOut(), good.carryOut()]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(Object.keys((await wholeStateOf(sandbox, TARGET)).roles)).toEqual([]);
    const hub = (await wholeStateOf(sandbox, SOURCE)).roles['xacct-hub'];
    expect(Object.keys(hub?.inline ?? {})).toEqual([`xacct-${THIRD}-xacct-terraform`]);
  });

  test('leave nothing where both fail', async () => {
    const open = openRun();
    const targets = await Promise.all([TARGET, THIRD].map((account) => open(account, withoutPolicies(account))));
    const ended = await Promise.allSettled(targets.map(({ carryOut }) => carryOut()));
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await wholeStateOf(sandbox, SOURCE)).toEqual(before);
    expect(called('CreateRole')).toBeGreaterThan(1);
  });
});

test('two targets that would have the shared role each its own way are not planned together', async () => {
  const open = openRun();
  await open(TARGET);
  const other = { ...HUB, trust: [awsPrincipal(`arn:aws:iam::${SOURCE}:role/other`)] };
  await expect(open(THIRD, {}, other)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('xacct-hub') });
});

describe('a plan that has waited', () => {
  /** The hub is there, and has something to be put right. */
  const planRepair = async () => {
    await (await openRun()(TARGET)).carryOut();
    await sides(SOURCE).iam.updateRole('xacct-hub', { description: 'by hand', maxSessionSeconds: 3600 });
    return openRun()(THIRD);
  };
  const descriptionOfHub = async () => (await sides(SOURCE).iam.readRole('xacct-hub'))?.description;
  const LONG_AGO = -3_600_000;

  test('puts right what its targets share', async () => {
    const { planned, carryOut } = await planRepair();
    expect(addresses(planned)).toContain(`${MAKES_HUB}/settings`);
    await carryOut(LONG_AGO);
    expect(await descriptionOfHub()).not.toBe('by hand');
  });

  test('changes nothing that is not ours any more', async () => {
    const { carryOut } = await planRepair();
    await sides(SOURCE).iam.untag({ kind: 'role', name: 'xacct-hub' }, ['xacct:managed', 'xacct:id']);
    await expect(carryOut(LONG_AGO)).rejects.toMatchObject({ code: 'NOT_OURS' });
    expect(await descriptionOfHub()).toBe('by hand');
  });
});

describe('a plan that has waited, of a hub that was as it should be', () => {
  const planBeside = async () => {
    await (await openRun()(TARGET)).carryOut();
    const planned = await openRun()(THIRD);
    expect(addresses(planned.planned)).not.toContain(MAKES_HUB);
    return planned;
  };
  const LONG_AGO = -3_600_000;

  test('makes a role that trusts it', async () => {
    await (await planBeside()).carryOut(LONG_AGO);
    expect(Object.keys((await wholeStateOf(sandbox, THIRD)).roles)).toEqual(['xacct-terraform']);
  });

  test.each([
    [
      'is not ours any more',
      'NOT_OURS',
      () => sides(SOURCE).iam.untag({ kind: 'role', name: 'xacct-hub' }, ['xacct:managed', 'xacct:id']),
    ],
    ['lets in others by now', 'STALE', () => sides(SOURCE).iam.updateTrust('xacct-hub', trusting(`arn:aws:iam::${SOURCE}:root`))],
  ])('makes nothing that trusts it where it %s', async (_, code, meddle) => {
    const { carryOut } = await planBeside();
    await meddle();
    await expect(carryOut(LONG_AGO)).rejects.toMatchObject({ code });
    expect(Object.keys((await wholeStateOf(sandbox, THIRD)).roles)).toEqual([]);
  });
});

/** All writes of all accounts: hub, its two grants, and of each target role, policy and attachment. */
const WRITES = 9;

describe('a run of two targets that is killed', () => {
  /** As if the process were gone before or after the write after so many, in whichever account: it takes nothing back, either. */
  const killedAt = (count: number, moment: 'before' | 'after'): ((account: string) => AwsSide) => {
    let left = count;
    return (account) => {
      const side = sides(account);
      const iam = guardWrites(side.iam, async (call) => {
        left -= 1;
        if (left === -1 && moment === 'after') await call();
        if (left < 0) throw new XacctError(problem('AWS_REFUSED', 'killed'));
        return call();
      });
      return { ...side, iam };
    };
  };
  const states = () => Promise.all([SOURCE, TARGET, THIRD].map((account) => wholeStateOf(sandbox, account)));
  const runBoth = async (open: ReturnType<typeof openRun>, of = sides): Promise<number> => {
    let steps = 0;
    for (const account of [TARGET, THIRD])
      steps += (await (await open(account, { target: of(account), source: of(SOURCE) })).carryOut()).length;
    return steps;
  };

  test.each(Array.from({ length: WRITES }, (_, count) => count))('at write %i is finished by the next run', async (count) => {
    expect(await runBoth(openRun())).toBe(WRITES);
    const wanted = await states();
    for (const moment of ['before', 'after'] as const) {
      sandbox.reset();
      await expect(runBoth(openRun(), killedAt(count, moment))).rejects.toThrow();
      await runBoth(openRun());
      expect(await states()).toEqual(wanted);
      expect(await runBoth(openRun())).toBe(0);
    }
  });
});

describe('three targets, one after the other', () => {
  test('do not share a failure: who needs nothing of what failed goes on', async () => {
    await (await openRun()(TARGET)).carryOut();
    const backdoor = trusting(`arn:aws:iam::${SOURCE}:root`);
    await sides(SOURCE).iam.updateTrust('xacct-hub', backdoor);
    const open = openRun();
    await (await open(THIRD)).carryOut();
    const pruning = { ...answering('yes-prune'), source: without('updateTrust', SOURCE) };
    await expect((await open(FOURTH, pruning)).carryOut()).rejects.toMatchObject({ code: 'AWS_REFUSED' });
    expect((await (await open(FIFTH)).carryOut()).map(({ id }) => id)).toContain('create-role xacct-terraform');
    expect((await sides(SOURCE).iam.readRole('xacct-hub'))?.trustPolicy).toEqual(backdoor);
  });
});

describe('two targets, one after the other', () => {
  test('make it with the second where the first was declined, or failed and took it back', async () => {
    const open = openRun();
    await expect((await open(TARGET, answering('no'))).carryOut()).rejects.toMatchObject({ code: 'DECLINED' });
    await expect((await open(TARGET, withoutPolicies(TARGET))).carryOut()).rejects.toMatchObject({ code: 'AWS_REFUSED' });
    expect(await wholeStateOf(sandbox, SOURCE)).toEqual(before);
    const { planned, carryOut } = await open(THIRD);
    expect(addresses(planned)).toContain(MAKES_HUB);
    expect((await carryOut()).map(({ id }) => id)).toContain('source/create-role xacct-hub');
    expect(addresses((await open(TARGET)).planned)).not.toContain(MAKES_HUB);
  });
});
