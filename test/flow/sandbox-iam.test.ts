import * as Iam from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { adminOf, allowPolicy, clientsWith, refusal, SOURCE, TARGET, trustPolicy } from '../support/sandbox-clients.ts';

const FROM_SOURCE = trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:root` });

let sandbox: Sandbox;
let iam: Iam.IAMClient;

beforeEach(async () => {
  sandbox = await openSandbox();
  ({ iam } = adminOf(sandbox, TARGET));
});
afterEach(() => sandbox.close());

const makeRole = (RoleName = 'deploy', rest: Partial<Iam.CreateRoleCommandInput> = {}) =>
  iam.send(new Iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: FROM_SOURCE, ...rest }));

const makePolicy = async (PolicyName = 'p', PolicyDocument = allowPolicy('s3:*')) => {
  const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName, PolicyDocument }));
  return Policy?.Arn ?? '';
};

const getRole = async (RoleName = 'deploy') => (await iam.send(new Iam.GetRoleCommand({ RoleName }))).Role;
const trustOf = (role: Iam.Role | undefined): string => decodeURIComponent(role?.AssumeRolePolicyDocument ?? '');

const gone = (message: string) => ({ code: 'NoSuchEntity', status: 404, message });
const conflict = (message: string) => ({ code: 'DeleteConflict', status: 409, message });
const malformed = (message: string | RegExp) => ({
  code: 'MalformedPolicyDocument',
  status: 400,
  message: expect.stringMatching(message),
});
const limit = (message: string) => ({ code: 'LimitExceeded', status: 409, message });

describe('a role', () => {
  test('is read as it was made', async () => {
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    const Tags = [{ Key: 'Team', Value: 'a b+c' }];
    const { Role: made } = await makeRole('deploy', {
      Path: '/ops/',
      Description: 'ships',
      MaxSessionDuration: 7200,
      PermissionsBoundary,
      Tags,
    });
    expect(made).toEqual({
      Path: '/ops/',
      RoleName: 'deploy',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${TARGET}:role/ops/deploy`,
      CreateDate: expect.any(Date),
      AssumeRolePolicyDocument: encodeURIComponent(FROM_SOURCE),
      Description: 'ships',
      MaxSessionDuration: 7200,
      PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: PermissionsBoundary },
      Tags,
    });
    expect(await getRole()).toEqual({ ...made, RoleLastUsed: {} });
  });

  test('has a name that differs from others by more than case', async () => {
    await makeRole('deploy');
    expect(await refusal(makeRole('Deploy', { Path: '/x/' }))).toEqual({
      code: 'EntityAlreadyExists',
      status: 409,
      message: 'Role with name Deploy already exists.',
    });
  });

  test('that is not there is NoSuchEntity, for every operation', async () => {
    const RoleName = 'none';
    const answers = [
      new Iam.GetRoleCommand({ RoleName }),
      new Iam.DeleteRoleCommand({ RoleName }),
      new Iam.UpdateRoleCommand({ RoleName }),
      new Iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: FROM_SOURCE }),
      new Iam.TagRoleCommand({ RoleName, Tags: [] }),
      new Iam.ListRolePoliciesCommand({ RoleName }),
      new Iam.ListAttachedRolePoliciesCommand({ RoleName }),
      new Iam.PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: allowPolicy('s3:*') }),
      new Iam.AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
      new Iam.ListInstanceProfilesForRoleCommand({ RoleName }),
    ].map((command) => refusal(iam.send(command as Iam.GetRoleCommand)));
    for (const answer of await Promise.all(answers)) expect(answer).toEqual(gone('The role with name none cannot be found.'));
  });

  test('is changed in part', async () => {
    await makeRole('deploy', { Description: 'old' });
    await iam.send(new Iam.UpdateRoleCommand({ RoleName: 'deploy', MaxSessionDuration: 4000 }));
    expect(await getRole()).toMatchObject({ Description: 'old', MaxSessionDuration: 4000 });
    await iam.send(new Iam.UpdateRoleCommand({ RoleName: 'deploy', Description: 'new' }));
    expect(await getRole()).toMatchObject({ Description: 'new', MaxSessionDuration: 4000 });
  });

  test('is deleted when bare, and refuses before', async () => {
    await makeRole();
    const PolicyArn = await makePolicy();
    const RoleName = 'deploy';
    const profile = { InstanceProfileName: 'box' };
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName, PolicyArn }));
    await iam.send(new Iam.PutRolePolicyCommand({ RoleName, PolicyName: 'in', PolicyDocument: allowPolicy('s3:*') }));
    await iam.send(new Iam.CreateInstanceProfileCommand(profile));
    await iam.send(new Iam.AddRoleToInstanceProfileCommand({ ...profile, RoleName }));
    const remove = () => iam.send(new Iam.DeleteRoleCommand({ RoleName }));

    expect(await refusal(remove())).toEqual(conflict('Cannot delete entity, must remove roles from instance profile first.'));
    await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ ...profile, RoleName }));
    expect(await refusal(remove())).toEqual(conflict('Cannot delete entity, must detach all policies first.'));
    await iam.send(new Iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
    expect(await refusal(remove())).toEqual(conflict('Cannot delete entity, must delete policies first.'));
    await iam.send(new Iam.DeleteRolePolicyCommand({ RoleName, PolicyName: 'in' }));
    await remove();
    expect(await refusal(getRole())).toMatchObject({ code: 'NoSuchEntity' });
  });
});

