/** Everyone who can become a role: by its trust policy, through an account that it trusts, or by rewriting it. Reads only. */
import { formatRoleArn, formatRootArn, parseArn, type RoleArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Rewriter, WhoChain, WhoEntry } from '#domain/who.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { decideAccess } from '#policy/evaluate.ts';
import type { Caller, TargetRole } from '#policy/scenario.ts';
import { readCallers } from './account-callers.ts';
import type { AccountView } from './explain-live.ts';
import type { PrincipalState } from './ports/principal-iam.ts';
import { distinct } from './unread.ts';
import type { Unread } from '#domain/unread.ts';
import { chainsTo } from './who-chains.ts';
import { nameOf, principalsOf, type Situation } from './who-entries.ts';

export interface WhoAnswer {
  readonly role: string;
  readonly principals: readonly WhoEntry[];
  /** Who can become one of the roles among them, and so this one. */
  readonly chains: readonly WhoChain[];
  readonly rewriters: readonly Rewriter[];
  readonly unread: readonly Unread[];
}

/** Making the role anew is rewriting it. Source: Service Authorization Reference, actions of IAM. */
const REWRITING: readonly (readonly string[])[] = [['iam:UpdateAssumeRolePolicy'], ['iam:DeleteRole', 'iam:CreateRole']];

const rewriterOf = (caller: Caller, role: TargetRole): readonly Rewriter[] => {
  const decide = (action: string) =>
    decideAccess({ caller, action, resource: role.arn, ...(role.tags && { resourceTags: role.tags }) });
  const found = REWRITING.map((actions) => ({ actions, decisions: actions.map(decide) })).find(({ decisions }) =>
    decisions.every(({ verdict }) => verdict === 'allowed'),
  );
  if (found === undefined) return [];
  const isSure = found.decisions.every(({ confidence }) => confidence === 'high');
  return [{ ...nameOf(caller), actions: found.actions, can: isSure ? 'yes' : 'unknown' }];
};

const rewritersOf = ({ role, callers }: Situation, { partition, account }: RoleArn): readonly Rewriter[] => {
  const own = callers.get(account);
  const root: Rewriter = { principal: formatRootArn(partition, account), kind: 'root', actions: REWRITING[0] ?? [], can: 'yes' };
  return [root, ...(own === undefined || own === 'unknown' ? [] : own.flatMap((caller) => rewriterOf(caller, role)))];
};

const noRole = (role: RoleArn): XacctError =>
  new XacctError(
    problem('INVALID_VALUE', `there is no role ${formatRoleArn(role)}`, {
      path: '--role-arn',
      hints: [{ text: 'see which there are', command: 'aws iam list-roles --query "Roles[].Arn"' }],
    }),
  );

/** Throws XacctError where the trust policy itself cannot be read: nothing can be said then. */
export const explainWho = async (arn: RoleArn, target: AccountView, views: readonly AccountView[]): Promise<WhoAnswer> => {
  const state: PrincipalState | undefined = await target.iam.readPrincipal('role', arn.name);
  if (state === undefined || state.arn !== formatRoleArn(arn)) throw noRole(arn);
  const trust = state.trustPolicy ?? { Statement: [] };
  const role: TargetRole = { arn: state.arn, trustPolicy: trust, tags: state.tags, uniqueId: state.uniqueId };
  const unread: Unread[] = [];
  const read = await Promise.all(
    views.map(async (view) => [view.account, await readCallers(view, arn.partition, unread)] as const),
  );
  const situation: Situation = { role, trust, callers: new Map(read) };
  const principals = principalsOf(situation);
  const accounts = new Set(
    principals
      .filter(({ can }) => can === 'unknown')
      .map(({ via, principal }) => parseArn(via === '*' ? principal : via)?.account ?? ''),
  );
  for (const account of accounts)
    if (account !== '' && !situation.callers.has(account))
      unread.push({
        what: `the users and roles of account ${account}`,
        account,
        permission: null,
        reason: `no credentials of account ${account} were given: --source-profile`,
      });
  const chains = await chainsTo(principals, { callers: situation.callers, views, target: state.arn, unread });
  unread.push({
    what: 'the service and resource control policies of the organizations',
    account: arn.account,
    permission: 'organizations:ListPoliciesForTarget',
    reason: 'they can only take away from this list',
  });
  return { role: state.arn, principals, chains, rewriters: rewritersOf(situation, arn), unread: distinct(unread) };
};
