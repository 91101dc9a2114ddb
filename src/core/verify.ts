/** Proves through STS that the role can be assumed, and that what must be refused is refused. Never writes; credentials stay in the port. */
import type { Access } from '#domain/access.ts';
import { parseSessionArn } from '#domain/arn.ts';
import { isSkipped, type LongestRun, type VerifyReport } from '#domain/verify-report.ts';
import { skipCheck, type Found } from './check.ts';
import { enter, type Entered } from './enter.ts';
import { longestRun } from './longest-run.ts';
import { measureDuration } from './measure-duration.ts';
import { probesOf, type ProbeContext } from './probes.ts';
import { proveRun, proveTargetIdentity } from './proofs.ts';
import { provePermissions } from './prove-permissions.ts';
import { runProbes } from './run-probes.ts';
import type { VerifyOptions, VerifyPorts } from './verify-options.ts';
import type { Knocker } from './way-in.ts';

/** One run, after the role was asked for with everything right. */
interface Run extends Entered {
  readonly access: Access;
  readonly ports: VerifyPorts;
  readonly options: VerifyOptions;
  readonly context: ProbeContext;
  readonly longest: LongestRun;
}

const UNREACHED = 'the role could not be assumed';

/** Temporary credentials of any kind ask for an hour at most; a token is none. */
const isSession = ({ caller, sessions }: Knocker): boolean =>
  parseSessionArn(caller.arn) !== undefined || (caller.claims === undefined && sessions.credentialLife().kind !== 'permanent');

const NOTHING_DECLARED = { mfa: false, hasNoId: false, orgId: undefined, maxSessionSeconds: undefined };

const contextOf = ({ access, ports, options, good, door, start }: Omit<Run, 'context'>): ProbeContext => ({
  good,
  isChained: isSession(door),
  hasToken: door.caller.claims !== undefined,
  hasLongTermKeys: ports.sessions.credentialLife().kind === 'permanent',
  showedCode: start !== ports.sessions,
  declared: { ...NOTHING_DECLARED, externalIds: access.externalIds, ...options.declared },
  hasOutsider: ports.outsider !== undefined,
});

/** A refused probe proves something only where the same caller gets in with everything right. */
const proveProbes = async ({
  context,
  ports,
  options,
  session,
  door,
  source,
  diagnoses,
}: Run): Promise<readonly Found<unknown>[]> => {
  const { isThorough = false, justChanged, skip, waitMs, signal } = options;
  const probes = probesOf(context, isThorough);
  if (session === undefined) return probes.map(({ id }) => skipCheck(id, ports, UNREACHED));
  const { denials } = diagnoses;
  const asking = { ...ports, sessions: door.sessions, plain: ports.sessions, outsider: ports.outsider, denials };
  const how = { skip, waitMs: justChanged ? waitMs : 0, source, isNamed: isThorough, signal };
  return runProbes({ probes, context }, asking, how);
};

const proveInside = async ({ access, ports, session }: Run): Promise<Found<unknown>> =>
  session ? proveTargetIdentity(session, access, ports) : skipCheck('target-identity', ports, UNREACHED);

/** Beyond STS: what the role itself may do. */
const provePermitted = async ({ access, ports, options, session, source }: Run): Promise<Found<unknown>> => {
  const { permissions, skip } = options;
  if (isSkipped('permissions', skip)) return skipCheck('permissions', ports, 'as asked');
  if (session === undefined) return skipCheck('permissions', ports, UNREACHED);
  const evaluator = async () => (await ports.diagnosis(source)).diagnosis;
  // Nobody is looked at for nothing.
  const target = permissions && (await ports.target?.());
  const insides = permissions ? [...(target ? [target] : []), session.inside()] : [];
  return provePermissions(access.role, permissions, { ...ports, evaluator, insides });
};

/** In the order of the report. */
const proveAll = async (run: Run): Promise<readonly Found<unknown>[]> => {
  const { ports, options, proofs, longest } = run;
  const { expectedRunSeconds, skip } = options;
  const lasting = expectedRunSeconds === undefined ? [] : [await proveRun(longest, expectedRunSeconds, ports, skip)];
  const [inside, probed] = await Promise.all([proveInside(run), proveProbes(run)]);
  const permitted = options.isThorough === true ? [await provePermitted(run)] : [];
  return [...proofs, inside, ...permitted, ...lasting, ...probed];
};

const measure = async ({ access, options, good, context, door, session }: Run) => {
  if (session === undefined) return { maxSessionSeconds: null, isMaxSessionMeasured: false };
  if (options.isMeasuring !== true) return { maxSessionSeconds: access.sessionSeconds, isMaxSessionMeasured: false };
  const maxSessionSeconds = await measureDuration(good, context.isChained, door.sessions, options.signal);
  return { maxSessionSeconds, isMaxSessionMeasured: true };
};

/** Throws XacctError when the source has no usable credentials or nobody answers; a failed proof is data. */
export const verify = async (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<VerifyReport> => {
  const entered = await enter(access, ports, options);
  const { source, start, through, session, knock, diagnoses } = entered;
  const begun = { ...entered, access, ports, options, longest: longestRun(start.credentialLife(), ports.clock.now()) };
  const run: Run = { ...begun, context: contextOf(begun) };
  const found = await proveAll(run);
  const symptom = found.find((one) => one.symptom !== null)?.symptom;
  return {
    source: { account: source.account || null, arn: source.arn, credentialSource: ports.sessions.credentialSource(), through },
    target: { account: access.role.account, roleArn: access.roleArn, sessionArn: session?.arn ?? null },
    sts: await ports.sessions.endpoint(),
    checks: found.map(({ check }) => check),
    ...(await measure(run)),
    longestRun: run.longest,
    cause: symptom ? await diagnoses.causeOf(symptom, knock) : null,
  };
};
