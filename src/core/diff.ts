/** Desired against Observed, in both accounts: the ordered Plan, or the conflict that forbids one. Pure. */
import { accountOf, type Desired, type DesiredAccount, type SideName } from '#domain/desired.ts';
import { withNotes, type Change, type Plan } from '#domain/plan.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { lockStateOf, type LockState } from '#domain/lock-state.ts';
import { LOCK_POLICY } from '#domain/role-lock.ts';
import { instanceProfileChanges, providerChange } from './federation-changes.ts';
import { grantChange, inlineChanges } from './inline-changes.ts';
import { grantKey, roleIn, targetRoleOf, type Observed, type ObservedAccount, type ObservedRole } from './observe.ts';
import { conflicts } from './ownership.ts';
import { policyChanges } from './policy-changes.ts';
import type { RoleState } from './ports/account-iam.ts';
import { roleChanges } from './role-changes.ts';
import { trustedBy } from './trust-risk.ts';

/** What must change in one account. */
export const accountChanges = (side: SideName, wanted: DesiredAccount, there: ObservedAccount): readonly Change[] => {
  const site = { side, account: wanted.account };
  return [
    ...wanted.providers.map((provider) => providerChange(site, provider, there.providers.get(provider.arn))),
    ...wanted.roles.flatMap((role) => {
      const found = roleIn(there, role.name);
      const changes = [
        ...roleChanges(site, role, found.state),
        ...inlineChanges(site, role, found),
        ...policyChanges(site, role, found),
      ];
      return changes.map((change) => noteLastUse(change, found.state));
    }),
    ...wanted.instanceProfiles.flatMap((profile) =>
      instanceProfileChanges(site, profile, there.instanceProfiles.get(profile.name)),
    ),
    ...wanted.grants.map((grant) => grantChange(site, grant, there.grants.get(grantKey(grant)))),
  ];
};

/** Whoever takes access away wants to know whether anybody uses it. */
const noteLastUse = (change: Change, role: RoleState | undefined): Change => {
  if (role === undefined || change.risk !== 'removes access') return change;
  const { lastUsedAt } = role;
  const said =
    lastUsedAt === undefined ? 'AWS reports no use of the role in its last 400 days' : `the role was last used at ${lastUsedAt}`;
  return withNotes(change, [said]);
};

const lockOf = ({ state, inline }: ObservedRole): LockState | undefined =>
  state && lockStateOf(state.trustPolicy, inline.get(LOCK_POLICY));

export interface DiffOptions {
  /** What nobody claims becomes ours. */
  readonly adopts?: boolean;
}

export const diff = (desired: Desired, observed: Observed, { adopts = false }: DiffOptions = {}): Result<Plan> => {
  const [conflict, ...more] = conflicts(desired, observed, adopts);
  if (conflict) return fail(conflict, ...more);
  const lock = lockOf(targetRoleOf(observed, desired));
  return ok({
    targetAccount: desired.targetAccount,
    changes: (['target', 'source'] as const).flatMap((side) => accountChanges(side, accountOf(desired, side), observed[side])),
    ...(lock && { lock }),
    ...(desired.warnings.length > 0 && { warnings: desired.warnings }),
    unread: observed.unread,
    trustList: trustedBy(desired.role.trustPolicy),
  });
};
