/** A trust policy is written over what was seen of it, and over nothing else: somebody may have shut the role meanwhile. */
import type { Step } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import type { AccountIam } from './ports/account-iam.ts';
import { staleAccount } from './stale.ts';

const HINTS = [{ text: 'look at the new plan', command: 'xacct init --dry-run' }];

/** `seen` are the documents that it may say. A role that is not there is for AWS to name. */
const expect = async (iam: AccountIam, step: Step, roleName: string, seen: readonly PolicyDocument[]): Promise<void> => {
  const role = await iam.readRole(roleName);
  if (role === undefined || seen.some((document) => policyEquals(role.trustPolicy, document))) return;
  throw staleAccount(step.account, [`role/${roleName}/trust`], { hints: HINTS });
};

/** Throws STALE where it says by now what the plan did not see. A lock, which has no way back, goes over whatever is there. */
export const expectTrustSeen = async (iam: AccountIam, step: Step): Promise<void> => {
  const { write, undo } = step;
  if (write.kind === 'update-trust' && undo?.kind === 'update-trust') await expect(iam, step, write.roleName, [undo.trustPolicy]);
};

/** The same before it is taken back: what this step wrote, or, where nobody knows what came of it, what was there before. */
export const expectTrustWritten = async (iam: AccountIam, step: Step): Promise<void> => {
  const { write, undo } = step;
  if (write.kind === 'update-trust' && undo?.kind === 'update-trust')
    await expect(iam, step, write.roleName, [write.trustPolicy, undo.trustPolicy]);
};
