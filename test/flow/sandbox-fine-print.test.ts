/** What a client suite that was written without sight of the sandbox found: sentences, condition keys and answers of AWS that are easily missed. */
import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetContextKeysForCustomPolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetFederationTokenCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { adminOf, allowPolicy, clientsWith, keysOf, refusal, SOURCE, TARGET, trustPolicy } from '../support/sandbox-clients.ts';

const invalid = (message: string) => ({ code: 'ValidationError', status: 400, message });
const malformed = (message: string) => ({ code: 'MalformedPolicyDocument', status: 400, message });
const roleArn = (name: string) => `arn:aws:iam::${SOURCE}:role/${name}`;

const policyWhere = (action: string, condition: object, effect = 'Allow') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: action, Resource: '*', Condition: condition }],
  });

const bobWith = async (sandbox: Sandbox, policy: string) => {
  const put = new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument: policy });
  await adminOf(sandbox, SOURCE).iam.send(put);
  return clientsWith(sandbox, sandbox.userCredentials(SOURCE, 'bob'));
};

const open = () => openSandbox({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'bob' }] } } } });

describe('names and ARNs that IAM cannot take', () => {
  const NAME = 'It must contain only alphanumeric characters and/or the following: +=,.@_-';
  const PATH = 'It must begin and end with / and contain only alphanumeric characters and/or / characters.';

  test.each([
    ['a user', new CreateUserCommand({ UserName: 'a b' }), `The specified value for userName is invalid. ${NAME}`],
    ['a path', new CreateUserCommand({ UserName: 'a', Path: 'team' }), `The specified value for path is invalid. ${PATH}`],
    [
      'a path of a policy',
      new CreatePolicyCommand({ PolicyName: 'a', Path: 'team', PolicyDocument: allowPolicy('s3:*') }),
      `The specified value for path is invalid. ${PATH}`,
    ],
    [
      'an ARN for a name',
      new AttachRolePolicyCommand({ RoleName: roleArn('runner'), PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
      `The specified value for roleName is invalid. ${NAME}`,
    ],
  ] as const)('%s', async (_title, command, message) => {
    await using sandbox = await openSandbox();
    expect(await refusal(adminOf(sandbox, SOURCE).iam.send(command as CreateUserCommand))).toEqual(invalid(message));
  });

  test('STS names the pattern', async () => {
    await using sandbox = await openSandbox();
    const call = adminOf(sandbox, SOURCE).sts.send(new AssumeRoleCommand({ RoleArn: roleArn('runner'), RoleSessionName: 'a b' }));
    expect(await refusal(call)).toMatchObject(
      invalid(
        String.raw`1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
      ),
    );
  });

  test('what is no policy ARN is not searched for', async () => {
    await using sandbox = await openSandbox();
    const call = adminOf(sandbox, SOURCE).iam.send(new GetPolicyCommand({ PolicyArn: 'AdministratorAccessOfMine' }));
    expect(await refusal(call)).toEqual({
      code: 'InvalidInput',
      status: 400,
      message: 'ARN AdministratorAccessOfMine is not valid.',
    });
  });

  test('six thumbprints', async () => {
    await using sandbox = await openSandbox();
    const ThumbprintList = Array.from({ length: 6 }, () => 'a'.repeat(40));
    const create = new CreateOpenIDConnectProviderCommand({ Url: 'https://idp.example.com', ThumbprintList });
    expect(await refusal(adminOf(sandbox, SOURCE).iam.send(create))).toMatchObject({ code: 'InvalidInput', status: 400 });
  });
});

test.each(['2008-10-17', undefined])('a managed policy of version %s is refused, an inline one is taken', async (Version) => {
  await using sandbox = await open();
  const { iam } = adminOf(sandbox, SOURCE);
  const PolicyDocument = JSON.stringify({ Version, Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] });
  const refused = malformed('Policy document must be version 2012-10-17 or greater.');
  expect(await refusal(iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument })))).toEqual(refused);
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: allowPolicy('s3:*') }));
  expect(await refusal(iam.send(new CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, PolicyDocument })))).toEqual(refused);
  await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument }));
});

describe('the simulator', () => {
  const where = policyWhere('s3:GetObject', { StringEquals: { 'aws:PrincipalTag/team': '${aws:RequestTag/team}' } });
  const simulate = (sandbox: Sandbox, PolicyInputList: string[], ContextEntries: object[] = []) =>
    adminOf(sandbox, SOURCE).iam.send(
      new SimulateCustomPolicyCommand({ PolicyInputList, ActionNames: ['s3:GetObject'], ContextEntries }),
    );

  test('tells which keys and variables it was not given', async () => {
    await using sandbox = await openSandbox();
    expect((await simulate(sandbox, [where])).EvaluationResults?.[0]).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: ['aws:PrincipalTag/team', 'aws:RequestTag/team'],
    });
    const given = ['aws:PrincipalTag/team', 'aws:RequestTag/team'].map((ContextKeyName) => ({
      ContextKeyName,
      ContextKeyValues: ['red'],
      ContextKeyType: 'string',
    }));
    expect((await simulate(sandbox, [where], given)).EvaluationResults?.[0]).toMatchObject({
      EvalDecision: 'allowed',
      MissingContextValues: [],
    });
  });

  test('refuses what is no policy with an error that its model knows', async () => {
    await using sandbox = await openSandbox();
    expect(await refusal(simulate(sandbox, ['{']))).toMatchObject({ code: 'InvalidInput', status: 400 });
  });

  test('lists variables among the context keys, and no literals', async () => {
    await using sandbox = await openSandbox();
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'dynamodb:*',
          Resource: "arn:aws:dynamodb:us-west-2:111111111111:table/${aws:username, 'nobody'}${*}",
          Condition: { DateGreaterThan: { 'aws:CurrentTime': '2015-08-16T12:00:00Z' } },
        },
      ],
    });
    const { iam } = adminOf(sandbox, SOURCE);
    const keys = await iam.send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList: [document] }));
    expect(keys.ContextKeyNames).toEqual(['aws:username', 'aws:CurrentTime']);
  });
});

describe('condition keys', () => {
  test('iam:ResourceTag is the tag of the role or user', async () => {
    await using sandbox = await open();
    const { iam } = adminOf(sandbox, SOURCE);
    const tagged = { AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }), Tags: [{ Key: 'env', Value: 'dev' }] };
    await iam.send(new CreateRoleCommand({ RoleName: 'dev', ...tagged }));
    const bob = await bobWith(sandbox, policyWhere('iam:GetRole', { StringEquals: { 'iam:ResourceTag/env': 'dev' } }));
    expect((await bob.iam.send(new GetRoleCommand({ RoleName: 'dev' }))).Role?.RoleName).toBe('dev');
    expect(await refusal(bob.iam.send(new GetRoleCommand({ RoleName: 'runner' })))).toMatchObject({ code: 'AccessDenied' });
  });

  test.each([
    ['*aws-sdk-js*', true],
    ['curl/*', false],
  ])('aws:UserAgent is like %s: %s', async (pattern, isAllowed) => {
    await using sandbox = await open();
    const bob = await bobWith(sandbox, policyWhere('iam:ListUsers', { StringLike: { 'aws:UserAgent': pattern } }));
    const call = bob.iam.send(new ListUsersCommand({}));
    expect(isAllowed ? (await call).Users?.length : (await refusal(call)).code).toBe(isAllowed ? 2 : 'AccessDenied');
  });

  // "Revoking IAM role temporary security credentials": the policy AWSRevokeOlderSessions.
  test('aws:TokenIssueTime revokes older sessions, and those alone', async () => {
    await using sandbox = await openSandbox();
    const { iam, sts } = adminOf(sandbox, SOURCE);
    await iam.send(new CreateRoleCommand({ RoleName: 'ops', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }));
    const put = (PolicyName: string, PolicyDocument: string) =>
      iam.send(new PutRolePolicyCommand({ RoleName: 'ops', PolicyName, PolicyDocument }));
    await put('all', allowPolicy('*'));
    const session = async () =>
      clientsWith(sandbox, keysOf(await sts.send(new AssumeRoleCommand({ RoleArn: roleArn('ops'), RoleSessionName: 'me' }))));
    const old = await session();
    sandbox.advanceClock(10_000);
    const at = new Date(Date.now() + 5000).toISOString();
    await put('AWSRevokeOlderSessions', policyWhere('*', { DateLessThan: { 'aws:TokenIssueTime': at } }, 'Deny'));
    expect((await refusal(old.iam.send(new ListUsersCommand({})))).message).toContain('with an explicit deny');
    expect((await (await session()).iam.send(new ListUsersCommand({}))).Users).toHaveLength(1);
    // Long-term keys have no issue time.
    expect((await iam.send(new ListUsersCommand({}))).Users).toHaveLength(1);
  });
});

test('a root user that asks for no user is shown itself', async () => {
  const keys = { AccessKeyId: 'AKIAROOTROOTROOT1111', SecretAccessKey: 'r'.repeat(40) };
  await using sandbox = await openSandbox({ seed: { accounts: { [SOURCE]: { rootAccessKeys: [keys] } } } });
  const { iam } = clientsWith(sandbox, sandbox.rootCredentials(SOURCE));
  expect((await iam.send(new GetUserCommand({}))).User).toEqual({
    UserId: SOURCE,
    Arn: `arn:aws:iam::${SOURCE}:root`,
    CreateDate: expect.any(Date),
  });
});

test('GetFederationToken refuses session credentials whatever they may do', async () => {
  await using sandbox = await open();
  const { iam, sts } = adminOf(sandbox, SOURCE);
  const refused = {
    code: 'AccessDenied',
    status: 403,
    message: 'Cannot call GetFederationToken with session credentials',
  };
  const ask = new GetFederationTokenCommand({ Name: 'fred' });
  const user = clientsWith(sandbox, keysOf(await sts.send(new GetSessionTokenCommand({}))));
  expect(await refusal(user.sts.send(ask))).toEqual(refused);
  await iam.send(new CreateRoleCommand({ RoleName: 'ops', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }));
  const assumed = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn('ops'), RoleSessionName: 'me' }));
  expect(await refusal(clientsWith(sandbox, keysOf(assumed)).sts.send(ask))).toEqual(refused);
});

test('an account of the seed has an administrator with a profile', async () => {
  await using sandbox = await openSandbox({ seed: { accounts: { '333333333333': {} } } });
  expect(sandbox.accounts).toEqual([SOURCE, TARGET, '333333333333']);
  const { accessKeyId } = sandbox.credentials('333333333333');
  expect(sandbox.awsConfigText()).toContain(`[profile 333333333333]\naws_access_key_id = ${accessKeyId}`);
});