describe('a trust policy', () => {
  test('shows an account id as its root', async () => {
    await makeRole('deploy', { AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) });
    expect(trustOf(await getRole())).toBe(FROM_SOURCE);
  });

  test.each([
    [{ AWS: `arn:aws:iam::${SOURCE}:user/nobody` }, `Invalid principal in policy: "AWS":"arn:aws:iam::${SOURCE}:user/nobody"`],
    [{ AWS: `arn:aws:iam::${SOURCE}:role/Runner` }, `Invalid principal in policy: "AWS":"arn:aws:iam::${SOURCE}:role/Runner"`],
    [{ AWS: `arn:aws:sts::${SOURCE}:assumed-role/none/s` }, 'Invalid principal in policy'],
    [{ AWS: 'AIDAAAAAAAAAAAAAAAAAA' }, 'Invalid principal in policy: "AWS":"AIDAAAAAAAAAAAAAAAAAA"'],
    [{ Service: 'ec2' }, 'Invalid principal in policy: "SERVICE":"ec2"'],
  ])('with the principal %j is refused', async (principal, message) => {
    expect(await refusal(makeRole('deploy', { AssumeRolePolicyDocument: trustPolicy(principal) }))).toEqual(malformed(message));
  });

  test.each([
    '{',
    '{}',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}',
    allowPolicy('sts:AssumeRole'),
  ])('that is none is refused: %s', async (document) => {
    expect(await refusal(makeRole('deploy', { AssumeRolePolicyDocument: document }))).toEqual(malformed(/./));
  });

  test('above its quota is LimitExceeded; white space does not count', async () => {
    const long = trustPolicy({ AWS: Array.from({ length: 60 }, (_, i) => `arn:aws:iam::${333_333_333_000 + i}:root`) });
    const roomy = FROM_SOURCE.replace('{', `{${' '.repeat(3000)}`);
    await makeRole('roomy', { AssumeRolePolicyDocument: roomy });
    expect(await refusal(makeRole('deploy', { AssumeRolePolicyDocument: long }))).toEqual(
      limit('Cannot exceed quota for ACLSizePerRole: 2048'),
    );
  });

  test('is bound to the user that it named, not to one of the same name made later', async () => {
    const bob = `arn:aws:iam::${TARGET}:user/bob`;
    const { User } = await iam.send(new Iam.CreateUserCommand({ UserName: 'bob' }));
    await makeRole('deploy', { AssumeRolePolicyDocument: trustPolicy({ AWS: bob }) });
    expect(trustOf(await getRole())).toBe(trustPolicy({ AWS: bob }));

    await iam.send(new Iam.DeleteUserCommand({ UserName: 'bob' }));
    expect(trustOf(await getRole())).toBe(trustPolicy({ AWS: User?.UserId }));
    await iam.send(new Iam.CreateUserCommand({ UserName: 'bob' }));
    expect(trustOf(await getRole())).toBe(trustPolicy({ AWS: User?.UserId }));

    const { sts } = clientsWith(sandbox, sandbox.userCredentials(TARGET, 'bob'));
    const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const RoleArn = `arn:aws:iam::${TARGET}:role/deploy`;
    expect(await refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bob' })))).toMatchObject({
      code: 'AccessDenied',
    });
    await iam.send(new Iam.UpdateAssumeRolePolicyCommand({ RoleName: 'deploy', PolicyDocument: trustPolicy({ AWS: bob }) }));
    expect((await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bob' }))).AssumedRoleUser?.Arn).toBe(
      `arn:aws:sts::${TARGET}:assumed-role/deploy/bob`,
    );
  });
});

