/**
 * The one HTTP handler that every client and credential provider shares: keep-alive, timeouts, AWS_CA_BUNDLE and the proxy variables,
 * none of which the SDK reads by itself. `client.destroy()` would close it for all: never call that.
 */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import type { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { getProxyForUrl } from 'proxy-from-env';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { limitBody, startDeadline } from './limited-answer.ts';
import { loadViaProxy } from './load.ts';
import { WarmAgent } from './warm-agent.ts';
import { ForeignAnswer } from './wire-error.ts';

type Request = Parameters<NodeHttpHandler['handle']>[0];
type Place = Pick<Request, 'protocol' | 'hostname' | 'port'>;
type Options = Parameters<NodeHttpHandler['handle']>[1];

export interface Timeouts {
  readonly connectionMs: number;
  /** Without a byte. */
  readonly requestMs: number;
  /** One attempt in all, its answer read to the end. */
  readonly attemptMs: number;
}

/** Where a request that failed was going. */
export interface Route {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Host and port of the proxy, without its password. */
  readonly proxy?: string;
}

const TIMEOUTS: Timeouts = { connectionMs: 5_000, requestMs: 30_000, attemptMs: 60_000 };
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;

const readCertificates = (name: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new XacctError(
      problem('FILE_UNREADABLE', `the certificates that ${name} names cannot be read: ${path} (${code})`, {
        hints: [{ text: `let ${name} name a PEM file, or unset it`, command: `unset ${name}` }],
      }),
    );
  }
};

/** Own certificates are added to the public ones. An explicit list makes Node forget NODE_EXTRA_CA_CERTS, so that is added again. */
const certificates = (env: Readonly<Record<string, string | undefined>>): readonly string[] | undefined => {
  const bundle = env['AWS_CA_BUNDLE'];
  if (bundle === undefined || bundle === '') return undefined;
  const extra = env['NODE_EXTRA_CA_CERTS'];
  return [
    ...rootCertificates,
    readCertificates('AWS_CA_BUNDLE', bundle),
    ...(extra === undefined || extra === '' ? [] : [readCertificates('NODE_EXTRA_CA_CERTS', extra)]),
  ];
};

const parseProxy = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new XacctError(
    problem('INVALID_VALUE', `the proxy is not an http or https URL: ${text.replace(/\/\/[^/@]*@/, '//***@')}`, {
      path: 'HTTPS_PROXY',
      hints: [{ text: 'write the proxy as a URL', command: 'export HTTPS_PROXY=http://proxy.example.com:3128' }],
    }),
  );
};

/** Like Go and unlike curl, a loopback address never goes to a proxy: it is a sandbox or a tunnel of this machine. */
const proxyFor = (request: Place): URL | undefined => {
  if (LOOPBACK.test(request.hostname)) return undefined;
  const proxy = getProxyForUrl(originOf(request));
  return proxy === '' ? undefined : parseProxy(proxy);
};

const originOf = (request: Place): string =>
  `${request.protocol}//${request.hostname}${request.port === undefined ? '' : `:${request.port}`}`;

/** The SDK takes any page with status 200 for an empty success: a captive portal would make every role absent and every write done. */
const assertFromAws = ({ headers, statusCode, body }: Awaited<ReturnType<NodeHttpHandler['handle']>>['response']): void => {
  if (!/^text\/html\b/i.test(headers['content-type'] ?? '')) return;
  (body as Readable).destroy();
  throw new ForeignAnswer(statusCode, 'a web page');
};

/** Chooses the direct way or the proxy for each request, and remembers where a failed one was going. */
export class SharedHttpHandler extends NodeHttpHandler {
  readonly #viaProxy = new Map<string, Promise<NodeHttpHandler>>();
  readonly #routes = new WeakMap<object, Route>();
  readonly #open: (proxy: URL) => Promise<NodeHttpHandler>;
  readonly #attemptMs: number;
  readonly #direct: WarmAgent;

  constructor(env: Readonly<Record<string, string | undefined>>, timeouts: Timeouts = TIMEOUTS) {
    const ca = certificates(env);
    const agent = { keepAlive: true, maxSockets: 256, ...(ca && { ca: [...ca] }) };
    const times = {
      connectionTimeout: timeouts.connectionMs,
      requestTimeout: timeouts.requestMs,
      // Without this the SDK only prints a warning when the time is up.
      throwOnRequestTimeout: true,
      // The time for a request ends with its headers; this one ends a body that stalls.
      socketTimeout: timeouts.requestMs,
    };
    const direct = new WarmAgent(agent);
    super({ ...times, httpAgent: new HttpAgent(agent), httpsAgent: direct });
    this.#direct = direct;
    this.#attemptMs = timeouts.attemptMs;
    this.#open = async (proxy) => (await loadViaProxy())(proxy, { agent, times });
  }

  override async handle(request: Request, options?: Options): ReturnType<NodeHttpHandler['handle']> {
    const proxy = proxyFor(request);
    const noteRoute = (error: unknown): void => {
      if (typeof error === 'object' && error !== null)
        this.#routes.set(error, { origin: originOf(request), ...(proxy && { proxy: proxy.host }) });
    };
    const deadline = startDeadline(this.#attemptMs);
    const given = options?.abortSignal as AbortSignal | undefined;
    const abortSignal = given === undefined ? deadline.signal : AbortSignal.any([given, deadline.signal]);
    try {
      const limits = { ...options, abortSignal };
      const answer = await (proxy === undefined
        ? super.handle(request, limits)
        : (await this.#via(proxy)).handle(request, limits));
      const { response } = answer;
      assertFromAws(response);
      response.body = limitBody(response.body as Readable, { status: response.statusCode, deadline, failed: noteRoute });
      return answer;
    } catch (error) {
      deadline.end();
      // Stopped by the deadline, the library only knows that somebody stopped it.
      const cause: unknown = deadline.signal.aborted && given?.aborted !== true ? deadline.signal.reason : error;
      noteRoute(cause);
      throw cause;
    }
  }

  /** Known only for the very error that `handle` or the body of its answer ended with. */
  routeOf(error: unknown): Route | undefined {
    return typeof error === 'object' && error !== null ? this.#routes.get(error) : undefined;
  }

  /** Connects for calls that are certain to come; not through a proxy, and not where there is no TLS to wait for. */
  warm({ protocol, hostname, port }: URL, connections: number): void {
    if (protocol !== 'https:' || proxyFor({ protocol, hostname, ...(port !== '' && { port: Number(port) }) })) return;
    this.#direct.warm(hostname, Number(port || '443'), connections);
  }

  override destroy(): void {
    super.destroy();
    for (const handler of this.#viaProxy.values()) void handler.then((opened) => opened.destroy());
  }

  #via(proxy: URL): Promise<NodeHttpHandler> {
    const known = this.#viaProxy.get(proxy.href);
    if (known !== undefined) return known;
    const opened = this.#open(proxy);
    this.#viaProxy.set(proxy.href, opened);
    return opened;
  }
}
