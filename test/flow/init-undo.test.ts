/** A change of everything at once, cut off after each of its writes: the account is as before, or as wanted; and a second plan is empty. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { compile } from '#domain/compile.ts';
import { problem } from '#domain/diagnostic.ts';
import { changesOf } from '#domain/plan.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { apply } from '#core/apply.ts';
import { approve } from '#core/approve.ts';
import { diff } from '#core/diff.ts';
import { observe } from '#core/observe.ts';
import type { AccountIam } from '#core/ports/account-iam.ts';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { stateOf } from '../support/account-state.ts';
import { sharedFiles, useEnvironment } from '../support/aws-stub.ts';
import { failAfter, guardWrites } from '../support/both-accounts.ts';
import { awsPrincipal, allow, aSpec } from '../support/builders.ts';
import { createJournal, createListener, createTime } from '../support/world.ts';

const TARGET = '222222222222';
const trust = (name: string) => awsPrincipal(`arn:aws:iam::111111111111:${name}`);

const OLD = aSpec({
  role: { trust: [trust('root')], tags: { team: 'web' } },
  permissions: {
    policies: ['changed', 'dropped'].map((name) => ({ name, document: allow('s3:GetObject') })),
    policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  },
});

/** Every kind of write but that of a new role. */
const NEW = aSpec({
  role: { trust: [trust('user/admin')], tags: { team: 'infra', cost: '1' }, description: 'new', maxSessionSeconds: 7200 },
  permissions: {
    policies: ['changed', 'added'].map((name) => ({ name, document: allow('s3:*') })),
    policyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    isAdminAllowed: true,
  },
});

let sandbox: Sandbox;
let iam: AccountIam;

beforeAll(async () => {
  sandbox = await openSandbox();
  const env = useEnvironment({ ...sharedFiles(sandbox.awsConfigText()), AWS_ENDPOINT_URL: sandbox.endpoint });
  iam = openAwsAccounts(env).open({ source: { kind: 'profile', name: 'target' }, region: 'us-east-1' }).iam;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
});

const failingAfter = (count: number): AccountIam => guardWrites(iam, failAfter(count));

const plan = async (spec: Spec) => {
  const desired = compile(spec);
  const planned = diff(desired, await observe({ target: iam, source: undefined }, desired));
  if (!planned.ok) throw new XacctError(planned.diagnostics[0] ?? problem('BUG', 'no plan'));
  return planned.value;
};

const carryOut = async (spec: Spec, through = iam): Promise<readonly string[]> => {
  const approved = approve(await plan(spec), 'yes-prune');
  if (approved === undefined) throw new Error('not approved');
  const ports = {
    iams: { target: through, source: undefined },
    journal: createJournal().journal,
    reporter: createListener().reporter,
    ...createTime(),
  };
  return (await apply(approved, ports)).applied.map(({ id }) => id);
};

describe('a change of everything', () => {
  test('that was carried out leaves nothing to do', async () => {
    sandbox.reset();
    for (const spec of [OLD, NEW, OLD]) {
      await carryOut(spec);
      expect(changesOf(await plan(spec))).toEqual([]);
    }
  });

  test('has steps of every kind', async () => {
    sandbox.reset();
    await carryOut(OLD);
    const kinds = changesOf(await plan(NEW)).flatMap(({ steps }) => steps.map(({ write }) => write.kind));
    expect([...new Set(kinds)].toSorted()).toEqual([
      'attach-policy',
      'create-policy',
      'delete-policy',
      'detach-policy',
      'tag',
      'update-policy',
      'update-role',
      'update-trust',
    ]);
  });

  test.each(Array.from({ length: 10 }, (_, count) => count))('that fails after %i writes is taken back', async (count) => {
    sandbox.reset();
    await carryOut(OLD);
    const before = await stateOf(sandbox, TARGET);
    await expect(carryOut(NEW, failingAfter(count))).rejects.toThrow(/^no /);
    const after = await stateOf(sandbox, TARGET);
    // A policy taken back has the old document as a newer version.
    const unversioned = (state: typeof before) => ({
      ...state,
      policies: state.policies.map((policy) => ({ ...policy, versions: 0 })),
    });
    expect(unversioned(after)).toEqual(unversioned(before));
    await carryOut(NEW);
    expect(changesOf(await plan(NEW))).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4])('of an empty account that fails after %i writes leaves it empty', async (count) => {
    sandbox.reset();
    await expect(carryOut(OLD, failingAfter(count))).rejects.toThrow(/^no /);
    expect(await stateOf(sandbox, TARGET)).toEqual({ roles: [], policies: [] });
  });
});
