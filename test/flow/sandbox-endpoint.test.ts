import { Agent, get, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { adminOf, refusal, SOURCE, TARGET, trustPolicy } from '../support/sandbox-clients.ts';
import { Sha256 } from '../support/sha256.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const send = async (sandbox: Sandbox, body: string, path = '/', method = 'POST') => {
  const response = await fetch(sandbox.endpoint + path, { method, headers: FORM, ...(method === 'POST' && { body }) });
  const xml = await response.text();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return {
    status: response.status,
    type: element('Type'),
    code: element('Code'),
    message: element('Message'),
    namespace: /xmlns="([^"]*)"/.exec(xml)?.[1],
    isSameId: response.headers.get('x-amzn-requestid') === element('RequestId'),
  };
};

const IAM = 'https://iam.amazonaws.com/doc/2010-05-08/';
const STS = 'https://sts.amazonaws.com/doc/2011-06-15/';
const sender = { type: 'Sender', isSameId: true };

describe('a request that no operation can serve', () => {
  test.each([
    [
      'Action=GetCallerIdentity&Version=2011-06-15',
      {
        ...sender,
        status: 403,
        code: 'MissingAuthenticationToken',
        message: 'Request is missing Authentication Token',
        namespace: STS,
      },
    ],
    [
      'Action=ListRoles&Version=2010-05-08',
      {
        ...sender,
        status: 403,
        code: 'MissingAuthenticationToken',
        message: 'Request is missing Authentication Token',
        namespace: IAM,
      },
    ],
    [
      'Action=MakeTea&Version=2010-05-08',
      {
        ...sender,
        status: 400,
        code: 'InvalidAction',
        message: 'Could not find operation MakeTea for version 2010-05-08',
        namespace: IAM,
      },
    ],
    [
      'Action=ListRoles&Version=2011-06-15',
      {
        ...sender,
        status: 400,
        code: 'InvalidAction',
        message: 'Could not find operation ListRoles for version 2011-06-15',
        namespace: STS,
      },
    ],
    [
      'Action=ListRoles&Version=1999-01-01',
      {
        ...sender,
        status: 400,
        code: 'InvalidAction',
        message: 'Could not find operation ListRoles for version 1999-01-01',
        namespace: IAM,
      },
    ],
    [
      'Version=2011-06-15',
      {
        ...sender,
        status: 400,
        code: 'MissingAction',
        message: 'The request must contain the parameter Action.',
        namespace: STS,
      },
    ],
    [
      'Action=constructor&Version=2011-06-15',
      {
        ...sender,
        status: 400,
        code: 'InvalidAction',
        message: 'Could not find operation constructor for version 2011-06-15',
        namespace: STS,
      },
    ],
  ])('%s', async (body, expected) => {
    await using sandbox = await openSandbox();
    expect(await send(sandbox, body)).toEqual(expected);
  });

  test('of another service is told so', async () => {
    await using sandbox = await openSandbox();
    expect(await send(sandbox, '', '/my-bucket/key', 'GET')).toMatchObject({
      status: 501,
      code: 'NotImplemented',
      message: expect.stringContaining(
        'the sandbox serves IAM, STS, DescribeOrganization and EC2 instance metadata; GET /my-bucket/key',
      ),
    });
  });

  test('that is too large is refused', async () => {
    await using sandbox = await openSandbox();
    const response = await fetch(sandbox.endpoint, { method: 'POST', body: 'x'.repeat(1_100_000) });
    expect(response.status).toBe(413);
  });
});

test('a presigned GetCallerIdentity is answered to a plain GET', async () => {
  await using sandbox = await openSandbox();
  const credentials = sandbox.credentials(SOURCE);
  const signer = new SignatureV4({ service: 'sts', region: 'eu-central-1', credentials, sha256: Sha256 });
  const { query } = await signer.presign(
    {
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: sandbox.port,
      method: 'GET',
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: `127.0.0.1:${sandbox.port}` },
    },
    { expiresIn: 60 },
  );
  const url = `${sandbox.endpoint}/?${new URLSearchParams(query as Record<string, string>).toString()}`;
  const good = await fetch(url);
  expect({ status: good.status, text: await good.text() }).toEqual({
    status: 200,
    text: expect.stringContaining(`<Arn>arn:aws:iam::${SOURCE}:user/admin</Arn>`),
  });
  expect((await fetch(`${url}&More=1`)).status).toBe(403);
});

