/** A loopback server that answers AWS Query requests with canned XML, and an environment with nothing of the machine's own AWS in it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, vi } from 'vitest';
import type { Diagnostic } from '#domain/diagnostic.ts';
import { isXacctError, type XacctError } from '#domain/xacct-error.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly params: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export interface Canned {
  readonly status?: number;
  readonly body: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Stub {
  readonly url: string;
  readonly port: number;
  readonly asked: Asked[];
  readonly close: () => Promise<void>;
}

export const listen = async (server: Server | import('node:net').Server): Promise<number> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** A port where nobody listens: whoever took it a moment ago has let it go. Low numbers are no such ports, root may listen there. */
export const closedPort = async (): Promise<number> => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** The listener that both the plain and the TLS server use. */
export const answering =
  (asked: Asked[], answer: (request: Asked) => Canned): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const params = new URLSearchParams(Buffer.concat(chunks).toString());
      const { method = '', url = '', headers } = request;
      const got: Asked = { method, path: url, action: params.get('Action') ?? '', params, headers };
      asked.push(got);
      const { status = 200, body, type = 'text/xml', headers: more } = answer(got);
      response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': 'request-1', ...more });
      response.end(body);
    });
  };

export const openStub = async (answer: (request: Asked) => Canned): Promise<Stub> => {
  const asked: Asked[] = [];
  const server = createServer(answering(asked, answer));
  const port = await listen(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, port, asked, close };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
export const refusal = (code: string, message: string, status = 400): Canned => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Message></Error><RequestId>request-1</RequestId></ErrorResponse>`,
});

export const success = (action: string, result = ''): Canned => ({
  body: `<${action}Response><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></${action}Response>`,
});

export const identityOf = (account: string, name = 'someone'): Canned =>
  success(
    'GetCallerIdentity',
    `<Arn>arn:aws:iam::${account}:user/${name}</Arn><UserId>AIDA</UserId><Account>${account}</Account>`,
  );

export const sessionFor = (roleArn: string, secret = 'session-secret-key', token = 'session-token-text'): Canned => {
  const [, , , , account = '', resource = ''] = roleArn.split(':');
  return success(
    'AssumeRole',
    `<Credentials><AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>${token}</SessionToken>` +
      `<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>` +
      `<AssumedRoleUser><Arn>arn:aws:sts::${account}:assumed-role/${resource.split('/').at(-1)}/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>`,
  );
};

export const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'environment-secret-key' } as const;

/** A folder for shared files; written as ~/.aws/config and ~/.aws/credentials of the environment's HOME. */
export const sharedFiles = (config: string, credentials = ''): Readonly<Record<string, string>> => {
  const home = mkdtempSync(path.join(tmpdir(), 'xacct-aws-'));
  const files = { AWS_CONFIG_FILE: path.join(home, 'config'), AWS_SHARED_CREDENTIALS_FILE: path.join(home, 'credentials') };
  writeFileSync(files.AWS_CONFIG_FILE, config);
  writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, credentials);
  return { HOME: home, ...files };
};

/** Puts exactly these settings into the process, where the SDK looks; undone by `vi.unstubAllEnvs()`. */
export const useEnvironment = (settings: Readonly<Record<string, string>>): Readonly<Record<string, string | undefined>> => {
  for (const name of Object.keys(process.env)) if (/^AWS_|_proxy$/i.test(name)) vi.stubEnv(name, undefined);
  const all = { HOME: '/nonexistent', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...settings };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  return { ...process.env };
};

/** The XacctError of a call that must fail; anything else fails the test. */
export const failure = async (promise: Promise<unknown>): Promise<XacctError> => {
  const error: unknown = await promise.then(
    (value) => expect.unreachable(`answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!isXacctError(error)) throw error;
  return error;
};

export const headlineOf = (error: XacctError): Diagnostic =>
  error.diagnostics[0] ?? expect.unreachable('an error without a diagnostic');
