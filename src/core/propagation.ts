/** Waits for IAM: a change is not everywhere at once, so an AssumeRole is asked again until its answer is the wanted one and stays it. */
import { ROOT_REFUSED } from '#domain/access-denied.ts';
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

/** What time may cure: a plain AccessDenied, or a session that the new trust policy will soon refuse. */
const isCurable = (answer: Answer): boolean =>
  answer.kind === 'assumed' || (answer.code === 'AccessDenied' && !answer.message.startsWith(ROOT_REFUSED));

/** Asks until the answer is the one that is wanted, and stays it; gives up at once on what waiting cannot cure. */
export const askUntil = async (
  wanted: Answer['kind'],
  request: AssumeRoleRequest,
  waitMs: number,
  ports: AskPorts,
  signal: AbortSignal | undefined,
): Promise<Answer> => {
  const { sessions, clock, reporter } = ports;
  const deadline = clock.now() + waitMs;
  let answer = await sessions.assumeRole(request, signal);
  let missing = answer.kind === wanted ? 0 : SUCCESSES_AFTER_REFUSAL;
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
