import { get } from 'node:http';
import { CreateRoleCommand, GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { adminOf, type Clients, refusal, SOURCE, TARGET, trustPolicy } from '../support/sandbox-clients.ts';

let sandbox: Sandbox;
let target: Clients;
let source: Clients;

beforeEach(async () => {
  sandbox = await openSandbox();
  target = adminOf(sandbox, TARGET);
  source = adminOf(sandbox, SOURCE);
});
afterEach(() => sandbox.close());

const makeRole = (iam: IAMClient) =>
  iam.send(
    new CreateRoleCommand({ RoleName: 'deploy', AssumeRolePolicyDocument: trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:root` }) }),
  );
const roleNames = async () => {
  const answer = await target.iam.send(new GetRoleCommand({ RoleName: 'deploy' })).catch(() => undefined);
  return answer?.Role?.RoleName;
};
const whoAmI = () => source.sts.send(new GetCallerIdentityCommand({}));
const lastOf = (action: string) => sandbox.log().findLast((entry) => entry.action === action);

test('throttling hits the next calls, and no more', async () => {
  sandbox.setFaults({ rules: [{ kind: 'throttle', times: 2 }] });
  const throttled = { code: 'Throttling', status: 400, message: 'Rate exceeded' };
  expect([await refusal(whoAmI()), await refusal(whoAmI())]).toEqual([throttled, throttled]);
  expect((await whoAmI()).Account).toBe(SOURCE);
});

test("the SDK's own retries get through", async () => {
  sandbox.setFaults({
    rules: [
      { kind: 'throttle', times: 1 },
      { kind: 'server-error', times: 1 },
    ],
  });
  const sts = new STSClient({
    endpoint: sandbox.endpoint,
    region: 'us-east-1',
    credentials: sandbox.credentials(SOURCE),
    maxAttempts: 3,
  });
  expect((await sts.send(new GetCallerIdentityCommand({}))).$metadata.attempts).toBe(3);
});

test('a rule may name its action, and let calls through first', async () => {
  sandbox.setFaults({ rules: [{ kind: 'server-error', action: 'iam:CreateRole', after: 1 }] });
  await whoAmI();
  await makeRole(target.iam);
  expect(await refusal(makeRole(target.iam))).toMatchObject({ code: 'InternalFailure', status: 500 });
  expect(await refusal(makeRole(target.iam))).toMatchObject({ code: 'EntityAlreadyExists' });
});

test('a dropped connection has done nothing; a lost reply has done everything', async () => {
  sandbox.setFaults({
    rules: [
      { kind: 'drop', action: 'CreateRole' },
      { kind: 'lost-reply', action: 'CreateRole' },
    ],
  });
  await expect(makeRole(target.iam)).rejects.toMatchObject({
    $metadata: expect.not.objectContaining({ httpStatusCode: expect.anything() }),
  });
  expect(await roleNames()).toBeUndefined();
  expect(lastOf('CreateRole')).toMatchObject({ decision: 'fault', reason: 'FAULT_DROP', write: true });
  await expect(makeRole(target.iam)).rejects.toMatchObject({
    $metadata: expect.not.objectContaining({ httpStatusCode: expect.anything() }),
  });
  expect(await roleNames()).toBe('deploy');
  expect(lastOf('CreateRole')).toMatchObject({ decision: 'allowed', write: true });
});

test('the third call of an action, and that one only, is answered to nobody', async () => {
  sandbox.setFaults({ rules: [{ kind: 'hang', action: 'iam:GetRole', after: 2 }] });
  await makeRole(target.iam);
  const read = (signal?: AbortSignal) =>
    target.iam.send(new GetRoleCommand({ RoleName: 'deploy' }), { ...(signal && { abortSignal: signal }) });
  await read();
  await read();
  await expect(read(AbortSignal.timeout(200))).rejects.toMatchObject({ name: 'AbortError' });
  expect(sandbox.log().filter(({ action }) => action === 'GetRole')).toHaveLength(3);
  await read();
});

test('a session ends on demand', async () => {
  sandbox.setFaults({ rules: [{ kind: 'expired-token', action: 'GetCallerIdentity' }] });
  expect(await refusal(whoAmI())).toEqual({
    code: 'ExpiredToken',
    status: 403,
    message: 'The security token included in the request is expired',
  });
  expect(lastOf('GetCallerIdentity')).toMatchObject({ decision: 'fault', reason: 'FAULT_EXPIRED_TOKEN' });
  expect((await whoAmI()).Account).toBe(SOURCE);
});

test('faults may be written as on the command line', async () => {
  sandbox.setFaults({ throttle: 1, latency: '20ms', consistencyDelay: '10s' });
  expect(await refusal(whoAmI())).toMatchObject({ code: 'Throttling' });
  const start = performance.now();
  await whoAmI();
  expect(performance.now() - start).toBeGreaterThanOrEqual(18);
  sandbox.setFaults({ throttle: '0/s' });
  expect(await refusal(whoAmI())).toMatchObject({ code: 'Throttling' });
});

test.each([
  [{ ruls: [] }, 'ruls is not known here; there are consistencyDelay'],
  [{ rules: [{ kind: 'lost' }] }, 'rules[0].kind must be one of throttle'],
  [{ rules: [{ action: 'GetRole' }] }, 'rules[0] lacks kind'],
  [{ latency: 'soon' }, 'latency must be a duration'],
])('faults that are none change nothing: %j', async (faults, said) => {
  sandbox.setFaults({ rules: [{ kind: 'throttle' }] });
  expect(() => sandbox.setFaults(faults as never)).toThrow(said);
  await expect(openSandbox({ faults: faults as never })).rejects.toThrow(said);
  expect(await refusal(whoAmI())).toMatchObject({ code: 'Throttling' });
});

test('a new role cannot be assumed until IAM is consistent', async () => {
  sandbox.setFaults({ consistencyDelayMs: 10_000 });
  await makeRole(target.iam);
  const assume = () =>
    source.sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${TARGET}:role/deploy`, RoleSessionName: 'test' }));
  expect(await refusal(assume())).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(lastOf('AssumeRole')).toMatchObject({ decision: 'denied', reason: 'NOT_YET_CONSISTENT' });
  sandbox.advanceClock(10_000);
  expect((await assume()).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/deploy/test`);
});

test('latency is real time', async () => {
  sandbox.setFaults({ latencyMs: 60 });
  const start = performance.now();
  await whoAmI();
  expect(performance.now() - start).toBeGreaterThanOrEqual(58);
});

test('a skewed clock refuses the signature, and tells the time', async () => {
  sandbox.setFaults({ clockSkewMs: 20 * 60_000 });
  expect(await refusal(whoAmI())).toMatchObject({
    code: 'SignatureDoesNotMatch',
    status: 403,
    message: expect.stringMatching(/^Signature expired/),
  });
  // The client has learned the time from the answer's Date.
  expect((await whoAmI()).Account).toBe(SOURCE);
});

describe('the control endpoint', () => {
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${sandbox.endpoint}/_xacct/${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined };
  };

  test('sets faults', async () => {
    expect(await post('faults', { rules: [{ kind: 'throttle' }] })).toEqual({ status: 200, body: {} });
    expect(await refusal(whoAmI())).toMatchObject({ code: 'Throttling' });
  });

  test('moves the clock', async () => {
    const { status, body } = await post('clock', { advanceMs: 3_600_000 });
    expect(status).toBe(200);
    expect(Date.parse((body as { now: string }).now)).toBeGreaterThan(Date.now() + 3_590_000);
  });

  test('adds a seed, and resets to the first one', async () => {
    expect(await post('seed', { accounts: { '333333333333': { users: [{ UserName: 'carol' }] } } })).toEqual({
      status: 200,
      body: {},
    });
    expect(sandbox.userCredentials('333333333333', 'carol').accessKeyId).toMatch(/^AKIA/);
    await makeRole(target.iam);
    expect(await post('reset', {})).toEqual({ status: 200, body: {} });
    expect(await roleNames()).toBeUndefined();
    expect(() => sandbox.userCredentials('333333333333', 'carol')).toThrow(/333333333333/);
  });

  test('shows the log', async () => {
    await whoAmI();
    const response = await fetch(`${sandbox.endpoint}/_xacct/log`);
    expect(await response.json()).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        account: SOURCE,
        caller: `arn:aws:iam::${SOURCE}:user/admin`,
        service: 'sts',
        action: 'GetCallerIdentity',
        resource: null,
        decision: 'allowed',
        reason: null,
        write: false,
      },
    ]);
  });

  test.each([
    ['faults', '{', 400],
    ['faults', '[]', 400],
    ['faults', { rules: [{ kind: 'explode' }] }, 400],
    ['faults', { surprise: 1 }, 400],
    ['clock', {}, 400],
    ['seed', { accounts: { '1': {} } }, 400],
    ['seed', { accounts: { '333333333333': { roles: [{ RoleName: 'r', AssumeRolePolicyDocument: '{' }] } } }, 400],
    ['seed', { accounts: { '333333333333': { rolez: [] } } }, 400],
    ['clock', { advanceMs: 1e300 }, 400],
    [
      'seed',
      {
        accounts: {
          '222222222222': { roles: [{ RoleName: 'r', AssumeRolePolicyDocument: {} }], users: [{ UserName: 'admin' }] },
        },
      },
      400,
    ],
    ['none', {}, 404],
  ])('refuses %s with %j', async (path, body, status) => {
    const answer = await post(path, body);
    expect(answer).toEqual({ status, body: { error: expect.any(String) } });
  });

  test('a seed that is refused in its middle adds nothing', async () => {
    const good = { RoleName: 'deploy', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) };
    const users = [{ UserName: 'admin' }, { UserName: 'carol' }];
    const roles = [good, { RoleName: 'bad', AssumeRolePolicyDocument: trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:user/none` }) }];
    const answer = await post('seed', { accounts: { [TARGET]: { alias: 'other', users, roles }, '333333333333': {} } });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(`accounts.${TARGET}.roles[1]`) } });
    expect(await roleNames()).toBeUndefined();
    expect(() => sandbox.userCredentials(TARGET, 'carol')).toThrow('no user carol');
    expect(() => sandbox.rootCredentials('333333333333')).toThrow('no account');
    expect((await target.sts.send(new GetCallerIdentityCommand({}))).Account).toBe(TARGET);
  });

  const statusFor = (path: string, host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      get(`${sandbox.endpoint}${path}`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });

  test('does not serve web pages', async () => {
    expect((await post('reset', {}, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('reset', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post('reset', {}, { referer: 'http://localhost:8080/' })).status).toBe(403);
    expect(await statusFor('/_xacct/log', 'rebound.example')).toBe(403);
    expect(await statusFor('/latest/meta-data/', 'rebound.example')).toBe(403);
    expect(await statusFor('/_xacct/log', 'localhost')).toBe(200);
  });
});
