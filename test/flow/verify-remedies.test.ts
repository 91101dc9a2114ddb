/** What verify proposes is to be done as it is printed: it names the right account, leads the right way in, and opens nothing. */
import { afterEach, expect, test } from 'vitest';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { VerifyReport } from '#domain/verify-report.ts';
import { shellWords } from '../support/apply-patch.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { allowPolicy, clientsWith, keysOf, trustPolicy } from '../support/sandbox-clients.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const HUB = `arn:aws:iam::${SOURCE}:role/xacct-hub`;
const CI = `arn:aws:iam::${SOURCE}:user/ci`;
const WITH_ID = { StringEquals: { 'sts:ExternalId': 'dev-1' } };
const EVERY = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

interface World {
  readonly hubTrusts?: string;
  readonly roleTrust?: string;
  readonly hasRole?: boolean;
}

let product: Product;
afterEach(() => product.close());

const open = async ({ hubTrusts = CI, roleTrust = trustPolicy({ AWS: CI }, WITH_ID), hasRole = true }: World = {}) => {
  const may = [{ PolicyName: 'all', PolicyDocument: allowPolicy(EVERY) }];
  product = await openProduct({
    seed: {
      accounts: {
        [SOURCE]: {
          users: [{ UserName: 'ci', Policies: may }, { UserName: 'bob' }],
          roles: [
            { RoleName: 'xacct-hub', AssumeRolePolicyDocument: trustPolicy({ AWS: hubTrusts }, undefined, EVERY), Policies: may },
          ],
        },
        [TARGET]: { roles: hasRole ? [{ RoleName: 'xacct-terraform', AssumeRolePolicyDocument: roleTrust }] : [] },
      },
    },
  });
};

const fileOf = (source: string, trust: string): string =>
  [
    'version: 1',
    `source: { account: "${SOURCE}"${source} }`,
    `role: { trust: ["${trust}"], externalId: dev-1 }`,
    'permissions: { presets: [], policies: {}, policyArns: [] }',
    `targets: { dev: { account: "${TARGET}", profile: target } }`,
    '',
  ].join('\n');
const BY_HUB = fileOf(`, trust: ["${CI}"]`, HUB);

const ciEnv = (): Readonly<Record<string, string>> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'ci');
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};

const causeOf = async (argv: readonly string[], env = ciEnv()) => {
  const ran = await product.runRaw(['verify', ...argv, '--timeout', '0', '--json'], { env });
  const { result } = JSON.parse(ran.stdout) as { result?: { targets: [VerifyReport] } };
  return result?.targets[0].cause;
};

const FLAGS = ['--role-arn', ROLE, '--region', 'us-east-1'];

test('a hub that refuses is of another account than the target, which is no fault of the ARN', async () => {
  await open({ hubTrusts: `arn:aws:iam::${SOURCE}:user/bob`, roleTrust: trustPolicy({ AWS: HUB }, WITH_ID) });
  await product.put('xacct.yaml', BY_HUB);
  const cause = await causeOf(['dev', '--target-profile', 'target']);
  expect({ code: cause?.code, account: cause?.account }).toEqual({ code: 'TRUST_REFUSES', account: SOURCE });
  expect(cause?.patch).toMatchObject({
    change: null,
    xacct: expect.stringMatching(/^xacct explain --role-arn \S+xacct-hub /) as unknown,
  });
});

test('no command of flags is proposed where the way leads through a hub, for it would ask from elsewhere', async () => {
  await open({ roleTrust: trustPolicy({ AWS: HUB }, { StringEquals: { 'sts:ExternalId': 'dev-2' } }) });
  await product.put('xacct.yaml', BY_HUB);
  const cause = await causeOf(['dev', '--target-profile', 'target']);
  expect(cause?.code).toBe('EXTERNAL_ID_WRONG');
  expect(cause?.patch.change).toEqual({ kind: 'change-request', set: { 'request.externalId': 'dev-2' }, unset: [] });
  expect(cause?.patch.xacct).toBeUndefined();
});

