/** The shared HTTP handler against loopback TLS servers and proxies, and what becomes of every way to get no answer. */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SharedHttpHandler, type Timeouts } from '#aws/http-handler.ts';
import { openAwsAccounts } from '#aws/open.ts';
import { openRedactor } from '#aws/redact.ts';
import { openSessions } from '#aws/sessions.ts';
import { openSide } from '#aws/side.ts';
import {
  KEYS,
  answering,
  closedPort,
  failure,
  headlineOf,
  identityOf,
  listen,
  openStub,
  useEnvironment,
  type Asked,
} from '../../support/aws-stub.ts';
import { CA_PATH, HOST, SERVER } from '../../support/tls-authority.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) close();
});

const identityAt = (endpointUrl: string, settings: Readonly<Record<string, string>> = {}) =>
  openAwsAccounts(useEnvironment({ ...KEYS, AWS_MAX_ATTEMPTS: '1', ...settings }))
    .open({ source: { kind: 'default' }, region: 'us-east-1', endpointUrl })
    .sessions.identity();

const openTls = async () => {
  const asked: Asked[] = [];
  const server = createTlsServer(
    SERVER,
    answering(asked, () => identityOf('111111111111')),
  );
  const port = await listen(server);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port, asked };
};

/** CONNECTs every host to 127.0.0.1, as the proxy's own DNS would; an ordinary request is answered by itself. */
const openProxy = async (refuse?: { readonly status: number }) => {
  const seen: { readonly line: string; readonly authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const note = (request: IncomingMessage): void => {
    seen.push({ line: `${request.method} ${request.url}`, authorization: request.headers['proxy-authorization'] });
  };
  const asked: Asked[] = [];
  const plain = answering(asked, () => identityOf('222222222222', 'proxied'));
  const server = createServer((request, response) => {
    note(request);
    plain(request, response);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request);
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse.status} No\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) {
      sockets.add(end);
      end.on('error', () => undefined);
    }
  });
  const port = await listen(server);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://user:proxy-password@127.0.0.1:${port}`, host: `127.0.0.1:${port}`, seen };
};

describe('TLS', () => {
  test('AWS_CA_BUNDLE is believed', async () => {
    const { port } = await openTls();
    const identity = await identityAt(`https://127.0.0.1:${port}`, { AWS_CA_BUNDLE: CA_PATH });
    expect(identity.account).toBe('111111111111');
  });

  test('without it the unknown authority is named, with the way out', async () => {
    const { port } = await openTls();
    const error = await failure(identityAt(`https://127.0.0.1:${port}`));
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toMatch(
      /sts:GetCallerIdentity got no answer from https:\/\/127\.0\.0\.1:\d+: TLS failed: unable to verify/,
    );
    expect(headlineOf(error).hints[0]?.command).toBe('export AWS_CA_BUNDLE=/path/to/ca.pem');
  });

  test('a certificate of another host is refused even then', async () => {
    const { port } = await openTls();
    const proxy = await openProxy();
    const error = await failure(identityAt(`https://other.example:${port}`, { AWS_CA_BUNDLE: CA_PATH, HTTPS_PROXY: proxy.url }));
    expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });
});

describe('proxy', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])(
    '%s is used for an https endpoint, with its password and AWS_CA_BUNDLE',
    async (name) => {
      const { port, asked } = await openTls();
      const proxy = await openProxy();
      const identity = await identityAt(`https://${HOST}:${port}`, { AWS_CA_BUNDLE: CA_PATH, [name]: proxy.url });
      expect(identity.account).toBe('111111111111');
      expect(asked).toHaveLength(1);
      expect(proxy.seen).toEqual([
        { line: `CONNECT ${HOST}:${port}`, authorization: `Basic ${Buffer.from('user:proxy-password').toString('base64')}` },
      ]);
    },
  );

  test.each(['HTTP_PROXY', 'http_proxy'])('%s is used for an http endpoint', async (name) => {
    const proxy = await openProxy();
    expect((await identityAt(`http://${HOST}:81`, { [name]: proxy.url })).arn).toMatch(/proxied$/);
    expect(proxy.seen[0]?.line).toBe(`POST http://${HOST}:81/`);
  });

  test.each(['NO_PROXY', 'no_proxy'])('%s keeps a host off it', async (name) => {
    const proxy = await openProxy();
    await failure(identityAt(`https://${HOST}:${await closedPort()}`, { HTTPS_PROXY: proxy.url, [name]: '.xacct-test.example' }));
    expect(proxy.seen).toEqual([]);
  });

  test('a loopback endpoint needs none', async () => {
    const proxy = await openProxy();
    const stub = await openStub(() => identityOf('333333333333'));
    closers.push(() => void stub.close());
    expect((await identityAt(stub.url, { HTTP_PROXY: proxy.url })).account).toBe('333333333333');
    expect(proxy.seen).toEqual([]);
  });

  test('connections through it are kept', async () => {
    const { port, asked } = await openTls();
    const proxy = await openProxy();
    const env = useEnvironment({ ...KEYS, AWS_CA_BUNDLE: CA_PATH, HTTPS_PROXY: proxy.url });
    const accounts = openAwsAccounts(env);
    for (const region of ['us-east-1', 'eu-west-1'])
      await accounts.open({ source: { kind: 'default' }, region, endpointUrl: `https://${HOST}:${port}` }).sessions.identity();
    expect(asked).toHaveLength(2);
    expect(proxy.seen).toHaveLength(1);
  });

  test('that wants a password says so, and the one it got is not shown', async () => {
    const proxy = await openProxy({ status: 407 });
    const error = await failure(identityAt(`https://${HOST}:444`, { HTTPS_PROXY: proxy.url }));
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toContain('HTTP 407');
    expect(JSON.stringify(error.diagnostics)).not.toContain('proxy-password');
  });

  test('that is not there is named', async () => {
    const port = await closedPort();
    const error = await failure(
      identityAt(`https://${HOST}:444`, { HTTPS_PROXY: `http://user:proxy-password@127.0.0.1:${port}` }),
    );
    expect(error.code).toBe('UNREACHABLE');
    expect(JSON.stringify(error.diagnostics)).toContain(`through the proxy 127.0.0.1:${port}`);
    expect(JSON.stringify(error.diagnostics)).not.toContain('proxy-password');
  });

  test('of another kind is refused by name', async () => {
    const error = await failure(identityAt(`https://${HOST}:444`, { HTTPS_PROXY: 'socks5://me:proxy-password@127.0.0.1:1080' }));
    expect(error.code).toBe('INVALID_VALUE');
    expect(error.message).toBe('the proxy is not an http or https URL: socks5://***@127.0.0.1:1080');
  });
});

