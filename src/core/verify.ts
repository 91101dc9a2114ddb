/** Proves through STS that the role can be assumed, and that what must be refused is refused. Never writes; credentials stay in the port. */
import type { Access } from '#domain/access.ts';
import { problem } from '#domain/diagnostic.ts';
import { formatDuration } from '#domain/duration.ts';
import {
  CHECKS,
  isSkipped,
  type LongestRun,
  type Skippable,
  type VerifyCause,
  type VerifyReport,
} from '#domain/verify-report.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { check, skipCheck, type CheckPorts, type Found } from './check.ts';
import type { Insight, OpenDiagnosis, Situation, Symptom } from './diagnosis.ts';
import { eachOf } from './each-of.ts';
import { requestOf } from './entry-request.ts';
import { identify } from './identify.ts';
import { longestRun } from './longest-run.ts';
import { measureDuration } from './measure-duration.ts';
import type { AssumedSession, AssumeRoleRequest, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import { probesOf, sayAnswer, type Declared, type Probe, type ProbeContext } from './probes.ts';
import { askUntil } from './propagation.ts';

export interface VerifyPorts extends CheckPorts {
  readonly sessions: Sessions;
  /** Somebody who must not get in. */
  readonly outsider?: Sessions;
  /** Asked for after a failure only. */
  readonly diagnosis: OpenDiagnosis;
}

type Answer = AssumedSession | Refusal;

export interface VerifyOptions {
  readonly skip: readonly Skippable[];
  /** How long to wait for a role or a trust policy that IAM has not spread yet. */
  readonly waitMs: number;
  /** This run just wrote: a probe may still be let in by the trust policy of before. */
  readonly justChanged: boolean;
  readonly allowSameAccount: boolean;
  /** What the source should be; undefined when nobody said. */
  readonly sourceAccount: string | undefined;
  /** All probes, not the default ones alone. */
  readonly isThorough?: boolean;
  /** Look for the longest session that STS gives. */
  readonly isMeasuring?: boolean;
  readonly expectedRunSeconds?: number;
  readonly declared?: Partial<Declared>;
  /** What this run asked already: who the source is, and for a session of exactly this access. */
  readonly asked?: { readonly source?: CallerIdentity; readonly entry?: Promise<Answer> };
  readonly signal?: AbortSignal;
}

/** The source must be who was declared, and not the target itself. */
const refuseWrongSource = (source: CallerIdentity, access: Access, options: VerifyOptions): void => {
  const name = { text: 'name the credentials that will run Terraform', command: 'xacct verify --source-profile NAME' };
  const path = '--source-profile';
  if (source.account === access.role.account && !options.allowSameAccount)
    throw new XacctError(
      problem('TARGET_AS_SOURCE', `these are the target's credentials (${source.arn}); name the source: --source-profile`, {
        path,
        hints: [name, { text: 'if the role is meant for its own account', command: 'xacct verify --same-account' }],
      }),
    );
  const { sourceAccount } = options;
  if (sourceAccount !== undefined && source.account !== sourceAccount)
    throw new XacctError(
      problem('WRONG_ACCOUNT', `the source should be account ${sourceAccount}, and these credentials are ${source.arn}`, {
        path,
        hints: [name],
      }),
    );
};

const proveIdentity = (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<Found<CallerIdentity>> =>
  check(
    'source-identity',
    ports,
    async () => {
      const who = options.asked?.source ?? (await identify('source', ports.sessions));
      refuseWrongSource(who, access, options);
      return who;
    },
    ({ arn }) => ({ status: 'pass', expected: 'an identity', observed: arn }),
  );

const proveAssumeRole = (
  request: AssumeRoleRequest,
  first: Promise<Answer>,
  ports: VerifyPorts,
  { waitMs, signal }: VerifyOptions,
  isHopeless: (refusal: Refusal) => Promise<boolean>,
): Promise<Found<Answer>> => {
  const expected = `a session of ${request.sessionSeconds ?? 0} s`;
  return check(
    'assume-role',
    ports,
    () => askUntil({ wanted: 'assumed', request, waitMs, signal, first, isHopeless }, ports),
    (answer) =>
      answer.kind === 'assumed'
        ? { status: 'pass', expected, observed: sayAnswer(answer) }
        : { status: 'fail', expected, observed: sayAnswer(answer), symptom: { kind: 'refusal', refusal: answer } },
  );
};

const proveTargetIdentity = (session: AssumedSession, access: Access, ports: VerifyPorts): Promise<Found<CallerIdentity>> =>
  check(
    'target-identity',
    ports,
    () => session.identity(),
    (inside) => {
      const expected = `a session in account ${access.role.account}`;
      return inside.account === access.role.account
        ? { status: 'pass', expected, observed: inside.arn }
        : {
            status: 'fail',
            expected,
            observed: inside.arn,
            symptom: { kind: 'seen', code: 'WRONG_TARGET', subject: inside.arn },
          };
    },
  );

/** Asks nobody: the credentials say it themselves. */
const proveRun = async (run: LongestRun, ports: VerifyPorts, { expectedRunSeconds = 0, skip }: VerifyOptions) => {
  const expected = `credentials for ${formatDuration(expectedRunSeconds)}`;
  if (isSkipped('expected-run', skip)) return skipCheck('expected-run', ports, 'as asked');
  if (!run.isKnown) return skipCheck('expected-run', ports, run.reason);
  return check(
    'expected-run',
    ports,
    async () => run,
    ({ seconds, reason }) =>
      seconds === null || seconds >= expectedRunSeconds
        ? { status: 'pass', expected, observed: reason }
        : {
            status: 'fail',
            expected,
            observed: reason,
            symptom: { kind: 'seen', code: 'RUN_OUTLIVES_CREDENTIALS', subject: formatDuration(seconds) },
          },
  );
};

interface ProbeRun {
  readonly context: ProbeContext;
  /** A session of such a name got in, so a refused probe may carry one, and is refused for something else. */
  readonly isNameFree: boolean;
}

const PROBE_NAME = 'xacct-probe-';

const prove = async (probe: Probe, { context, isNameFree }: ProbeRun, ports: VerifyPorts, options: VerifyOptions) => {
  const { id, by } = probe;
  if (isSkipped(id, options.skip)) return skipCheck(id, ports, 'as asked: it was not proved');
  const reason = probe.skip(context);
  if (reason !== undefined) return skipCheck(id, ports, reason);
  const sessions = (by === 'outsider' ? ports.outsider : undefined) ?? ports.sessions;
  const isNegative = CHECKS[id].kind === 'negative';
  const wanted = isNegative ? 'refused' : 'assumed';
  const waitMs = options.justChanged ? options.waitMs : 0;
  return check<readonly Answer[]>(
    id,
    ports,
    async () => {
      const answers: Answer[] = [];
      for (const plain of probe.requests(context)) {
        const request = isNegative && isNameFree ? { ...plain, sessionName: `${PROBE_NAME}${id}` } : plain;
        const answer = await askUntil({ wanted, request, waitMs, signal: options.signal }, { ...ports, sessions });
        answers.push(answer);
        if (answer.kind !== wanted) break;
      }
      return answers;
    },
    (answers) => probe.judge(answers, context),
  );
};

const AT_ONCE = 4;

/**
 * Whether refused probes may be told by their session's name. The trust policy may ask for a name: then a probe would be refused for its own,
 * and prove nothing. Only a session of such a name that got in shows that it does not.
 */
const tryProbeName = async (good: AssumeRoleRequest, ports: VerifyPorts, { signal }: VerifyOptions): Promise<boolean> => {
  const request = { ...good, sessionName: `${PROBE_NAME}control`, probe: 'control' };
  return (await ports.sessions.assumeRole(request, signal)).kind === 'assumed';
};

const refuseSameOutsider = async (source: CallerIdentity, { outsider }: VerifyPorts): Promise<void> => {
  if (outsider === undefined) return;
  const who = await identify('outsider', outsider);
  if (who.arn !== source.arn) return;
  throw new XacctError(
    problem('USAGE', `the outsider is the source itself: ${who.arn}`, {
      path: '--outsider',
      hints: [{ text: 'name a profile of somebody who must not get in' }],
    }),
  );
};

/** Throws XacctError when the source has no usable credentials or nobody answers; a failed proof is data. */
export const verify = async (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<VerifyReport> => {
  const good = requestOf(access);
  // Both at once saves a round trip; a session for whoever turns out to be the wrong one is dropped unused.
  const first = options.asked?.entry ?? ports.sessions.assumeRole(good, options.signal);
  first.catch(() => undefined);
  const identity = await proveIdentity(access, ports, options);
  const source = identity.answer;
  const situationOf = (insight: Insight): Situation => ({
    access,
    source,
    request: good,
    sessions: ports.sessions,
    insight,
    signal: options.signal,
  });
  const isHopeless = async (refusal: Refusal): Promise<boolean> => {
    const { diagnosis, insight } = await ports.diagnosis(source);
    return diagnosis.isHopeless(refusal, situationOf(insight));
  };
  const diagnose = async (symptom: Symptom): Promise<VerifyCause> => {
    const { diagnosis, insight } = await ports.diagnosis(source);
    return diagnosis.diagnose(symptom, situationOf(insight));
  };
  const assumed = await proveAssumeRole(good, first, ports, options, isHopeless);
  const session = assumed.answer.kind === 'assumed' ? assumed.answer : undefined;
  const life = ports.sessions.credentialLife();
  const run = longestRun(life, ports.clock.now());
  const context: ProbeContext = {
    good,
    life,
    declared: {
      externalIds: access.externalIds,
      mfa: false,
      maxSessionSeconds: undefined,
      ...options.declared,
    },
    hasOutsider: ports.outsider !== undefined,
  };
  const probes = probesOf(context, options.isThorough === true);
  const expectsRun = options.expectedRunSeconds === undefined ? [] : [await proveRun(run, ports, options)];
  // A refused probe proves something only where the same caller gets in with everything right.
  const unreached = 'the role could not be assumed';
  const prober = async (): Promise<readonly Found<unknown>[]> => {
    await refuseSameOutsider(source, ports);
    const isNameFree = options.isThorough === true && (await tryProbeName(good, ports, options));
    return eachOf(probes, AT_ONCE, (probe) => prove(probe, { context, isNameFree }, ports, options));
  };
  const [inside, found] = session
    ? await Promise.all([proveTargetIdentity(session, access, ports), prober()])
    : [skipCheck('target-identity', ports, unreached), probes.map(({ id }) => skipCheck(id, ports, unreached))];
  const measured = session && options.isMeasuring === true ? await measureDuration(good, life, ports, options.signal) : undefined;
  const all: readonly Found<unknown>[] = [identity, assumed, inside, ...expectsRun, ...found];
  const symptom = all.find(({ symptom }) => symptom !== null)?.symptom;
  return {
    source: { account: source.account, arn: source.arn, credentialSource: ports.sessions.credentialSource() },
    target: { account: access.role.account, roleArn: access.roleArn, sessionArn: session?.arn ?? null },
    checks: all.map(({ check: one }) => one),
    maxSessionSeconds: session ? (measured ?? access.sessionSeconds) : null,
    longestRun: run,
    cause: symptom ? await diagnose(symptom) : null,
  };
};
