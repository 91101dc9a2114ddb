/** Carries out a plan of the source's account alone. */
import { apply } from '#core/apply.ts';
import type { ApprovedPlan } from '#core/approve.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { Context } from './context.ts';

export const applyGrant = async (approved: ApprovedPlan, source: AwsSide, context: Context): Promise<void> => {
  const journal = await context.openJournal(context.cwd);
  try {
    const { reporter, clock, random, signal } = context;
    await apply(approved, { iams: { source: source.iam, target: undefined }, journal, reporter, clock, random }, { signal });
  } finally {
    await journal.close();
  }
};
