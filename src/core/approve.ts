/** The only way from a Plan to something that apply takes: somebody said yes to exactly this. */
import { changesOf, isGrave, type Change, type Plan } from '#domain/plan.ts';

declare const APPROVED: unique symbol;

export interface ApprovedPlan extends Plan {
  readonly [APPROVED]: true;
}

/** `yes`: carry out what takes nothing away. `yes-prune`: all of it. */
export type Answer = 'yes' | 'yes-prune' | 'no';

/** What a plain yes does not cover: it stays as it is and is reported as drift. */
export const heldBack = (plan: Plan): readonly Change[] => changesOf(plan).filter(isGrave);

export const approve = (plan: Plan, answer: Answer): ApprovedPlan | undefined => {
  if (answer === 'no') return undefined;
  const changes = answer === 'yes-prune' ? plan.changes : plan.changes.filter((change) => !isGrave(change));
  return { ...plan, changes } as ApprovedPlan;
};
