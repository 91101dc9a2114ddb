/** HTTP on loopback: hands each request to the part it is for, acts out faults, and closes at once when told. No rules of AWS. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { control, type Controls } from './control.ts';
import { dispatch, type Sandboxed } from './dispatch.ts';
import type { LineFault } from './faults.ts';
import { newRequestId } from './model/unique-id.ts';
import type { SignedRequest } from './signature/sigv4.ts';
import { foreignClaim, forward, type Upstream } from './upstream/forward.ts';
import { refuseUnsigned } from './upstream/refusal.ts';
import { isMetadataPath, type InstanceMetadata } from './metadata/instance-metadata.ts';

export interface ServerParts {
  readonly sandboxed: Sandboxed;
  readonly controls: Controls;
  readonly metadata: InstanceMetadata;
  /** Takes what is signed for other services; without one that is refused. */
  readonly upstream?: Upstream | undefined;
}

export interface LocalServer {
  readonly port: number;
  /** One instance's metadata at a port of its own; resolves with the port. */
  openMetadata(metadata: InstanceMetadata): Promise<number>;
  close(): Promise<void>;
}

export const HOST = '127.0.0.1';
const MAX_BODY_BYTES = 1_048_576;
/** Objects of S3 are bigger than any call of IAM. */
const MAX_UPSTREAM_BODY_BYTES = 268_435_456;
const MAX_HEADER_BYTES = 65_536;
const KEEP_ALIVE_MS = 65_000;
/** Who sends a request drop by drop holds one connection, and not for long. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 120_000;
const CONTROL = '/_xacct/';

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const listen = async (serve: Serve, port: number): Promise<Server> => {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: HEADERS_MS / 2,
    },
    (request, response) => {
      serve(request, response).catch((thrown: unknown) => {
        if (response.destroyed || response.headersSent) return void response.destroy();
        reply(response, 500, String(thrown), { 'content-type': 'text/plain' });
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const closing = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Port 0 takes any free one. Rejects when the port is taken. */
export const openServer = async (parts: ServerParts, port: number): Promise<LocalServer> => {
  const main = await listen((request, response) => serve(parts, request, response), port);
  const servers = [main];
  return {
    port: portOf(main),
    openMetadata: async (metadata) => {
      const server = await listen(async (request, response) => serveMetadata(metadata, request, response), 0);
      servers.push(server);
      return portOf(server);
    },
    close: async () => {
      await Promise.all(servers.map(closing));
    },
  };
};

const OWN_HOST = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.169\.254)(:\d+)?$/i;

/** A page's request names its origin, its site or its address; one after a DNS rebinding names the page's host. */
const isFromBrowser = (headers: Readonly<Record<string, string>>): boolean =>
  ['origin', 'referer', 'sec-fetch-site'].some((name) => headers[name] !== undefined) || !OWN_HOST.test(headers['host'] ?? '');

const refuseBrowser = (response: ServerResponse): void =>
  reply(response, 403, 'this endpoint does not serve browsers', { connection: 'close' });

const serveMetadata = (metadata: InstanceMetadata, request: IncomingMessage, response: ServerResponse): void => {
  const { method = 'GET', url = '/' } = request;
  const headers = headersOf(request);
  if (isFromBrowser(headers)) return refuseBrowser(response);
  request.resume();
  const answer = metadata.answer({ method, path: splitOnce(url, '?')[0], headers });
  // What is lost on the way is waited for until the client gives up.
  if (answer === 'lost') return undefined;
  return reply(response, answer.status, method === 'HEAD' ? '' : answer.body, answer.headers ?? {});
};

/** Undefined for what is the sandbox's own. */
const passOn = async ({ sandboxed, upstream }: ServerParts, signed: SignedRequest, sourceIp: string) => {
  const claim = foreignClaim(signed);
  if (claim !== undefined) return forward({ ...sandboxed, world: sandboxed.world, upstream }, signed, claim, sourceIp);
  return upstream === undefined || isOwn(signed) ? undefined : refuseUnsigned(signed, newRequestId(sandboxed.world.random));
};

/** Signed for a service of ours, or a Query request of theirs that is not signed at all. */
const isOwn = ({ path, query, body, headers }: SignedRequest): boolean =>
  /\/(?:iam|sts|organizations)\/aws4_request/.test(`${headers['authorization'] ?? ''}${decodeURIComponentOr(query)}`) ||
  (path === '/' && /(?:^|&)Action=/.test(`${query}&${body.subarray(0, MAX_BODY_BYTES).toString('latin1')}`));

const decodeURIComponentOr = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Nobody signs a read of metadata; a signed path may begin alike: Lambda's /2015-03-31/functions, a bucket called latest. */
const isSigned = (headers: Readonly<Record<string, string>>, query: string): boolean =>
  headers['authorization'] !== undefined || query.includes('X-Amz-Signature=');

/** Acts out a fault of the connection. */
const breakOff = (fault: LineFault, request: IncomingMessage): void => {
  if (fault !== 'hang') request.socket.destroy();
};

const serve = async (parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method = 'GET', url = '/' } = request;
  const [path, query] = splitOnce(url, '?');
  const headers = headersOf(request);
  const body = await readBody(request, parts.upstream === undefined ? MAX_BODY_BYTES : MAX_UPSTREAM_BODY_BYTES);
  if (body === undefined) return reply(response, 413, 'the request is too large', { connection: 'close' });
  // A web page must neither steer nor read a sandbox that happens to run on its visitor's machine, not even by a name of its own.
  if (path.startsWith(CONTROL) && isFromBrowser(headers)) return refuseBrowser(response);
  if (path.startsWith(CONTROL)) {
    const answer = await control(parts.controls, method, path.slice(CONTROL.length), body.toString('utf8'));
    return reply(response, answer.status, `${JSON.stringify(answer.body)}\n`, { 'content-type': 'application/json' });
  }
  if (isMetadataPath(path) && !isSigned(headers, query)) return serveMetadata(parts.metadata, request, response);
  await parts.sandboxed.delay();
  const signed = { method, path, query, headers, body };
  const passed = await passOn(parts, signed, request.socket.remoteAddress ?? HOST);
  if (passed !== undefined) {
    if (passed.fault !== undefined) breakOff(passed.fault, request);
    else response.writeHead(passed.status, { 'content-length': String(passed.body.length), ...passed.headers }).end(passed.body);
    return undefined;
  }
  const answer = await dispatch(parts.sandboxed, signed, request.socket.remoteAddress ?? HOST);
  if (answer.fault !== undefined) return breakOff(answer.fault, request);
  return reply(response, answer.status, answer.body, {
    'content-type': answer.contentType,
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
