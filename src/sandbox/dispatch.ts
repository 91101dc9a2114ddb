/** One Query request from bytes to answer: which operation, who asks, is it well formed, is it allowed, do it, encode it, log it. */
import { createGuard, type Permission } from './authorise.ts';
import { AwsError, invalidToken, refusalByFault } from './errors.ts';
import { inOldWords } from './old-words.ts';
import { isLineFault, type FaultKind, type LineFault } from './faults.ts';
import type { Call } from './handlers/handler.ts';
import { findService, findTarget, isOwnService, isWrite, type Service, type WireHandler } from './handlers/table.ts';
import type { CallLog } from './log.ts';
import type { UnsignedHandler } from './handlers/web-identity.ts';
import { arnOfPrincipal, type Principal } from './model/principal.ts';
import { newRequestId } from './model/unique-id.ts';
import type { World } from './model/world.ts';
import { authenticate } from './signature/authenticate.ts';
import { readClaim, type SignedRequest } from './signature/sigv4.ts';
import { decodeInput } from './wire/decode.ts';
import { encodeAnswer, encodeError } from './wire/encode.ts';
import { formValue, parseForm, type FormNode } from './wire/form.ts';
import type { WireStructure } from './wire/service-model.ts';
import { encodeJsonAnswer, encodeJsonError, JSON_TYPE } from './wire/json.ts';
import { validateInput } from './wire/validate.ts';

export interface Sandboxed {
  readonly world: World;
  readonly log: CallLog;
  /** The time by which signatures are fresh. */
  signingNow(): number;
  /** The latency that was asked for, in real time. */
  delay(): Promise<void>;
  /** Aborted when the sandbox closes. */
  readonly stopping: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly requestId: string;
  readonly contentType: string;
  readonly body: string;
  /** What becomes of the connection instead of this answer. */
  readonly fault?: LineFault;
}

const DEFAULT_NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';

/** What is known of a request so far; fills up on the way, for the log. */
interface Progress {
  service: string;
  action: string;
  namespace: string;
  isJson: boolean;
  resource: string | null;
  principal: Principal | undefined;
}

/** Never rejects: what goes wrong becomes AWS's error envelope. */
export const dispatch = async (sandbox: Sandboxed, request: SignedRequest, sourceIp: string): Promise<Answer> => {
  const requestId = newRequestId(sandbox.world.random);
  const progress: Progress = {
    service: 'unknown',
    action: 'unknown',
    namespace: DEFAULT_NAMESPACE,
    isJson: false,
    resource: null,
    principal: undefined,
  };
  let fault: FaultKind | undefined;
  try {
    const { service, handler, form } = route(request, progress);
    fault = sandbox.world.faults.strike(service.model.service, progress.action, Date.now());
    if (fault === 'drop') return dropped(sandbox, progress, requestId);
    const refusal = refusalByFault(fault);
    if (refusal !== undefined) throw refusal;
    const open = service.unsigned(progress.action);
    if (open !== undefined) {
      const output = await performUnsigned(sandbox.world, service, open, form, sourceIp, progress);
      record(sandbox, progress, 'allowed', null);
      return { status: 200, requestId, ...encoded(service, progress, output, requestId), ...(isLineFault(fault) && { fault }) };
    }
    if (handler === undefined) throw new Error(`${progress.action} has no handler`);
    const { principal, region } = await authenticate(sandbox.world, service.model.service, request, sandbox.signingNow());
    progress.principal = principal;
    assertUsableFor(principal, service, progress.action);
    const who = { principal, region, sourceIp, userAgent: request.headers['user-agent'] };
    const output = perform(sandbox.world, service, handler, form, who, progress);
    record(sandbox, progress, 'allowed', null);
    return { status: 200, requestId, ...encoded(service, progress, output, requestId), ...(isLineFault(fault) && { fault }) };
  } catch (thrown) {
    const refused = thrown instanceof AwsError ? thrown : internalFailure(thrown);
    record(sandbox, progress, decisionOf(refused), refused.reason);
    const isOld = sandbox.world.faults.settings().wording === 'old';
    const error = isOld ? new AwsError(refused.code, inOldWords(refused.message), refused.reason) : refused;
    return {
      status: error.status,
      requestId,
      ...(progress.isJson
        ? { contentType: JSON_TYPE, body: encodeJsonError(error) }
        : { contentType: XML_TYPE, body: encodeError(progress.namespace, error, requestId) }),
      ...(isLineFault(fault) && { fault }),
    };
  }
};

const XML_TYPE = 'text/xml';

const encoded = (service: Service, { action, isJson }: Progress, output: WireStructure | undefined, requestId: string) =>
  isJson
    ? { contentType: JSON_TYPE, body: encodeJsonAnswer(output) }
    : { contentType: XML_TYPE, body: encodeAnswer(service.model, action, output, requestId) };

/** A service with a JSON protocol; all that is served of it takes no input. */
const routeByTarget = (target: string, progress: Progress): Routed => {
  const { service, action } = findTarget(target);
  const handler = service?.handler(action);
  progress.isJson = true;
  progress.action = action;
  if (service === undefined || handler === undefined)
    throw new AwsError('NotImplemented', `the sandbox does not serve ${target}`);
  progress.service = service.model.service;
  return { service, handler, form: parseForm('') };
};

