/**
 * Who makes a call: a user (with a key or with GetSessionToken's credentials), whom a user federates, a root user or a role session, and the
 * ARNs and ids that AWS shows for it.
 */
import type { Account, Role, Tag, User } from './account.ts';

/** What a role session carries from the AssumeRole that made it. */
export interface RoleSession {
  readonly sessionName: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** JSON texts; each limits the session. */
  readonly policy?: string | undefined;
  readonly policyArns?: readonly string[] | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly transitiveTagKeys?: readonly string[] | undefined;
  readonly sourceIdentity?: string | undefined;
  /** Condition keys of every request that is signed with these credentials. */
  readonly conditionKeys?: Readonly<Record<string, string>> | undefined;
}

export interface UserPrincipal {
  readonly kind: 'user';
  readonly account: Account;
  readonly user: User;
  readonly accessKeyId: string;
  /** Credentials of GetSessionToken. */
  readonly isTemporary: boolean;
  /** When the MFA code was given that those credentials were asked for with. */
  readonly mfaAt?: number | undefined;
  readonly issuedAt?: number | undefined;
}

/** Whom a user lets in by GetFederationToken: may do what both the user and the session's policies allow. */
export interface FederatedPrincipal {
  readonly kind: 'federated';
  readonly account: Account;
  readonly user: User;
  readonly session: RoleSession;
  readonly accessKeyId: string;
}

export interface SessionPrincipal {
  readonly kind: 'session';
  readonly account: Account;
  readonly role: Role;
  readonly session: RoleSession;
  readonly accessKeyId: string;
}

export interface RootPrincipal {
  readonly kind: 'root';
  readonly account: Account;
  readonly accessKeyId: string;
}

export type Principal = UserPrincipal | SessionPrincipal | FederatedPrincipal | RootPrincipal;
/** All but root. */
export type EntityPrincipal = Exclude<Principal, RootPrincipal>;

/** `arn:P:sts::A:assumed-role/ROLE/SESSION`: without the role's path. */
export const sessionArn = (account: Account, role: Role, sessionName: string): string =>
  `arn:${account.partition}:sts::${account.id}:assumed-role/${role.name}/${sessionName}`;

export const arnOfPrincipal = (principal: Principal): string => {
  const { account } = principal;
  if (principal.kind === 'root') return `arn:${account.partition}:iam::${account.id}:root`;
  if (principal.kind === 'user') return principal.user.arn;
  if (principal.kind === 'federated')
    return `arn:${account.partition}:sts::${account.id}:federated-user/${principal.session.sessionName}`;
  return sessionArn(account, principal.role, principal.session.sessionName);
};

/** `aws:userid`: AIDA…, AROA…:SESSION, ACCOUNT:NAME of a federated user, or root's account id. */
export const userIdOf = (principal: Principal): string => {
  if (principal.kind === 'root') return principal.account.id;
  if (principal.kind === 'federated') return `${principal.account.id}:${principal.session.sessionName}`;
  return principal.kind === 'user' ? principal.user.id : `${principal.role.id}:${principal.session.sessionName}`;
};

/** The user or role whose policies speak for the caller. */
export const entityOf = (principal: EntityPrincipal): User | Role =>
  principal.kind === 'session' ? principal.role : principal.user;
