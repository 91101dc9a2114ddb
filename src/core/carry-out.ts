/** From an approved plan to accounts that are as it says: the lock, a last look, the file, apply. */
import type { Clock, Random } from '#domain/clock.ts';
import { problem } from '#domain/diagnostic.ts';
import { changesOf } from '#domain/plan.ts';
import type { Spec } from '#domain/spec.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { apply, type ApplyOptions } from './apply.ts';
import type { ApprovedPlan } from './approve.ts';
import { explainRefusal } from './rule-behind.ts';
import { observe, textOfObserved, type ObserveOptions } from './observe.ts';
import { iamsOf, type Planned, type PlanPorts } from './plan-target.ts';
import type { Hold } from './ports/journal.ts';

/** What was put on disk, and how to take it back when everything else was. */
export interface Recorded {
  forget(): Promise<void>;
}

export interface CarryOutPorts extends PlanPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Of the folder; from right before the first write on. */
  readonly hold: Hold;
  /** After the yes and before the first write: the desired state is put on disk, external id included. Holds the folder while it writes. */
  readonly record: (spec: Spec) => Promise<Recorded>;
}

export interface CarryOutOptions extends ApplyOptions, ObserveOptions {
  /** The plan has waited for an answer: somebody may have been faster. */
  readonly isLate: boolean;
}

const expectUnchanged = async ({ observed, desired }: Planned, ports: PlanPorts, options: ObserveOptions): Promise<void> => {
  if (textOfObserved(await observe(iamsOf(ports), desired, options)) === textOfObserved(observed)) return;
  throw new XacctError(
    problem('STALE', `account ${desired.targetAccount} has changed since the plan was made`, {
      hints: [{ text: 'look at the new plan', command: 'xacct plan' }],
    }),
  );
};

/**
 * Under the folder's lock: the file first, so that a generated external ID is never lost, then AWS. A run that made nothing in the end
 * leaves no file behind either; where something remains, the file says what was wanted. Resolves to the ids of the steps.
 */
export const carryOut = async (
  approved: ApprovedPlan,
  planned: Planned,
  ports: CarryOutPorts,
  options: CarryOutOptions,
): Promise<readonly string[]> => {
  if (changesOf(approved).length === 0) {
    await ports.record(planned.spec);
    return [];
  }
  return ports.hold(async (journal) => {
    if (options.isLate) await expectUnchanged(planned, ports, options);
    const recorded = await ports.record(planned.spec);
    try {
      return (await apply(approved, { ...ports, iams: iamsOf(ports), journal }, options)).applied;
    } catch (error) {
      if (!isXacctError(error) || error.code !== 'PARTIAL') await recorded.forget();
      throw await explainRefusal(error, { ...ports, targetAccount: planned.desired.targetAccount });
    }
  });
};