describe('managed policies', () => {
  test('have versions: five at most, the default not deleted, numbers not used again', async () => {
    const PolicyArn = await makePolicy();
    const add = (action: string, SetAsDefault = false) =>
      iam.send(new Iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allowPolicy(action), SetAsDefault }));
    await add('s3:Get*', true);
    for (const action of ['a:1', 'a:2', 'a:3']) await add(action);
    expect(await refusal(add('a:4'))).toEqual(
      limit('A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.'),
    );
    expect(await refusal(iam.send(new Iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' })))).toEqual(
      conflict('Cannot delete the default version of a policy.'),
    );
    await iam.send(new Iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v5' }));
    expect((await add('a:6')).PolicyVersion).toEqual({ VersionId: 'v6', IsDefaultVersion: false, CreateDate: expect.any(Date) });
    const { Versions } = await iam.send(new Iam.ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion])).toEqual([
      ['v6', false],
      ['v4', false],
      ['v3', false],
      ['v2', true],
      ['v1', false],
    ]);
    const { PolicyVersion } = await iam.send(new Iam.GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(allowPolicy('s3:Get*'));
  });

  test('are deleted when unused and without other versions', async () => {
    await makeRole();
    const PolicyArn = await makePolicy();
    const remove = () => iam.send(new Iam.DeletePolicyCommand({ PolicyArn }));
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn }));
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn }));
    await iam.send(new Iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allowPolicy('s3:Get*') }));
    expect((await iam.send(new Iam.GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({
      AttachmentCount: 1,
      DefaultVersionId: 'v1',
    });

    expect(await refusal(remove())).toEqual(conflict('Cannot delete a policy attached to entities.'));
    await iam.send(new Iam.DetachRolePolicyCommand({ RoleName: 'deploy', PolicyArn }));
    expect(await refusal(iam.send(new Iam.DetachRolePolicyCommand({ RoleName: 'deploy', PolicyArn })))).toMatchObject({
      code: 'NoSuchEntity',
      status: 404,
    });
    expect(await refusal(remove())).toMatchObject({ code: 'DeleteConflict', status: 409 });
    await iam.send(new Iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    await remove();
    expect(await refusal(remove())).toMatchObject({ code: 'NoSuchEntity', status: 404 });
  });

  test('have a name once, and quotas', async () => {
    await makePolicy('p');
    expect(await refusal(makePolicy('P'))).toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
    const long = allowPolicy(
      's3:*',
      Array.from({ length: 200 }, (_, i) => `arn:aws:s3:::some-long-bucket-name-${i}`),
    );
    expect(await refusal(makePolicy('long', long))).toEqual(limit('Cannot exceed quota for PolicySize: 6144'));
    expect(await refusal(makePolicy('bad', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}'))).toEqual(
      malformed(/resources/),
    );
  });

  test('are at most ten on a role', async () => {
    await makeRole();
    const arns = await Promise.all(Array.from({ length: 11 }, (_, i) => makePolicy(`p${i}`)));
    const attach = (PolicyArn: string) => iam.send(new Iam.AttachRolePolicyCommand({ RoleName: 'deploy', PolicyArn }));
    for (const arn of arns.slice(0, 10)) await attach(arn);
    expect(await refusal(attach(arns[10] ?? ''))).toEqual(limit('Cannot exceed quota for PoliciesPerRole: 10'));
    expect(await refusal(attach(`arn:aws:iam::${TARGET}:policy/none`))).toMatchObject({ code: 'NoSuchEntity', status: 404 });
  });

  test('of AWS can be read and attached, and changed by nobody', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const { PolicyVersion } = await iam.send(new Iam.GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    expect(await refusal(iam.send(new Iam.DeletePolicyCommand({ PolicyArn })))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
    expect(await refusal(iam.send(new Iam.TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'a', Value: 'b' }] })))).toMatchObject({
      code: 'AccessDenied',
    });
  });
});

