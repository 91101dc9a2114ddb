import {
  CreateRoleCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { fromInstanceMetadata } from '@aws-sdk/credential-providers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { adminOf, clientsWith, refusal, SOURCE, TARGET, trustPolicy } from '../support/sandbox-clients.ts';

const INSTANCE = 'i-0abcdef1234567890';
const SESSION = `arn:aws:sts::${SOURCE}:assumed-role/runner/${INSTANCE}`;
const CREDENTIALS = '/latest/meta-data/iam/security-credentials/';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await openSandbox();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
});

const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(sandbox.metadataEndpoint + path, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
};

const askForToken = (headers: Record<string, string> = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' }) =>
  ask('/latest/api/token', { method: 'PUT', headers });

const read = async (path: string) => {
  const { text: token } = await askForToken();
  return ask(path, { headers: { 'x-aws-ec2-metadata-token': token } });
};

test("the SDK's own provider becomes the runner", async () => {
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', sandbox.metadataEndpoint);
  const credentials = await fromInstanceMetadata({ maxRetries: 0 })();
  const { sts } = clientsWith(sandbox, { ...credentials, sessionToken: credentials.sessionToken ?? '' });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(SESSION);
  expect(credentials.expiration?.getTime()).toBeGreaterThan(Date.now() + 5 * 3_600_000);
});

describe('tokens', () => {
  test('echo their lifetime, and end with it', async () => {
    const { status, text: token, headers } = await askForToken();
    expect({ status, ttl: headers.get('x-aws-ec2-metadata-token-ttl-seconds') }).toEqual({ status: 200, ttl: '60' });
    const get = () => ask(CREDENTIALS, { headers: { 'x-aws-ec2-metadata-token': token } });
    expect(await get()).toMatchObject({ status: 200, text: 'runner' });
    sandbox.advanceClock(61_000);
    expect((await get()).status).toBe(401);
  });

  test.each([
    ['without a lifetime', {}, 400],
    ['with a lifetime of 0', { 'x-aws-ec2-metadata-token-ttl-seconds': '0' }, 400],
    ['with more than six hours', { 'x-aws-ec2-metadata-token-ttl-seconds': '21601' }, 400],
    ['through a proxy', { 'x-aws-ec2-metadata-token-ttl-seconds': '60', 'x-forwarded-for': '10.0.0.1' }, 403],
  ])('are refused %s', async (_title, headers, status) => {
    expect((await askForToken(headers)).status).toBe(status);
  });

  test('are wanted for every read, and must be true', async () => {
    expect((await ask(CREDENTIALS)).status).toBe(401);
    expect((await ask(CREDENTIALS, { headers: { 'x-aws-ec2-metadata-token': 'forged' } })).status).toBe(401);
    const { text } = await askForToken();
    const longer = Buffer.from(Buffer.from(text, 'base64url').toString().replace(/^\d+/, '9999999999999')).toString('base64url');
    expect((await ask(CREDENTIALS, { headers: { 'x-aws-ec2-metadata-token': longer } })).status).toBe(401);
  });

  test('are not wanted where the instance lets IMDSv1 in', async () => {
    const instances = [{ InstanceId: INSTANCE, InstanceProfileName: 'runner', HttpTokens: 'optional' as const }];
    sandbox.reset({ accounts: { [SOURCE]: { instances } } });
    expect(await ask(CREDENTIALS)).toMatchObject({ status: 200, text: 'runner' });
  });
});

test.each([
  ['/latest/meta-data/placement/region', 'us-east-1'],
  ['/latest/meta-data/placement/availability-zone/', 'us-east-1a'],
  ['/latest/meta-data/instance-id', INSTANCE],
  ['/2021-07-15/meta-data/instance-id', INSTANCE],
])('%s is %s', async (path, text) => {
  expect(await read(path)).toMatchObject({ status: 200, text });
});

test('the identity document names account and region', async () => {
  expect(JSON.parse((await read('/latest/dynamic/instance-identity/document')).text)).toMatchObject({
    accountId: SOURCE,
    instanceId: INSTANCE,
    region: 'us-east-1',
  });
});

test('iam/info names the profile', async () => {
  expect(JSON.parse((await read('/latest/meta-data/iam/info')).text)).toEqual({
    Code: 'Success',
    LastUpdated: expect.any(String),
    InstanceProfileArn: `arn:aws:iam::${SOURCE}:instance-profile/runner`,
    InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
  });
});

test('unknown paths are 404, other methods 405', async () => {
  expect((await read('/latest/meta-data/none')).status).toBe(404);
  expect((await ask('/latest/meta-data/', { method: 'POST' })).status).toBe(405);
  expect((await ask('/latest/api/token')).status).toBe(405);
});

describe('credentials', () => {
  const current = async () => JSON.parse((await read(`${CREDENTIALS}runner`)).text) as Record<string, string>;

  test('stay until an hour before their end', async () => {
    const first = await current();
    expect(first).toMatchObject({ Code: 'Success', Type: 'AWS-HMAC' });
    sandbox.advanceClock(4 * 3_600_000);
    expect((await current())['AccessKeyId']).toBe(first['AccessKeyId']);
    sandbox.advanceClock(3_600_001);
    expect((await current())['AccessKeyId']).not.toBe(first['AccessKeyId']);
  });

  test('are not given where the role does not trust EC2', async () => {
    const { iam } = adminOf(sandbox, SOURCE);
    const PolicyDocument = trustPolicy({ Service: 'lambda.amazonaws.com' });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'runner', PolicyDocument }));
    expect(await current()).toMatchObject({ Code: 'AssumeRoleUnauthorizedAccess' });
  });

  // Service Authorization Reference, "Condition keys for Amazon EC2".
  test.each([
    ['required', '2.0', true],
    ['required', '1.0', false],
    ['optional', '1.0', true],
  ] as const)('with tokens %s are delivered by %s: %s', async (HttpTokens, version, isAllowed) => {
    sandbox.reset({
      accounts: { [SOURCE]: { instances: [{ InstanceId: INSTANCE, InstanceProfileName: 'runner', HttpTokens }] } },
    });
    const { iam } = adminOf(sandbox, SOURCE);
    const condition = {
      NumericEquals: { 'ec2:RoleDelivery': version },
      ArnEquals: { 'ec2:SourceInstanceARN': `arn:aws:ec2:us-east-1:${SOURCE}:instance/${INSTANCE}` },
    };
    const AssumeRolePolicyDocument = trustPolicy({ AWS: SOURCE }, condition);
    await iam.send(new CreateRoleCommand({ RoleName: 'next', AssumeRolePolicyDocument }));
    const { AccessKeyId = '', SecretAccessKey = '', Token = '' } = await current();
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
    const RoleArn = `arn:aws:iam::${SOURCE}:role/next`;
    const assume = clientsWith(sandbox, keys).sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }));
    if (isAllowed) expect((await assume).AssumedRoleUser?.Arn).toContain('assumed-role/next/me');
    else expect(await refusal(assume)).toMatchObject({ code: 'AccessDenied' });
  });

  test('are not there when the profile holds no role', async () => {
    const { iam } = adminOf(sandbox, SOURCE);
    await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: 'runner', RoleName: 'runner' }));
    expect((await read(CREDENTIALS)).status).toBe(404);
    expect((await read(`${CREDENTIALS}runner`)).status).toBe(404);
  });

  test('follow edits of the role at once', async () => {
    const keys = await current();
    const { iam } = clientsWith(sandbox, {
      accessKeyId: keys['AccessKeyId'] ?? '',
      secretAccessKey: keys['SecretAccessKey'] ?? '',
      sessionToken: keys['Token'] ?? '',
    });
    const put = new PutRolePolicyCommand({
      RoleName: 'runner',
      PolicyName: 'x',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] }),
    });
    await expect(iam.send(put)).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    await adminOf(sandbox, SOURCE).iam.send(put);
    await iam.send(put);
  });
});

