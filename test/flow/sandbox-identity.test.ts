/** What the sandbox knows of identities beyond users and roles: groups, web identities, organizations, root users, renamed and late principals. */
import { generateKeyPairSync, sign } from 'node:crypto';
import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  GetAccountSummaryCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxSeed } from '#sandbox/open.ts';
import { adminOf, allowPolicy, clientsWith, keysOf, refusal, SOURCE, TARGET, trustPolicy } from '../support/sandbox-clients.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::${TARGET}:oidc-provider/token.actions.githubusercontent.com`;
const SUBJECT = 'repo:acme/infra:ref:refs/heads/main';
const ROLE = `arn:aws:iam::${TARGET}:role/deploy`;
const bob = (sandbox: Sandbox) => clientsWith(sandbox, sandbox.userCredentials(SOURCE, 'bob'));

describe('a group', () => {
  test('gives its members its policies, and no others', async () => {
    await using sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'bob' }] } } } });
    const { iam } = adminOf(sandbox, SOURCE);
    await iam.send(new CreateGroupCommand({ GroupName: 'readers' }));
    await iam.send(
      new PutGroupPolicyCommand({ GroupName: 'readers', PolicyName: 'p', PolicyDocument: allowPolicy('iam:ListRoles') }),
    );
    expect(await refusal(bob(sandbox).iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
    await iam.send(new AddUserToGroupCommand({ GroupName: 'readers', UserName: 'bob' }));
    expect((await bob(sandbox).iam.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
    expect(await refusal(bob(sandbox).iam.send(new GetAccountSummaryCommand({})))).toMatchObject({ code: 'AccessDenied' });
  });
});

describe('a web identity', () => {
  const seed: SandboxSeed = {
    accounts: {
      [TARGET]: {
        oidcProviders: [{ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'] }],
        roles: [
          {
            RoleName: 'deploy',
            AssumeRolePolicyDocument: trustPolicy(
              { Federated: PROVIDER },
              {
                StringEquals: {
                  'token.actions.githubusercontent.com:sub': SUBJECT,
                  'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
                },
              },
              'sts:AssumeRoleWithWebIdentity',
            ),
          },
        ],
      },
    },
  };
  const claims = { iss: ISSUER, sub: SUBJECT, aud: 'sts.amazonaws.com' };
  const assume = ({ endpoint }: Pick<Sandbox, 'endpoint'>, WebIdentityToken: string, RoleArn = ROLE) =>
    new STSClient({
      endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    }).send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'ci', WebIdentityToken }));

  test('gets a session that works, by a token of the sandbox', async () => {
    await using sandbox = await openSandbox({ seed });
    const answer = await assume(sandbox, sandbox.webIdentityToken(claims));
    expect(answer).toMatchObject({ Provider: PROVIDER, Audience: 'sts.amazonaws.com', SubjectFromWebIdentityToken: SUBJECT });
    const { Arn } = await clientsWith(sandbox, keysOf(answer)).sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/deploy/ci`);
    expect(sandbox.log()[0]).toMatchObject({
      action: 'AssumeRoleWithWebIdentity',
      decision: 'allowed',
      resource: ROLE,
      caller: null,
    });
  });

  test.each([
    [
      'another subject',
      { sub: 'repo:evil/infra:ref:refs/heads/main' },
      'AccessDenied',
      /^Not authorized to perform sts:AssumeRoleWithWebIdentity$/,
    ],
    ['another audience', { aud: 'other' }, 'InvalidIdentityToken', /Incorrect token audience/],
    [
      'an issuer without a provider',
      { iss: 'https://example.com' },
      'InvalidIdentityToken',
      /No OpenIDConnect provider found in your account for https:\/\/example.com/,
    ],
    ['no subject', { sub: '' }, 'InvalidIdentityToken', /Missing a required claim: sub/],
    ['a time that is over', { exp: 1_700_000_000 }, 'ExpiredTokenException', /Token expired/],
  ] as const)('is refused for %s', async (_title, wrong, code, message) => {
    await using sandbox = await openSandbox({ seed });
    const refused = await refusal(assume(sandbox, sandbox.webIdentityToken({ ...claims, ...wrong })));
    expect(refused).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('is refused with a signature by another key, with a changed claim, and without any', async () => {
    await using sandbox = await openSandbox({ seed });
    await using other = await openSandbox({ seed });
    const [header, body, signature] = sandbox.webIdentityToken(claims).split('.');
    const changed = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body ?? '', 'base64url').toString()), sub: 'x' }),
    ).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: 'xacct-sandbox' })).toString('base64url');
    for (const token of [other.webIdentityToken(claims), `${header}.${changed}.${signature}`, `${none}.${body}.`, 'nonsense'])
      expect(await refusal(assume(sandbox, token))).toMatchObject({ code: 'InvalidIdentityToken', status: 400 });
  });

  test('may have keys of its own in the seed, and the sandbox then speaks for it no more', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const Jwks = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }];
    const [account] = Object.values(seed.accounts ?? {});
    const oidcProviders = [{ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'], Jwks }];
    await using sandbox = await openSandbox({ seed: { accounts: { [TARGET]: { ...account, oidcProviders } } } });
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const text = `${encode({ alg: 'RS256', kid: 'k1' })}.${encode({ ...claims, iat: now, exp: now + 60 })}`;
    const token = `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
    expect(await assume(sandbox, token)).toMatchObject({ Provider: PROVIDER });
    expect(await refusal(assume(sandbox, sandbox.webIdentityToken(claims)))).toMatchObject({ code: 'InvalidIdentityToken' });
  });

  test('is told the same of a role that is not there', async () => {
    await using sandbox = await openSandbox({ seed });
    expect(await refusal(assume(sandbox, sandbox.webIdentityToken(claims), `${ROLE}x`))).toMatchObject({
      code: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    });
  });

  test('a trust policy may name no provider that the account lacks', async () => {
    await using sandbox = await openSandbox();
    const { iam } = adminOf(sandbox, TARGET);
    const make = new CreateRoleCommand({
      RoleName: 'r',
      AssumeRolePolicyDocument: trustPolicy(
        { Federated: PROVIDER },
        { StringEquals: { 'token.actions.githubusercontent.com:sub': SUBJECT } },
        'sts:AssumeRoleWithWebIdentity',
      ),
    });
    expect(await refusal(iam.send(make))).toMatchObject({ code: 'MalformedPolicyDocument' });
    await iam.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'] }));
    expect((await iam.send(make)).Role?.RoleName).toBe('r');
  });
});

