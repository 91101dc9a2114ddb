/** Connections that are opened before there is a call: to a TLS server of our own, whose handshakes are counted. */
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import {
  answering,
  closedPort,
  failure,
  KEYS,
  listen,
  openStub,
  refusal,
  sessionFor,
  useEnvironment,
} from '../../support/aws-stub.ts';
import { CA_PATH, SERVER } from '../../support/tls-authority.ts';

const PATIENCE = { timeout: 20_000 };
const closers: (() => unknown)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) await close();
});

const openTls = async () => {
  const sockets: TLSSocket[] = [];
  const server = createTlsServer(
    SERVER,
    answering([], () => refusal('NoSuchEntity', 'none', 404)),
  );
  server.on('secureConnection', (socket) => void sockets.push(socket));
  const port = await listen(server);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port, sockets };
};

const openTarget = (port: number, stsUrl: string, viaRoles: readonly string[] = []) => {
  const settings = { AWS_CA_BUNDLE: CA_PATH, AWS_ENDPOINT_URL_IAM: `https://127.0.0.1:${port}`, AWS_ENDPOINT_URL_STS: stsUrl };
  const accounts = openAwsAccounts(useEnvironment({ ...KEYS, ...settings, AWS_MAX_ATTEMPTS: '2' }));
  return accounts.open({ source: { kind: 'default' }, region: 'us-east-1', viaRoles }).iam;
};

test('are there before the credentials are, and taken by the first calls', async () => {
  const { port, sockets } = await openTls();
  let warmAtEntry = -1;
  const sts = await openStub(() => {
    warmAtEntry = sockets.length;
    return sessionFor('arn:aws:iam::222222222222:role/admin');
  });
  closers.push(sts.close);
  const iam = openTarget(port, sts.url, ['arn:aws:iam::222222222222:role/admin']);
  iam.warmUp(2);
  await vi.waitFor(() => expect(sockets).toHaveLength(2), PATIENCE);
  expect(await Promise.all([iam.readRole('a'), iam.readRole('b')])).toEqual([undefined, undefined]);
  expect(await Promise.all([iam.readRole('c'), iam.readRole('d')])).toEqual([undefined, undefined]);
  expect({ warmAtEntry, connections: sockets.length }).toEqual({ warmAtEntry: 2, connections: 2 });
});

test('are taken while they are still being made', async () => {
  const { port, sockets } = await openTls();
  const iam = openTarget(port, 'http://127.0.0.1:1');
  iam.warmUp(1);
  expect(await iam.readRole('a')).toBeUndefined();
  expect(sockets).toHaveLength(1);
});

test('are made anew where the other side gave them up', async () => {
  const { port, sockets } = await openTls();
  const iam = openTarget(port, 'http://127.0.0.1:1');
  iam.warmUp(1);
  await vi.waitFor(() => expect(sockets).toHaveLength(1), PATIENCE);
  const gone = new Promise((resolve) => sockets[0]?.once('close', resolve));
  sockets[0]?.end();
  await gone;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await iam.readRole('a')).toBeUndefined();
  expect(sockets).toHaveLength(2);
});

test('that cannot be made are the trouble of whoever calls', async () => {
  const iam = openTarget(await closedPort(), 'http://127.0.0.1:1');
  iam.warmUp(2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await failure(iam.readRole('a'))).code).toBe('UNREACHABLE');
});
