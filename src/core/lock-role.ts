/** lock and unlock: what must change on a role so that nobody gets in or stays in, and how that is taken back. */
import { problem } from '#domain/diagnostic.ts';
import { isLockAlone, KEPT_POLICY } from '#domain/kept-trust.ts';
import { isOrphan } from '#domain/orphan.ts';
import { noChange, type Change, type Plan } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import { LOCK_DOCUMENT, LOCK_POLICY, lockTrust, unlockTrust } from '#domain/role-lock.ts';
import { XacctError } from '#domain/xacct-error.ts';
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

/** Once the trust policy says again what was kept, and not before. */
const keptChange = ({ site, role }: Lockable, kept: PolicyDocument): Change => {
  const step = stepIn(site, KEPT_POLICY, {
    phase: 'part',
    write: { kind: 'delete-inline', owner: owner(role), policyName: KEPT_POLICY },
  });
  const address = `role/${role.name}/inline/${KEPT_POLICY}`;
  return { action: 'delete', address, risk: 'none', before: kept, after: null, steps: [step] };
};

/** Somebody took away what the lock had put away. */
const forgotten = ({ name }: RoleState, account: string): XacctError =>
  new XacctError(
    problem(
      'ROLE_LOCKED',
      `nothing tells any more whom role ${name} of account ${account} trusted: ${KEPT_POLICY}, which kept it, is gone`,
      {
        hints: [{ text: 'make its trust policy again from xacct.yaml, and unlock it then', command: 'xacct init' }],
      },
    ),
  );

/** AWS takes no trust policy that names what is not there, and a lock that is half off is worse than one that stays. */
const trustsDeleted = ({ name }: RoleState, account: string, ids: readonly string[]): XacctError =>
  new XacctError(
    problem(
      'ROLE_LOCKED',
      `role ${name} of account ${account} trusts ${ids.join(', ')}, which ${ids.length === 1 ? 'was' : 'were'} deleted: AWS refuses a trust policy that names what is not there, so the lock stays`,
      {
        hints: [
          {
            text: 'make its trust policy again from xacct.yaml (whoever is gone for good: take them out there), and unlock it then',
            command: 'xacct init',
          },
        ],
      },
    ),
  );

export interface LockPlan {
  readonly role: RoleState;
  readonly plan: Plan;
}

/** Reads only. */
export const planLock = async (wish: RoleWish, way: 'lock' | 'unlock', ports: RolePorts): Promise<LockPlan> => {
  const { target } = await identifySides(wish, ports);
  const role = await readOwnRole(wish, target.account, ports);
  if (role === undefined) throw noSuchRole(wish, target.account, way);
  const site: Site = { side: 'target', account: target.account };
  const read = (name: string): Promise<PolicyDocument | undefined> => ports.target.iam.readInline(owner(role), name);
  const [found, kept] = await Promise.all([read(LOCK_POLICY), way === 'unlock' ? read(KEPT_POLICY) : undefined]);
  if (way === 'unlock' && isLockAlone(role.trustPolicy)) throw forgotten(role, target.account);
  const lockable: Lockable = { site, role, found };
  const trust = way === 'unlock' ? unlockTrust(role.trustPolicy) : lockTrust(role.trustPolicy);
  const deleted = way === 'unlock' && !policyEquals(role.trustPolicy, trust) ? trustedBy(trust).filter(isOrphan) : [];
  if (deleted.length > 0) throw trustsDeleted(role, target.account, deleted);
  const changes =
    way === 'unlock'
      ? [trustChange(lockable, trust, 'widens access'), unlockChange(lockable), ...(kept ? [keptChange(lockable, kept)] : [])]
      : [lockChange(lockable), trustChange(lockable, trust, 'removes access')];
  const trustList = way === 'unlock' ? trustedBy(trust) : [];
  return { role, plan: { targetAccount: target.account, changes, unread: [], trustList } };
};
