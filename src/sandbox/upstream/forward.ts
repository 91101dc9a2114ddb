/**
 * Calls of services that are not the sandbox's own: authenticated and authorised here, then handed to another emulator as the right account.
 * moto reads the account from `x-moto-account-id`, LocalStack from the access key id.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { assertAllowed } from '#sandbox/authorise.ts';
import { AwsError } from '#sandbox/errors.ts';
import type { CallLog } from '#sandbox/log.ts';
import { callerOf } from '#sandbox/model/caller.ts';
import { arnOfPrincipal, type Principal } from '#sandbox/model/principal.ts';
import { newRequestId } from '#sandbox/model/unique-id.ts';
import type { World } from '#sandbox/model/world.ts';
import { authenticate } from '#sandbox/signature/authenticate.ts';
import { readClaim, type Claim, type SignedRequest } from '#sandbox/signature/sigv4.ts';
import { neededFor } from './needed.ts';
import { refusalFor, type UpstreamAnswer } from './refusal.ts';
import { placeOf } from './s3-actions.ts';

export interface Upstream {
  readonly url: URL;
  /** What becomes of a call whose action cannot be told. Default `deny`. */
  readonly unmapped: 'deny' | 'allow';
}

export interface Forwarding {
  readonly world: World;
  readonly log: CallLog;
  readonly upstream: Upstream;
  signingNow(): number;
  /** Aborted when the sandbox closes: a call that hangs upstream must not hold it. */
  readonly stopping: AbortSignal;
}

/** Emulators answer in milliseconds; a lambda or a stack may take its time. */
const MOST_WAIT_MS = 120_000;

/** The claim of a request that is signed for a service that is not ours. */
export const foreignClaim = (request: SignedRequest): Claim | undefined => {
  try {
    const claim = readClaim(request);
    return ['iam', 'sts'].includes(claim.service) ? undefined : claim;
  } catch {
    return undefined;
  }
};

const READ = /^[\w-]+:(?:Get|List|Describe|Head|Batch?Get|Query|Scan|Select)/;

const unmapped = ({ method, path }: SignedRequest, service: string): AwsError =>
  new AwsError(
    'NotImplemented',
    `the sandbox cannot tell which IAM action ${method} ${path} of ${service} needs, so it passes nothing on; --upstream-unmapped allow passes such calls unchecked`,
    'UNMAPPED_ACTION',
  );

/** Never rejects. */
export const forward = async (
  forwarding: Forwarding,
  request: SignedRequest,
  claim: Claim,
  sourceIp: string,
): Promise<UpstreamAnswer> => {
  const { world, log, upstream } = forwarding;
  const requestId = newRequestId(world.random);
  let principal: Principal | undefined;
  let action = `${request.method} ${request.path}`;
  let resource: string | null = null;
  const record = (decision: 'allowed' | 'denied' | 'invalid' | 'fault', reason: string | null): void =>
    log.add({
      at: new Date(world.clock.now()).toISOString(),
      account: principal?.account.id ?? null,
      caller: principal === undefined ? null : arnOfPrincipal(principal),
      service: claim.service,
      action: action.replace(/^[\w-]+:/, ''),
      resource,
      decision,
      reason,
      write: !READ.test(action) && request.method !== 'GET' && request.method !== 'HEAD',
    });
  try {
    ({ principal } = await authenticate(world, claim.service, request, forwarding.signingNow()));
    const needed = neededFor(request, claim, principal.account.id);
    action = needed?.[0]?.action ?? action;
    resource = needed?.[0]?.resource ?? null;
    const fault = world.faults.strike(claim.service, action.replace(/^[\w-]+:/, ''), Date.now());
    if (fault === 'throttle') throw new AwsError('Throttling', 'Rate exceeded', 'FAULT_THROTTLE');
    if (fault === 'server-error')
      throw new AwsError(
        'InternalFailure',
        'The request processing has failed because of an unknown error.',
        'FAULT_SERVER_ERROR',
      );
    if (fault === 'drop') {
      record('fault', 'FAULT_DROP');
      return { status: 500, headers: {}, body: Buffer.alloc(0), fault };
    }
    if (needed === undefined && upstream.unmapped === 'deny') throw unmapped(request, claim.service);
    const caller = callerOf(world, principal, sourceIp);
    const time = new Date(world.clock.now()).toISOString();
    for (const permission of needed ?? []) {
      ({ action, resource } = permission);
      const context = { 'aws:RequestedRegion': claim.region, ...permission.context };
      assertAllowed(caller, { ...permission, context }, time);
    }
    action = needed?.[0]?.action ?? action;
    resource = needed?.[0]?.resource ?? null;
    const answer = await send(forwarding, request, claim, principal.account.id);
    record('allowed', needed === undefined ? 'UNMAPPED_ACTION' : null);
    return fault === undefined ? answer : { ...answer, fault };
  } catch (thrown) {
    const error = thrown instanceof AwsError ? thrown : new AwsError('InternalFailure', String(thrown));
    const isFault = error.reason.startsWith('FAULT_');
    record(isFault ? 'fault' : error.code === 'AccessDenied' ? 'denied' : 'invalid', error.reason);
    return refusalFor(claim.service, request, error, requestId);
  }
};

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

const send = (
  { upstream: { url }, stopping }: Forwarding,
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
        incoming.on('error', reject);
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
    outgoing.on('error', (error) =>
      reject(
        new AwsError(
          'ServiceUnavailable',
          `the upstream ${url.origin} does not answer: ${error.message}`,
          'UPSTREAM_UNREACHABLE',
        ),
      ),
    );
    outgoing.end(request.body);
  });