describe('inline policies', () => {
  const put = (PolicyName: string, PolicyDocument: string) =>
    iam.send(new Iam.PutRolePolicyCommand({ RoleName: 'deploy', PolicyName, PolicyDocument }));
  beforeEach(() => makeRole());

  test('are put, put again, read, listed and deleted', async () => {
    await put('a', allowPolicy('s3:Get*'));
    await put('a', allowPolicy('s3:*', "arn:aws:s3:::b/*!'()"));
    const { $metadata: _, ...read } = await iam.send(new Iam.GetRolePolicyCommand({ RoleName: 'deploy', PolicyName: 'a' }));
    expect({ ...read, PolicyDocument: decodeURIComponent(read.PolicyDocument ?? '') }).toEqual({
      RoleName: 'deploy',
      PolicyName: 'a',
      PolicyDocument: allowPolicy('s3:*', "arn:aws:s3:::b/*!'()"),
    });
    expect(read.PolicyDocument).toMatch(/^[\w.~%-]+$/);
    expect((await iam.send(new Iam.ListRolePoliciesCommand({ RoleName: 'deploy' }))).PolicyNames).toEqual(['a']);
    await iam.send(new Iam.DeleteRolePolicyCommand({ RoleName: 'deploy', PolicyName: 'a' }));
    expect(await refusal(iam.send(new Iam.GetRolePolicyCommand({ RoleName: 'deploy', PolicyName: 'a' })))).toEqual(
      gone('The role policy with name a cannot be found.'),
    );
  });

  test('share one quota', async () => {
    const large = (name: string) =>
      allowPolicy(
        's3:*',
        Array.from({ length: 120 }, (_, i) => `arn:aws:s3:::${name}-some-long-bucket-name-${i}`),
      );
    await put('a', large('a'));
    expect(await refusal(put('b', large('b')))).toEqual(limit('Maximum policy size of 10240 bytes exceeded for role deploy'));
    await put('a', large('c'));
  });

  test('may not name a principal', async () => {
    expect(await refusal(put('a', FROM_SOURCE))).toEqual(malformed(/./));
  });
});

describe('tags', () => {
  test('of a role ignore the case of keys, those of a policy do not', async () => {
    await makeRole('deploy', { Tags: [{ Key: 'Team', Value: '1' }] });
    const PolicyArn = await makePolicy();
    await iam.send(new Iam.TagRoleCommand({ RoleName: 'deploy', Tags: [{ Key: 'team', Value: '2' }] }));
    await iam.send(new Iam.TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'Team', Value: '1' }] }));
    await iam.send(new Iam.TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'team', Value: '2' }] }));
    expect((await iam.send(new Iam.ListRoleTagsCommand({ RoleName: 'deploy' }))).Tags).toEqual([{ Key: 'team', Value: '2' }]);
    expect((await iam.send(new Iam.ListPolicyTagsCommand({ PolicyArn }))).Tags).toHaveLength(2);
    await iam.send(new Iam.UntagRoleCommand({ RoleName: 'deploy', TagKeys: ['TEAM', 'absent'] }));
    expect((await iam.send(new Iam.ListRoleTagsCommand({ RoleName: 'deploy' }))).Tags).toEqual([]);
  });

  test.each([
    [
      [
        { Key: 'a', Value: '1' },
        { Key: 'A', Value: '2' },
      ],
      'InvalidInput',
      400,
    ],
    [[{ Key: 'aws:x', Value: '1' }], 'InvalidInput', 400],
    [[{ Key: 'a#b', Value: '1' }], 'ValidationError', 400],
  ])('%j are refused', async (Tags, code, status) => {
    expect(await refusal(makeRole('deploy', { Tags }))).toMatchObject({ code, status });
    expect(await refusal(getRole())).toMatchObject({ code: 'NoSuchEntity' });
  });

  test('are at most fifty', async () => {
    const tags = (from: number, count: number) => Array.from({ length: count }, (_, i) => ({ Key: `k${from + i}`, Value: '' }));
    await makeRole('deploy', { Tags: tags(0, 50) });
    expect(await refusal(iam.send(new Iam.TagRoleCommand({ RoleName: 'deploy', Tags: tags(50, 1) })))).toMatchObject({
      code: 'LimitExceeded',
      status: 409,
    });
  });
});

