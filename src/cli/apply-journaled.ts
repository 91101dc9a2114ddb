/** Carries out a plan that needs no second look at AWS: a grant, a removal, a lock. Its journal lies where `hold` holds. */
import { apply, type ApplyOptions, type ApplyPorts } from '#core/apply.ts';
import type { ApprovedPlan } from '#core/approve.ts';
import type { Hold } from '#core/ports/journal.ts';
import type { Context } from './context.ts';

interface Way extends Pick<ApplyOptions, 'onFailure' | 'wayOut'> {
  readonly iams: ApplyPorts['iams'];
  readonly hold: Hold;
}

export const applyJournaled = (approved: ApprovedPlan, { iams, hold, ...options }: Way, context: Context) =>
  hold((journal) => {
    const { reporter, clock, random, signal } = context;
    return apply(approved, { iams, journal, reporter, clock, random }, { ...options, signal });
  });
