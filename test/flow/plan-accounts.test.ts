/** A plan of both accounts with everything that a set-up may hold, through core: carried out, changed, cut off after each write. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantNameFor, type Desired, type DesiredRole } from '#domain/desired.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { observe } from '#core/observe.ts';
import { carryOut, failingAfter, openBothAccounts, planFor, SOURCE, TARGET } from '../support/both-accounts.ts';
import { aDesired, allow, awsPrincipal } from '../support/builders.ts';

const HUB = `arn:aws:iam::${SOURCE}:role/xacct-hub`;
const INSTANCE = `arn:aws:iam::${SOURCE}:role/xacct-instance`;
const GITHUB = 'token.actions.githubusercontent.com';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

const grant = (resource: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: resource }],
});

const trusting = (
  principal: Readonly<Record<string, string>>,
  action = 'sts:AssumeRole',
  Condition: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: action, Condition }],
});

interface Wish {
  readonly audience: string;
  readonly boundary?: string;
  readonly inline: Readonly<Record<string, PolicyDocument>>;
}

/** A hub behind GitHub, an instance role with its profile, and a user who is let in: the target's role trusts them all. */
const everything = ({ audience, boundary, inline }: Wish): Desired => {
  const base = aDesired({ role: { trust: [HUB, INSTANCE].map(awsPrincipal) } });
  const { tags } = base.role;
  const ofSource = (name: string, trustPolicy: PolicyDocument): DesiredRole => ({
    arn: `arn:aws:iam::${SOURCE}:role/${name}`,
    name,
    path: '/',
    description: name,
    maxSessionSeconds: 3600,
    trustPolicy,
    inline: { into: grant(base.role.arn) },
    policies: [],
    policyArnPrefix: `arn:aws:iam::${SOURCE}:policy/${name}-`,
    attachments: [],
    tags,
  });
  const provider = (account: string) => ({
    arn: `arn:aws:iam::${account}:oidc-provider/${GITHUB}`,
    url: `https://${GITHUB}`,
    clientIds: [audience],
    tags,
  });
  return {
    ...base,
    role: { ...base.role, inline, ...(boundary !== undefined && { permissionsBoundary: boundary }) },
    providers: [provider(TARGET)],
    source: {
      account: SOURCE,
      roles: [
        ofSource(
          'xacct-hub',
          trusting({ Federated: provider(SOURCE).arn }, 'sts:AssumeRoleWithWebIdentity', {
            StringEquals: { [`${GITHUB}:sub`]: 'repo:acme/infra:environment:prod' },
          }),
        ),
        ofSource('xacct-instance', trusting({ Service: 'ec2.amazonaws.com' })),
      ],
      providers: [provider(SOURCE)],
      instanceProfiles: [
        {
          arn: `arn:aws:iam::${SOURCE}:instance-profile/xacct-instance`,
          name: 'xacct-instance',
          path: '/',
          roleName: 'xacct-instance',
          tags,
        },
      ],
      grants: [
        {
          owner: { kind: 'user', name: 'jane' },
          policyName: grantNameFor(TARGET, base.role.name),
          document: grant(base.role.arn),
        },
      ],
    },
  };
};

const OLD = everything({ audience: 'sts.amazonaws.com', inline: { guard: allow('s3:GetObject') } });
const NEW = everything({ audience: 'another', boundary: READ_ONLY, inline: { guard: allow('s3:*'), more: allow('ec2:*') } });

let both: Awaited<ReturnType<typeof openBothAccounts>>;

beforeAll(async () => {
  both = await openBothAccounts();
});
afterAll(() => both.close());

const planOf = (desired: Desired) => planFor(both.iams, desired);
const make = async (desired: Desired, iams = both.iams) => carryOut(iams, await planOf(desired), 'yes-prune');

const summary = ({ changes }: Plan): readonly string[] =>
  changes.filter(({ action }) => action !== 'none').map(({ action, address, risk }) => `${action} ${address} (${risk})`);

describe('a set-up of both accounts', () => {
  test('is made, the principals before the role that names them, and then nothing is left to do', async () => {
    both.sandbox.reset();
    expect(summary(await planOf(OLD))).toEqual([
      `create provider/${GITHUB} (widens access)`,
      'create role/xacct-terraform (widens access)',
      'create role/xacct-terraform/inline/guard (widens access)',
      'create policy/xacct-terraform-s3 (widens access)',
      `create role/xacct-terraform/attachment/arn:aws:iam::${TARGET}:policy/xacct-terraform-s3 (widens access)`,
      `create source/provider/${GITHUB} (widens access)`,
      'create source/role/xacct-hub (widens access)',
      'create source/role/xacct-hub/inline/into (widens access)',
      'create source/role/xacct-instance (widens access)',
      'create source/role/xacct-instance/inline/into (widens access)',
      'create source/instance-profile/xacct-instance (widens access)',
      'create source/user/jane/inline/xacct-222222222222-xacct-terraform (widens access)',
    ]);
    const applied = await make(OLD);
    expect(applied.slice(0, 4).toSorted()).toEqual([
      `create-provider ${GITHUB}`,
      `source/create-provider ${GITHUB}`,
      'source/create-role xacct-hub',
      'source/create-role xacct-instance',
    ]);
    expect(changesOf(await planOf(OLD))).toEqual([]);
    const [source, target] = await both.states();
    expect(source?.profiles).toMatchObject({ 'xacct-instance': { roles: ['xacct-instance'] } });
    expect(Object.keys(source?.users['jane'] ?? {})).toEqual(['xacct-222222222222-xacct-terraform']);
    expect(target?.providers).toMatchObject({
      [`arn:aws:iam::${TARGET}:oidc-provider/${GITHUB}`]: { clientIds: ['sts.amazonaws.com'] },
    });
  });

  test('is changed: a provider gains an audience and keeps the other, what hangs on the role is as wanted', async () => {
    both.sandbox.reset();
    await make(OLD);
    expect(summary(await planOf(NEW))).toEqual([
      `update provider/${GITHUB} (widens access)`,
      'create role/xacct-terraform/boundary (removes access)',
      'update role/xacct-terraform/inline/guard (widens access)',
      'create role/xacct-terraform/inline/more (widens access)',
      `update source/provider/${GITHUB} (widens access)`,
    ]);
    await make(NEW);
    expect(changesOf(await planOf(NEW))).toEqual([]);
    expect(summary(await planOf(OLD))).toEqual([
      'delete role/xacct-terraform/boundary (drops a condition)',
      'update role/xacct-terraform/inline/guard (none)',
      'delete role/xacct-terraform/inline/more (removes access)',
    ]);
    await make(OLD);
    expect(changesOf(await planOf(OLD))).toEqual([]);
  });

  test.each(Array.from({ length: 13 }, (_, count) => count))(
    'that fails after %i writes leaves nothing behind',
    async (count) => {
      both.sandbox.reset();
      const before = await both.states();
      await expect(make(OLD, failingAfter(both.iams, count))).rejects.toThrow(/^no /);
      expect(await both.states()).toEqual(before);
    },
  );

  test.each([0, 1, 2, 3, 4])('whose change fails after %i writes is as it was', async (count) => {
    both.sandbox.reset();
    await make(OLD);
    const before = await both.states();
    await expect(make(NEW, failingAfter(both.iams, count))).rejects.toThrow(/^no /);
    expect(await both.states()).toEqual(before);
  });

  test('needs the credentials of the source, and says so', async () => {
    await expect(observe({ target: both.iams.target, source: undefined }, OLD)).rejects.toThrow('nobody named its credentials');
  });
});
