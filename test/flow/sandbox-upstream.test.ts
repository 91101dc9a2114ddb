/** Another emulator behind the sandbox that does not answer must not hold the sandbox. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, test } from 'vitest';
import { openSandbox } from '#sandbox/open.ts';
import { listen } from '../support/aws-stub.ts';
import { SOURCE } from '../support/sandbox-clients.ts';
import { Sha256 } from '../support/sha256.ts';

test('a call that hangs upstream ends when the sandbox closes', async () => {
  const upstream = createServer(() => undefined);
  const port = await listen(upstream);
  const sandbox = await openSandbox({ upstream: `http://127.0.0.1:${port}` });
  const { hostname, port: own } = new URL(sandbox.endpoint);
  const signer = new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: sandbox.credentials(SOURCE),
    sha256: Sha256,
  });
  const path = '/some-bucket/key';
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: 'http:',
    hostname,
    port: Number(own),
    path,
    query: {},
    headers: { host: `${hostname}:${own}` },
  });
  const asked = once(upstream, 'request');
  const call = fetch(`${sandbox.endpoint}${path}`, { headers }).catch((error: unknown) => error);
  const [incoming] = (await asked) as [{ readonly socket: Socket }];
  const given = once(incoming.socket, 'close');
  const startedAt = performance.now();
  await sandbox.close();
  await given;
  await call;
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  upstream.close();
});
