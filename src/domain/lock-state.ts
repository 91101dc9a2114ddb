/** Whether a role is locked: a lock has two halves, and is told as one only where both are there. */
import type { PolicyDocument } from './policy-document.ts';
import { policyEquals } from './policy-equality.ts';
import { isTrustLocked, LOCK_DOCUMENT, LOCK_POLICY, lockTrust } from './role-lock.ts';

/** Which half of a lock is not there: without that of the trust policy people get in, without the inline policy open sessions go on. */
export interface LockState {
  readonly lacks?: 'trust' | 'sessions';
}

/** `policy` is the inline policy of the lock, where it was found; undefined where nothing of a lock is there. */
export const lockStateOf = (trust: PolicyDocument, policy: PolicyDocument | undefined): LockState | undefined => {
  const isShut = isTrustLocked(trust) && lockTrust(trust) === trust;
  const endsSessions = policy !== undefined && policyEquals(policy, LOCK_DOCUMENT);
  if (isShut && endsSessions) return {};
  if (isShut) return { lacks: 'sessions' };
  return endsSessions || policy !== undefined || isTrustLocked(trust) ? { lacks: 'trust' } : undefined;
};

/** What is true of the role now; lower case, no full stop. `command` is how a command is shown. */
export const sayLock = ({ lacks }: LockState, command: (text: string) => string): string => {
  if (lacks === undefined) return `the role is locked: nobody gets in until ${command('xacct unlock')}`;
  const missing =
    lacks === 'trust'
      ? 'its trust policy does not shut everybody out'
      : `its inline policy ${LOCK_POLICY}, which ends open sessions, was not found`;
  return `the role is only half locked: ${missing}; ${command('xacct lock')} does the rest, ${command('xacct unlock')} takes it back`;
};
