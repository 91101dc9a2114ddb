/** One allowed call to the other emulator, as the right account: moto reads `x-moto-account-id`, LocalStack the access key id. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AwsError } from '#sandbox/errors.ts';
import type { Claim, SignedRequest } from '#sandbox/signature/sigv4.ts';
import type { UpstreamAnswer } from './refusal.ts';
import { placeOf } from './s3-actions.ts';

interface Destination {
  readonly url: URL;
  /** Aborted when the sandbox closes: a call that hangs upstream must not hold it. */
  readonly stopping: AbortSignal;
}

/** Emulators answer in milliseconds; a lambda or a stack may take its time. */
const MOST_WAIT_MS = 120_000;

const gone = (url: URL, what: string, reason: string): AwsError =>
  new AwsError('BadGateway', `the upstream ${url.origin} ${what}`, reason);

/** Belongs to one connection, or to a signature that is not the upstream's to check. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'authorization',
  'x-amz-security-token',
  'host',
  'expect',
  'content-length',
]);
const PRESIGNED = /^X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)=/i;

export const send = (
  { url, stopping }: Destination,
  request: SignedRequest,
  claim: Claim,
  account: string,
): Promise<UpstreamAnswer> =>
  new Promise((resolve, reject) => {
    const path = claim.service === 's3' && !request.path.startsWith('/v20180820/') ? placeOf(request).path : request.path;
    const query = request.query
      .split('&')
      .filter((part) => part !== '' && !PRESIGNED.test(part))
      .join('&');
    const headers = {
      ...Object.fromEntries(Object.entries(request.headers).filter(([name]) => !DROPPED.has(name))),
      host: url.host,
      'content-length': String(request.body.length),
      'x-moto-account-id': account,
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/${claim.shortDate}/${claim.region}/${claim.service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    };
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = open(
      {
        hostname: url.hostname,
        port: url.port,
        method: request.method,
        path: `${path}${query === '' ? '' : `?${query}`}`,
        headers,
        signal: AbortSignal.any([stopping, AbortSignal.timeout(MOST_WAIT_MS)]),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', () => reject(gone(url, 'breaks off its answer', 'UPSTREAM_TRUNCATED')));
        incoming.on('end', () => {
          const answered = Object.entries(incoming.headers).flatMap(([name, value]) =>
            value === undefined || DROPPED.has(name) ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
          );
          // A HEAD's length is that of the body that is not sent.
          const length = request.method === 'HEAD' ? incoming.headers['content-length'] : undefined;
          resolve({
            status: incoming.statusCode ?? 502,
            headers: { ...Object.fromEntries(answered), ...(length !== undefined && { 'content-length': length }) },
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    outgoing.on('error', (error) => reject(gone(url, `does not answer: ${error.message}`, 'UPSTREAM_UNREACHABLE')));
    outgoing.end(request.body);
  });
