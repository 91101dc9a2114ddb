/**
 * Who calls, and which principals of a policy that caller is.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal" and "Policy evaluation logic".
 */
import { formatRoleArn, isAccountId, parseArn, parseRootArn, type RoleArn } from '#domain/arn.ts';
import { listOf, type PrincipalElement } from '#domain/policy-document.ts';
import { readIdentity, type Identity } from './identity.ts';
import type { Caller } from './scenario.ts';
import { UNSTATED, unstatedAfter, type Unstated } from './unstated.ts';
import { describeProvider, type Provider } from './web-identity.ts';

/** Condition keys, in lower case, that may have any value, or none, whatever the scenario says. */
export type IsGuess = (key: string) => boolean;

export interface CallerFacts {
  /** What the caller's ARN says, whatever its kind. */
  readonly identity: Identity;
  /** Undefined for a service and for a web identity. */
  readonly account: string | undefined;
  readonly partition: string | undefined;
  /** aws:PrincipalArn: for a session the role's ARN, with its path. */
  readonly principalArn: string | undefined;
  readonly roleArn: string | undefined;
  readonly principalType: string | undefined;
  readonly uniqueId: string | undefined;
  readonly userId: string | Unstated;
  readonly userName: string | undefined;
  readonly isTemporary: boolean;
  /** Service-linked roles escape SCPs and RCPs. */
  readonly isServiceLinked: boolean;
  /** Of a web identity. */
  readonly provider: Provider | undefined;
  /** Absent: all is as the scenario says. */
  readonly isGuess?: IsGuess;
}

/** Callers without credentials of AWS have no policies of their own, and no account whose organization could bind them. */
export const hasOwnPolicies = (caller: Caller): boolean => caller.kind !== 'service' && caller.kind !== 'web-identity';

const PRINCIPAL_TYPES = {
  user: 'User',
  role: 'AssumedRole',
  'assumed-role': 'AssumedRole',
  root: 'Account',
  'federated-user': 'FederatedUser',
  service: undefined,
  'web-identity': undefined,
} as const;

const roleArnOf = (caller: Caller, { session }: Identity): string | undefined => {
  if (caller.kind !== 'role' && caller.kind !== 'assumed-role') return undefined;
  if (caller.roleArn !== undefined) return caller.roleArn;
  if (session === undefined) return caller.arn;
  return formatRoleArn({ partition: session.partition, account: session.account, path: '/', name: session.roleName });
};

/** Source: IAM User Guide, "Policy variables", principal key values. */
const userIdOf = ({ kind, uniqueId }: Caller, { arn, session }: Identity, name: string): string | Unstated => {
  if (kind === 'root') return arn?.account ?? UNSTATED;
  if (kind === 'federated-user') return `${arn?.account}:${name}`;
  if (uniqueId === undefined) return UNSTATED;
  if (kind === 'user' || uniqueId.includes(':')) return uniqueId;
  return session === undefined ? unstatedAfter(`${uniqueId}:`) : `${uniqueId}:${name}`;
};

/** `role` is the one to be assumed: it tells where a web identity's provider has to be. */
export const describeCaller = (caller: Caller, role?: RoleArn): CallerFacts => {
  const identity = readIdentity(caller.arn);
  const isOfAccount = hasOwnPolicies(caller);
  const arn = isOfAccount ? identity.arn : undefined;
  const roleArn = roleArnOf(caller, identity);
  const name = caller.arn.slice(caller.arn.lastIndexOf('/') + 1);
  return {
    identity,
    account: arn?.account,
    partition: arn?.partition,
    principalArn: isOfAccount ? (roleArn ?? caller.arn) : undefined,
    roleArn,
    principalType: PRINCIPAL_TYPES[caller.kind],
    uniqueId: caller.uniqueId?.split(':')[0],
    userId: userIdOf(caller, identity, name),
    userName: caller.kind === 'user' ? name : undefined,
    isTemporary: roleArn !== undefined || caller.kind === 'federated-user' || caller.temporaryCredentials === true,
    isServiceLinked: roleArn?.includes(':role/aws-service-role/') ?? false,
    provider: caller.kind === 'web-identity' && role !== undefined ? describeProvider(caller, role) : undefined,
  };
};

