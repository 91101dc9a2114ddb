/** Rules of AWS that single lines of the sandbox keep: each case was written because that line could be taken out and no other test failed. */
import * as Iam from '@aws-sdk/client-iam';
import * as Sts from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxSeed } from '#sandbox/open.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { adminOf, allowPolicy, clientsWith, keysOf, refusal, SOURCE, TARGET, trustPolicy } from '../support/sandbox-clients.ts';
import { mfaCodeOf } from '../support/totp.ts';

const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const FROM_SOURCE = trustPolicy({ AWS: SOURCE });
const ROLE = `arn:aws:iam::${TARGET}:role/deploy`;
const ISSUER = 'https://token.actions.githubusercontent.com';
const SUBJECT = 'repo:acme/infra:ref:refs/heads/main';

const assume = (sts: Sts.STSClient, RoleArn = ROLE) => sts.send(new Sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));

test('the boundary of a role limits its sessions', async () => {
  const role = {
    RoleName: 'deploy',
    AssumeRolePolicyDocument: FROM_SOURCE,
    ManagedPolicyArns: [ADMIN],
    PermissionsBoundary: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess',
  };
  await using sandbox = await openSandbox({ seed: { accounts: { [TARGET]: { roles: [role] } } } });
  const { iam } = clientsWith(sandbox, keysOf(await assume(adminOf(sandbox, SOURCE).sts)));
  expect((await iam.send(new Iam.ListRolesCommand({}))).Roles).toHaveLength(1);
  expect(await refusal(iam.send(new Iam.CreateUserCommand({ UserName: 'eve' })))).toMatchObject({
    code: 'AccessDenied',
    message: expect.stringContaining('because no permissions boundary allows'),
  });
});

test('a role is put into an instance profile only by whoever may pass it', async () => {
  const bob = (...actions: readonly string[]) => ({
    UserName: 'bob',
    Policies: [{ PolicyName: 'p', PolicyDocument: JSON.parse(allowPolicy(actions)) as object }],
  });
  const seed = (...actions: readonly string[]): SandboxSeed => ({
    accounts: {
      [TARGET]: {
        users: [bob('iam:AddRoleToInstanceProfile', ...actions)],
        roles: [{ RoleName: 'deploy', AssumeRolePolicyDocument: FROM_SOURCE }],
        instanceProfiles: [{ InstanceProfileName: 'web' }],
      },
    },
  });
  const add = new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: 'deploy' });
  await using sandbox = await openSandbox({ seed: seed() });
  const { iam } = clientsWith(sandbox, sandbox.userCredentials(TARGET, 'bob'));
  expect(await refusal(iam.send(add))).toMatchObject({
    code: 'AccessDenied',
    message: expect.stringContaining(`iam:PassRole on resource: ${ROLE}`),
  });
  sandbox.addSeed(seed('iam:PassRole'));
  await clientsWith(sandbox, sandbox.userCredentials(TARGET, 'bob')).iam.send(add);
});

test('the code of somebody else’s MFA device proves nothing', async () => {
  const Base32StringSeed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  const users = [{ UserName: 'jane', MFADevices: [{ Name: 'jane', Base32StringSeed }] }, { UserName: 'bob' }];
  await using sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { users } } } });
  const SerialNumber = `arn:aws:iam::${SOURCE}:mfa/jane`;
  const ask = (name: string) =>
    clientsWith(sandbox, sandbox.userCredentials(SOURCE, name)).sts.send(
      new Sts.GetSessionTokenCommand({ SerialNumber, TokenCode: mfaCodeOf(Base32StringSeed, Date.now()) }),
    );
  keysOf(await ask('jane'));
  expect(await refusal(ask('bob'))).toMatchObject({
    code: 'AccessDenied',
    message: expect.stringContaining('associated with this user'),
  });
});

