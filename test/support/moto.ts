/** A moto server of our own: AWS's wire format with nothing enforced. An access key decides the account, so no account is set for the server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './child.ts';

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

export interface Moto {
  readonly endpoint: string;
  /** A new IAM user with an access key, in any account. */
  createUser(account: string, userName: string): Promise<AccessKey>;
  /** What the account really holds, asked past all credentials. */
  listBuckets(account: string): Promise<readonly string[]>;
  /** Names of the account's own roles. */
  listRoles(account: string): Promise<readonly string[]>;
  /** How many requests it has served, by its own log. */
  requests(): number;
  /** The requests that made what it holds: those of its recording since the last `become` that were no reads. */
  writes(): Promise<string>;
  /** Forgets everything, and does these requests again (https://docs.getmoto.org/en/latest/docs/configuration/recorder/index.html). */
  become(writes: string): Promise<void>;
  close(): Promise<void>;
}

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
};

const elements = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => match[1] ?? '');

const waitForAnswer = async (endpoint: string, child: ChildProcess, log: () => string): Promise<void> => {
  const deadlineMs = Date.now() + 60_000;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}\n${log()}`);
    const answered = await fetch(`${endpoint}/moto-api/data.json`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
  throw new Error(`moto_server did not answer in 60 s\n${log()}`);
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(killer);
};

/** `recording`: the file in which it keeps its requests, for `writes` and `become`. */
export const openMoto = async (program: string, env: Environment, recording?: string): Promise<Moto> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const recorded = recording === undefined ? {} : { MOTO_ENABLE_RECORDING: 'yes', MOTO_RECORDER_FILEPATH: recording };
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    env: { ...env, ...recorded },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  try {
    await waitForAnswer(endpoint, child, () => log);
  } catch (error) {
    await stop(child);
    throw error;
  }

  const call = async (service: string, account: string, parameters?: Readonly<Record<string, string>>): Promise<string> => {
    const headers = {
      'x-moto-account-id': account,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    };
    const response = await fetch(`${endpoint}/`, {
      headers,
      ...(parameters && { method: 'POST', body: new URLSearchParams({ ...parameters, Version: '2010-05-08' }) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`moto answered ${response.status}: ${text}`);
    return text;
  };

  const control = async (place: string, body?: string): Promise<string> => {
    const response = await fetch(`${endpoint}/moto-api/${place}`, { method: 'POST', ...(body !== undefined && { body }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`moto answered ${response.status}: ${text}`);
    return text;
  };

  return {
    endpoint,
    createUser: async (account, userName) => {
      await call('iam', account, { Action: 'CreateUser', UserName: userName });
      const xml = await call('iam', account, { Action: 'CreateAccessKey', UserName: userName });
      const [id] = elements(xml, 'AccessKeyId');
      const [secret] = elements(xml, 'SecretAccessKey');
      if (id === undefined || secret === undefined) throw new Error(`no access key in ${xml}`);
      return { id, secret };
    },
    listBuckets: async (account) => elements(await call('s3', account), 'Name'),
    listRoles: async (account) => elements(await call('iam', account, { Action: 'ListRoles' }), 'RoleName'),
    requests: () => log.split('\n').filter((line) => /"(GET|POST|PUT|DELETE|HEAD) (?!\/moto-api)/.test(line)).length,
    writes: async () => {
      const lines = (await readFile(recording ?? '', 'utf8')).split('\n');
      return lines.filter((line) => /"method": "(?:PUT|POST|DELETE)"/.test(line) && !line.includes('/moto-api/')).join('\n');
    },
    become: async (writes) => {
      await control('reset');
      await control('recorder/upload-recording', writes);
      await control('recorder/replay-recording');
    },
    close: () => stop(child),
  };
};