/**
 * How a principal element names the caller. In the caller's own account this decides what else must allow:
 * `account` delegates to the caller's policies, the others grant directly and escape some or all of the implicit denies.
 */
export type Grant = 'account' | 'user' | 'role' | 'session' | 'anyone' | 'service' | 'federated';

type Entry =
  | { readonly kind: 'anyone'; readonly withOthers: boolean }
  | { readonly kind: 'account'; readonly account: string; readonly partition: string | null; readonly withTokens: boolean }
  | { readonly kind: 'arn' | 'id' | 'service' | 'federated'; readonly value: string };

export interface Principals {
  readonly entries: readonly Entry[];
}

const awsEntry = (value: string, effect: 'Allow' | 'Deny'): Entry => {
  // Services and web identities are no AWS principals, so `{"AWS":"*"}` does not let them in; a Deny on everyone does hit them.
  if (value === '*') return { kind: 'anyone', withOthers: effect === 'Deny' };
  // Whether an account's tokens are of it, AWS does not say: to deny is the reading that allows less.
  const withTokens = effect === 'Deny';
  if (isAccountId(value)) return { kind: 'account', account: value, partition: null, withTokens };
  const root = parseRootArn(value);
  if (root !== undefined) return { kind: 'account', ...root, withTokens };
  return value.startsWith('arn:') ? { kind: 'arn', value } : { kind: 'id', value };
};

export const compilePrincipals = (element: PrincipalElement, effect: 'Allow' | 'Deny'): Principals => {
  if (element === '*') return { entries: [{ kind: 'anyone', withOthers: true }] };
  return {
    entries: Object.entries(element).flatMap(([kind, values]): Entry[] => {
      if (kind === 'AWS') return listOf(values).map((value) => awsEntry(value, effect));
      if (kind === 'Service') return listOf(values).map((value) => ({ kind: 'service', value }));
      if (kind === 'Federated') return listOf(values).map((value) => ({ kind: 'federated', value }));
      return [];
    }),
  };
};

const grantOfIdentity = (caller: Caller, isSession: boolean): Grant => {
  if (isSession) return 'session';
  return caller.kind === 'role' || caller.kind === 'assumed-role' ? 'role' : 'user';
};

const grantOf = (entry: Entry, caller: Caller, facts: CallerFacts): Grant | undefined => {
  const isService = caller.kind === 'service';
  switch (entry.kind) {
    case 'anyone':
      return entry.withOthers || hasOwnPolicies(caller) ? 'anyone' : undefined;
    case 'account':
      if (facts.provider !== undefined)
        return entry.withTokens && parseArn(facts.provider.principal ?? '')?.account === entry.account ? 'federated' : undefined;
      return entry.account === facts.account && (entry.partition === null || entry.partition === facts.partition)
        ? 'account'
        : undefined;
    case 'service':
      return isService && entry.value.toLowerCase() === caller.arn.toLowerCase() ? 'service' : undefined;
    case 'federated':
      return facts.provider !== undefined && entry.value === facts.provider.principal ? 'federated' : undefined;
    case 'id':
      return entry.value === facts.uniqueId ? grantOfIdentity(caller, false) : undefined;
    case 'arn':
      if (!hasOwnPolicies(caller)) return undefined;
      if (entry.value === facts.roleArn) return 'role';
      return entry.value === caller.arn ? grantOfIdentity(caller, caller.kind === 'assumed-role') : undefined;
  }
};

/** From the one that leaves most to be allowed elsewhere to the one that leaves least. */
const BREADTH: readonly Grant[] = ['account', 'role', 'user', 'session', 'anyone', 'service', 'federated'];

export const strongerGrant = (a: Grant | undefined, b: Grant | undefined): Grant | undefined =>
  a === undefined || (b !== undefined && BREADTH.indexOf(b) > BREADTH.indexOf(a)) ? b : a;

/** The strongest way in which the element names the caller; undefined when it does not. */
export const matchPrincipals = (principals: Principals, caller: Caller, facts: CallerFacts): Grant | undefined => {
  let grant: Grant | undefined;
  for (const entry of principals.entries) grant = strongerGrant(grant, grantOf(entry, caller, facts));
  return grant;
};