describe('an organization', () => {
  const deny = (Action: string, extra: object = {}) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action, Resource: '*', ...extra }],
  });
  const organization: SandboxSeed['organization'] = {
    Id: 'o-abcdefghij',
    ManagementAccountId: '999999999999',
    units: [
      {
        Name: 'workloads',
        serviceControlPolicies: [{ Name: 'no-summary', Content: deny('iam:GetAccountSummary') }],
        accounts: { [SOURCE]: {} },
      },
    ],
    accounts: {
      [TARGET]: {
        resourceControlPolicies: [
          {
            Name: 'perimeter',
            Content: deny('sts:AssumeRole', {
              Principal: '*',
              Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
            }),
          },
        ],
      },
    },
  };
  const roles = [{ RoleName: 'deploy', AssumeRolePolicyDocument: trustPolicy({ AWS: '*' }) }];
  const seed: SandboxSeed = { organization, accounts: { [TARGET]: { roles }, '333333333333': {} } };
  const assume = (sandbox: Sandbox, account: string) =>
    adminOf(sandbox, account).sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 's1' }));

  test('binds its accounts by service control policies, the root user too, and not the management account', async () => {
    await using sandbox = await openSandbox({ seed });
    const ask = new GetAccountSummaryCommand({});
    const denied = { code: 'AccessDenied', message: expect.stringMatching(/with an explicit deny in a service control policy/) };
    expect(await refusal(adminOf(sandbox, SOURCE).iam.send(ask))).toMatchObject(denied);
    expect(await refusal(clientsWith(sandbox, sandbox.rootCredentials(SOURCE)).iam.send(ask))).toMatchObject(denied);
    expect((await adminOf(sandbox, TARGET).iam.send(ask)).SummaryMap?.['Users']).toBe(1);
  });

  test('keeps outsiders from its roles by resource control policies', async () => {
    await using sandbox = await openSandbox({ seed });
    expect((await assume(sandbox, SOURCE)).AssumedRoleUser?.Arn).toContain('assumed-role/deploy/s1');
    expect(await refusal(assume(sandbox, '333333333333'))).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringMatching(/with an explicit deny in a resource control policy/),
    });
  });

  test('without FullAWSAccess nothing is allowed that no policy allows', async () => {
    const closed: SandboxSeed = { organization: { accounts: { [SOURCE]: { fullAccess: false } } } };
    await using sandbox = await openSandbox({ seed: closed });
    expect(await refusal(adminOf(sandbox, SOURCE).iam.send(new ListRolesCommand({})))).toMatchObject({
      message: expect.stringMatching(/because no service control policy allows the iam:ListRoles action/),
    });
  });
});