test('the log names caller, resource, decision and reason of each call', async () => {
  const seen: string[] = [];
  await using sandbox = await openSandbox({ logSink: ({ action, decision }) => seen.push(`${action} ${decision}`) });
  const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const RoleArn = `arn:aws:iam::${TARGET}:role/none`;
  await refusal(adminOf(sandbox, SOURCE).sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' })));
  await send(sandbox, 'Action=CreateRole&Version=2010-05-08');
  const at = expect.any(String);
  expect(sandbox.log()).toEqual([
    {
      at,
      account: SOURCE,
      caller: `arn:aws:iam::${SOURCE}:user/admin`,
      service: 'sts',
      action: 'AssumeRole',
      resource: RoleArn,
      decision: 'denied',
      reason: 'NO_SUCH_ROLE',
      write: false,
    },
    {
      at,
      account: null,
      caller: null,
      service: 'iam',
      action: 'CreateRole',
      resource: null,
      decision: 'invalid',
      reason: 'MissingAuthenticationToken',
      write: true,
    },
  ]);
  expect(seen).toEqual(['AssumeRole denied', 'CreateRole invalid']);
});

describe('opening and closing', () => {
  test('listens on loopback only', async () => {
    await using sandbox = await openSandbox();
    expect(sandbox.endpoint).toBe(`http://127.0.0.1:${sandbox.port}`);
  });

  test('opens in well under 100 ms', async () => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      await using _ = await openSandbox();
      times.push(performance.now() - start);
    }
    // The best of five, since the machine may be busy with other tests.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  test('closes at once, though a client keeps its connection open', async () => {
    const sandbox = await openSandbox();
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) => get(sandbox.endpoint, { agent }, (response) => response.resume().on('end', resolve)));
    const start = performance.now();
    await sandbox.close();
    expect(performance.now() - start).toBeLessThan(2000);
    agent.destroy();
  });

  test('closes at once, though an answer is being held back', async () => {
    const sandbox = await openSandbox({ faults: { latencyMs: 30_000 } });
    const held = adminOf(sandbox, SOURCE).sts.send(new GetCallerIdentityCommand({}));
    const outcome = held.catch(({ name }: Error) => name);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    await sandbox.close();
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await outcome).toBe('TimeoutError');
  });

  test('rejects when the port is taken', async () => {
    await using sandbox = await openSandbox();
    await expect(openSandbox({ port: sandbox.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('rejects a faulty seed', async () => {
    const users = [{ UserName: 'bob', Policies: [{ PolicyName: 'p', PolicyDocument: '{' }] }];
    await expect(openSandbox({ seed: { accounts: { [SOURCE]: { users } } } })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: expect.stringContaining('MalformedPolicyDocument'),
      diagnostics: [{ path: `accounts.${SOURCE}.users[0]` }],
    });
  });

  test('rejects an option that it does not know, with those that it does', async () => {
    await expect(openSandbox({ seeds: {} } as never)).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: expect.stringContaining('openSandbox knows no option seeds; there are port, accounts, seed'),
    });
  });

  test('opens other accounts when told', async () => {
    await using sandbox = await openSandbox({ accounts: ['333333333333'] });
    const { Arn } = await adminOf(sandbox, '333333333333').sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:iam::333333333333:user/admin');
    expect(() => sandbox.credentials(SOURCE)).toThrow(/no account 111111111111/);
  });

  test('two sandboxes share nothing', async () => {
    await using one = await openSandbox();
    await using other = await openSandbox();
    const { sts } = adminOf({ ...one, endpoint: other.endpoint }, SOURCE);
    expect(await refusal(sts.send(new GetCallerIdentityCommand({})))).toMatchObject({ code: 'InvalidClientTokenId' });
  });
});

