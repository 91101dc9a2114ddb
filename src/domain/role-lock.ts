/** A lock on a role: nobody gets in, and whoever is in can do nothing. Everything else of the role stays as it is. */
import { listOf, statementsOf, type PolicyDocument, type PrincipalElement, type Statement } from './policy-document.ts';
import { policyEquals } from './policy-equality.ts';

/** Of the inline policy; AWS's own button calls its one AWSRevokeOlderSessions. */
export const LOCK_POLICY = 'xacct-lock';

export const LOCK_SID = 'XacctLock';

/**
 * Every session, whenever it was issued, can do nothing. AWS's own button puts the present moment there; by a clock of this machine that is
 * slow, sessions of the last hour would live on, and where the trust policy has no room left for the lock, new ones would come.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export const LOCK_DOCUMENT: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: LOCK_SID,
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': '9999-12-31T23:59:59Z' } },
    },
  ],
};

/** Every AWS principal, and by name the services and identity providers that the policy lets in: IAM takes no `"Principal": "*"` here. */
const everybodyIn = (trust: PolicyDocument): PrincipalElement => {
  const kinds = ['Federated', 'Service'] as const;
  const named = kinds.map((kind) => {
    const names = statementsOf(trust).flatMap(({ Principal = {} }) => (Principal === '*' ? [] : listOf(Principal[kind])));
    return [kind, [...new Set(names)]] as const;
  });
  return { AWS: '*', ...Object.fromEntries(named.filter(([, names]) => names.length > 0)) };
};

export const lockStatement = (trust: PolicyDocument): Statement => ({
  Sid: LOCK_SID,
  Effect: 'Deny',
  Principal: everybodyIn(trust),
  Action: ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'],
});

const isLock = ({ Sid, Effect }: Statement): boolean => Sid === LOCK_SID && Effect === 'Deny';

export const isTrustLocked = (trust: PolicyDocument): boolean => statementsOf(trust).some(isLock);

/** The same trust policy without the lock. */
export const unlockTrust = (trust: PolicyDocument): PolicyDocument =>
  isTrustLocked(trust) ? { ...trust, Statement: statementsOf(trust).filter((statement) => !isLock(statement)) } : trust;

/**
 * The same trust policy with nobody let in; as it is where that is so already. A lock that is there is not taken on trust: an identity
 * provider may have come after it, and a statement of its name may say less.
 */
export const lockTrust = (trust: PolicyDocument): PolicyDocument => {
  const open = unlockTrust(trust);
  const locked = { ...open, Statement: [...statementsOf(open), lockStatement(open)] };
  return policyEquals(locked, trust) ? trust : locked;
};