test('credentials of GetSessionToken reach no other action of STS', async () => {
  await using sandbox = await openSandbox();
  const { sts } = adminOf(sandbox, SOURCE);
  const temporary = clientsWith(sandbox, keysOf(await sts.send(new Sts.GetSessionTokenCommand({})))).sts;
  const ask = new Sts.GetAccessKeyInfoCommand({ AccessKeyId: sandbox.credentials(TARGET).accessKeyId });
  expect((await sts.send(ask)).Account).toBe(TARGET);
  expect(await refusal(temporary.send(ask))).toMatchObject({ code: 'InvalidClientTokenId' });
});

test('resource control policies do not bind what the management account has', async () => {
  const Content = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Resource: '*' }],
  };
  const open = (ManagementAccountId: string) =>
    openSandbox({
      seed: {
        organization: {
          ManagementAccountId,
          resourceControlPolicies: [{ Name: 'none', Content }],
          accounts: { [SOURCE]: {}, [TARGET]: {} },
        },
        accounts: { [TARGET]: { roles: [{ RoleName: 'deploy', AssumeRolePolicyDocument: FROM_SOURCE }] } },
      },
    });
  await using managed = await open(TARGET);
  keysOf(await assume(adminOf(managed, SOURCE).sts));
  await using member = await open('333333333333');
  expect(await refusal(assume(adminOf(member, SOURCE).sts))).toMatchObject({
    code: 'AccessDenied',
    message: expect.stringContaining('resource control policy'),
  });
});

