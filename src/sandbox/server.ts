/** HTTP on loopback: hands each request to the part it is for, acts out faults, and closes at once when told. No rules of AWS. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { control, type Controls } from './control.ts';
import { dispatch, type Sandboxed } from './dispatch.ts';
import { foreignClaim, forward, type Upstream } from './upstream/forward.ts';
import type { InstanceMetadata } from './metadata/instance-metadata.ts';

export interface ServerParts {
  readonly sandboxed: Sandboxed;
  readonly controls: Controls;
  readonly metadata: InstanceMetadata;
  /** Takes what is signed for other services. */
  readonly upstream?: Upstream | undefined;
}

export interface LocalServer {
  readonly port: number;
  close(): Promise<void>;
}

export const HOST = '127.0.0.1';
const MAX_BODY_BYTES = 1_048_576;
/** Objects of S3 are bigger than any call of IAM. */
const MAX_UPSTREAM_BODY_BYTES = 268_435_456;
const MAX_HEADER_BYTES = 65_536;
const KEEP_ALIVE_MS = 65_000;
const CONTROL = '/_xacct/';

/** Port 0 takes any free one. Rejects when the port is taken. */
export const openServer = async (parts: ServerParts, port: number): Promise<LocalServer> => {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(parts, request, response).catch((thrown: unknown) => {
      if (response.destroyed) return;
      reply(response, 500, String(thrown), { 'content-type': 'text/plain' });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const OWN_HOST = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.169\.254)(:\d+)?$/i;

/** A page's request names its origin or its site; one after a DNS rebinding names the page's host. */
const isFromBrowser = (headers: Readonly<Record<string, string>>): boolean =>
  headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined || !OWN_HOST.test(headers['host'] ?? '');

const serve = async (parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method = 'GET', url = '/' } = request;
  const [path, query] = splitOnce(url, '?');
  const headers = headersOf(request);
  const body = await readBody(request, parts.upstream === undefined ? MAX_BODY_BYTES : MAX_UPSTREAM_BODY_BYTES);
  if (body === undefined) return reply(response, 413, 'the request is too large', { connection: 'close' });
  // A web page must neither steer nor read a sandbox that happens to run on its visitor's machine, not even by a name of its own.
  if ((path.startsWith(CONTROL) || path.startsWith('/latest/')) && isFromBrowser(headers))
    return reply(response, 403, 'this endpoint does not serve browsers', {});
  if (path.startsWith(CONTROL)) {
    const answer = control(parts.controls, method, path.slice(CONTROL.length), body.toString('utf8'));
    return reply(response, answer.status, `${JSON.stringify(answer.body)}\n`, { 'content-type': 'application/json' });
  }
  if (path.startsWith('/latest/')) {
    const answer = parts.metadata.answer({ method, path, headers });
    return reply(response, answer.status, method === 'HEAD' ? '' : answer.body, answer.headers ?? {});
  }
  await parts.sandboxed.delay();
  const signed = { method, path, query, headers, body };
  const claim = parts.upstream === undefined ? undefined : foreignClaim(signed);
  if (parts.upstream !== undefined && claim !== undefined) {
    const forwarding = { ...parts.sandboxed, world: parts.sandboxed.world, upstream: parts.upstream };
    const passed = await forward(forwarding, signed, claim, request.socket.remoteAddress ?? HOST);
    if (passed.fault !== undefined) request.socket.destroy();
    else response.writeHead(passed.status, { 'content-length': String(passed.body.length), ...passed.headers }).end(passed.body);
    return undefined;
  }
  const answer = await dispatch(parts.sandboxed, signed, request.socket.remoteAddress ?? HOST);
  if (answer.fault !== undefined) {
    request.socket.destroy();
    return undefined;
  }
  return reply(response, answer.status, answer.xml, {
    'content-type': 'text/xml',
    'x-amzn-RequestId': answer.requestId,
    // SDKs learn from it that their clock is wrong.
    date: new Date(parts.sandboxed.signingNow()).toUTCString(),
  });
};

const reply = (response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>>): void => {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
};

const splitOnce = (text: string, separator: string): readonly [string, string] => {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  );

/** Undefined when there is too much of it. */
const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
