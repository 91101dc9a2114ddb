/** Ctrl-C while AWS is silent: reads, sessions and credentials end at once; writes go on, and so does what is read after them. */
import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { CredentialSource } from '#domain/credential-source.ts';
import { FILES, profile } from '../../support/aws-profiles.ts';
import {
  KEYS,
  failure,
  listen,
  openStub,
  refusal,
  sharedFiles,
  success,
  useEnvironment,
  type Canned,
} from '../../support/aws-stub.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) close();
});

/** Takes every connection and never says a word. */
const openSilence = async (): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const port = await listen(server);
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${port}`;
};

const openAt = (endpointUrl: string, signal: AbortSignal, settings: Readonly<Record<string, string>>, source: CredentialSource) =>
  openAwsAccounts(useEnvironment(settings), signal).open({ source, region: 'us-east-1', endpointUrl });

const SLOW_PROCESS = '[profile slow]\ncredential_process = sleep 5\n';
const REQUEST = { roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' };
const identity = ({ sessions }: AwsSide) => sessions.identity();

describe('a call that is waiting', () => {
  test.each<readonly [what: string, from: 'keys' | CredentialSource, call: (side: AwsSide) => Promise<unknown>]>([
    ['GetCallerIdentity', 'keys', identity],
    ['AssumeRole', 'keys', ({ sessions }) => sessions.assumeRole(REQUEST)],
    ['GetRole', 'keys', ({ iam }) => iam.readRole('ci')],
    ['GetPolicy', 'keys', ({ iam }) => iam.readPolicy('arn:aws:iam::222222222222:policy/p')],
    ['ListAttachedRolePolicies', 'keys', ({ iam }) => iam.listAttachedPolicies('ci')],
    ['the role of a profile', profile('assumed'), identity],
    ['a credential process', profile('slow'), identity],
    ['instance metadata', { kind: 'ec2' }, identity],
  ])('for %s ends at once', async (_what, from, call) => {
    const controller = new AbortController();
    const url = await openSilence();
    const settings = { ...sharedFiles(FILES + SLOW_PROCESS), AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
    const side =
      from === 'keys'
        ? openAt(url, controller.signal, { ...KEYS, ...settings }, { kind: 'default' })
        : openAt(url, controller.signal, settings, from);
    const answer = failure(call(side));
    setTimeout(() => controller.abort(new Error('stopped by SIGINT')), 100);
    const startedAt = performance.now();
    expect((await answer).code).toBe('INTERRUPTED');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect((await failure(call(side))).code).toBe('INTERRUPTED');
  });
});

describe('after Ctrl-C', () => {
  test('a write is carried out, and what was written can be read', async () => {
    const controller = new AbortController();
    const stub = await openStub(({ action }): Canned => {
      if (action === 'DeleteRole') controller.abort(new Error('stopped by SIGINT'));
      return action === 'GetRole' ? refusal('NoSuchEntity', 'none', 404) : success(action);
    });
    closers.push(() => void stub.close());
    const side = openAt(stub.url, controller.signal, KEYS, { kind: 'default' });
    await side.iam.deleteRole('ci');
    await side.iam.detachPolicy('ci', 'arn:aws:iam::aws:policy/ReadOnlyAccess');
    await side.iam.deletePolicy('arn:aws:iam::222222222222:policy/p');
    expect(await side.iam.readRole('ci')).toBeUndefined();
    expect((await failure(side.sessions.identity())).code).toBe('INTERRUPTED');
  });

  test('a write that began no other before it lists what it must know', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopped by SIGINT'));
    const stub = await openStub(({ action }) => success(action));
    closers.push(() => void stub.close());
    await openAt(stub.url, controller.signal, KEYS, { kind: 'default' }).iam.updatePolicy('arn:aws:iam::222222222222:policy/p', {
      Statement: [],
    });
    expect(stub.asked.map(({ action }) => action)).toEqual(['ListPolicyVersions', 'CreatePolicyVersion']);
  });
});