test.each([
  ['asks for one', trustPolicy({ AWS: CI }, WITH_ID), 'TRUST_REFUSES'],
  [
    'denies calls without one',
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: CI }, Action: 'sts:AssumeRole' },
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sts:AssumeRole',
          Condition: { StringNotEquals: WITH_ID.StringEquals },
        },
      ],
    }),
    'TRUST_DENIES',
  ],
])('without an external ID, of a role that %s, no statement is proposed that would open it', async (_, roleTrust, code) => {
  await open({ roleTrust });
  const cause = await causeOf(FLAGS);
  expect({ code: cause?.code, change: cause?.patch.change, hcl: cause?.patch.hcl }).toEqual({ code, change: null, hcl: null });
  expect(cause?.patch.summary).toMatch(/^first send the external ID, if the role asks for one/);
  const again = shellWords((cause?.patch.xacct ?? '').replace('EXTERNAL_ID', 'dev-1')).slice(2);
  expect((await product.runRaw(['verify', ...again], { env: ciEnv() })).status).toBe(0);
});

test('a role that is not there is made by the command that is proposed', async () => {
  await open({ hasRole: false });
  const asked = [...FLAGS, '--external-id', 'dev-1'];
  const { code, patch } = (await causeOf([...asked, '--target-profile', 'target'])) ?? {};
  expect({ code, xacct: patch?.xacct }).toEqual({
    code: 'ROLE_MISSING',
    xacct: `xacct init --target-account ${TARGET} --role-name xacct-terraform --trust ${CI} --external-id dev-1 --target-profile target --region us-east-1`,
  });
  expect(patch?.summary).toMatch(/init makes it, and asks what it may do$/);
  const argv = [...shellWords(patch?.xacct ?? '').slice(1), '--permissions', 'none', '--yes'];
  expect((await product.runRaw(argv, { env: ciEnv() })).stderr).not.toContain('error');
  expect(await causeOf(asked)).toBeNull();
});

test('of a target in the file, it is made by its name', async () => {
  await open({ hasRole: false });
  await product.put('xacct.yaml', fileOf('', CI));
  expect((await causeOf(['dev']))?.patch.xacct).toBe('xacct init dev');
  const named = (await causeOf(['dev', '--target-profile', 'target', '--region', 'eu-west-1']))?.patch.xacct;
  expect(named).toBe('xacct init dev --target-profile target --region eu-west-1');
});

test('a locked role is unlocked by the command that is proposed, with the profile that is known', async () => {
  await open({ hasRole: false });
  const asked = [...FLAGS, '--external-id', 'dev-1'];
  const admin = ['--target-profile', 'target', '--yes'];
  const run = (...argv: readonly string[]) => product.runRaw(argv, { env: ciEnv() });
  const made = ['--target-account', TARGET, '--role-name', 'xacct-terraform', '--trust', CI, '--external-id', 'dev-1'];
  await run('init', ...made, '--permissions', 'none', ...admin);
  await run('lock', '--role-arn', ROLE, ...admin);
  const cause = await causeOf([...asked, '--target-profile', 'target']);
  expect({ code: cause?.code, xacct: cause?.patch.xacct }).toEqual({
    code: 'ROLE_LOCKED',
    xacct: `xacct unlock --role-arn ${ROLE} --target-profile target`,
  });
  await run(...shellWords(cause?.patch.xacct ?? '').slice(1), '--yes');
  expect(await causeOf(asked)).toBeNull();
});

test('a tag of a caller whom nobody may read is not said to be absent, and nothing is built on that', async () => {
  await open({
    roleTrust: trustPolicy({ AWS: CI }, { StringEquals: { ...WITH_ID.StringEquals, 'aws:PrincipalTag/team': 'infra' } }),
  });
  const cause = await causeOf([...FLAGS, '--external-id', 'dev-1', '--target-profile', 'target']);
  expect({ code: cause?.code, actor: cause?.actor, change: cause?.patch.change }).toEqual({
    code: 'CONDITION_NOT_MET',
    actor: 'target-admin',
    change: null,
  });
  expect(cause?.explanation).toContain('is not known');
});

test('another source identity of the session is told by the session that AWS gives where none is sent', async () => {
  await open({ roleTrust: trustPolicy({ AWS: HUB }, undefined, EVERY) });
  const { sts } = clientsWith(product.sandbox, product.sandbox.userCredentials(SOURCE, 'ci'));
  const session = keysOf(await sts.send(new AssumeRoleCommand({ RoleArn: HUB, RoleSessionName: 'job', SourceIdentity: 'john' })));
  const env = {
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken,
  };
  const cause = await causeOf([...FLAGS, '--source-identity', 'jane'], env);
  expect(cause).toMatchObject({ code: 'SOURCE_IDENTITY_CHANGED', patch: { change: { unset: ['request.sourceIdentity'] } } });
});

