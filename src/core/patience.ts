/** What is worth asking again while a plan is carried out, beyond what the SDK tries: throttling, and work of this run that IAM has not spread. */
import type { Clock, Random } from '#domain/clock.ts';
import type { Step } from '#domain/plan.ts';
import type { Reporter } from './ports/reporter.ts';
import { refusalOf } from './ports/sessions.ts';

/** Of one run, over all its steps, from the first try that was refused: IAM spreads a change in seconds, and lifts a throttle as fast. */
const BUDGET_MS = 60_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 8000;

const THROTTLED = /^(?:Throttl\w*|TooManyRequests\w*|RequestLimitExceeded|SlowDown)$/;

/** `before` are the steps that this run has done. Anything else than its own work will not come by waiting. */
const isPassing = (error: unknown, { write }: Step, before: readonly Step[]): boolean => {
  const refusal = refusalOf(error);
  if (refusal === undefined) return false;
  if (THROTTLED.test(refusal.code)) return true;
  const has = (...kinds: readonly Step['write']['kind'][]): boolean => before.some((step) => kinds.includes(step.write.kind));
  switch (write.kind) {
    // A principal that was made a moment ago: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
    case 'create-role':
    case 'update-trust':
      return refusal.code === 'MalformedPolicyDocument' && /invalid principal/i.test(refusal.message) && has('create-role');
    case 'attach-policy':
    case 'put-inline':
    case 'add-role-to-profile':
      return refusal.code === 'NoSuchEntity' && has('create-role', 'create-policy', 'create-instance-profile');
    case 'delete-role':
    case 'delete-policy':
    case 'delete-instance-profile':
      return refusal.code === 'DeleteConflict' && has('detach-policy', 'delete-inline', 'remove-role-from-profile');
    default:
      return false;
  }
};

export interface Patience {
  /** Tries again after a pause as long as the refusal may pass and the budget lasts; throws the last one. */
  keepTrying(step: Step, before: readonly Step[], work: () => Promise<void>): Promise<void>;
}

/** Between half and all of it, so that several who were throttled together do not come back together. */
const jittered = (pauseMs: number, random: Random): number =>
  pauseMs / 2 + (pauseMs / 2) * (Number.parseInt(random.hex(2), 16) / 0xffff);

/** A budget of time that goes by, whoever waits: what several wait together counts once. */
const createBudget = (totalMs: number) => {
  let leftMs = totalMs;
  let countedTo = Number.NEGATIVE_INFINITY;
  return {
    allows: (ms: number): boolean => leftMs >= ms,
    spend: (from: number, to: number): void => {
      leftMs -= Math.max(0, to - Math.max(from, countedTo));
      countedTo = Math.max(countedTo, to);
    },
  };
};

interface PatiencePorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Whoever watches sees why nothing happens. */
  readonly reporter: Reporter;
}

const saying = (error: unknown): string => {
  const isThrottled = THROTTLED.test(refusalOf(error)?.code ?? '');
  const why = isThrottled ? 'AWS throttles the calls of this account' : 'IAM has not spread yet what this run made';
  return `${why}; trying for ${BUDGET_MS / 1000} s in all`;
};

export const createPatience = ({ clock, random, reporter }: PatiencePorts, signal: AbortSignal | undefined): Patience => {
  const budget = createBudget(BUDGET_MS);
  const keepTrying: Patience['keepTrying'] = async (step, before, work) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const begun = clock.now();
      try {
        return await work();
      } catch (error) {
        const now = clock.now();
        // The SDK has tried and paused for itself in that time.
        budget.spend(begun, now);
        const pause = jittered(pauseMs, random);
        if (!budget.allows(pause) || signal?.aborted === true || !isPassing(error, step, before)) throw error;
        budget.spend(now, now + pause);
        reporter.progress({ kind: 'waiting', id: 'patience', title: saying(error) });
        await clock.sleep(pause, signal);
      }
    }
  };
  return { keepTrying };
};
