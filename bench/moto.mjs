/** moto_server as an emulator of everything: it enforces nothing, and has the services that the sandbox leaves to others. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

/** @param {string} endpoint */
export const untilAnswer = async (endpoint) => {
  for (;;) {
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(2);
  }
};

/** @param {string} program moto_server */
export const motoAt = async (program) => {
  const port = await freePort();
  return { command: program, args: ['-H', '127.0.0.1', '-p', String(port)], endpoint: `http://127.0.0.1:${port}` };
};

/** @param {string} program @returns {Promise<{endpoint: string, reset: () => Promise<unknown>, close: () => Promise<void>}>} */
export const openMoto = async (program) => {
  const { command, args, endpoint } = await motoAt(program);
  const child = spawn(command, args, { stdio: 'ignore' });
  await untilAnswer(endpoint);
  return {
    endpoint,
    reset: () => fetch(`${endpoint}/moto-api/reset`, { method: 'POST' }),
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/**
 * Keys of another account than moto's own: it gives everybody a session of every role, whether there is one or not.
 * @param {string} endpoint @param {string} account
 */
export const keysOf = async (endpoint, account) => {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=any',
    },
    body: new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: `arn:aws:iam::${account}:role/bench`,
      RoleSessionName: 'bench',
    }),
  });
  const text = await answer.text();
  const valueOf = (/** @type {string} */ tag) => new RegExp(`<${tag}>([^<]+)`).exec(text)?.[1] ?? '';
  return { id: valueOf('AccessKeyId'), secret: valueOf('SecretAccessKey'), token: valueOf('SessionToken') };
};