describe('pages', () => {
  test('show every role once, in order', async () => {
    for (const name of ['e', 'b', 'd', 'a', 'c']) await makeRole(name);
    const names: string[] = [];
    for await (const page of Iam.paginateListRoles({ client: iam, pageSize: 2 }, {}))
      names.push(...(page.Roles ?? []).map(({ RoleName }) => RoleName ?? ''));
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    const { Roles, IsTruncated, Marker } = await iam.send(new Iam.ListRolesCommand({ MaxItems: 5 }));
    expect({ count: Roles?.length, IsTruncated, Marker }).toEqual({ count: 5, IsTruncated: false, Marker: undefined });
  });

  test('filter by path, and leave out what only GetRole shows', async () => {
    await makeRole('a', { Path: '/ops/', Tags: [{ Key: 'k', Value: 'v' }] });
    await makeRole('b');
    const { Roles } = await iam.send(new Iam.ListRolesCommand({ PathPrefix: '/ops/' }));
    expect(Roles?.map(({ RoleName, Tags }) => ({ RoleName, Tags }))).toEqual([{ RoleName: 'a', Tags: undefined }]);
  });

  test.each([
    [{ MaxItems: 0 }, /'maxItems' failed/],
    [{ MaxItems: 1001 }, /'maxItems' failed/],
    [{ Marker: 'nonsense' }, /^Invalid Marker\.$/],
  ])('%j is refused', async (input, message) => {
    expect(await refusal(iam.send(new Iam.ListRolesCommand(input)))).toEqual({
      code: 'ValidationError',
      status: 400,
      message: expect.stringMatching(message),
    });
  });
});

describe('users and their keys', () => {
  test('a user is made with two keys at most, and deleted without', async () => {
    const UserName = 'bob';
    await iam.send(new Iam.CreateUserCommand({ UserName }));
    const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }));
    expect(AccessKey).toEqual({
      UserName,
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
      Status: 'Active',
      CreateDate: expect.any(Date),
    });
    await iam.send(new Iam.CreateAccessKeyCommand({ UserName }));
    expect(await refusal(iam.send(new Iam.CreateAccessKeyCommand({ UserName })))).toEqual(
      limit('Cannot exceed quota for AccessKeysPerUser: 2'),
    );
    expect(await refusal(iam.send(new Iam.DeleteUserCommand({ UserName })))).toEqual(
      conflict('Cannot delete entity, must delete access keys first.'),
    );
    const { AccessKeyMetadata } = await iam.send(new Iam.ListAccessKeysCommand({ UserName }));
    for (const { AccessKeyId } of AccessKeyMetadata ?? [])
      await iam.send(new Iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await iam.send(new Iam.DeleteUserCommand({ UserName }));
    expect(await refusal(iam.send(new Iam.GetUserCommand({ UserName })))).toEqual(
      gone('The user with name bob cannot be found.'),
    );
  });

  test('a key that is switched off opens nothing', async () => {
    await iam.send(new Iam.CreateUserCommand({ UserName: 'bob' }));
    const keys = sandbox.userCredentials(TARGET, 'bob');
    await iam.send(new Iam.UpdateAccessKeyCommand({ UserName: 'bob', AccessKeyId: keys.accessKeyId, Status: 'Inactive' }));
    const { iam: bob } = clientsWith(sandbox, keys);
    expect(await refusal(bob.send(new Iam.GetUserCommand({})))).toMatchObject({ code: 'InvalidClientTokenId', status: 403 });
  });

  test('GetUser without a name is about the caller', async () => {
    expect((await iam.send(new Iam.GetUserCommand({}))).User?.UserName).toBe('admin');
  });
});

describe('instance profiles', () => {
  test('hold one role', async () => {
    const profile = { InstanceProfileName: 'box' };
    await makeRole('a');
    await makeRole('b');
    await iam.send(new Iam.CreateInstanceProfileCommand(profile));
    await iam.send(new Iam.AddRoleToInstanceProfileCommand({ ...profile, RoleName: 'a' }));
    expect(await refusal(iam.send(new Iam.AddRoleToInstanceProfileCommand({ ...profile, RoleName: 'b' })))).toEqual(
      limit('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'),
    );
    const { InstanceProfile } = await iam.send(new Iam.GetInstanceProfileCommand(profile));
    expect(InstanceProfile?.Roles?.map(({ RoleName }) => RoleName)).toEqual(['a']);
    expect((await iam.send(new Iam.ListInstanceProfilesForRoleCommand({ RoleName: 'a' }))).InstanceProfiles).toEqual([
      InstanceProfile,
    ]);
    expect(await refusal(iam.send(new Iam.DeleteInstanceProfileCommand(profile)))).toMatchObject({
      code: 'DeleteConflict',
      status: 409,
    });
    await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ ...profile, RoleName: 'a' }));
    await iam.send(new Iam.DeleteInstanceProfileCommand(profile));
    expect(await refusal(iam.send(new Iam.GetInstanceProfileCommand(profile)))).toEqual(
      gone('Instance Profile box cannot be found.'),
    );
  });
});

