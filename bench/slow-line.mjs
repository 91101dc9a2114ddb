/**
 * A line on loopback between a client and an endpoint: it delays every request, or hands them on wave by wave, and remembers them. A wave is
 * what arrived before anything was answered, so the number of waves is that of sequential round trips, whatever the machine's load.
 */
import { once } from 'node:events';
import { Agent, createServer, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `wave` begins with 1; with a delay it counts nothing.
 * @typedef {{action: string, wave: number}} Call
 * @typedef {{endpoint: string, calls: () => readonly Call[], connections: () => number, forget: () => void, close: () => Promise<void>}} SlowLine
 */

/** @param {import('node:http').IncomingMessage} incoming @param {string} body */
const actionOf = ({ headers, url = '/' }, body) =>
  new URLSearchParams(body).get('Action') ??
  String(headers['x-amz-target'] ?? url)
    .split('.')
    .at(-1) ??
  '';

/**
 * With `quietMs` requests wait until so long none has come, and then go on together.
 * @param {string} endpoint
 * @param {{delayMs: number} | {quietMs: number}} how
 * @returns {Promise<SlowLine>}
 */
export const openSlowLine = async (endpoint, how) => {
  const { hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  /** @type {Call[]} */
  let calls = [];
  let connections = 0;
  let wave = 1;
  /** @type {(() => void)[]} */
  let waiting = [];
  /** @type {NodeJS.Timeout | undefined} */
  let quiet;
  const release = () => {
    const all = waiting;
    waiting = [];
    wave += 1;
    for (const go of all) go();
  };
  /** @returns {Promise<void>} */
  const turn = () => {
    if ('delayMs' in how) return sleep(how.delayMs);
    clearTimeout(quiet);
    quiet = setTimeout(release, how.quietMs);
    return new Promise((go) => void waiting.push(go));
  };
  /** @param {import('node:http').IncomingMessage} incoming @param {import('node:http').ServerResponse} outgoing */
  const handOn = async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    calls.push({ action: actionOf(incoming, body.toString('utf8')), wave });
    await turn();
    const { method, url: path, headers } = incoming;
    const onward = send({ hostname, port, method, path, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  };
  const server = createServer((incoming, outgoing) => void handOn(incoming, outgoing).catch(() => outgoing.destroy()));
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    calls: () => calls,
    connections: () => connections,
    forget: () => {
      calls = [];
      connections = 0;
      wave = 1;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
};
