/** Proves through STS that the role can be assumed, and that what must be refused is refused. Never writes; credentials stay in the port. */
import type { Access } from '#domain/access.ts';
import type { DeclaredActions } from '#domain/declared-actions.ts';
import { isSkipped, type Skippable, type VerifyCause, type VerifyReport } from '#domain/verify-report.ts';
import { parseSessionArn } from '#domain/arn.ts';
import { skipCheck, type CheckPorts, type Found } from './check.ts';
import { createDenials } from './denials.ts';
import type { OpenDiagnosis, Situation, Symptom } from './diagnosis.ts';
import { requestOf } from './entry-request.ts';
import { identify } from './identify.ts';
import { longestRun } from './longest-run.ts';
import { measureDuration } from './measure-duration.ts';
import type { AccountInside, AssumedSession, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import { probesOf, type Declared, type ProbeContext } from './probes.ts';
import { proveEntry, proveIdentity, proveRun, proveTargetIdentity, type ExpectedSource } from './proofs.ts';
import { provePermissions } from './prove-permissions.ts';
import { askUntil } from './propagation.ts';
import { runProbes } from './run-probes.ts';
import { knockAt, proveWayIn, type Knock, type Knocker } from './way-in.ts';

export interface VerifyPorts extends CheckPorts {
  readonly sessions: Sessions;
  /** Somebody who must not get in. */
  readonly outsider?: Sessions;
  /** Whoever may look into the target account, where somebody was named. */
  readonly target?: () => Promise<AccountInside | undefined>;
  /** Asked for after a failure, and where permissions are to be judged. */
  readonly diagnosis: OpenDiagnosis;
}

export interface VerifyOptions extends ExpectedSource {
  readonly skip: readonly Skippable[];
  /** How long to wait for a role or a trust policy that IAM has not spread yet. */
  readonly waitMs: number;
  /** This run just wrote: a probe may still be let in by the trust policy of before. */
  readonly justChanged: boolean;
  /** All probes, not the default ones alone. */
  readonly isThorough?: boolean;
  /** Look for the longest session that STS gives. */
  readonly isMeasuring?: boolean;
  readonly expectedRunSeconds?: number;
  readonly declared?: Partial<Declared>;
  /** What this run asked already: who the source is, and for a session of exactly this access. */
  readonly asked?: { readonly source?: CallerIdentity; readonly entry?: Promise<AssumedSession | Refusal> };
  /** What the role was given, as far as it can be asked by name. */
  readonly permissions?: DeclaredActions | undefined;
  /** Of the source's user, where its profile names none. */
  readonly mfaDevice?: string;
  readonly signal?: AbortSignal;
}

/** With nobody on the way, no token and no code to be shown the source asks for the role itself, and at once. */
const asksAtOnce = ({ via, webIdentity }: Access, { declared }: VerifyOptions): boolean =>
  via.length === 0 && webIdentity === undefined && declared?.mfa !== true;

/** Long-term keys show their code once, by GetSessionToken: what they get so is what Terraform finds in its environment. */
const showCode = async (plain: Sessions, access: Access, { declared, mfaDevice }: VerifyOptions): Promise<Sessions> => {
  const isAsked = declared?.mfa === true && access.via.length === 0 && plain.credentialLife().kind === 'permanent';
  return (isAsked ? await plain.withMfa(mfaDevice) : undefined) ?? plain;
};

/** Temporary credentials of any kind ask for an hour at most; a token is none. */
const isSession = ({ caller, sessions }: Knocker): boolean =>
  parseSessionArn(caller.arn) !== undefined || (caller.claims === undefined && sessions.credentialLife().kind !== 'permanent');

/** Why something failed, asked of whoever can tell. */
const openDiagnoses = (access: Access, source: CallerIdentity, ports: VerifyPorts, { signal, declared }: VerifyOptions) => {
  const denials = createDenials();
  const situationOf = async ({ entry, caller, request, sessions }: Knock): Promise<{ readonly situation: Situation }> => {
    const { insight } = await ports.diagnosis(source);
    // A role on the way is of another account than the target, and of no wrong one.
    const isOnTheWay = entry.roleArn !== access.roleArn;
    return {
      situation: {
        access: { ...access, ...entry },
        source: caller,
        request,
        // A hub asks for none.
        said: isOnTheWay ? { hasNoId: true, orgId: undefined } : { hasNoId: declared?.hasNoId === true, orgId: declared?.orgId },
        sessions,
        insight: isOnTheWay ? { ...insight, targetAccount: undefined } : insight,
        denials,
        signal,
      },
    };
  };
  return {
    denials,
    isHopeless: async (refusal: Refusal, knock: Knock): Promise<boolean> => {
      const { diagnosis } = await ports.diagnosis(source);
      return diagnosis.isHopeless(refusal, (await situationOf(knock)).situation);
    },
    causeOf: async (symptom: Symptom, knock: Knock): Promise<VerifyCause> => {
      const { diagnosis } = await ports.diagnosis(source);
      return diagnosis.diagnose(symptom, (await situationOf(knock)).situation);
    },
  };
};

/** Beyond STS: what the role itself may do. */
const permissionsOf = async (
  session: AssumedSession | undefined,
  { role }: Access,
  source: CallerIdentity,
  ports: VerifyPorts,
  { permissions, skip }: VerifyOptions,
): Promise<Found<unknown>> => {
  if (isSkipped('permissions', skip)) return skipCheck('permissions', ports, 'as asked');
  if (session === undefined) return skipCheck('permissions', ports, 'the role could not be assumed');
  const evaluator = async () => (await ports.diagnosis(source)).diagnosis;
  // Nobody is looked at for nothing.
  const target = permissions && (await ports.target?.());
  const insides = permissions ? [...(target ? [target] : []), session.inside()] : [];
  return provePermissions(role, permissions, { ...ports, evaluator, insides });
};

/** Throws XacctError when the source has no usable credentials or nobody answers; a failed proof is data. */
export const verify = async (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<VerifyReport> => {
  const { asked, signal, waitMs } = options;
  // Both at once saves a round trip; a session for whoever turns out to be the wrong one is dropped unused.
  const first = asksAtOnce(access, options) ? (asked?.entry ?? ports.sessions.assumeRole(requestOf(access), signal)) : undefined;
  first?.catch(() => undefined);
  const identity = await proveIdentity(access, ports, async () => asked?.source ?? identify('source', ports.sessions), options);
  const source = identity.answer;
  const life = ports.sessions.credentialLife();
  const { denials, isHopeless, causeOf } = openDiagnoses(access, source, ports, options);
  const start = await showCode(ports.sessions, access, options);
  const way = await proveWayIn(access, { caller: source, sessions: start }, ports, { waitMs, signal, isHopeless });
  const { door, through, stuckAt } = way?.answer ?? { door: { caller: source, sessions: start }, through: [] };
  const knock = stuckAt?.knock ?? knockAt(access, door);
  const good = knockAt(access, door).request;
  const assumed = stuckAt
    ? skipCheck('assume-role', ports, 'the way to it was not open')
    : await proveEntry(good, ports, () => {
        const ask = { wanted: 'assumed', request: good, waitMs, signal } as const;
        const question = { ...ask, ...(first && { first }), isHopeless: (refusal: Refusal) => isHopeless(refusal, knock) };
        return askUntil(question, { ...ports, sessions: door.sessions });
      });
  const session = assumed.answer?.kind === 'assumed' ? assumed.answer : undefined;
  const run = longestRun(start.credentialLife(), ports.clock.now());
  const context: ProbeContext = {
    good,
    isChained: isSession(door),
    hasToken: door.caller.claims !== undefined,
    hasLongTermKeys: life.kind === 'permanent',
    showedCode: start !== ports.sessions,
    declared: {
      externalIds: access.externalIds,
      mfa: false,
      hasNoId: false,
      orgId: undefined,
      maxSessionSeconds: undefined,
      ...options.declared,
    },
    hasOutsider: ports.outsider !== undefined,
  };
  const probes = probesOf(context, options.isThorough === true);
  const { expectedRunSeconds } = options;
  const expectsRun = expectedRunSeconds === undefined ? [] : [await proveRun(run, expectedRunSeconds, ports, options.skip)];
  const probePorts = { ...ports, sessions: door.sessions, plain: ports.sessions, outsider: ports.outsider, denials };
  // A refused probe proves something only where the same caller gets in with everything right.
  const unreached = 'the role could not be assumed';
  const [inside, found] = session
    ? await Promise.all([
        proveTargetIdentity(session, access, ports),
        runProbes(probes, context, probePorts, {
          skip: options.skip,
          waitMs: options.justChanged ? waitMs : 0,
          source,
          isNamed: options.isThorough === true,
          signal,
        }),
      ])
    : [skipCheck('target-identity', ports, unreached), probes.map(({ id }) => skipCheck(id, ports, unreached))];
  const mayDo = options.isThorough === true ? [await permissionsOf(session, access, source, ports, options)] : [];
  const isMeasured = session !== undefined && options.isMeasuring === true;
  const longest = isMeasured ? await measureDuration(good, context.isChained, door.sessions, signal) : access.sessionSeconds;
  const all: readonly Found<unknown>[] = [identity, ...(way ? [way] : []), assumed, inside, ...mayDo, ...expectsRun, ...found];
  const symptom = all.find(({ symptom }) => symptom !== null)?.symptom;
  return {
    source: {
      account: source.account || null,
      arn: source.arn,
      credentialSource: ports.sessions.credentialSource(),
      through,
    },
    target: { account: access.role.account, roleArn: access.roleArn, sessionArn: session?.arn ?? null },
    sts: await ports.sessions.endpoint(),
    checks: all.map(({ check: one }) => one),
    maxSessionSeconds: session ? longest : null,
    isMaxSessionMeasured: isMeasured,
    longestRun: run,
    cause: symptom ? await causeOf(symptom, knock) : null,
  };
};
