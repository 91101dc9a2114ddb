/**
 * The sandbox beside moto_server in the same run: AssumeRole calls a second on one core with signatures verified, and memory over 100,000 calls. How
 * long it takes to start is in startup.mjs. Usage: node bench/sandbox.mjs [calls]. Needs a build; moto is left out where it is not on the PATH.
 */
import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { findPeer } from '../scripts/peers.mjs';
import { freePort, motoAt, untilAnswer } from './moto.mjs';
import { printAlone } from './table.mjs';

const root = path.resolve(import.meta.dirname, '..');
const CALLS = Number(process.argv[1]?.endsWith('sandbox.mjs') ? (process.argv[2] ?? 100_000) : 100_000);
const MOTO_CALLS = Math.min(CALLS, 2000);
const CONNECTIONS = 16;
const ROLE = 'arn:aws:iam::222222222222:role/bench';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' }],
});

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const hash = (text) => createHash('sha256').update(text).digest('hex');

/** A signed request, once; a signature is good for 15 minutes, so that the client's own work does not count. */
const sign = (service, host, key, parameters) => {
  const body = new URLSearchParams(parameters).toString();
  const at = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = at.slice(0, 8);
  const scope = `${day}/us-east-1/${service}/aws4_request`;
  const canonical = `POST\n/\n\ncontent-type:application/x-www-form-urlencoded\nhost:${host}\nx-amz-date:${at}\n\ncontent-type;host;x-amz-date\n${hash(body)}`;
  const signingKey = [day, 'us-east-1', service, 'aws4_request'].reduce(hmac, `AWS4${key.secret}`);
  const signature = hmac(signingKey, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${hash(canonical)}`).toString('hex');
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      host,
      'x-amz-date': at,
      authorization: `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`,
    },
  };
};

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

const call = (endpoint, { body, headers }) =>
  new Promise((resolve, reject) => {
    const outgoing = request(endpoint, { method: 'POST', agent, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      incoming.on('end', () =>
        incoming.statusCode === 200 ? resolve(text) : reject(new Error(`${incoming.statusCode}: ${text}`)),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const hammer = async (endpoint, prepared, count) => {
  let left = count;
  const start = performance.now();
  const worker = async () => {
    while (left-- > 0) await call(endpoint, prepared);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (count / (performance.now() - start)) * 1000;
};

const residentMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Of user and system, as the kernel counts it: in hundredths of a second. */
const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** What is still in use after a collection. */
const heapMb = async (child) => {
  child.send('heap');
  const [bytes] = await once(child, 'message');
  return bytes / 1024 / 1024;
};

/** Until the first answer. */
const start = async (command, args, endpoint, hasHeap) => {
  const stdio = ['ignore', 'ignore', 'ignore', ...(hasHeap ? ['ipc'] : [])];
  const child = spawn(command, args, { stdio, env: { ...process.env, AWS_PROFILE: '' } });
  await untilAnswer(endpoint);
  return child;
};

const stop = async (child) => {
  child.kill('SIGTERM');
  await once(child, 'exit');
};

const SHARES = [0.2, 0.6, 1];

/** Memory after a fifth, three fifths and all of the calls, so that a slope would show. The processor's time counts, since others may share the machine. */
const measure = async ({ command, args, endpoint, keyOf, count, hasHeap }) => {
  const host = new URL(endpoint).host;
  const child = await start(command, args, endpoint, hasHeap);
  try {
    const admin = await keyOf('222222222222');
    await call(
      endpoint,
      sign('iam', host, admin, {
        Action: 'CreateRole',
        Version: '2010-05-08',
        RoleName: 'bench',
        AssumeRolePolicyDocument: TRUST,
      }),
    );
    const source = await keyOf('111111111111');
    const prepared = sign('sts', host, source, {
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'bench',
    });
    await hammer(endpoint, prepared, Math.min(1000, count));
    const memory = [];
    const heap = [];
    let perSecond = 0;
    let done = 0;
    const cpuBefore = cpuSeconds(child.pid);
    for (const share of SHARES) {
      const next = Math.round(count * share) - done;
      perSecond = await hammer(endpoint, prepared, next);
      done += next;
      memory.push(residentMb(child.pid));
      if (hasHeap) heap.push(await heapMb(child));
    }
    const perCpuSecond = count / (cpuSeconds(child.pid) - cpuBefore);
    return { perSecond, perCpuSecond, memory, heap };
  } finally {
    await stop(child);
  }
};

const seeded = async () => {
  const port = await freePort();
  const keys = {
    111111111111: { id: 'AKIABENCHSOURCE00001', secret: 'source'.padEnd(40, 's') },
    222222222222: { id: 'AKIABENCHTARGET00001', secret: 'target'.padEnd(40, 't') },
  };
  const users = (id) => [
    {
      UserName: 'bench',
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      AccessKeys: [{ AccessKeyId: keys[id].id, SecretAccessKey: keys[id].secret }],
    },
  ];
  const accounts = Object.fromEntries(Object.keys(keys).map((id) => [id, { users: users(id) }]));
  const script = `require(${JSON.stringify(path.join(root, 'dist/sandbox.cjs'))}).openSandbox(${JSON.stringify({ port, seed: { accounts } })}); process.on('message', () => { gc(); process.send(process.memoryUsage().heapUsed); })`;
  return {
    command: process.execPath,
    args: ['--expose-gc', '-e', script],
    hasHeap: true,
    endpoint: `http://127.0.0.1:${port}`,
    keyOf: async (id) => keys[id],
    count: CALLS,
  };
};

/** moto takes the account from the access key id where it has twelve digits; its signatures are not checked. @param {string} program */
const moto = async (program) => ({ ...(await motoAt(program)), keyOf: async (id) => ({ id, secret: 'any' }), count: MOTO_CALLS });

/** How much the heap may be larger after all calls than after a fifth of them, and still be called flat. */
const FLAT = 1.1;

const mb = (/** @type {number} */ value) => `${value.toFixed(1)} MB`;

/** @returns {Promise<readonly import('./table.mjs').Row[]>} */
export const rows = async () => {
  try {
    const own = await measure(await seeded());
    const program = findPeer('moto_server');
    const peer = program === undefined ? undefined : await measure(await moto(program));
    const ofPeer = peer ? { floor: `moto, unverified, ${Math.round(peer.perCpuSecond)}/s` } : {};
    const mine = `${Math.round(own.perSecond)}/s by the clock, ${own.memory.map((value) => mb(value)).join(', ')} resident`;
    const what = 'sandbox, AssumeRole a second of CPU, signatures verified';
    const heap = `after collection at ${SHARES.map((share) => `${share * 100} %`).join(', ')}: ${own.heap.map(mb).join(', ')}`;
    const [first = 0, last = 0] = [own.heap.at(0), own.heap.at(-1)];
    return [
      { what, ...ofPeer, mine, value: own.perCpuSecond, unit: '/s', must: 1000, isMore: true },
      { what: `sandbox, heap over ${CALLS.toLocaleString('en')} calls`, mine: heap, value: last / first, unit: 'x', must: FLAT },
    ];
  } finally {
    agent.destroy();
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printAlone(rows);
