/** Everyone who can become a role: by its trust policy, through an account that it trusts, or by rewriting it. Reads only. */
import { formatRoleArn, formatRootArn, parseArn, parseRootArn, type RoleArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import { statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import type { Rewriter, WhoEntry } from '#domain/who.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { compilePolicy } from '#policy/compile.ts';
import { decideAccess } from '#policy/evaluate.ts';
import type { Caller, TargetRole } from '#policy/scenario.ts';
import { readCallers } from './account-callers.ts';
import { callerOfArn } from './caller-of-arn.ts';
import type { AccountView } from './explain-live.ts';
import type { PrincipalState } from './ports/principal-iam.ts';
import { distinct } from './unread.ts';
import type { Unread } from '#domain/unread.ts';
import { judgeCaller } from './who-can.ts';
import { nameOfRole, namedIn, type Named } from './who-principals.ts';

export interface WhoAnswer {
  readonly role: string;
  readonly principals: readonly WhoEntry[];
  readonly rewriters: readonly Rewriter[];
  readonly unread: readonly Unread[];
}

type Callers = readonly Caller[] | 'unknown';

interface Situation {
  readonly role: TargetRole;
  readonly trust: PolicyDocument;
  /** Of every account that could be read. */
  readonly callers: ReadonlyMap<string, Callers>;
}

const nameOf = ({ arn, kind }: Caller): Pick<Named, 'principal'> & { readonly kind: 'user' | 'role' | 'permission-set' } => {
  if (kind === 'user') return { principal: arn, kind };
  const named = nameOfRole(arn);
  return { principal: named.principal, kind: named.kind === 'permission-set' ? 'permission-set' : 'role' };
};

/** Who of an account gets in by its own policies; nobody else of it can. */
const membersOf = (
  named: Named,
  callers: readonly Caller[],
  { role }: Situation,
): readonly (Named & Pick<WhoEntry, 'can' | 'why'>)[] =>
  callers
    .map((caller) => ({ ...nameOf(caller), via: named.via, ...judgeCaller(caller, role) }))
    .filter(({ can, principal }) => can !== 'no' && (named.kind !== 'permission-set' || isOfSet(principal, named.principal)));

const isOfSet = (arn: string, set: string): boolean =>
  arn.includes(`/AWSReservedSSO_${set.replace(/^sso:/, '').replace(/\*$/, '')}`);

const UNREAD_ACCOUNT = "anyone that account's administrators choose: its IAM was not read";

const SOME_DENIED = 'a Deny statement of the trust policy may hit some of them';

const hasDeny = ({ trust }: Situation): boolean => statementsOf(trust).some(({ Effect }) => Effect === 'Deny');

const judgeNamed = (named: Named, situation: Situation): readonly (Named & Pick<WhoEntry, 'can' | 'why'>)[] => {
  const { kind, principal, via } = named;
  // Of everybody, a condition may leave one account.
  const place = via === '*' ? principal : via;
  const account = parseArn(place)?.account ?? '';
  const callers = situation.callers.get(account);
  switch (kind) {
    case 'account':
    case 'permission-set':
      if (callers !== undefined && callers !== 'unknown' && parseRootArn(place) !== undefined)
        return membersOf(named, callers, situation);
      if (kind === 'account' || via !== principal) return [{ ...named, can: 'unknown', why: UNREAD_ACCOUNT }];
      break;
    case 'user':
    case 'role':
    case 'session':
      break;
    case 'deleted':
      return [
        {
          ...named,
          can: 'no',
          why: 'the user or role was deleted: nobody has this id any more, also not a new one of the same name',
        },
      ];
    case 'service':
      return [{ ...named, ...judgeCaller({ arn: principal, kind: 'service' }, situation.role) }];
    default:
      return [{ ...named, ...(hasDeny(situation) ? { can: 'unknown', why: SOME_DENIED } : { can: 'yes', why: null }) }];
  }
  if (callers !== undefined && callers !== 'unknown') {
    const roleArn = callerOfArn(principal)?.roleArn ?? principal;
    const caller = callers.find(({ arn }) => arn === roleArn);
    if (caller === undefined) return [{ ...named, can: 'no', why: `there is no such principal in account ${account}` }];
    const asking: Caller = kind === 'session' ? { ...caller, kind: 'assumed-role', arn: principal, roleArn } : caller;
    return [{ ...named, ...judgeCaller(asking, situation.role) }];
  }
  const caller = callerOfArn(principal);
  const judged = caller && judgeCaller({ ...caller, identityPolicies: 'unknown' }, situation.role);
  return [{ ...named, ...(judged ?? { can: 'unknown', why: null }) }];
};

const principalsOf = (situation: Situation): readonly WhoEntry[] => {
  const { statements } = compilePolicy(situation.trust, 'trust');
  const sources = statementsOf(situation.trust);
  const entries = statements.flatMap((statement, i): readonly WhoEntry[] => {
    const source = sources[i];
    if (statement.effect !== 'Allow' || source === undefined) return [];
    const conditions = source.Condition ?? null;
    return namedIn(source, statement.coversAction)
      .flatMap((named) => judgeNamed(named, situation))
      .map(({ principal, kind, via, can, why }) => ({ principal, kind, via, statement: statement.ref, conditions, can, why }));
  });
  // Somebody may be let in by several statements: the first in the document stands for them.
  return [...new Map(entries.toReversed().map((entry) => [`${entry.principal} ${entry.can}`, entry])).values()].toReversed();
};

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
  unread.push({
    what: 'the service and resource control policies of the organizations',
    account: arn.account,
    permission: 'organizations:ListPoliciesForTarget',
    reason: 'they can only take away from this list',
  });
  return { role: state.arn, principals, rewriters: rewritersOf(situation, arn), unread: distinct(unread) };
};
