/**
 * Trust policies of roles, which have little room: where the lock does not fit beside the statements, they are put away into an inline
 * policy, and the lock stands alone. Whoever reads the role gets both in one document, as if there were room.
 */
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { problem } from '#domain/diagnostic.ts';
import { isLockAlone, KEPT_POLICY, keepText, keptText, lockAlone } from '#domain/kept-trust.ts';
import { isOrphan } from '#domain/orphan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { isTrustLocked, lockTrust, unlockTrust } from '#domain/role-lock.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { AccountIam } from '#core/ports/account-iam.ts';
import { refusalOf } from '#core/ports/sessions.ts';
import { formatDocument, parseDocument, principalsOf } from './documents.ts';
import type { IamCalls } from './iam-calls.ts';
import { principalHints } from './refusal-hints.ts';

interface TrustPolicies extends Pick<AccountIam, 'updateTrust'> {
  /** The whole of a trust policy of which GetRole showed `shown`. */
  readonly readTrust: (roleName: string, shown: PolicyDocument) => Promise<PolicyDocument>;
}

const encode = (document: PolicyDocument): string => Buffer.from(formatDocument(document)).toString('base64');
const decode = (text: string): string => Buffer.from(text, 'base64').toString();

/** Whether the statements are why IAM refused the lock beside them: their length, and a principal of theirs that was deleted since. */
const standInTheWay = (trustPolicy: PolicyDocument, error: unknown): boolean => {
  const code = refusalOf(error)?.code;
  return code === 'LimitExceeded' || (code === 'MalformedPolicyDocument' && principalsOf(trustPolicy).some(isOrphan));
};

/** Other words than those of the lock: what init finds then is a trust policy that somebody changed, and makes good. */
const SHUT: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Shut', Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
};

/** The door is open still: with no room to keep what the trust policy says, nobody but a person may throw it away. */
const noRoom = (roleName: string, cause: XacctError): XacctError => {
  const words = ['update-assume-role-policy', '--role-name', roleName, '--policy-document', formatDocument(SHUT)];
  const message = `people still get into role ${roleName}: its trust policy has no room for the lock, and its inline policies have none to keep the trust policy meanwhile`;
  return new XacctError(
    problem('AWS_REFUSED', `${message} (${cause.message})`, {
      hints: [
        {
          text: 'shut it without keeping what it says; later, after xacct unlock, xacct init makes it again from xacct.yaml',
          command: `aws iam ${words.map(shellWord).join(' ')}`,
        },
      ],
    }),
  );
};

export const openTrustPolicies = (
  { write }: IamCalls,
  { readInline, putInline }: Pick<AccountIam, 'readInline' | 'putInline'>,
): TrustPolicies => {
  const put = async (roleName: string, trustPolicy: PolicyDocument): Promise<void> => {
    const command = new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument: formatDocument(trustPolicy) });
    await write(
      'UpdateAssumeRolePolicy',
      (iam) => iam.send(command),
      (refusal) => principalHints(refusal, principalsOf(trustPolicy)),
    );
  };
  const keep = async (roleName: string, trustPolicy: PolicyDocument): Promise<void> => {
    try {
      await putInline({ kind: 'role', name: roleName }, KEPT_POLICY, keepText(encode(unlockTrust(trustPolicy))));
    } catch (error) {
      throw refusalOf(error)?.code === 'LimitExceeded' && error instanceof XacctError ? noRoom(roleName, error) : error;
    }
  };
  return {
    readTrust: async (roleName, shown) => {
      if (!isLockAlone(shown)) return shown;
      const document = await readInline({ kind: 'role', name: roleName }, KEPT_POLICY);
      const kept = document && keptText(document);
      if (kept === undefined) return shown;
      return lockTrust(parseDocument(decode(kept), `the trust policy of role ${roleName} that ${KEPT_POLICY} keeps`));
    },
    updateTrust: async (roleName, trustPolicy) => {
      try {
        await put(roleName, trustPolicy);
      } catch (error) {
        if (!isTrustLocked(trustPolicy) || !standInTheWay(trustPolicy, error)) throw error;
        // In this order: cut off between the two, nothing is lost.
        await keep(roleName, trustPolicy);
        await put(roleName, lockAlone(trustPolicy));
      }
    },
  };
};