test('an instance whose profile gets another role has credentials of that role at once', async () => {
  const roles = ['one', 'two'].map((RoleName) => ({
    RoleName,
    AssumeRolePolicyDocument: trustPolicy({ Service: 'ec2.amazonaws.com' }),
  }));
  const profile = { InstanceProfileName: 'runner' };
  await using sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { roles } } } });
  const { iam } = adminOf(sandbox, SOURCE);
  const token = await fetch(`${sandbox.metadataEndpoint}/latest/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  });
  const headers = { 'x-aws-ec2-metadata-token': await token.text() };
  const arnOf = async (name: string): Promise<string | undefined> => {
    const response = await fetch(`${sandbox.metadataEndpoint}/latest/meta-data/iam/security-credentials/${name}`, { headers });
    const Credentials = (await response.json()) as Record<'AccessKeyId' | 'SecretAccessKey' | 'Token', string>;
    const keys = keysOf({ Credentials: { ...Credentials, SessionToken: Credentials.Token } });
    return (await clientsWith(sandbox, keys).sts.send(new Sts.GetCallerIdentityCommand({}))).Arn;
  };
  let held = 'runner';
  for (const RoleName of ['one', 'two']) {
    await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ ...profile, RoleName: held }));
    await iam.send(new Iam.AddRoleToInstanceProfileCommand({ ...profile, RoleName }));
    expect(await arnOf(RoleName)).toContain(`:assumed-role/${RoleName}/`);
    held = RoleName;
  }
});

describe('a web identity', () => {
  const Condition = {
    StringEquals: {
      'token.actions.githubusercontent.com:sub': SUBJECT,
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
    },
  };
  const seed: SandboxSeed = {
    accounts: {
      [TARGET]: {
        oidcProviders: [{ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'] }],
        roles: [
          {
            RoleName: 'deploy',
            AssumeRolePolicyDocument: trustPolicy(
              { Federated: `arn:aws:iam::${TARGET}:oidc-provider/token.actions.githubusercontent.com` },
              Condition,
              ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
            ),
            Policies: [
              { PolicyName: 'red', PolicyDocument: allowPolicy('iam:ListRoles', '*').replace('}]', `,${ofTeam('red')}}]`) },
            ],
          },
        ],
      },
    },
  };
  const claims = { iss: ISSUER, sub: SUBJECT, aud: 'sts.amazonaws.com' };
  const enter = (sandbox: Sandbox, more: object) =>
    clientsWith(sandbox, { accessKeyId: 'x', secretAccessKey: 'x' }).sts.send(
      new Sts.AssumeRoleWithWebIdentityCommand({
        RoleArn: ROLE,
        RoleSessionName: 'ci',
        WebIdentityToken: sandbox.webIdentityToken({ ...claims, ...more }),
      }),
    );

  test.each([
    ['nested', { 'https://aws.amazon.com/tags': { principal_tags: { team: ['red'] } } }],
    ['with flat names', { 'https://aws.amazon.com/tags/principal_tags/team': 'red' }],
  ])('has the session tags of its token, %s', async (_form, tags) => {
    await using sandbox = await openSandbox({ seed });
    const list = async (more: object) =>
      clientsWith(sandbox, keysOf(await enter(sandbox, more))).iam.send(new Iam.ListRolesCommand({}));
    expect((await list(tags)).Roles).toHaveLength(1);
    expect(await refusal(list({}))).toMatchObject({ code: 'AccessDenied' });
  });

  test.each([
    ['that is not yet valid', { nbf: 4_000_000_000 }, /not yet valid/],
    ['whose authorized party is no client, though its audience is', { azp: 'somebody-else' }, /Incorrect token audience/],
  ])('is refused with a token %s', async (_title, wrong, message) => {
    await using sandbox = await openSandbox({ seed });
    expect(await refusal(enter(sandbox, wrong))).toMatchObject({
      code: 'InvalidIdentityToken',
      message: expect.stringMatching(message),
    });
  });
});

function ofTeam(team: string): string {
  return `"Condition":{"StringEquals":{"aws:PrincipalTag/team":"${team}"}}`;
}

test('quotas of an account', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
  const PolicyDocument = allowPolicy('s3:*');
  const account = {
    users: [
      ...names(QUOTAS.usersPerAccount - 2).map((UserName) => ({ UserName })),
      { UserName: 'bob', Groups: names(QUOTAS.groupsPerUser) },
    ],
    roles: names(QUOTAS.rolesPerAccount).map((RoleName) => ({ RoleName, AssumeRolePolicyDocument: FROM_SOURCE })),
    groups: names(QUOTAS.groupsPerAccount).map((GroupName) => ({ GroupName })),
    policies: names(QUOTAS.policiesPerAccount).map((PolicyName) => ({ PolicyName, PolicyDocument })),
    instanceProfiles: names(QUOTAS.instanceProfilesPerAccount).map((InstanceProfileName) => ({ InstanceProfileName })),
  };
  await using sandbox = await openSandbox({ seed: { accounts: { [TARGET]: account } } });
  const { iam } = adminOf(sandbox, TARGET);
  const GroupName = `n${QUOTAS.groupsPerUser}`;
  const answers = await Promise.all([
    refusal(iam.send(new Iam.CreateUserCommand({ UserName: 'x' }))),
    refusal(iam.send(new Iam.CreateRoleCommand({ RoleName: 'x', AssumeRolePolicyDocument: FROM_SOURCE }))),
    refusal(iam.send(new Iam.CreateGroupCommand({ GroupName: 'x' }))),
    refusal(iam.send(new Iam.CreatePolicyCommand({ PolicyName: 'x', PolicyDocument }))),
    refusal(iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: 'x' }))),
    refusal(iam.send(new Iam.AddUserToGroupCommand({ UserName: 'bob', GroupName }))),
  ]);
  expect(answers.map(({ code, message }) => `${code} ${/(\w+): (\d+)$/.exec(message)?.slice(1).join(' ')}`)).toEqual([
    'LimitExceeded UsersPerAccount 5000',
    'LimitExceeded RolesPerAccount 1000',
    'LimitExceeded GroupsPerAccount 300',
    'LimitExceeded PoliciesPerAccount 1500',
    'LimitExceeded InstanceProfilesPerAccount 1000',
    'LimitExceeded GroupsPerUser 10',
  ]);
});

test('a new role takes no token until IAM is consistent', async () => {
  const claims = { iss: ISSUER, sub: SUBJECT, aud: 'sts.amazonaws.com' };
  await using sandbox = await openSandbox({
    seed: { accounts: { [TARGET]: { oidcProviders: [{ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'] }] } } },
  });
  sandbox.setFaults({ consistencyDelayMs: 10_000 });
  const { iam, sts } = adminOf(sandbox, TARGET);
  const host = new URL(ISSUER).host;
  await iam.send(
    new Iam.CreateRoleCommand({
      RoleName: 'deploy',
      AssumeRolePolicyDocument: trustPolicy(
        { Federated: `arn:aws:iam::${TARGET}:oidc-provider/${host}` },
        { StringEquals: { [`${host}:sub`]: SUBJECT, [`${host}:aud`]: 'sts.amazonaws.com' } },
        'sts:AssumeRoleWithWebIdentity',
      ),
    }),
  );
  const enter = () =>
    sts.send(
      new Sts.AssumeRoleWithWebIdentityCommand({
        RoleArn: ROLE,
        RoleSessionName: 'ci',
        WebIdentityToken: sandbox.webIdentityToken(claims),
      }),
    );
  expect(await refusal(enter())).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(sandbox.log().at(-1)).toMatchObject({ decision: 'denied', reason: 'NOT_YET_CONSISTENT' });
  sandbox.advanceClock(10_000);
  expect((await enter()).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/deploy/ci`);
});

