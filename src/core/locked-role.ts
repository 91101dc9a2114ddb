/** A refusal by xacct's own lock: whoever locked the role meant it, so the way on is `xacct unlock`, never an exception in the lock. Pure. */
import { formatRoleArn, type RoleArn } from '#domain/arn.ts';
import type { Decision } from '#domain/cause.ts';
import { LOCK_SID } from '#domain/role-lock.ts';
import { shellWord } from '#domain/shell-word.ts';

export const isOfLock = ({ layer, reason, statement }: Pick<Decision, 'layer' | 'reason' | 'statement'>): boolean =>
  layer === 'trust' && reason === 'EXPLICIT_DENY' && statement?.sid === LOCK_SID;

export const sayLocked = (decision: Decision, role: RoleArn): Decision => {
  if (!isOfLock(decision)) return decision;
  return {
    ...decision,
    explanation: `statement "${LOCK_SID}" of the trust policy is the lock that xacct lock put there, which shuts the role to everybody`,
    fix: {
      actor: 'target-admin',
      account: role.account,
      summary: 'ask why it was locked; when that is over, unlock it',
      change: null,
      command: null,
      hcl: null,
      xacct: `xacct unlock --role-arn ${shellWord(formatRoleArn(role))} --target-profile NAME`,
      message: null,
    },
  };
};