describe('authorisation', () => {
  const bobMay = async (document: string): Promise<Iam.IAMClient> => {
    await iam.send(new Iam.CreateUserCommand({ UserName: 'bob' }));
    await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument: document }));
    return clientsWith(sandbox, sandbox.userCredentials(TARGET, 'bob')).iam;
  };
  const BOB = `arn:aws:iam::${TARGET}:user/bob`;
  const denied = (action: string, resource: string, reason: string) => ({
    code: 'AccessDenied',
    status: 403,
    message: `User: ${BOB} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  });

  test('a user does what its policies allow, on the resources that they name', async () => {
    const bob = await bobMay(allowPolicy(['iam:CreateRole', 'iam:GetRole'], `arn:aws:iam::${TARGET}:role/app-*`));
    const create = (RoleName: string, rest: Partial<Iam.CreateRoleCommandInput> = {}) =>
      bob.send(new Iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: FROM_SOURCE, ...rest }));
    await create('app-1');
    const none = (action: string) => `because no identity-based policy allows the ${action} action`;
    expect(await refusal(create('db-1'))).toEqual(
      denied('iam:CreateRole', `arn:aws:iam::${TARGET}:role/db-1`, none('iam:CreateRole')),
    );
    const Tags = [{ Key: 'a', Value: 'b' }];
    expect(await refusal(create('app-2', { Tags }))).toEqual(
      denied('iam:TagRole', `arn:aws:iam::${TARGET}:role/app-2`, none('iam:TagRole')),
    );
    expect(await refusal(bob.send(new Iam.GetRoleCommand({ RoleName: 'none' })))).toMatchObject({ code: 'AccessDenied' });
    expect((await iam.send(new Iam.ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName)).toEqual(['app-1']);
  });

  test('an explicit deny wins', async () => {
    const bob = await bobMay(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'iam:Delete*', Resource: '*' },
        ],
      }),
    );
    await makeRole();
    const reason = 'with an explicit deny in an identity-based policy';
    expect(await refusal(bob.send(new Iam.DeleteRoleCommand({ RoleName: 'deploy' })))).toEqual(
      denied('iam:DeleteRole', `arn:aws:iam::${TARGET}:role/deploy`, reason),
    );
    await getRole();
  });

  test('a boundary limits what policies allow', async () => {
    const bob = await bobMay(allowPolicy('*'));
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
    await iam.send(new Iam.PutUserPermissionsBoundaryCommand({ UserName: 'bob', PermissionsBoundary }));
    await bob.send(new Iam.ListRolesCommand({}));
    expect(await refusal(bob.send(new Iam.CreateUserCommand({ UserName: 'eve' })))).toEqual(
      denied(
        'iam:CreateUser',
        `arn:aws:iam::${TARGET}:user/eve`,
        'because no permissions boundary allows the iam:CreateUser action',
      ),
    );
  });

  test('conditions see the request: tags, boundary, attached policy', async () => {
    const when = (action: string, condition: object) => ({
      Effect: 'Allow',
      Action: action,
      Resource: '*',
      Condition: condition,
    });
    const bob = await bobMay(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          when('iam:TagRole', {
            StringEquals: { 'aws:RequestTag/team': 'red' },
            'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
          }),
          when('iam:AttachRolePolicy', { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }),
          when('iam:DeleteRole', { StringEquals: { 'aws:ResourceTag/team': 'red' } }),
        ],
      }),
    );
    await makeRole('a');
    await makeRole('b');
    const tag = (Key: string, Value: string) => bob.send(new Iam.TagRoleCommand({ RoleName: 'a', Tags: [{ Key, Value }] }));
    const attach = (name: string) =>
      bob.send(new Iam.AttachRolePolicyCommand({ RoleName: 'a', PolicyArn: `arn:aws:iam::aws:policy/${name}` }));
    expect(await refusal(tag('team', 'blue'))).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(await refusal(tag('other', 'red'))).toMatchObject({ code: 'AccessDenied', status: 403 });
    await tag('team', 'red');
    expect(await refusal(attach('AdministratorAccess'))).toMatchObject({ code: 'AccessDenied', status: 403 });
    await attach('ReadOnlyAccess');
    await iam.send(new Iam.DetachRolePolicyCommand({ RoleName: 'a', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }));
    expect(await refusal(bob.send(new Iam.DeleteRoleCommand({ RoleName: 'b' })))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
    await bob.send(new Iam.DeleteRoleCommand({ RoleName: 'a' }));
  });
});

test('the account has its alias', async () => {
  expect((await iam.send(new Iam.ListAccountAliasesCommand({}))).AccountAliases).toEqual(['target']);
});
