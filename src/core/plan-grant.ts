/** What accepting a grant would change: one inline policy on one principal of the source, who must be there as the file names them. Reads only. */
import { parseRoleArn, parseUserArn } from '#domain/arn.ts';
import { grantDocument } from '#domain/compile-source.ts';
import { grantNameFor, type InlineOwner } from '#domain/desired.ts';
import { problem } from '#domain/diagnostic.ts';
import type { GrantStep } from '#domain/hand-off.ts';
import type { Plan } from '#domain/plan.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { grantChange } from './inline-changes.ts';
import type { AwsSide } from './ports/aws-accounts.ts';

const notThere = (principal: string, found: string | undefined): XacctError =>
  new XacctError(
    problem('STALE', `there is no ${principal}${found === undefined ? '' : `: it is ${found}`}`, {
      hints: [{ text: 'ask for a new file, with the name that is right: --grant-to ARN' }],
    }),
  );

export const planGrant = async ({ principal, roleArn, actions }: GrantStep, side: AwsSide): Promise<Plan> => {
  const [user, role, target] = [parseUserArn(principal), parseRoleArn(principal), parseRoleArn(roleArn)];
  const who = role ?? user;
  if (who === undefined || target === undefined) throw new XacctError(problem('BUG', 'a grant that was not checked'));
  const owner: InlineOwner = { kind: role ? 'role' : 'user', name: who.name };
  const policyName = grantNameFor(target.account, target.name);
  const [state, found] = await Promise.all([
    side.principals.readPrincipal(owner.kind, owner.name),
    side.iam.readInline(owner, policyName),
  ]);
  if (state?.arn !== principal) throw notThere(principal, state?.arn);
  const change = grantChange(
    { side: 'source', account: who.account },
    { owner, policyName, document: grantDocument(roleArn, actions) },
    found,
  );
  return { targetAccount: who.account, changes: [change], unread: [], trustList: [] };
};
