/** Asks the probes of the table (probes.ts) by their preconditions, under their names and within the budget of refusals. */
import { problem } from '#domain/diagnostic.ts';
import { CHECKS, isSkipped, type Skippable } from '#domain/verify-report.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { check, skipCheck, type CheckPorts, type Found } from './check.ts';
import type { Denials } from './denials.ts';
import { eachOf } from './each-of.ts';
import { identify } from './identify.ts';
import type { AssumedSession, AssumeRoleRequest, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import type { Probe, ProbeContext } from './probes.ts';
import { askUntil } from './propagation.ts';

type Answer = AssumedSession | Refusal;

export interface ProbePorts extends CheckPorts {
  /** Whoever got in with everything right. */
  readonly sessions: Sessions;
  /** The source's keys before an MFA code, where one was shown. */
  readonly plain: Sessions;
  /** Somebody who must not get in. */
  readonly outsider: Sessions | undefined;
  readonly denials: Denials;
}

export interface ProbeOptions {
  readonly skip: readonly Skippable[];
  /** How long a probe may still be let in by what was before a change. */
  readonly waitMs: number;
  /** The source, which the outsider must not be. */
  readonly source: CallerIdentity;
  /** Try whether refused probes may carry a name of their own. */
  readonly isNamed: boolean;
  readonly signal: AbortSignal | undefined;
}

const PROBE_NAME = 'xacct-probe-';
const SPENT = 'enough was refused in this run: each refusal may be an alarm';

/** All that the probes of one run share. */
interface Run {
  readonly context: ProbeContext;
  readonly ports: ProbePorts;
  readonly options: ProbeOptions;
  /** A session of any name gets in. */
  readonly isNameFree: boolean;
}

/** Why it is not asked, in this order; what is asked costs one of the budget. */
const whyNot = ({ id, skip }: Probe, isAsking: boolean, { context, ports, options }: Run): string | undefined => {
  if (isSkipped(id, options.skip)) return 'as asked: it was not proved';
  return skip(context) ?? (isAsking && !ports.denials.spend() ? SPENT : undefined);
};

/** One after the other, until an answer is not the wanted one. */
const askAll = async (
  requests: readonly AssumeRoleRequest[],
  wanted: Answer['kind'],
  sessions: Sessions,
  { ports, options: { waitMs, signal } }: Run,
): Promise<readonly Answer[]> => {
  const answers: Answer[] = [];
  for (const request of requests) {
    const answer = await askUntil({ wanted, request, waitMs, signal }, { ...ports, sessions });
    answers.push(answer);
    if (answer.kind !== wanted) break;
  }
  return answers;
};

const prove = (probe: Probe, run: Run): Found<unknown> | Promise<Found<unknown>> => {
  const { context, ports, isNameFree } = run;
  const { id } = probe;
  const isNegative = CHECKS[id].kind === 'negative';
  const plain = probe.requests(context);
  const reason = whyNot(probe, plain.length > 0, run);
  if (reason !== undefined) return skipCheck(id, ports, reason);
  const sessions = { source: ports.sessions, plain: ports.plain, outsider: ports.outsider ?? ports.sessions }[probe.by];
  const requests = isNegative && isNameFree ? plain.map((one) => ({ ...one, sessionName: `${PROBE_NAME}${id}` })) : plain;
  return check<readonly Answer[]>(
    id,
    ports,
    () => askAll(requests, isNegative ? 'refused' : 'assumed', sessions, run),
    (answers) => probe.judge(answers, context),
  );
};

/**
 * Whether refused probes may be told by their session's name. The trust policy may ask for a name: then a probe would be refused for its own,
 * and prove nothing. Only a session of such a name that got in shows that it does not.
 */
const tryProbeName = async (
  good: AssumeRoleRequest,
  { sessions, denials }: ProbePorts,
  { signal }: ProbeOptions,
): Promise<boolean> => {
  if (!denials.spend()) return false;
  const request = { ...good, sessionName: `${PROBE_NAME}control`, probe: 'control' };
  return (await sessions.assumeRole(request, signal)).kind === 'assumed';
};

/** Throws XacctError where it is the source itself. */
const identifyOutsider = async (source: CallerIdentity, outsider: Sessions | undefined): Promise<string | undefined> => {
  if (outsider === undefined) return undefined;
  const { arn } = await identify('outsider', outsider);
  if (arn !== source.arn) return arn;
  throw new XacctError(
    problem('USAGE', `the outsider is the source itself: ${arn}`, {
      path: '--outsider',
      hints: [{ text: 'name a profile of somebody who must not get in' }],
    }),
  );
};

const AT_ONCE = 4;

/** Throws XacctError where the outsider cannot ask. */
export const runProbes = async (
  { probes, context }: { readonly probes: readonly Probe[]; readonly context: ProbeContext },
  ports: ProbePorts,
  options: ProbeOptions,
): Promise<readonly Found<unknown>[]> => {
  const outsiderArn = await identifyOutsider(options.source, ports.outsider);
  const isNameFree = options.isNamed && (await tryProbeName(context.good, ports, options));
  const known = outsiderArn === undefined ? context : { ...context, outsiderArn };
  return eachOf(probes, AT_ONCE, async (probe) => prove(probe, { context: known, ports, options, isNameFree }));
};