describe('no answer', () => {
  test('refused', async () => {
    const port = await closedPort();
    const error = await failure(identityAt(`http://127.0.0.1:${port}`));
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toBe(
      `sts:GetCallerIdentity got no answer from http://127.0.0.1:${port}: the connection was refused (ECONNREFUSED)`,
    );
    expect(headlineOf(error).hints).toContainEqual({
      text: 'see what answers there',
      command: `curl -sS -o /dev/null -D - http://127.0.0.1:${port}`,
    });
  });

  test('refused at every address of a name', async () => {
    const port = await closedPort();
    const error = await failure(identityAt(`http://localhost:${port}`));
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('closed before an answer', async () => {
    const server = createTcpServer((socket) => socket.destroy());
    const port = await listen(server);
    closers.push(() => server.close());
    const error = await failure(identityAt(`http://127.0.0.1:${port}`));
    expect(error).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(/closed before an answer came \(ECONNRESET\)$/),
    });
  });

  test('a name that DNS does not know', async () => {
    const error = await failure(identityAt('http://no-such-host.invalid'));
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toMatch(/from http:\/\/no-such-host\.invalid: (the host name is not known to DNS|DNS did not answer)/);
  });

  /** Identity over plain TCP: `serve` gets each connection once its request has come. */
  const identityFrom = async (serve: (socket: Socket) => void, times: Partial<Timeouts>) => {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => serve(socket));
    });
    const port = await listen(server);
    closers.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const env = useEnvironment({ ...KEYS, AWS_MAX_ATTEMPTS: '1' });
    const handler = new SharedHttpHandler(env, { connectionMs: 2_000, requestMs: 2_000, attemptMs: 10_000, ...times });
    const side = openSide(
      { source: { kind: 'default' }, region: 'us-east-1', endpointUrl: `http://127.0.0.1:${port}` },
      { env, handler, redact: openRedactor(env), opened: new Map() },
    );
    return failure(openSessions(side).identity());
  };

  test.each([
    ['before the headers', ''],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 100\r\n\r\n<GetCaller'],
  ])('silence %s ends in time', async (_when, sent) => {
    const error = await identityFrom((socket) => void socket.write(sent), { requestMs: 200 });
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toMatch(/got no answer( from http:.*)?: no answer came in time/);
  });

  test.each([
    ['of the headers', 'HTTP/1.1 200 OK\r\nx: '],
    ['of the body', 'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n'],
  ])('a byte %s now and then does not last for ever', async (_what, sent) => {
    const startedAt = performance.now();
    const error = await identityFrom(
      (socket) => {
        socket.write(sent);
        const drip = setInterval(() => socket.write('a'), 50);
        socket.on('close', () => clearInterval(drip));
      },
      { attemptMs: 400 },
    );
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toMatch(/got no answer( from http:.*)?: no answer came in time/);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test.each(['text/xml', 'text/html'])('a body of %s without end is cut, and does not fill the memory', async (type) => {
    let sent = 0;
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    const error = await identityFrom((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n\r\n`);
      const more = (): void => {
        if (socket.destroyed) return;
        sent += chunk.length;
        socket.write(chunk, more);
      };
      more();
    }, {});
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toContain("HTTP 200 and no answer of AWS's");
    expect(sent).toBeLessThan(40 * 1024 * 1024);
  });

  test('the one who aborts gets the own reason back', async () => {
    const server = createTcpServer(() => undefined);
    const port = await listen(server);
    closers.push(() => server.close());
    const { sessions } = openAwsAccounts(useEnvironment(KEYS)).open({
      source: { kind: 'default' },
      region: 'us-east-1',
      endpointUrl: `http://127.0.0.1:${port}`,
    });
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    const asking = sessions.assumeRole({ roleArn: 'arn:aws:iam::222222222222:role/x', sessionName: 's' }, controller.signal);
    await expect(asking).rejects.toBe(reason);
  });
});
