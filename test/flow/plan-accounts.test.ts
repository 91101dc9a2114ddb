/** A plan of both accounts with everything that a set-up may hold, through core: carried out, changed, cut off after each write. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import { grantNameFor, type Desired, type DesiredRole } from '#domain/desired.ts';
import { problem } from '#domain/diagnostic.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { apply } from '#core/apply.ts';
import { approve } from '#core/approve.ts';
import { diff } from '#core/diff.ts';
import { observe } from '#core/observe.ts';
import type { AccountIam } from '#core/ports/account-iam.ts';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { wholeStateOf } from '../support/account-state.ts';
import { sharedFiles, useEnvironment } from '../support/aws-stub.ts';
import { aDesired, allow, awsPrincipal } from '../support/builders.ts';
import { createJournal, createListener, createTime } from '../support/world.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';
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

let sandbox: Sandbox;
let iams: { readonly source: AccountIam; readonly target: AccountIam };

beforeAll(async () => {
  sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } } });
  const env = useEnvironment({ ...sharedFiles(sandbox.awsConfigText()), AWS_ENDPOINT_URL: sandbox.endpoint });
  const open = (name: string) => openAwsAccounts(env).open({ source: { kind: 'profile', name }, region: 'us-east-1' }).iam;
  iams = { source: open('source'), target: open('target') };
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
});

const planOf = async (desired: Desired): Promise<Plan> => {
  const planned = diff(desired, await observe(iams, desired));
  if (!planned.ok) throw new XacctError(planned.diagnostics[0] ?? problem('BUG', 'no plan'));
  return planned.value;
};

/** The write after so many, in either account, is refused; later ones are let through again: those take back. */
const failingAfter = (count: number): typeof iams => {
  let left = count;
  const guard = (iam: AccountIam): AccountIam =>
    Object.fromEntries(
      Object.entries(iam).map(([name, method]: [string, (...of: unknown[]) => Promise<unknown>]) => [
        name,
        async (...of: unknown[]) => {
          if (!/^(read|list)/.test(name) && left-- === 0) throw new XacctError(problem('AWS_REFUSED', `no ${name}`));
          return method(...of);
        },
      ]),
    ) as unknown as AccountIam;
  return { source: guard(iams.source), target: guard(iams.target) };
};

const carryOut = async (desired: Desired, through = iams): Promise<readonly string[]> => {
  const approved = approve(await planOf(desired), 'yes-prune');
  if (approved === undefined) throw new Error('not approved');
  const ports = { iams: through, journal: createJournal().journal, reporter: createListener().reporter, ...createTime() };
  return (await apply(approved, ports)).applied;
};

const states = async () => [await wholeStateOf(sandbox, SOURCE), await wholeStateOf(sandbox, TARGET)];

const summary = ({ changes }: Plan): readonly string[] =>
  changes.filter(({ action }) => action !== 'none').map(({ action, address, risk }) => `${action} ${address} (${risk})`);

describe('a set-up of both accounts', () => {
  test('is made, the principals before the role that names them, and then nothing is left to do', async () => {
    sandbox.reset();
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
    const applied = await carryOut(OLD);
    expect(applied.slice(0, 4).toSorted()).toEqual([
      `create-provider ${GITHUB}`,
      `source/create-provider ${GITHUB}`,
      'source/create-role xacct-hub',
      'source/create-role xacct-instance',
    ]);
    expect(changesOf(await planOf(OLD))).toEqual([]);
    const [source, target] = await states();
    expect(source?.profiles).toMatchObject({ 'xacct-instance': { roles: ['xacct-instance'] } });
    expect(Object.keys(source?.users['jane'] ?? {})).toEqual(['xacct-222222222222-xacct-terraform']);
    expect(target?.providers).toMatchObject({
      [`arn:aws:iam::${TARGET}:oidc-provider/${GITHUB}`]: { clientIds: ['sts.amazonaws.com'] },
    });
  });

  test('is changed: a provider gains an audience and keeps the other, what hangs on the role is as wanted', async () => {
    sandbox.reset();
    await carryOut(OLD);
    expect(summary(await planOf(NEW))).toEqual([
      `update provider/${GITHUB} (widens access)`,
      'create role/xacct-terraform/boundary (removes access)',
      'update role/xacct-terraform/inline/guard (widens access)',
      'create role/xacct-terraform/inline/more (widens access)',
      `update source/provider/${GITHUB} (widens access)`,
    ]);
    await carryOut(NEW);
    expect(changesOf(await planOf(NEW))).toEqual([]);
    expect(summary(await planOf(OLD))).toEqual([
      'delete role/xacct-terraform/boundary (drops a condition)',
      'update role/xacct-terraform/inline/guard (none)',
      'delete role/xacct-terraform/inline/more (removes access)',
    ]);
    await carryOut(OLD);
    expect(changesOf(await planOf(OLD))).toEqual([]);
  });

  test.each(Array.from({ length: 13 }, (_, count) => count))(
    'that fails after %i writes leaves nothing behind',
    async (count) => {
      sandbox.reset();
      const before = await states();
      await expect(carryOut(OLD, failingAfter(count))).rejects.toThrow(/^no /);
      expect(await states()).toEqual(before);
    },
  );

  test.each([0, 1, 2, 3, 4])('whose change fails after %i writes is as it was', async (count) => {
    sandbox.reset();
    await carryOut(OLD);
    const before = await states();
    await expect(carryOut(NEW, failingAfter(count))).rejects.toThrow(/^no /);
    expect(await states()).toEqual(before);
  });

  test('needs the credentials of the source, and says so', async () => {
    await expect(observe({ target: iams.target, source: undefined }, OLD)).rejects.toThrow('nobody named its credentials');
  });
});
