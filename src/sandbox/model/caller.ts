/** The model's principal as the evaluator's Caller: the policies that speak for it now, since edits count for live sessions at once. */
import type { PolicyKind } from '#domain/cause.ts';
import type { Caller, PolicySource } from '#policy/scenario.ts';
import type { Account, PrincipalEntity, Tag } from './account.ts';
import { compiled } from './compiled.ts';
import { arnOfPrincipal, entityOf, type Principal, type SessionPrincipal, userIdOf } from './principal.ts';
import { defaultText, findPolicy } from './world.ts';

export const tagMap = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const managedSource = (account: Account, kind: PolicyKind, arn: string): readonly PolicySource[] => {
  const policy = findPolicy(account, arn);
  return policy === undefined ? [] : [compiled(kind, defaultText(policy), arn)];
};

const identityPolicies = (account: Account, entity: PrincipalEntity): readonly PolicySource[] => [
  ...[...entity.inline].map(([name, text]) => compiled('identity', text, name)),
  ...[...entity.attached].flatMap((arn) => managedSource(account, 'identity', arn)),
];

const sessionPolicies = ({ account, session }: SessionPrincipal): readonly PolicySource[] => [
  ...(session.policy === undefined ? [] : [compiled('session-policy', session.policy)]),
  ...(session.policyArns ?? []).flatMap((arn) => managedSource(account, 'session-policy', arn)),
];

/** Role tags, then inherited and session tags over them; keys ignore case ("Passing session tags in AWS STS"). */
const principalTags = (principal: Principal): Readonly<Record<string, string>> => {
  const own = entityOf(principal).tags;
  if (principal.kind === 'user') return tagMap(own);
  const session = principal.session.tags ?? [];
  const overridden = new Set(session.map((tag) => tag.Key.toLowerCase()));
  return tagMap([...own.filter((tag) => !overridden.has(tag.Key.toLowerCase())), ...session]);
};

export const callerOf = (principal: Principal, sourceIp: string): Caller => {
  const entity = entityOf(principal);
  const common = {
    arn: arnOfPrincipal(principal),
    uniqueId: principal.kind === 'user' ? userIdOf(principal) : entity.id,
    identityPolicies: identityPolicies(principal.account, entity),
    // A boundary whose policy is gone allows nothing.
    ...(entity.boundaryArn !== undefined && { boundary: boundaryOf(principal.account, entity.boundaryArn) }),
    tags: principalTags(principal),
    sourceIp,
  };
  if (principal.kind === 'user') return { ...common, kind: 'user', temporaryCredentials: principal.isTemporary };
  const policies = sessionPolicies(principal);
  const { session } = principal;
  const isLimited = session.policy !== undefined || (session.policyArns?.length ?? 0) > 0;
  return {
    ...common,
    kind: 'assumed-role',
    roleArn: principal.role.arn,
    temporaryCredentials: true,
    ...(isLimited && { sessionPolicy: policies }),
    ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    ...(session.transitiveTagKeys !== undefined && { transitiveTagKeys: session.transitiveTagKeys }),
  };
};

const boundaryOf = (account: Account, arn: string): PolicySource =>
  managedSource(account, 'boundary', arn)[0] ?? {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
  };
