/** lock and unlock: what must change on a role so that nobody gets in or stays in, and how that is taken back. */
import { noChange, type Change, type Plan } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { isTrustLocked, LOCK_POLICY, lockDocument, lockTrust, unlockTrust } from '#domain/role-lock.ts';
import { noSuchRole, readOwnRole, type RolePorts, type RoleWish } from './managed-role.ts';
import { identifySides } from './plan-target.ts';
import type { RoleState } from './ports/account-iam.ts';
import { stepIn } from './steps.ts';
import { trustedBy } from './trust-risk.ts';

interface Lockable {
  readonly role: RoleState;
  /** The inline policy of the lock, where it is there. */
  readonly found: PolicyDocument | undefined;
}

const trustChange = ({ role }: Lockable, after: PolicyDocument, risk: Change['risk']): Change => {
  const address = `role/${role.name}/trust`;
  const before = role.trustPolicy;
  if (before === after) return noChange(address, before);
  const step = stepIn('target', role.name, {
    phase: 'make',
    write: { kind: 'update-trust', roleName: role.name, trustPolicy: after },
  });
  return { action: 'update', address, risk, before, after, steps: [step] };
};

const owner = ({ name }: RoleState) => ({ kind: 'role', name }) as const;

const lockChange = ({ role, found }: Lockable, until: string): Change => {
  const address = `role/${role.name}/inline/${LOCK_POLICY}`;
  // Nobody came in since a lock that is whole; one that is not may have let somebody in.
  if (found !== undefined && isTrustLocked(role.trustPolicy)) return noChange(address, found);
  const document = lockDocument(until);
  const step = stepIn('target', LOCK_POLICY, {
    phase: 'make',
    write: { kind: 'put-inline', owner: owner(role), policyName: LOCK_POLICY, document },
  });
  const action = found === undefined ? 'create' : 'update';
  return { action, address, risk: 'removes access', before: found ?? null, after: document, steps: [step] };
};

const unlockChange = ({ role, found }: Lockable): Change => {
  const address = `role/${role.name}/inline/${LOCK_POLICY}`;
  if (found === undefined) return noChange(address, null);
  const step = stepIn('target', LOCK_POLICY, {
    phase: 'make',
    write: { kind: 'delete-inline', owner: owner(role), policyName: LOCK_POLICY },
  });
  return { action: 'delete', address, risk: 'widens access', before: found, after: null, steps: [step] };
};

export interface LockPlan {
  readonly role: RoleState;
  readonly plan: Plan;
}

/** `until` is a moment after which no session can have slipped in; undefined unlocks. Reads only. */
export const planLock = async (wish: RoleWish, until: string | undefined, ports: RolePorts): Promise<LockPlan> => {
  const { target } = await identifySides(wish, ports);
  const role = await readOwnRole(wish, target.account, ports);
  if (role === undefined) throw noSuchRole(wish, target.account);
  const lockable: Lockable = { role, found: await ports.target.iam.readInline(owner(role), LOCK_POLICY) };
  const trust = until === undefined ? unlockTrust(role.trustPolicy) : lockTrust(role.trustPolicy);
  const changes =
    until === undefined
      ? [trustChange(lockable, trust, 'widens access'), unlockChange(lockable)]
      : [lockChange(lockable, until), trustChange(lockable, trust, 'removes access')];
  const trustList = until === undefined ? trustedBy(trust) : [];
  return { role, plan: { targetAccount: target.account, changes, unread: [], trustList } };
};
