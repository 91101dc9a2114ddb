import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import {
  adminOf,
  allowPolicy,
  type Clients,
  clientsWith,
  keysOf,
  refusal,
  SOURCE,
  TARGET,
  trustPolicy,
} from '../support/sandbox-clients.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/deploy`;
const FROM_SOURCE = { AWS: `arn:aws:iam::${SOURCE}:root` };
const EXTERNAL = { StringEquals: { 'sts:ExternalId': 'id-1' } };

let sandbox: Sandbox;
let source: Clients;
let target: Clients;

beforeEach(async () => {
  sandbox = await openSandbox();
  source = adminOf(sandbox, SOURCE);
  target = adminOf(sandbox, TARGET);
});
afterEach(() => sandbox.close());

const makeRole = (trust: string, rest: { RoleName?: string; Path?: string; MaxSessionDuration?: number } = {}) =>
  target.iam.send(new CreateRoleCommand({ RoleName: 'deploy', AssumeRolePolicyDocument: trust, ...rest }));

const assume = (by: Clients, rest: Partial<AssumeRoleCommandInput> = {}) =>
  by.sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'test', ...rest }));

const notAuthorised = (action = 'sts:AssumeRole', by = `arn:aws:iam::${SOURCE}:user/admin`) => ({
  code: 'AccessDenied',
  status: 403,
  message: expect.stringMatching(`^User: ${by} is not authorized to perform: ${action} on resource: ${ROLE}`),
});

const validation = (message: string) => ({ code: 'ValidationError', status: 400, message });

describe('the external id', () => {
  beforeEach(() => makeRole(trustPolicy(FROM_SOURCE, EXTERNAL)));

  test('opens the role, whose session is an identity of the target account', async () => {
    const answer = await assume(source, { ExternalId: 'id-1' });
    const inside = clientsWith(sandbox, keysOf(answer));
    const { Account, Arn, UserId } = await inside.sts.send(new GetCallerIdentityCommand({}));
    const { Role } = await target.iam.send(new GetRoleCommand({ RoleName: 'deploy' }));
    expect({ Account, Arn, UserId }).toEqual({
      Account: TARGET,
      Arn: `arn:aws:sts::${TARGET}:assumed-role/deploy/test`,
      UserId: `${Role?.RoleId}:test`,
    });
    expect(answer.AssumedRoleUser).toEqual({ AssumedRoleId: UserId, Arn });
    expect(Role?.RoleLastUsed?.Region).toBe('us-east-1');
  });

  test.each([
    ['is missing', {}],
    ['is wrong', { ExternalId: 'id-2' }],
    ['differs in case', { ExternalId: 'ID-1' }],
  ])('that %s is AccessDenied', async (_title, request) => {
    expect(await refusal(assume(source, request))).toEqual(notAuthorised());
  });

  test.each([
    [
      'x',
      "1 validation error detected: Value 'x' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'a b',
      "1 validation error detected: Value 'a b' at 'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*",
    ],
  ])('of a wrong form (%s) is ValidationError', async (ExternalId, message) => {
    expect(await refusal(assume(source, { ExternalId }))).toEqual(validation(message));
  });
});

