/** Carries out a plan that needs no second look at AWS: a grant, a removal, a lock. Its journal lies in `folder`. */
import { apply, type ApplyOptions, type ApplyPorts } from '#core/apply.ts';
import type { ApprovedPlan } from '#core/approve.ts';
import type { Context } from './context.ts';

interface Way extends Pick<ApplyOptions, 'onFailure'> {
  readonly iams: ApplyPorts['iams'];
  readonly folder: string;
}

export const applyJournaled = (approved: ApprovedPlan, { iams, folder, ...options }: Way, context: Context) =>
  context.hold(folder, (journal) => {
    const { reporter, clock, random, signal } = context;
    return apply(approved, { iams, journal, reporter, clock, random }, { ...options, signal });
  });
