/**
 * A condition of a trust policy that was read, on what no request can say: where the call comes from, by which organization, with a code
 * that a session of a role never has. The statement as it would let this caller in, with a blank for what only a person sees. Pure.
 */
import { parseArn, type RoleArn } from '#domain/arn.ts';
import type { Actor, Decision, Fix } from '#domain/cause.ts';
import { listOf, statementsOf, type ConditionBlock, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { shellWord } from '#domain/shell-word.ts';
import { amend } from '#policy/apply-fix.ts';
import { statementHcl } from '#policy/fix-hcl.ts';
import type { Caller } from '#policy/scenario.ts';
import { principalsOf } from './caller-of-arn.ts';

/** https://checkip.amazonaws.com is AWS's own answer to the question. */
const FIND_ADDRESS = ': ADDRESS stands for what https://checkip.amazonaws.com says on the machine that calls';

/** What is asked for, what holds of this caller in its place, and the words for it. */
interface Instead {
  readonly isUnmet: (key: string) => boolean;
  readonly actor: Actor;
  readonly operator: 'IpAddress' | 'StringEquals' | 'ArnLike';
  readonly key: string;
  readonly values: readonly string[];
  readonly summary: string;
}

type Substitute = (caller: Caller, account: string) => Omit<Instead, 'isUnmet'>;

const fromHere =
  (place: string): Substitute =>
  ({ sourceIp }, account) => ({
    actor: 'network',
    operator: 'IpAddress',
    key: 'aws:SourceIp',
    values: [`${sourceIp ?? 'ADDRESS'}/${sourceIp?.includes(':') === true ? 128 : 32}`],
    summary: `call from ${place} that the trust policy takes; or, if calls are meant to come from here, the administrator of account ${account} lets this address in, too${sourceIp === undefined ? FIND_ADDRESS : ''}`,
  });

const byAccount: Substitute = ({ arn }) => {
  const account = parseArn(arn)?.account ?? '';
  return {
    actor: 'target-admin',
    operator: 'StringEquals',
    key: 'aws:PrincipalAccount',
    values: [account],
    summary: `write the caller's organization there, which "aws organizations describe-organization" says in account ${account}; or ask for that account in its place, which is narrower and holds in any organization`,
  };
};

const withoutCode: Substitute = ({ arn }) => ({
  actor: 'target-admin',
  operator: 'ArnLike',
  key: 'aws:PrincipalArn',
  values: principalsOf(arn),
  summary: `let ${principalsOf(arn)[0] ?? arn} in without a code: what the session of a role shows to the next role holds no MFA. Or enter by a user's own session that was made with one`,
});

/** By the key, in lower case. */
const SUBSTITUTES: readonly (readonly [RegExp, Substitute])[] = [
  [/^aws:sourceip$/, fromHere('an address')],
  [/^aws:(vpcsourceip|sourcevpc|sourcevpce)$/, fromHere('the endpoint or VPC')],
  [/^aws:principalorg/, byAccount],
  [/^aws:multifactorauth/, withoutCode],
];

const keysOf = ({ Condition = {} }: Statement): readonly string[] =>
  Object.values(Condition).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));

/** `key`: the one that is to blame, where the decision says it; of a Deny any that it hangs on. */
const insteadOf = (statement: Statement, key: string | undefined, caller: Caller, account: string): Instead | undefined => {
  const keys = key === undefined ? keysOf(statement) : [key.toLowerCase()];
  const found = SUBSTITUTES.find(([pattern]) => keys.some((name) => pattern.test(name)));
  if (found === undefined) return undefined;
  const [pattern, substitute] = found;
  return { ...substitute(caller, account), isUnmet: (name) => pattern.test(name.toLowerCase()) };
};

const NEGATED = { IpAddress: 'NotIpAddress', StringEquals: 'StringNotEquals', ArnLike: 'ArnNotLike' } as const;

const joined = (block: ConditionBlock, operator: string, { key, values }: Instead): ConditionBlock => {
  const keys = block[operator] ?? {};
  const existing = Object.keys(keys).find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
  const all = [...listOf(keys[existing]).map(String), ...values];
  return { ...block, [operator]: { ...keys, [existing]: all.length === 1 ? (all[0] ?? '') : all } };
};

const without = (block: ConditionBlock, { isUnmet }: Instead): ConditionBlock =>
  Object.fromEntries(
    Object.entries(block)
      .map(([operator, keys]) => [operator, Object.fromEntries(Object.entries(keys).filter(([key]) => !isUnmet(key)))] as const)
      .filter(([, keys]) => Object.keys(keys).length > 0),
  );

const hasKey = ({ Condition = {} }: Statement, { operator, key }: Instead): boolean =>
  Object.keys(Condition[operator] ?? {}).some((name) => name.toLowerCase() === key.toLowerCase());

/** A Deny no longer hits what holds of this caller; an Allow takes one value more, or keeps its guard for all others beside one that lets this caller in. */
const changed = (statement: Statement, instead: Instead): { readonly isMore: boolean; readonly statement: Statement } => {
  const { Condition = {}, Sid: _, ...rest } = statement;
  const { operator, key, isUnmet } = instead;
  if (statement.Effect === 'Deny')
    return { isMore: false, statement: { ...statement, Condition: joined(Condition, NEGATED[operator], instead) } };
  if (isUnmet(key) && hasKey(statement, instead))
    return { isMore: false, statement: { ...statement, Condition: joined(Condition, operator, instead) } };
  return { isMore: true, statement: { ...rest, Condition: joined(without(Condition, instead), operator, instead) } };
};

/** Whether it can be carried out as it stands: nobody can send an address, and what is not known cannot be written down. */
const isDoable = (fix: Fix | null): boolean =>
  fix !== null && fix.change !== null && !(fix.change.kind === 'change-request' && 'caller.sourceIp' in fix.change.set);

/** The fix for a condition of that kind, where the decision has none that can be done; undefined for all others. */
export const meetInTrust = (
  { layer, reason, statement: place, element, fix }: Decision,
  trust: PolicyDocument,
  { caller, role }: { readonly caller: Caller; readonly role: RoleArn },
): Fix | undefined => {
  const isOfCondition = reason === 'EXPLICIT_DENY' || reason === 'CONDITION_NOT_MET';
  if (layer !== 'trust' || place === null || !isOfCondition || isDoable(fix)) return undefined;
  const blamed = statementsOf(trust)[place.index];
  const instead = blamed && insteadOf(blamed, element?.key, caller, role.account);
  if (blamed === undefined || instead === undefined) return undefined;
  const { isMore, statement } = changed(blamed, instead);
  const document = JSON.stringify(amend(trust, statement, isMore ? undefined : place.index));
  return {
    actor: instead.actor,
    account: role.account,
    summary: instead.summary,
    change: isMore
      ? { kind: 'add-statement', to: 'trust', statement }
      : { kind: 'replace-statement', policy: { kind: 'trust', index: 0 }, index: place.index, statement },
    command: `aws iam update-assume-role-policy --role-name ${role.name} --policy-document ${shellWord(document)}`,
    hcl: statementHcl(statement),
    message: null,
  };
};