describe('who may assume', () => {
  test('nobody, when the trust names another account', async () => {
    await makeRole(trustPolicy({ AWS: TARGET }));
    expect(await refusal(assume(source))).toEqual(notAuthorised());
  });

  test('not a user without permission of its own, whatever the trust says; then with it', async () => {
    await source.iam.send(new CreateUserCommand({ UserName: 'bob' }));
    await makeRole(trustPolicy({ AWS: [`arn:aws:iam::${SOURCE}:user/bob`, SOURCE] }));
    const bob = clientsWith(sandbox, sandbox.userCredentials(SOURCE, 'bob'));
    expect(await refusal(assume(bob))).toEqual(notAuthorised('sts:AssumeRole', `arn:aws:iam::${SOURCE}:user/bob`));

    const PolicyDocument = allowPolicy('sts:AssumeRole', ROLE);
    await source.iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'go', PolicyDocument }));
    expect((await assume(bob)).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/deploy/test`);
  });

  test('not the name of a role that does not exist: STS does not say so', async () => {
    expect(await refusal(assume(source))).toEqual(notAuthorised());
    const elsewhere = `arn:aws:iam::999999999999:role/deploy`;
    expect((await refusal(assume(source, { RoleArn: elsewhere }))).code).toBe('AccessDenied');
  });

  test('not without the path of the role', async () => {
    await makeRole(trustPolicy(FROM_SOURCE), { Path: '/ops/' });
    expect(await refusal(assume(source))).toEqual(notAuthorised());
    const { AssumedRoleUser } = await assume(source, { RoleArn: `arn:aws:iam::${TARGET}:role/ops/deploy` });
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/deploy/test`);
  });

  test('not what is no role at all', async () => {
    const RoleArn = `arn:aws:iam::${TARGET}:user/admin`;
    expect(await refusal(assume(source, { RoleArn }))).toEqual(validation(`${RoleArn} is invalid`));
  });

  test('at once no longer, when the trust is changed', async () => {
    await makeRole(trustPolicy(FROM_SOURCE));
    await assume(source);
    const PolicyDocument = trustPolicy({ AWS: TARGET });
    await target.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'deploy', PolicyDocument }));
    expect(await refusal(assume(source))).toEqual(notAuthorised());
  });
});

describe('durations', () => {
  beforeEach(() => makeRole(trustPolicy(FROM_SOURCE), { MaxSessionDuration: 7200 }));

  test('an hour without a word, two when asked, since the role allows it', async () => {
    const at = Date.now();
    const lifetime = async (rest: object) =>
      Math.round(((await assume(source, rest)).Credentials?.Expiration?.getTime() ?? 0) - at) / 60_000;
    expect(await lifetime({})).toBeCloseTo(60, 0);
    expect(await lifetime({ DurationSeconds: 7200 })).toBeCloseTo(120, 0);
  });

  test.each([
    [7201, 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'],
    [
      899,
      "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      43_201,
      "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
  ])('%d seconds are refused', async (DurationSeconds, message) => {
    expect(await refusal(assume(source, { DurationSeconds }))).toEqual(validation(message));
  });

  test('a session ends: ExpiredToken', async () => {
    const inside = clientsWith(sandbox, keysOf(await assume(source, { DurationSeconds: 900 })));
    sandbox.advanceClock(899_000);
    await inside.sts.send(new GetCallerIdentityCommand({}));
    sandbox.advanceClock(2000);
    expect(await refusal(inside.sts.send(new GetCallerIdentityCommand({})))).toEqual({
      code: 'ExpiredToken',
      status: 403,
      message: 'The security token included in the request is expired',
    });
  });
});

describe('chaining', () => {
  const SECOND = `arn:aws:iam::${TARGET}:role/second`;
  const HUB = `arn:aws:iam::${SOURCE}:role/hub`;

  /** A session of a role in the source account, which may assume anything. */
  const hubSession = async (rest: Partial<AssumeRoleCommandInput> = {}): Promise<Clients> => {
    const trust = trustPolicy(FROM_SOURCE, undefined, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']);
    await source.iam.send(
      new CreateRoleCommand({ RoleName: 'hub', AssumeRolePolicyDocument: trust, MaxSessionDuration: 43_200 }),
    );
    const PolicyDocument = allowPolicy(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']);
    await source.iam.send(new PutRolePolicyCommand({ RoleName: 'hub', PolicyName: 'go', PolicyDocument }));
    return clientsWith(sandbox, keysOf(await assume(source, { RoleArn: HUB, RoleSessionName: 'hop', ...rest })));
  };
  const second = (trust: string) => makeRole(trust, { RoleName: 'second', MaxSessionDuration: 43_200 });

  test('lasts an hour at most, whatever the role allows', async () => {
    const hub = await hubSession({ DurationSeconds: 7200 });
    await second(trustPolicy({ AWS: HUB }));
    expect((await assume(hub, { RoleArn: SECOND, DurationSeconds: 3600 })).AssumedRoleUser?.Arn).toBe(
      `arn:aws:sts::${TARGET}:assumed-role/second/test`,
    );
    expect(await refusal(assume(hub, { RoleArn: SECOND, DurationSeconds: 3601 }))).toEqual(
      validation('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.'),
    );
  });

  test('hands on transitive tags, and the next role sees them', async () => {
    const hub = await hubSession({
      Tags: [
        { Key: 'team', Value: 'red' },
        { Key: 'local', Value: '1' },
      ],
      TransitiveTagKeys: ['team'],
    });
    await second(
      trustPolicy({ AWS: HUB }, { StringEquals: { 'aws:PrincipalTag/team': 'red' } }, ['sts:AssumeRole', 'sts:TagSession']),
    );
    const third = `arn:aws:iam::${TARGET}:role/third`;
    await makeRole(
      trustPolicy(
        { AWS: SECOND },
        { StringEquals: { 'aws:PrincipalTag/team': 'red' }, Null: { 'aws:PrincipalTag/local': 'true' } },
        ['sts:AssumeRole', 'sts:TagSession'],
      ),
      { RoleName: 'third' },
    );
    const PolicyDocument = allowPolicy('sts:*');
    await target.iam.send(new PutRolePolicyCommand({ RoleName: 'second', PolicyName: 'go', PolicyDocument }));

    const onward = clientsWith(sandbox, keysOf(await assume(hub, { RoleArn: SECOND })));
    expect((await assume(onward, { RoleArn: third })).AssumedRoleUser?.Arn).toBe(
      `arn:aws:sts::${TARGET}:assumed-role/third/test`,
    );
    expect(await refusal(assume(hub, { RoleArn: SECOND, Tags: [{ Key: 'TEAM', Value: 'blue' }] }))).toMatchObject({
      code: 'InvalidParameterValue',
      status: 400,
    });
  });

  test('keeps the source identity, for which the next role must allow', async () => {
    const hub = await hubSession({ SourceIdentity: 'alice' });
    await second(trustPolicy({ AWS: HUB }));
    expect(await refusal(assume(hub, { RoleArn: SECOND }))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: expect.stringContaining('is not authorized to perform: sts:SetSourceIdentity on resource'),
    });
    await target.iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'second',
        PolicyDocument: trustPolicy({ AWS: HUB }, undefined, ['sts:AssumeRole', 'sts:SetSourceIdentity']),
      }),
    );
    expect((await assume(hub, { RoleArn: SECOND })).SourceIdentity).toBe('alice');
  });
});

