/** Desired against Observed: the ordered Plan, or the conflict that forbids one. Pure. */
import type { Desired } from '#domain/compile.ts';
import type { Plan } from '#domain/plan.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { Observed } from './observe.ts';
import { conflicts } from './ownership.ts';
import { policyChanges } from './policy-changes.ts';
import { roleChanges, trustedBy } from './role-changes.ts';

export const diff = (desired: Desired, observed: Observed): Result<Plan> => {
  const [conflict, ...more] = conflicts(desired, observed);
  if (conflict) return fail(conflict, ...more);
  return ok({
    targetAccount: desired.targetAccount,
    changes: [...roleChanges(observed.role, desired), ...policyChanges(observed, desired)],
    trustList: trustedBy(desired.role.trustPolicy),
  });
};
