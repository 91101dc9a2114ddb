/** A trust policy beside which there is no room for the lock: the lock stands alone, and an inline policy keeps the rest meanwhile. */
import { listOf, statementsOf, type PolicyDocument } from './policy-document.ts';
import { isTrustLocked, lockStatement, unlockTrust } from './role-lock.ts';

export const KEPT_POLICY = 'xacct-lock-trust';

/** Nobody is let in, and what was said before is not there: it is kept elsewhere, because both do not fit. */
export const lockAlone = (trust: PolicyDocument): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [lockStatement(unlockTrust(trust))],
});

export const isLockAlone = (trust: PolicyDocument): boolean =>
  isTrustLocked(trust) && statementsOf(unlockTrust(trust)).length === 0;

/**
 * A policy that says nothing and carries a text, which holds no white space, `*`, `?` or `$`: a Deny that meets nobody. A tag would do
 * as well and is not safe: who may write tags could so write a trust policy.
 */
const KEPT_KEY = 'aws:PrincipalTag/xacct-lock-trust';

export const keepText = (text: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'XacctLockTrust', Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { [KEPT_KEY]: text } } },
  ],
});

export const keptText = (document: PolicyDocument): string | undefined => {
  const [value] = statementsOf(document).flatMap(({ Condition }) => listOf(Condition?.['StringEquals']?.[KEPT_KEY] ?? []));
  return value === undefined ? undefined : String(value);
};