describe('a root user', () => {
  test('may do everything in its account, and assume no role', async () => {
    await using sandbox = await openSandbox({
      seed: {
        accounts: { [TARGET]: { roles: [{ RoleName: 'deploy', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }] } },
      },
    });
    const { iam, sts } = clientsWith(sandbox, sandbox.rootCredentials(SOURCE));
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:iam::${SOURCE}:root`,
      UserId: SOURCE,
    });
    expect((await iam.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
    expect(await refusal(sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 's1' })))).toMatchObject({
      code: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    });
  });
});

test('a user that is renamed keeps its key, its id and the trust in it', async () => {
  const trust = trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:user/bob` });
  await using sandbox = await openSandbox({
    seed: {
      accounts: {
        [SOURCE]: {
          users: [{ UserName: 'bob', Policies: [{ PolicyName: 'p', PolicyDocument: allowPolicy('sts:AssumeRole') }] }],
        },
        [TARGET]: { roles: [{ RoleName: 'deploy', AssumeRolePolicyDocument: trust }] },
      },
    },
  });
  const { sts } = bob(sandbox);
  await adminOf(sandbox, SOURCE).iam.send(new UpdateUserCommand({ UserName: 'bob', NewUserName: 'robert', NewPath: '/ops/' }));
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(`arn:aws:iam::${SOURCE}:user/ops/robert`);
  await sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 's1' }));
  const { Role } = await adminOf(sandbox, TARGET).iam.send(new GetRoleCommand({ RoleName: 'deploy' }));
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('user/ops/robert');
});

describe('with a consistency delay', () => {
  test('new policies and trust policies count only when it is over, and reads show them at once', async () => {
    await using sandbox = await openSandbox({
      seed: {
        accounts: { [TARGET]: { roles: [{ RoleName: 'deploy', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) }] } },
      },
    });
    sandbox.setFaults({ consistencyDelayMs: 10_000 });
    const { iam } = adminOf(sandbox, TARGET);
    const { sts } = adminOf(sandbox, SOURCE);
    const assume = () => sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 's1' }));
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'deploy', PolicyDocument: trustPolicy({ AWS: SOURCE }) }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'deploy' }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain(SOURCE);
    expect(await refusal(assume())).toMatchObject({ code: 'AccessDenied' });
    sandbox.advanceClock(10_001);
    const inside = clientsWith(sandbox, keysOf(await assume()));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'deploy', PolicyName: 'p', PolicyDocument: allowPolicy('iam:ListRoles') }),
    );
    expect(await refusal(inside.iam.send(new ListRolesCommand({})))).toMatchObject({ code: 'AccessDenied' });
    sandbox.advanceClock(10_001);
    expect((await inside.iam.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
  });

  test('a new principal cannot be named in a trust policy yet', async () => {
    await using sandbox = await openSandbox({ faults: { consistencyDelayMs: 10_000 } });
    const { iam } = adminOf(sandbox, TARGET);
    await iam.send(new CreateRoleCommand({ RoleName: 'one', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) }));
    const two = new CreateRoleCommand({
      RoleName: 'two',
      AssumeRolePolicyDocument: trustPolicy({ AWS: `arn:aws:iam::${TARGET}:role/one` }),
    });
    expect(await refusal(iam.send(two))).toMatchObject({
      code: 'MalformedPolicyDocument',
      message: expect.stringMatching(/Invalid principal in policy/),
    });
    sandbox.advanceClock(10_001);
    expect((await iam.send(two)).Role?.RoleName).toBe('two');
  });
});

test('the simulator says what the real call would, and of a role elsewhere only what the own side says', async () => {
  const Policies = [
    {
      PolicyName: 'p',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE },
          { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
        ],
      },
    },
  ];
  await using sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'bob', Policies }] } } } });
  const { EvaluationResults } = await adminOf(sandbox, SOURCE).iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: `arn:aws:iam::${SOURCE}:user/bob`,
      ActionNames: ['sts:AssumeRole', 'iam:ListRoles', 's3:GetObject'],
      ResourceArns: [ROLE],
    }),
  );
  expect(
    EvaluationResults?.map(({ EvalActionName, EvalDecision, MatchedStatements }) => [
      EvalActionName,
      EvalDecision,
      MatchedStatements?.length,
    ]),
  ).toEqual([
    ['sts:AssumeRole', 'allowed', 1],
    ['iam:ListRoles', 'explicitDeny', 1],
    ['s3:GetObject', 'implicitDeny', 0],
  ]);
});
