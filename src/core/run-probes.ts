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

/** A denied probe each; `every-external-id` ends with the first. */
const prove = (probe: Probe, context: ProbeContext, isNameFree: boolean, ports: ProbePorts, options: ProbeOptions) => {
  const { id, by } = probe;
  if (isSkipped(id, options.skip)) return skipCheck(id, ports, 'as asked: it was not proved');
  const reason = probe.skip(context);
  if (reason !== undefined) return skipCheck(id, ports, reason);
  const requests = probe.requests(context);
  if (requests.length > 0 && !ports.denials.spend()) return skipCheck(id, ports, SPENT);
  const sessions = { source: ports.sessions, plain: ports.plain, outsider: ports.outsider ?? ports.sessions }[by];
  const isNegative = CHECKS[id].kind === 'negative';
  const wanted = isNegative ? 'refused' : 'assumed';
  return check<readonly Answer[]>(
    id,
    ports,
    async () => {
      const answers: Answer[] = [];
      for (const plain of requests) {
        const request = isNegative && isNameFree ? { ...plain, sessionName: `${PROBE_NAME}${id}` } : plain;
        const { waitMs, signal } = options;
        const answer = await askUntil({ wanted, request, waitMs, signal }, { ...ports, sessions });
        answers.push(answer);
        if (answer.kind !== wanted) break;
      }
      return answers;
    },
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

const refuseSameOutsider = async (source: CallerIdentity, outsider: Sessions | undefined): Promise<void> => {
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

const AT_ONCE = 4;

/** Throws XacctError where the outsider cannot ask. */
export const runProbes = async (
  probes: readonly Probe[],
  context: ProbeContext,
  ports: ProbePorts,
  options: ProbeOptions,
): Promise<readonly Found<unknown>[]> => {
  await refuseSameOutsider(options.source, ports.outsider);
  const isNameFree = options.isNamed && (await tryProbeName(context.good, ports, options));
  return eachOf(probes, AT_ONCE, async (probe) => prove(probe, context, isNameFree, ports, options));
};
