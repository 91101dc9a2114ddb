/** The model's principal as the evaluator's Caller: the policies that speak for it now, since edits count for live sessions at once. */
import type { PolicyKind } from '#domain/cause.ts';
import type { Caller, PolicySource } from '#policy/scenario.ts';
import type { Account, PolicyHolder, PrincipalEntity, Tag, User } from './account.ts';
import { compiled } from './compiled.ts';
import { policiesInForce, textInForce } from './consistency.ts';
import { arnOfPrincipal, entityOf, type EntityPrincipal, type Principal, type RoleSession, userIdOf } from './principal.ts';
import { findPolicy, type World } from './world.ts';

export const tagMap = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const managedSource = (world: World, account: Account, kind: PolicyKind, arn: string): readonly PolicySource[] => {
  const policy = findPolicy(account, arn);
  return policy === undefined ? [] : [compiled(kind, textInForce(world, policy), arn)];
};

const holderPolicies = (world: World, account: Account, holder: PolicyHolder): readonly PolicySource[] => {
  const { inline, attached } = policiesInForce(world, holder);
  return [
    ...[...inline].map(([name, text]) => compiled('identity', text, name)),
    ...[...attached].flatMap((arn) => managedSource(world, account, 'identity', arn)),
  ];
};

export const groupsOf = (account: Account, user: User) =>
  [...account.groups.values()].filter(({ members }) => members.has(user.id));

/** A user's own policies, then those of its groups; a role's or group's own. */
export const identityPolicies = (world: World, account: Account, holder: PolicyHolder): readonly PolicySource[] => [
  ...holderPolicies(world, account, holder),
  ...('keys' in holder ? groupsOf(account, holder as User).flatMap((group) => holderPolicies(world, account, group)) : []),
];

const sessionPolicies = (world: World, account: Account, session: RoleSession): readonly PolicySource[] => [
  ...(session.policy === undefined ? [] : [compiled('session-policy', session.policy)]),
  ...(session.policyArns ?? []).flatMap((arn) => managedSource(world, account, 'session-policy', arn)),
];

/** Role tags, then inherited and session tags over them; keys ignore case ("Passing session tags in AWS STS"). */
const principalTags = (principal: EntityPrincipal): Readonly<Record<string, string>> => {
  const own = entityOf(principal).tags;
  if (principal.kind === 'user') return tagMap(own);
  const session = principal.session.tags ?? [];
  const overridden = new Set(session.map((tag) => tag.Key.toLowerCase()));
  return tagMap([...own.filter((tag) => !overridden.has(tag.Key.toLowerCase())), ...session]);
};

/** The keys and policies that come with the account's place in the organization. */
export const organizationOf = (
  world: World,
  account: Account,
): Pick<Caller, 'orgId' | 'orgPath' | 'scps' | 'managementAccount'> => {
  const member = world.organization?.get(account.id);
  if (member === undefined) return {};
  return { orgId: member.orgId, orgPath: member.path, scps: member.scps, managementAccount: member.isManagement };
};

/** A boundary whose policy is gone allows nothing. */
export const boundaryOf = (world: World, account: Account, entity: PrincipalEntity): PolicySource | undefined => {
  const { boundaryArn } = policiesInForce(world, entity);
  if (boundaryArn === undefined) return undefined;
  return (
    managedSource(world, account, 'boundary', boundaryArn)[0] ?? {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    }
  );
};

/** What a request tells of the program that sends it. */
export interface Client {
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
}

const issueTimeOf = (principal: Principal): number | undefined => {
  if (principal.kind === 'root') return undefined;
  return principal.kind === 'user' ? principal.issuedAt : principal.session.issuedAt;
};

/** "AWS global condition context keys": aws:TokenIssueTime is there for temporary credentials only. */
const conditionKeysOf = (principal: Principal, userAgent: string | undefined): Readonly<Record<string, string>> => {
  const issuedAt = issueTimeOf(principal);
  return {
    ...(userAgent !== undefined && { 'aws:UserAgent': userAgent }),
    ...(issuedAt !== undefined && { 'aws:TokenIssueTime': new Date(issuedAt).toISOString() }),
    ...(principal.kind === 'session' && principal.session.conditionKeys),
  };
};

export const callerOf = (world: World, principal: Principal, { sourceIp, userAgent }: Client): Caller => {
  const { account } = principal;
  const place = {
    arn: arnOfPrincipal(principal),
    sourceIp,
    conditionKeys: conditionKeysOf(principal, userAgent),
    ...organizationOf(world, account),
  };
  if (principal.kind === 'root') return { ...place, kind: 'root', uniqueId: account.id };
  const entity = entityOf(principal);
  const boundary = boundaryOf(world, account, entity);
  const common = {
    ...place,
    uniqueId: principal.kind === 'session' ? entity.id : userIdOf(principal),
    identityPolicies: identityPolicies(world, account, entity),
    ...(boundary !== undefined && { boundary }),
    tags: principalTags(principal),
  };
  if (principal.kind === 'user') {
    const { isTemporary, mfaAt } = principal;
    const mfa = mfaAt === undefined ? {} : { mfa: true, mfaAge: Math.max(0, Math.floor((world.clock.now() - mfaAt) / 1000)) };
    return { ...common, kind: 'user', temporaryCredentials: isTemporary, ...mfa };
  }
  const { session } = principal;
  // "If you do not pass any session policies, then the federated user session has no permissions" (GetFederationToken, API reference).
  if (principal.kind === 'federated')
    return { ...common, kind: 'federated-user', sessionPolicy: sessionPolicies(world, account, session) };
  const isLimited = session.policy !== undefined || (session.policyArns?.length ?? 0) > 0;
  return {
    ...common,
    kind: 'assumed-role',
    roleArn: principal.role.arn,
    temporaryCredentials: true,
    ...(isLimited && { sessionPolicy: sessionPolicies(world, account, session) }),
    ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    ...(session.transitiveTagKeys !== undefined && { transitiveTagKeys: session.transitiveTagKeys }),
  };
};