test('a faulty seed leaves everything as it was', async () => {
  await using sandbox = await openSandbox({ seed: { accounts: { [TARGET]: { users: [{ UserName: 'bob' }] } } } });
  const roles = [{ RoleName: 'r', AssumeRolePolicyDocument: trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:user/none` }) }];
  const seed = { accounts: { [TARGET]: { roles } }, faults: { rules: [{ kind: 'throttle' as const, times: 9 }] } };
  expect(() => sandbox.reset(seed)).toThrow('Invalid principal in policy');
  expect((await adminOf(sandbox, TARGET).sts.send(new GetCallerIdentityCommand({}))).Account).toBe(TARGET);
  expect(sandbox.userCredentials(TARGET, 'bob').accessKeyId).toMatch(/^AKIA/);
});

test('the administrator keeps its keys when all is forgotten', async () => {
  await using sandbox = await openSandbox();
  const before = sandbox.credentials(SOURCE);
  sandbox.reset();
  expect(sandbox.credentials(SOURCE)).toEqual(before);
});

test('after a reset the clock is back, and the keys of the seed are known at once', async () => {
  await using sandbox = await openSandbox();
  sandbox.advanceClock(3_600_000);
  sandbox.setFaults({ consistencyDelayMs: 60_000 });
  sandbox.advanceClock(3_600_000);
  sandbox.reset();
  const { sts } = adminOf(sandbox, SOURCE);
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: SOURCE });
});

test('what a call leaves behind is its line in the log, and no more', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  await using sandbox = await openSandbox();
  const signer = new SignatureV4({
    service: 'sts',
    region: 'us-east-1',
    credentials: sandbox.credentials(SOURCE),
    sha256: Sha256,
  });
  const { hostname, port } = new URL(sandbox.endpoint);
  const host = `${hostname}:${port}`;
  const body = 'Action=GetSessionToken&Version=2011-06-15';
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
  const request = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    headers,
    body,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const post = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(sandbox.endpoint, { method: 'POST', agent, headers: request.headers }, (incoming) =>
        incoming.resume().on('end', resolve),
      );
      outgoing.on('error', reject).end(body);
    });
  const call = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= 4) await Promise.all([post(), post(), post(), post()]);
  };
  await call(300);
  const before = used();
  await call(1000);
  agent.destroy();
  // A line of the log is 400 bytes; of these the sandbox keeps the last ten thousand.
  expect((used() - before) / 1000).toBeLessThan(800);
}, 30_000);

describe('what is no HTTP, or too much of it, ends with its connection', () => {
  const say = (port: number, text: string): Promise<string> =>
    new Promise((resolve) => {
      let heard = '';
      const socket = connect(port, '127.0.0.1', () => socket.end(text));
      socket.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
      socket.on('close', () => resolve(heard)).on('error', () => resolve(heard));
    });

  test.each([
    ['garbage', '\u0000\u0001garbage\r\n\r\n', 400],
    ['a chunk without a length', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
    ['a control request without a host', 'GET /_xacct/log HTTP/1.0\r\n\r\n', 403],
    ['a way around the prefix', 'GET /x/../_xacct/log HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n', 501],
  ])('%s', async (_title, text, status) => {
    await using sandbox = await openSandbox();
    expect(await say(sandbox.port, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await send(sandbox, 'Action=GetCallerIdentity&Version=2011-06-15')).status).toBe(403);
  });
});

test('of many who make the same role at once, one does', async () => {
  await using sandbox = await openSandbox();
  const { iam } = adminOf(sandbox, TARGET);
  const make = () =>
    iam.send(new CreateRoleCommand({ RoleName: 'race', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }));
  const ends = await Promise.all(
    Array.from({ length: 8 }, () =>
      make().then(
        () => 'made',
        (error: Error) => error.name,
      ),
    ),
  );
  expect(ends.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'EntityAlreadyExistsException'), 'made']);
});