test('whoever may set boundaries may set the one that the condition names, on users too', async () => {
  const edge = 'arn:aws:iam::aws:policy/PowerUserAccess';
  const PolicyDocument = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['iam:PutUserPermissionsBoundary', 'iam:PutRolePermissionsBoundary'],
        Resource: '*',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': edge } },
      },
    ],
  };
  await using sandbox = await openSandbox({
    seed: {
      accounts: {
        [TARGET]: {
          users: [{ UserName: 'bob', Policies: [{ PolicyName: 'p', PolicyDocument }] }, { UserName: 'carol' }],
          roles: [{ RoleName: 'deploy', AssumeRolePolicyDocument: FROM_SOURCE }],
        },
      },
    },
  });
  const { iam } = clientsWith(sandbox, sandbox.userCredentials(TARGET, 'bob'));
  const bind = (PermissionsBoundary: string) => [
    iam.send(new Iam.PutUserPermissionsBoundaryCommand({ UserName: 'carol', PermissionsBoundary })),
    iam.send(new Iam.PutRolePermissionsBoundaryCommand({ RoleName: 'deploy', PermissionsBoundary })),
  ];
  await Promise.all(bind(edge));
  for (const wide of bind(ADMIN)) expect(await refusal(wide)).toMatchObject({ code: 'AccessDenied', status: 403 });
});

test('a boundary whose policy is deleted before IAM is consistent allows nothing', async () => {
  const PolicyArn = `arn:aws:iam::${TARGET}:policy/edge`;
  const edge = { PolicyName: 'edge', PolicyDocument: JSON.parse(allowPolicy('iam:ListRoles')) as object };
  const role = {
    RoleName: 'deploy',
    AssumeRolePolicyDocument: FROM_SOURCE,
    ManagedPolicyArns: [ADMIN],
    PermissionsBoundary: PolicyArn,
  };
  await using sandbox = await openSandbox({ seed: { accounts: { [TARGET]: { policies: [edge], roles: [role] } } } });
  const session = clientsWith(sandbox, keysOf(await assume(adminOf(sandbox, SOURCE).sts))).iam;
  expect((await session.send(new Iam.ListRolesCommand({}))).Roles).toHaveLength(1);
  sandbox.setFaults({ consistencyDelayMs: 10_000 });
  const { iam } = adminOf(sandbox, TARGET);
  await iam.send(new Iam.DeleteRolePermissionsBoundaryCommand({ RoleName: 'deploy' }));
  await iam.send(new Iam.DeletePolicyCommand({ PolicyArn }));
  expect(await refusal(session.send(new Iam.ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied', status: 403 });
  sandbox.advanceClock(10_000);
  expect((await session.send(new Iam.ListRolesCommand({}))).Roles).toHaveLength(1);
});

test('a log that cannot be written any more is said once and stops no call', async () => {
  const lost: string[] = [];
  await using sandbox = await openSandbox({ logFile: '/dev/full', onLogLost: ({ message }) => lost.push(message) });
  const { sts } = adminOf(sandbox, SOURCE);
  for (const _ of [1, 2]) expect((await sts.send(new Sts.GetCallerIdentityCommand({}))).Account).toBe(SOURCE);
  expect(lost).toEqual(['/dev/full cannot be written any more: ENOSPC; calls go on and are not recorded there']);
});