describe('session tags', () => {
  test('need sts:TagSession in the trust', async () => {
    await makeRole(trustPolicy(FROM_SOURCE));
    const Tags = [{ Key: 'team', Value: 'red' }];
    expect(await refusal(assume(source, { Tags }))).toEqual(notAuthorised('sts:TagSession'));
    const PolicyDocument = trustPolicy(FROM_SOURCE, undefined, ['sts:AssumeRole', 'sts:TagSession']);
    await target.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'deploy', PolicyDocument }));
    expect((await assume(source, { Tags })).PackedPolicySize).toBeGreaterThan(0);
  });

  test.each([
    ['twice in one spelling', ['a', 'a']],
    ['twice in two spellings', ['a', 'A']],
  ])('are refused %s', async (_title, keys) => {
    await makeRole(trustPolicy(FROM_SOURCE, undefined, ['sts:AssumeRole', 'sts:TagSession']));
    const Tags = keys.map((Key) => ({ Key, Value: 'x' }));
    expect(await refusal(assume(source, { Tags }))).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
  });
});

describe('session policies', () => {
  const READ = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';

  beforeEach(async () => {
    await makeRole(trustPolicy(FROM_SOURCE));
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await target.iam.send(new AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn }));
  });

  test.each<[string, Partial<AssumeRoleCommandInput>]>([
    ['inline', { Policy: allowPolicy('iam:ListRoles') }],
    ['managed', { PolicyArns: [{ arn: READ }] }],
  ])('limit the session (%s)', async (_title, rest) => {
    const inside = clientsWith(sandbox, keysOf(await assume(source, rest)));
    expect((await inside.iam.send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName)).toEqual(['deploy']);
    expect(await refusal(inside.iam.send(new CreateUserCommand({ UserName: 'eve' })))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:sts::${TARGET}:assumed-role/deploy/test is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${TARGET}:user/eve because no session policy allows the iam:CreateUser action`,
    });
  });

  test.each<[string, Partial<AssumeRoleCommandInput>, string]>([
    ['is no policy', { Policy: '{' }, 'MalformedPolicyDocument'],
    [
      'is too large',
      {
        Policy: allowPolicy(
          'iam:ListRoles',
          Array.from({ length: 80 }, (_, i) => `arn:aws:iam::${TARGET}:role/r${i}`),
        ),
      },
      'PackedPolicyTooLarge',
    ],
    ['does not exist', { PolicyArns: [{ arn: `arn:aws:iam::${TARGET}:policy/none` }] }, 'MalformedPolicyDocument'],
  ])('that %s is refused', async (_title, rest, code) => {
    expect(await refusal(assume(source, rest))).toMatchObject({ code, status: 400 });
  });
});

describe('credentials that are not good', () => {
  const whoAmI = (clients: Clients) => clients.sts.send(new GetCallerIdentityCommand({}));
  const INVALID = {
    code: 'InvalidClientTokenId',
    status: 403,
    message: 'The security token included in the request is invalid.',
  };

  test('an unknown key', async () => {
    const keys = { accessKeyId: 'AKIAUNKNOWNUNKNOWN12', secretAccessKey: 'x' };
    expect(await refusal(whoAmI(clientsWith(sandbox, keys)))).toEqual(INVALID);
  });

  test('a wrong secret', async () => {
    const keys = { ...sandbox.credentials(SOURCE), secretAccessKey: 'x' };
    expect(await refusal(whoAmI(clientsWith(sandbox, keys)))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
  });

  test('a session without its token, with a forged one, and with that of another session', async () => {
    await makeRole(trustPolicy(FROM_SOURCE));
    const session = keysOf(await assume(source));
    const other = keysOf(await assume(source));
    const { sessionToken, ...bare } = session;
    const forged = { ...bare, sessionToken: `${sessionToken.startsWith('A') ? 'B' : 'A'}${sessionToken.slice(1)}` };
    for (const keys of [bare, forged, { ...bare, sessionToken: other.sessionToken }])
      expect(await refusal(whoAmI(clientsWith(sandbox, keys)))).toEqual(INVALID);
  });

  test('a session whose role was deleted, even when the role is made again', async () => {
    await makeRole(trustPolicy(FROM_SOURCE));
    const inside = clientsWith(sandbox, keysOf(await assume(source)));
    await whoAmI(inside);
    await target.iam.send(new DeleteRoleCommand({ RoleName: 'deploy' }));
    await makeRole(trustPolicy(FROM_SOURCE));
    expect(await refusal(whoAmI(inside))).toEqual(INVALID);
  });
});

describe('GetSessionToken', () => {
  const session = async () =>
    clientsWith(sandbox, keysOf(await source.sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))));

  test('gives the user temporary keys, which may assume roles', async () => {
    await makeRole(trustPolicy(FROM_SOURCE));
    const temporary = await session();
    expect((await temporary.sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(`arn:aws:iam::${SOURCE}:user/admin`);
    expect((await assume(temporary)).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/deploy/test`);
  });

  test('gives no key to IAM, nor to itself', async () => {
    const temporary = await session();
    expect(await refusal(temporary.iam.send(new ListRolesCommand({})))).toMatchObject({
      code: 'InvalidClientTokenId',
      status: 403,
    });
    expect(await refusal(temporary.sts.send(new GetSessionTokenCommand({})))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
  });

  test('knows no MFA device', async () => {
    const device = { SerialNumber: `arn:aws:iam::${SOURCE}:mfa/admin`, TokenCode: '123456' };
    expect(await refusal(source.sts.send(new GetSessionTokenCommand(device)))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
  });
});

test('a customer policy attached to the role decides what the session may do', async () => {
  await makeRole(trustPolicy(FROM_SOURCE));
  const PolicyDocument = allowPolicy('iam:GetRole', ROLE);
  const { Policy } = await target.iam.send(new CreatePolicyCommand({ PolicyName: 'read-self', PolicyDocument }));
  await target.iam.send(new AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn: Policy?.Arn ?? '' }));
  const inside = clientsWith(sandbox, keysOf(await assume(source)));
  expect((await inside.iam.send(new GetRoleCommand({ RoleName: 'deploy' }))).Role?.Arn).toBe(ROLE);
  expect(await refusal(inside.iam.send(new GetRoleCommand({ RoleName: 'other' })))).toMatchObject({
    code: 'AccessDenied',
    status: 403,
  });
});