interface Routed {
  readonly service: Service;
  readonly handler: WireHandler | undefined;
  readonly form: FormNode;
}

const route = (request: SignedRequest, progress: Progress): Routed => {
  const signed = signedFor(request);
  if (request.path !== '/' || (signed !== undefined && !isOwnService(signed)))
    throw new AwsError(
      'NotImplemented',
      `the sandbox serves IAM, STS, DescribeOrganization and EC2 instance metadata; ${request.method} ${request.path}, signed for ${signed ?? 'no service'}, is none of them`,
    );
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return routeByTarget(target, progress);
  const form = parseForm(request.method === 'POST' && request.body.length > 0 ? request.body.toString('utf8') : request.query);
  const action = formValue(form, 'Action');
  const version = formValue(form, 'Version');
  const service = findService(version, signed);
  if (service !== undefined) {
    progress.service = service.model.service;
    progress.namespace = service.model.xmlNamespace;
  }
  if (action === undefined || action === '')
    throw new AwsError('MissingAction', 'The request must contain the parameter Action.');
  progress.action = action;
  const handler = service?.handler(action);
  if (service === undefined || (handler === undefined && service.unsigned(action) === undefined))
    throw new AwsError('InvalidAction', `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}`);
  return { service, handler, form };
};

const signedFor = (request: SignedRequest): string | undefined => {
  try {
    return readClaim(request).service;
  } catch {
    return undefined;
  }
};

/** The last two refuse session credentials in words of their own. */
const FREE_OF_TOKEN_RULE: ReadonlySet<string> = new Set([
  'AssumeRole',
  'GetCallerIdentity',
  'GetSessionToken',
  'GetFederationToken',
]);

/** GetSessionToken's credentials without MFA, and GetFederationToken's: "You cannot call any IAM API operations … or any STS API except AssumeRole or GetCallerIdentity". */
const assertUsableFor = (principal: Principal, service: Service, action: string): void => {
  const isFederated = principal.kind === 'federated';
  if (!isFederated && (principal.kind !== 'user' || !principal.isTemporary)) return;
  if (service.model.service === 'iam' && (isFederated || principal.mfaAt === undefined)) throw invalidToken();
  if (service.model.service !== 'sts') return;
  if (!FREE_OF_TOKEN_RULE.has(action)) throw invalidToken();
};

type Who = Pick<Call, 'principal' | 'region' | 'sourceIp' | 'userAgent'>;

const perform = (world: World, service: Service, handler: WireHandler, form: FormNode, who: Who, progress: Progress) => {
  const { principal } = who;
  const call: Call = { world, account: principal.account, ...who };
  const shape = service.model.operations[progress.action]?.input;
  const input = readInput(service, shape, form);
  noteUse(who, service, world);
  const permissions = handler.permissions(input, call);
  progress.resource = permissions[0]?.resource ?? handler.resource?.(input) ?? null;
  assertAll(permissions, call);
  return handler.run(input, call) ?? undefined;
};

const readInput = ({ model }: Service, shape: string | undefined, form: FormNode): WireStructure => {
  if (shape === undefined) return {};
  const input = decodeInput(model, shape, form);
  const invalid = validateInput(model, shape, input);
  if (invalid !== undefined) throw invalid;
  return input;
};

/** RoleLastUsed and AccessKeyLastUsed. */
const noteUse = ({ principal, region }: Who, service: Service, world: World): void => {
  const at = world.clock.now();
  if (principal.kind === 'session') principal.role.lastUsed = { at, region };
  if (principal.kind !== 'user' || principal.isTemporary) return;
  const used = world.accessKeys.get(principal.accessKeyId);
  if (used !== undefined) used.key.lastUsed = { at, region, service: service.model.service };
};

/** Nobody has signed: the token in the request says who asks. */
const performUnsigned = async (
  world: World,
  service: Service,
  handler: UnsignedHandler,
  form: FormNode,
  sourceIp: string,
  progress: Progress,
): Promise<WireStructure> => {
  const input = readInput(service, service.model.operations[progress.action]?.input, form);
  progress.resource = handler.resource(input);
  return handler.run(input, { world, sourceIp });
};

const assertAll = (permissions: readonly Permission[], call: Call): void => {
  if (permissions.length > 0) permissions.forEach(createGuard(call));
};

const internalFailure = (thrown: unknown): AwsError =>
  new AwsError(
    'InternalFailure',
    `A fault of the sandbox itself: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
  );

const decisionOf = (error: AwsError) => {
  if (error.reason.startsWith('FAULT_')) return 'fault';
  return error.code === 'AccessDenied' ? 'denied' : 'invalid';
};

const dropped = (sandbox: Sandboxed, progress: Progress, requestId: string): Answer => {
  record(sandbox, progress, 'fault', 'FAULT_DROP');
  return { status: 500, requestId, contentType: XML_TYPE, body: '', fault: 'drop' };
};

const record = (
  { world, log }: Sandboxed,
  { service, action, resource, principal }: Progress,
  decision: 'allowed' | 'denied' | 'invalid' | 'fault',
  reason: string | null,
): void =>
  log.add({
    at: new Date(world.clock.now()).toISOString(),
    account: principal?.account.id ?? null,
    caller: principal === undefined ? null : arnOfPrincipal(principal),
    service,
    action,
    resource,
    decision,
    reason,
    write: isWrite(service, action),
  });
