/** What a change of a permission policy means for those who use what it is on. Pure. */
import type { Risk } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';

export const permissionsRiskOf = (before: PolicyDocument | undefined, after: PolicyDocument | undefined): Risk => {
  if (before === undefined) return 'widens access';
  return after === undefined ? 'removes access' : 'none';
};
