/** Reads what exists of what is desired. Read-only; independent reads run together. */
import type { Desired } from '#domain/compile.ts';
import type { PolicyState, RoleState, TargetIam } from './ports/target-iam.ts';

export interface Observed {
  readonly role: RoleState | undefined;
  /** Empty when there is no role. */
  readonly attachments: readonly string[];
  /** By ARN; only those that exist. */
  readonly policies: ReadonlyMap<string, PolicyState>;
}

export const observe = async (iam: TargetIam, desired: Desired): Promise<Observed> => {
  const [role, attachments, policies] = await Promise.all([
    iam.readRole(desired.role.name),
    iam.listAttachedPolicies(desired.role.name),
    Promise.all(desired.policies.map(({ arn }) => iam.readPolicy(arn))),
  ]);
  // Policies of an earlier run that are no longer wanted: only where there are any does this cost a second round trip.
  const wanted = new Set(desired.attachments);
  const left = attachments.filter((arn) => !wanted.has(arn) && arn.startsWith(desired.policyArnPrefix));
  const stale = await Promise.all(left.map((arn) => iam.readPolicy(arn)));
  const found = [...policies, ...stale].flatMap((policy) => (policy === undefined ? [] : [[policy.arn, policy] as const]));
  return { role, attachments, policies: new Map(found) };
};
