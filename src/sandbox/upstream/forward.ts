/**
 * Calls of services that are not the sandbox's own: authenticated and authorised here, then handed to another emulator as the right account.
 */
import { createGuard, type Permission } from '#sandbox/authorise.ts';
import { AwsError, refusalByFault } from '#sandbox/errors.ts';
import { findTarget, isOwnService } from '#sandbox/handlers/table.ts';
import { isLineFault } from '#sandbox/faults.ts';
import type { CallLog } from '#sandbox/log.ts';
import { arnOfPrincipal, type Principal } from '#sandbox/model/principal.ts';
import { newRequestId } from '#sandbox/model/unique-id.ts';
import type { World } from '#sandbox/model/world.ts';
import { authenticate } from '#sandbox/signature/authenticate.ts';
import { readClaim, type Claim, type SignedRequest } from '#sandbox/signature/sigv4.ts';
import { isForBucketItself, withRegion } from './bucket-region.ts';
import { neededFor } from './needed.ts';
import { refusalFor, type UpstreamAnswer } from './refusal.ts';
import { absenceNeeds } from './s3-actions.ts';
import { send } from './send.ts';

export interface Upstream {
  readonly url: URL;
  /** What becomes of a call whose action cannot be told. Default `deny`. */
  readonly unmapped: 'deny' | 'allow';
}

export interface Forwarding {
  readonly world: World;
  readonly log: CallLog;
  /** Without one every call is refused, once it is known whose it is and what it needs. */
  readonly upstream: Upstream | undefined;
  signingNow(): number;
  /** Aborted when the sandbox closes. */
  readonly stopping: AbortSignal;
}

/** Of Organizations, what is not served here goes upstream. */
const isOwn = ({ service }: Claim, { headers }: SignedRequest): boolean =>
  isOwnService(service) && (headers['x-amz-target'] === undefined || findTarget(headers['x-amz-target']).isServed);

/** The claim of a request that is signed for a service that is not ours. */
export const foreignClaim = (request: SignedRequest): Claim | undefined => {
  try {
    const claim = readClaim(request);
    return isOwn(claim, request) ? undefined : claim;
  } catch {
    return undefined;
  }
};

const READ = /^[\w-]+:(?:Get|List|Describe|Head|BatchGet|Query|Scan|Select)/;

const unmapped = ({ method, path }: SignedRequest, service: string): AwsError =>
  new AwsError(
    'NotImplemented',
    `the sandbox cannot tell which IAM action ${method} ${path} of ${service} needs, so it passes nothing on; --upstream-unmapped allow passes such calls unchecked`,
    'UNMAPPED_ACTION',
  );

const notServed = (service: string): AwsError =>
  new AwsError(
    'NotImplemented',
    `the sandbox serves IAM, STS and EC2 instance metadata, and not ${service}: open it with --upstream URL (in openSandbox, upstream) to hand such calls to an emulator such as moto`,
    'NO_UPSTREAM',
  );

interface Call {
  readonly request: SignedRequest;
  readonly claim: Claim;
  readonly account: string;
}

const passOn = ({ stopping }: Forwarding, { url }: Upstream, { request, claim, account }: Call): Promise<UpstreamAnswer> =>
  send({ url, stopping }, request, claim, account);

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
    if (upstream === undefined) throw notServed(claim.service);
    const fault = world.faults.strike(claim.service, action.replace(/^[\w-]+:/, ''), Date.now());
    const refusal = refusalByFault(fault);
    if (refusal !== undefined) throw refusal;
    if (fault === 'drop') {
      record('fault', 'FAULT_DROP');
      return { status: 500, headers: {}, body: Buffer.alloc(0), fault };
    }
    if (needed === undefined && upstream.unmapped === 'deny') throw unmapped(request, claim.service);
    const guard = createGuard({ world, principal, region: claim.region, sourceIp, userAgent: request.headers['user-agent'] });
    // The ARN of a bucket names no account.
    const place = { 'aws:ResourceAccount': principal.account.id };
    const ask = (permission: Permission): void => {
      ({ action, resource } = permission);
      guard({ ...permission, context: { ...place, ...permission.context } });
    };
    for (const permission of needed ?? []) ask(permission);
    const answer = await passOn(forwarding, upstream, { request, claim, account: principal.account.id });
    const ofAbsent = claim.service === 's3' && answer.status === 404 ? absenceNeeds(request) : undefined;
    if (ofAbsent !== undefined) ask(ofAbsent);
    action = needed?.[0]?.action ?? action;
    resource = needed?.[0]?.resource ?? null;
    record('allowed', needed === undefined ? 'UNMAPPED_ACTION' : null);
    return isLineFault(fault) ? { ...answer, fault } : answer;
  } catch (thrown) {
    const error = thrown instanceof AwsError ? thrown : new AwsError('InternalFailure', String(thrown));
    const isFault = error.reason.startsWith('FAULT_');
    record(isFault ? 'fault' : error.code === 'AccessDenied' ? 'denied' : 'invalid', error.reason);
    const refusal = refusalFor(claim.service, request, error, requestId);
    if (error.code !== 'AccessDenied' || upstream === undefined || principal === undefined) return refusal;
    const account = principal.account.id;
    return isForBucketItself(claim.service, request)
      ? withRegion(refusal, () => passOn(forwarding, upstream, { request, claim, account }))
      : refusal;
  }
};
