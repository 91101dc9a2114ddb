/**
 * Who calls, and which principals of a policy that caller is.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal" and "Policy evaluation logic".
 */
import { formatRoleArn, isAccountId, parseArn, parseRootArn, parseSessionArn } from '#domain/arn.ts';
import { listOf, type PrincipalElement } from '#domain/policy-document.ts';
import type { Caller } from './scenario.ts';

export interface CallerFacts {
  /** Undefined for a service. */
  readonly account: string | undefined;
  readonly partition: string | undefined;
  /** aws:PrincipalArn: for a session the role's ARN, with its path. */
  readonly principalArn: string | undefined;
  readonly roleArn: string | undefined;
  readonly principalType: string | undefined;
  readonly uniqueId: string | undefined;
  readonly userId: string | undefined;
  readonly userName: string | undefined;
  readonly isTemporary: boolean;
  /** Service-linked roles escape SCPs and RCPs. */
  readonly isServiceLinked: boolean;
}

const PRINCIPAL_TYPES = {
  user: 'User',
  role: 'AssumedRole',
  'assumed-role': 'AssumedRole',
  root: 'Account',
  'federated-user': 'FederatedUser',
  service: undefined,
} as const;

const roleArnOf = (caller: Caller): string | undefined => {
  if (caller.kind !== 'role' && caller.kind !== 'assumed-role') return undefined;
  if (caller.roleArn !== undefined) return caller.roleArn;
  const session = parseSessionArn(caller.arn);
  if (session === undefined) return caller.arn;
  return formatRoleArn({ partition: session.partition, account: session.account, path: '/', name: session.roleName });
};

const userIdOf = (caller: Caller, account: string | undefined, name: string): string | undefined => {
  if (caller.kind === 'root') return account;
  if (caller.kind === 'federated-user') return `${account}:${name}`;
  if (caller.uniqueId === undefined || caller.kind !== 'assumed-role' || caller.uniqueId.includes(':')) return caller.uniqueId;
  return `${caller.uniqueId}:${name}`;
};

export const describeCaller = (caller: Caller): CallerFacts => {
  const arn = caller.kind === 'service' ? undefined : parseArn(caller.arn);
  const roleArn = roleArnOf(caller);
  const name = caller.arn.slice(caller.arn.lastIndexOf('/') + 1);
  const isRole = roleArn !== undefined;
  return {
    account: arn?.account,
    partition: arn?.partition,
    principalArn: caller.kind === 'service' ? undefined : (roleArn ?? caller.arn),
    roleArn,
    principalType: PRINCIPAL_TYPES[caller.kind],
    uniqueId: caller.uniqueId?.split(':')[0],
    userId: userIdOf(caller, arn?.account, name),
    userName: caller.kind === 'user' ? name : undefined,
    isTemporary: caller.temporaryCredentials ?? (isRole || caller.kind === 'federated-user'),
    isServiceLinked: roleArn?.includes(':role/aws-service-role/') ?? false,
  };
};

/**
 * How a principal element names the caller. In the caller's own account this decides what else must allow:
 * `account` delegates to the caller's policies, the others grant directly and escape some or all of the implicit denies.
 */
export type Grant = 'account' | 'user' | 'role' | 'session' | 'anyone' | 'service';

type Entry =
  | { readonly kind: 'anyone'; readonly withServices: boolean }
  | { readonly kind: 'account'; readonly account: string; readonly partition: string | null }
  | { readonly kind: 'arn' | 'id' | 'service'; readonly value: string };

export interface Principals {
  readonly entries: readonly Entry[];
}

const awsEntry = (value: string, effect: 'Allow' | 'Deny'): Entry => {
  // A service is no AWS principal, so `{"AWS":"*"}` does not let one in; a Deny on everyone does hit it.
  if (value === '*') return { kind: 'anyone', withServices: effect === 'Deny' };
  if (isAccountId(value)) return { kind: 'account', account: value, partition: null };
  const root = parseRootArn(value);
  if (root !== undefined) return { kind: 'account', ...root };
  return value.startsWith('arn:') ? { kind: 'arn', value } : { kind: 'id', value };
};

export const compilePrincipals = (element: PrincipalElement, effect: 'Allow' | 'Deny'): Principals => {
  if (element === '*') return { entries: [{ kind: 'anyone', withServices: true }] };
  return {
    entries: Object.entries(element).flatMap(([kind, values]): Entry[] => {
      if (kind === 'AWS') return listOf(values).map((value) => awsEntry(value, effect));
      if (kind === 'Service') return listOf(values).map((value) => ({ kind: 'service', value }));
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
      return isService && !entry.withServices ? undefined : 'anyone';
    case 'account':
      return entry.account === facts.account && (entry.partition === null || entry.partition === facts.partition)
        ? 'account'
        : undefined;
    case 'service':
      return isService && entry.value.toLowerCase() === caller.arn.toLowerCase() ? 'service' : undefined;
    case 'id':
      return entry.value === facts.uniqueId ? grantOfIdentity(caller, false) : undefined;
    case 'arn':
      if (isService) return undefined;
      if (entry.value === facts.roleArn) return 'role';
      return entry.value === caller.arn ? grantOfIdentity(caller, caller.kind === 'assumed-role') : undefined;
  }
};

/** From the one that leaves most to be allowed elsewhere to the one that leaves least. */
const BREADTH: readonly Grant[] = ['account', 'role', 'user', 'session', 'anyone', 'service'];

export const strongerGrant = (a: Grant | undefined, b: Grant | undefined): Grant | undefined =>
  a === undefined || (b !== undefined && BREADTH.indexOf(b) > BREADTH.indexOf(a)) ? b : a;

/** The strongest way in which the element names the caller; undefined when it does not. */
export const matchPrincipals = (principals: Principals, caller: Caller, facts: CallerFacts): Grant | undefined => {
  let grant: Grant | undefined;
  for (const entry of principals.entries) grant = strongerGrant(grant, grantOf(entry, caller, facts));
  return grant;
};