describe('other instances', () => {
  const instances = [
    { InstanceId: 'i-plain', InstanceProfileName: 'plain' },
    { InstanceId: 'i-bare' },
    { InstanceId: 'i-gone', InstanceProfileName: 'deleted' },
    { InstanceId: 'i-empty', InstanceProfileName: 'empty' },
    { InstanceId: 'i-off', InstanceProfileName: 'runner', HttpEndpoint: 'disabled' as const },
    { InstanceId: 'i-far', InstanceProfileName: 'runner', ClientHops: 2 },
    { InstanceId: 'i-reached', InstanceProfileName: 'runner', ClientHops: 2, HttpPutResponseHopLimit: 2 },
  ];
  const seed = {
    accounts: {
      [SOURCE]: {
        roles: [{ RoleName: 'plain', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }],
        instanceProfiles: [{ InstanceProfileName: 'plain', Roles: ['plain'] }, { InstanceProfileName: 'empty' }],
        instances,
      },
      [TARGET]: { instances: [{ InstanceId: 'i-target', Region: 'eu-west-1' }] },
    },
  };
  let several: Sandbox;
  beforeEach(async () => {
    several = await openSandbox({ seed });
  });
  afterEach(() => several.close());

  const tokenOf = (endpoint: string, init: RequestInit = {}) =>
    fetch(`${endpoint}/latest/api/token`, { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' }, ...init });
  const readOf = async (instanceId: string, path: string) => {
    const endpoint = await several.instanceEndpoint(instanceId);
    const token = await (await tokenOf(endpoint)).text();
    const response = await fetch(`${endpoint}/latest/${path}`, { headers: { 'x-aws-ec2-metadata-token': token } });
    return { status: response.status, text: await response.text() };
  };

  test('are each at an endpoint of their own, in whatever account', async () => {
    expect(several.otherInstances.map(({ instanceId }) => instanceId)).toEqual([
      ...instances.map(({ InstanceId }) => InstanceId),
      'i-target',
    ]);
    expect(new Set(several.otherInstances.map(({ endpoint }) => endpoint)).size).toBe(instances.length + 1);
    expect((await readOf('i-plain', 'meta-data/instance-id')).text).toBe('i-plain');
    expect(JSON.parse((await readOf('i-target', 'dynamic/instance-identity/document')).text)).toMatchObject({
      accountId: TARGET,
      region: 'eu-west-1',
    });
    expect(several.awsConfigText()).toContain(
      `[profile i-target]\nec2_metadata_service_endpoint = ${await several.instanceEndpoint('i-target')}`,
    );
    const listed = (await (await fetch(`${several.endpoint}/_xacct/instances`)).json()) as readonly { instanceId: string }[];
    expect(listed).toContainEqual({
      account: TARGET,
      instanceId: 'i-target',
      endpoint: await several.instanceEndpoint('i-target'),
    });
  });

  test('may be added later', async () => {
    several.addSeed({ accounts: { [SOURCE]: { instances: [{ InstanceId: 'i-late', InstanceProfileName: 'runner' }] } } });
    expect((await readOf('i-late', 'meta-data/iam/security-credentials/')).text).toBe('runner');
    await expect(several.instanceEndpoint('i-none')).rejects.toThrow('no instance i-none');
  });

  test.each([
    ['i-bare', 'meta-data/iam/security-credentials/', 404, 'Not Found'],
    ['i-bare', 'meta-data/iam/info', 404, 'Not Found'],
    ['i-gone', 'meta-data/iam/info', 200, '"Code": "InstanceProfileNotFound"'],
    ['i-gone', 'meta-data/iam/security-credentials/', 404, 'Not Found'],
    ['i-empty', 'meta-data/iam/info', 200, 'Instance Profile does not contain a role'],
    ['i-empty', 'meta-data/iam/security-credentials/', 404, 'Not Found'],
    ['i-plain', 'meta-data/iam/security-credentials/plain', 200, '"Code": "AssumeRoleUnauthorizedAccess"'],
    ['i-off', 'meta-data/instance-id', 403, 'Forbidden'],
    ['i-reached', 'meta-data/iam/security-credentials/', 200, 'runner'],
    ['i-reached', '', 200, 'meta-data'],
    ['i-reached', 'meta-data/', 200, 'iam/'],
  ])('%s answers %s with %d', async (instanceId, path, status, said) => {
    expect(await readOf(instanceId, path)).toEqual({ status, text: expect.stringContaining(said) });
  });

  test('a token gets no farther than the hop limit: who asks waits in vain', async () => {
    const waited = tokenOf(await several.instanceEndpoint('i-far'), { signal: AbortSignal.timeout(200) });
    await expect(waited).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