const inOrganization = (own: string, asked: string) => ({
  organization: {
    Id: own,
    ManagementAccountId: '999999999999',
    units: [{ Name: 'all', accounts: { [SOURCE]: {}, [TARGET]: {} } }],
  },
  accounts: {
    [SOURCE]: {
      users: [
        { UserName: 'ci', Policies: [{ PolicyName: 'all', PolicyDocument: allowPolicy([...EVERY, 'organizations:Describe*']) }] },
        { UserName: 'bob' },
      ],
    },
    [TARGET]: {
      roles: [
        {
          RoleName: 'xacct-terraform',
          AssumeRolePolicyDocument: trustPolicy({ AWS: CI }, { StringEquals: { 'aws:PrincipalOrgID': asked } }),
          Tags: [
            { Key: 'xacct:managed', Value: '1' },
            { Key: 'xacct:id', Value: `${SOURCE}/${TARGET}/xacct-terraform` },
          ],
        },
      ],
    },
  },
});

const byOrganization = (orgId: string): string =>
  fileOf('', CI).replace('externalId: dev-1', `externalId: none, conditions: { orgId: ${orgId} }`);

test('another organization than the one that is declared is told from the source alone, at once, and cured by the command that is proposed', async () => {
  product = await openProduct({ seed: inOrganization('o-aaaaaaaaaa', 'o-bbbbbbbbbb') });
  await product.put('xacct.yaml', byOrganization('o-bbbbbbbbbb').replace(', profile: target', ''));
  const ran = await product.runRaw(['verify', 'dev', '--json'], { env: ciEnv() });
  expect(ran.stderr).not.toContain('may not have spread');
  const { result } = JSON.parse(ran.stdout) as { result: { targets: [VerifyReport] } };
  const { code, actor, explanation, patch } = result.targets[0].cause ?? {};
  expect({ code, actor, xacct: patch?.xacct }).toEqual({
    code: 'ORGANIZATION_REQUIRED',
    actor: 'target-admin',
    xacct: 'xacct init dev --org o-aaaaaaaaaa --save --prune',
  });
  expect(explanation).toContain(`o-bbbbbbbbbb is declared, and account ${SOURCE} is in o-aaaaaaaaaa`);
  const argv = [...shellWords(patch?.xacct ?? '').slice(1), '--target-profile', 'target', '--yes'];
  await product.runRaw(argv);
  expect(await causeOf(['dev'])).toBeNull();
});

test('whoever declares that there is no external ID is not told to send one, and init knows what the role asks for instead', async () => {
  product = await openProduct({ seed: inOrganization('o-aaaaaaaaaa', 'o-aaaaaaaaaa') });
  const other = trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:user/bob` });
  product.sandbox.addSeed({
    accounts: { [TARGET]: { roles: [{ RoleName: 'xacct-terraform', AssumeRolePolicyDocument: other }] } },
  });
  await product.put('xacct.yaml', byOrganization('o-aaaaaaaaaa').replace(', profile: target', ''));
  const { code, patch } = (await causeOf(['dev'])) ?? {};
  expect(code).toBe('TRUST_REFUSES');
  expect(patch?.summary).not.toContain('first send');
  expect(patch).toMatchObject({ change: null, xacct: 'xacct init dev' });
});

test('a command that asks otherwise asks as the same source', async () => {
  await open({ roleTrust: trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:user/admin` }, WITH_ID) });
  const asked = [...FLAGS, '--external-id', 'dev-2', '--target-profile', 'target', '--source-profile', 'source'];
  const { code, patch } = (await causeOf(asked)) ?? {};
  expect({ code, xacct: patch?.xacct }).toEqual({
    code: 'EXTERNAL_ID_WRONG',
    xacct: `xacct verify --role-arn ${ROLE} --external-id dev-1 --session-name terraform --duration 1h --region us-east-1 --source-profile source`,
  });
  // The credentials of the environment would be refused.
  expect((await product.runRaw(shellWords(patch?.xacct ?? '').slice(1), { env: ciEnv() })).status).toBe(0);
});
