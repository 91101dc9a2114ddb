/** lock and unlock: what must change on a role so that nobody gets in or stays in, and how that is taken back. */
import { noChange, type Change, type Plan } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import { LOCK_DOCUMENT, LOCK_POLICY, lockTrust, unlockTrust } from '#domain/role-lock.ts';
import { noSuchRole, readOwnRole, type RolePorts, type RoleWish } from './managed-role.ts';
import { identifySides } from './plan-target.ts';
import type { RoleState } from './ports/account-iam.ts';
import { stepIn, type Site } from './steps.ts';
import { trustedBy } from './trust-risk.ts';

interface Lockable {
  readonly site: Site;
  readonly role: RoleState;
  /** The inline policy of the lock, where it is there. */
  readonly found: PolicyDocument | undefined;
}

const trustChange = ({ site, role }: Lockable, after: PolicyDocument, risk: Change['risk']): Change => {
  const address = `role/${role.name}/trust`;
  const before = role.trustPolicy;
  if (before === after) return noChange(address, before);
  const step = stepIn(site, role.name, {
    phase: 'make',
    write: { kind: 'update-trust', roleName: role.name, trustPolicy: after },
  });
  return { action: 'update', address, risk, before, after, steps: [step] };
};

const owner = ({ name }: RoleState) => ({ kind: 'role', name }) as const;

const lockChange = ({ site, role, found }: Lockable): Change => {
  const address = `role/${role.name}/inline/${LOCK_POLICY}`;
  const document = LOCK_DOCUMENT;
  if (found !== undefined && policyEquals(found, document)) return noChange(address, found);
  const step = stepIn(site, LOCK_POLICY, {
    phase: 'make',
    write: { kind: 'put-inline', owner: owner(role), policyName: LOCK_POLICY, document },
  });
  const action = found === undefined ? 'create' : 'update';
  return { action, address, risk: 'removes access', before: found ?? null, after: document, steps: [step] };
};

const unlockChange = ({ site, role, found }: Lockable): Change => {
  const address = `role/${role.name}/inline/${LOCK_POLICY}`;
  if (found === undefined) return noChange(address, null);
  const step = stepIn(site, LOCK_POLICY, {
    phase: 'make',
    write: { kind: 'delete-inline', owner: owner(role), policyName: LOCK_POLICY },
  });
  return { action: 'delete', address, risk: 'widens access', before: found, after: null, steps: [step] };
};

export interface LockPlan {
  readonly role: RoleState;
  readonly plan: Plan;
}

/** Reads only. */
export const planLock = async (wish: RoleWish, way: 'lock' | 'unlock', ports: RolePorts): Promise<LockPlan> => {
  const { target } = await identifySides(wish, ports);
  const role = await readOwnRole(wish, target.account, ports);
  if (role === undefined) throw noSuchRole(wish, target.account);
  const site: Site = { side: 'target', account: target.account };
  const lockable: Lockable = { site, role, found: await ports.target.iam.readInline(owner(role), LOCK_POLICY) };
  const trust = way === 'unlock' ? unlockTrust(role.trustPolicy) : lockTrust(role.trustPolicy);
  const changes =
    way === 'unlock'
      ? [trustChange(lockable, trust, 'widens access'), unlockChange(lockable)]
      : [lockChange(lockable), trustChange(lockable, trust, 'removes access')];
  const trustList = way === 'unlock' ? trustedBy(trust) : [];
  return { role, plan: { targetAccount: target.account, changes, unread: [], trustList } };
};
