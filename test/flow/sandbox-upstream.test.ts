/** Another emulator behind the sandbox: one that fails must be told from one that refuses, and neither may hold the sandbox. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxSeed } from '#sandbox/open.ts';
import { listen } from '../support/aws-stub.ts';
import { SOURCE } from '../support/sandbox-clients.ts';
import { Sha256 } from '../support/sha256.ts';

const PATH = '/some-bucket/key';
let upstream: Server;
let sandbox: Sandbox;

const open = async (listener: RequestListener, seed: SandboxSeed = {}): Promise<void> => {
  upstream = createServer(listener);
  sandbox = await openSandbox({ upstream: `http://127.0.0.1:${await listen(upstream)}`, seed });
};
afterEach(async () => {
  await sandbox.close();
  upstream.closeAllConnections();
  upstream.close();
});

const signed = (path = PATH, method = 'GET', more: Readonly<Record<string, string>> = {}, user = 'admin') => {
  const { hostname, port } = new URL(sandbox.endpoint);
  const signer = new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: sandbox.userCredentials(SOURCE, user),
    sha256: Sha256,
  });
  const headers = { host: `${hostname}:${port}`, ...more };
  return signer.sign({ method, protocol: 'http:', hostname, port: Number(port), path, query: {}, headers });
};

test('a call that hangs upstream ends when the sandbox closes', async () => {
  await open(() => undefined);
  const { headers } = await signed();
  const asked = once(upstream, 'request');
  const call = fetch(`${sandbox.endpoint}${PATH}`, { headers }).catch((error: unknown) => error);
  const [incoming] = (await asked) as [{ readonly socket: Socket }];
  const given = once(incoming.socket, 'close');
  const startedAt = performance.now();
  await sandbox.close();
  await given;
  await call;
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test.each<[string, RequestListener, string, string]>([
  [
    'that breaks off its answer',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only a part');
      setTimeout(() => response.destroy(), 20);
    },
    'breaks off its answer',
    'UPSTREAM_TRUNCATED',
  ],
  ['that hangs up', (request) => request.socket.destroy(), 'does not answer', 'UPSTREAM_UNREACHABLE'],
])('an upstream %s is a bad gateway, and not a refusal', async (_title, listener, said, reason) => {
  await open(listener);
  const { headers } = await signed();
  const response = await fetch(`${sandbox.endpoint}${PATH}`, { headers });
  const text = await response.text();
  expect({ status: response.status, text }).toEqual({ status: 502, text: expect.stringContaining('<Code>BadGateway</Code>') });
  expect(text).toContain(said);
  expect(sandbox.log().at(-1)).toMatchObject({ action: 'GetObject', decision: 'invalid', reason });
});

test.each(['/2015-03-31/functions', '/latest/meta-data'])('a signed call of %s is none of instance metadata', async (path) => {
  await open((_request, response) => response.end('from upstream'));
  const { headers } = await signed(path);
  const response = await fetch(`${sandbox.endpoint}${path}`, { headers });
  expect(response.status).not.toBe(401);
  expect(sandbox.log()).toHaveLength(1);
});

test.each([
  ['by nobody', '', 'nobody has signed'],
  ['by Signature Version 2', '?AWSAccessKeyId=AKIA&Signature=x&Expires=1', 's3v4'],
])('what is signed %s is not passed on, and told why', async (_title, query, said) => {
  let isReached = false;
  await open((_request, response) => {
    isReached = true;
    response.end();
  });
  const response = await fetch(`${sandbox.endpoint}${PATH}${query}`);
  expect({ status: response.status, isReached }).toEqual({ status: 403, isReached: false });
  const text = await response.text();
  expect(text).toContain('<Code>AccessDenied</Code>');
  expect(text).toContain(said);
});

test('another machine is an upstream only where that was said', async () => {
  await open(() => undefined);
  await expect(openSandbox({ upstream: 'http://example.com:5000' })).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    message: expect.stringContaining('not on this machine'),
  });
  await using remote = await openSandbox({ upstream: 'http://example.com:5000', upstreamRemote: true });
  expect(remote.port).toBeGreaterThan(0);
});

const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const bobMay = (...Statement: readonly object[]): SandboxSeed => ({
  organization: { accounts: { [SOURCE]: {} } },
  accounts: {
    [SOURCE]: { users: [{ UserName: 'bob', Policies: [{ PolicyName: 'p', PolicyDocument: document(...Statement) }] }] },
  },
});

test('S3 tells the region of a bucket to whoever may not look at it, and nothing of an object', async () => {
  const methods: string[] = [];
  const listener: RequestListener = (request, response) => {
    methods.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'x-amz-bucket-region': 'eu-west-1', 'x-amz-more': 'secret' }).end();
  };
  await open(listener, bobMay({ Effect: 'Allow', Action: 's3:GetBucketAcl', Resource: '*' }));
  const head = async (place: string) => {
    const { headers } = await signed(place, 'HEAD', {}, 'bob');
    const response = await fetch(`${sandbox.endpoint}${place}`, { method: 'HEAD', headers });
    return [response.status, response.headers.get('x-amz-bucket-region'), response.headers.get('x-amz-more')];
  };
  expect(await head('/some-bucket')).toEqual([403, 'eu-west-1', null]);
  expect(await head(PATH)).toEqual([403, null, null]);
  expect(methods).toEqual(['HEAD /some-bucket']);
  expect(sandbox.log().map(({ decision }) => decision)).toEqual(['denied', 'denied']);
});

test('a copy needs both sides', async () => {
  const put = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::some-bucket/*' };
  const copy = async (...more: readonly object[]) => {
    await open((_request, response) => response.end(), bobMay(put, ...more));
    const { headers } = await signed(PATH, 'PUT', { 'x-amz-copy-source': '/other/key' }, 'bob');
    return fetch(`${sandbox.endpoint}${PATH}`, { method: 'PUT', headers });
  };
  const refused = await copy();
  expect({ status: refused.status, text: await refused.text() }).toEqual({
    status: 403,
    text: expect.stringContaining('s3:GetObject'),
  });
  await sandbox.close();
  upstream.close();
  expect((await copy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::other/key' })).status).toBe(200);
});

// A perimeter as organizations have it: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
test.each([
  ['aws:ResourceAccount', SOURCE],
  ['aws:ResourceOrgID', '${aws:PrincipalOrgID}'],
])('a bucket is of the caller’s account, and so inside a perimeter of %s', async (key, own) => {
  const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const status = async (wanted: string) => {
    const fence = { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotEquals: { [key]: wanted } } };
    await open((_request, response) => response.end(), bobMay(allow, fence));
    const { headers } = await signed(PATH, 'GET', {}, 'bob');
    return (await fetch(`${sandbox.endpoint}${PATH}`, { headers })).status;
  };
  expect(await status('another')).toBe(403);
  await sandbox.close();
  upstream.close();
  expect(await status(own)).toBe(200);
});
