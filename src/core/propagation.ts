/** Waits for IAM: a change is not everywhere at once, so an AssumeRole is asked again until its answer is the wanted one and stays it. */
import { parseAccessDenied, ROOT_REFUSED } from '#domain/access-denied.ts';
import type { Clock } from '#domain/clock.ts';
import type { Reporter } from './ports/reporter.ts';
import type { AssumedSession, AssumeRoleRequest, Refusal, Sessions } from './ports/sessions.ts';

/** Milliseconds between tries: IAM needs some seconds, rarely a minute: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency */
const BACKOFF_MS = [500, 1000, 2000, 4000, 5000] as const;

/** After a refusal that passed, another server may still refuse: this many successes in a row count. */
const SUCCESSES_AFTER_REFUSAL = 3;

type Answer = AssumedSession | Refusal;

export interface AskPorts {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** A Deny of somebody else's policy is old enough to be everywhere; that of a trust policy may have just been taken out. */
const isDeniedElsewhere = ({ message }: Refusal): boolean => {
  const reason = parseAccessDenied(message)?.reason;
  return reason?.isExplicit === true && reason.layer !== 'trust' && reason.layer !== 'resource';
};

/** What time may cure: a plain AccessDenied, or a session that the new trust policy will soon refuse. */
const isCurable = (answer: Answer): boolean =>
  answer.kind === 'assumed' ||
  (answer.code === 'AccessDenied' && !answer.message.startsWith(ROOT_REFUSED) && !isDeniedElsewhere(answer));

export interface Question {
  readonly wanted: Answer['kind'];
  readonly request: AssumeRoleRequest;
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The answer to the first try, which was asked already. */
  readonly first?: Promise<Answer>;
  /** Asked once, after a refusal that time may cure: something is known that says it will not. */
  readonly isHopeless?: (refusal: Refusal) => Promise<boolean>;
}

/** Asks until the answer is the one that is wanted, and stays it; gives up at once on what waiting cannot cure. */
export const askUntil = async (
  { wanted, request, waitMs, signal, first, isHopeless }: Question,
  { sessions, clock, reporter }: AskPorts,
): Promise<Answer> => {
  const deadline = clock.now() + waitMs;
  let answer = await (first ?? sessions.assumeRole(request, signal));
  let missing = answer.kind === wanted ? 0 : SUCCESSES_AFTER_REFUSAL;
  if (missing > 0 && waitMs > 0 && answer.kind === 'refused' && isCurable(answer) && (await isHopeless?.(answer)) === true)
    return answer;
  for (let attempt = 0; missing > 0 && clock.now() < deadline; attempt += 1) {
    if (!isCurable(answer)) return answer;
    const pause = answer.kind === wanted ? BACKOFF_MS[0] : (BACKOFF_MS[attempt] ?? BACKOFF_MS[BACKOFF_MS.length - 1] ?? 5000);
    reporter.progress({
      kind: 'waiting',
      id: 'propagation',
      title: `${answer.kind === 'refused' ? 'refused' : 'still let in'}; IAM may not have spread a change yet, trying for ${waitMs / 1000} s (--timeout)`,
    });
    await clock.sleep(Math.min(pause, Math.max(0, deadline - clock.now())), signal);
    answer = await sessions.assumeRole(request, signal);
    missing = answer.kind === wanted ? missing - 1 : SUCCESSES_AFTER_REFUSAL;
  }
  return answer;
};
