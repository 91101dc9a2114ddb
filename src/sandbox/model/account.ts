/** What an account holds: users, groups, roles, policies, providers, instance profiles and instances, as plain records. No rules, no HTTP. */
import type { PolicyDocument } from '#domain/policy-document.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Policies as they stood before a change that is not known everywhere yet. */
export interface PastPolicies {
  readonly until: number;
  readonly inline: ReadonlyMap<string, string>;
  readonly attached: ReadonlySet<string>;
  readonly boundaryArn: string | undefined;
}

/** What users, roles and groups have in common: a name, and permissions. Users and groups can be renamed. */
export interface PolicyHolder {
  readonly accountId: string;
  name: string;
  path: string;
  arn: string;
  /** AIDA…, AROA… or AGPA…; one that is made again gets another. */
  readonly id: string;
  readonly createdAt: number;
  /** Inline policies: name to JSON text, as it was given. */
  readonly inline: Map<string, string>;
  /** ARNs of attached managed policies, in the order of attachment. */
  readonly attached: Set<string>;
  boundaryArn: string | undefined;
  /** Oldest first; empty unless a consistency delay was asked for. */
  past: readonly PastPolicies[];
}

/** A principal with permissions. */
export interface PrincipalEntity extends PolicyHolder {
  tags: readonly Tag[];
  /** Until then trust policies cannot name it, and STS does not know it: IAM is eventually consistent. */
  readonly usableAt: number;
}

export interface Group extends PolicyHolder {
  /** Unique ids of users. */
  readonly members: Set<string>;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly createdAt: number;
  status: 'Active' | 'Inactive';
  readonly owner: User;
  /** Until then nobody knows it. */
  readonly usableAt: number;
  lastUsed: { readonly at: number; readonly region: string; readonly service: string } | undefined;
}

export interface User extends PrincipalEntity {
  readonly keys: AccessKey[];
  /** A password for the console, of which only its being there is modelled. */
  login: { readonly createdAt: number; isResetRequired: boolean } | undefined;
}

/** A trust policy as IAM keeps it: ARNs of users and roles are bound to the unique ids that they had when it was written. */
export interface StoredTrust {
  /** As it was given. */
  readonly text: string;
  readonly document: PolicyDocument;
  /** ARN as written to unique id. */
  readonly bound: ReadonlyMap<string, string>;
}

export interface Role extends PrincipalEntity {
  trust: StoredTrust;
  /** Trust policies that STS still goes by; oldest first. */
  pastTrusts: readonly { readonly until: number; readonly trust: StoredTrust }[];
  description: string | undefined;
  maxSessionSeconds: number;
  lastUsed: { readonly at: number; readonly region: string } | undefined;
}

export interface PolicyVersion {
  readonly versionId: string;
  readonly text: string;
  readonly createdAt: number;
}

export interface ManagedPolicy {
  /** `aws` for AWS's own, which nobody can change. */
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  updatedAt: number;
  tags: readonly Tag[];
  readonly versions: Map<string, PolicyVersion>;
  defaultVersionId: string;
  /** Texts that are still gone by; oldest first. */
  pastTexts: readonly { readonly until: number; readonly text: string }[];
  /** Version numbers are never used again. */
  nextVersion: number;
}

export interface InstanceProfile {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  tags: readonly Tag[];
  roleName: string | undefined;
}

/** An OIDC identity provider. */
export interface OidcProvider {
  readonly arn: string;
  /** Without `https://`, as GetOpenIDConnectProvider shows it. */
  readonly url: string;
  readonly createdAt: number;
  clientIds: readonly string[];
  thumbprints: readonly string[];
  tags: readonly Tag[];
  /** Keys that a seed gives in place of those that the issuer would publish. */
  readonly jwks: readonly JsonWebKey[];
}

/** RFC 7517, as far as public keys go. */
export type JsonWebKey = Readonly<Record<string, unknown>>;

/** A virtual MFA device; nobody's until it is switched on for a user. */
export interface MfaDevice {
  /** Its ARN. */
  readonly serialNumber: string;
  /** In base 32. */
  readonly seed: string;
  owner: User | undefined;
  enabledAt: number | undefined;
  tags: readonly Tag[];
}

export type PasswordPolicy = Readonly<Record<string, number | boolean | undefined>>;

export interface Instance {
  readonly instanceId: string;
  readonly region: string;
  readonly profileName: string | undefined;
  /** IMDSv2 only. */
  readonly isTokenRequired: boolean;
  /** Whether the metadata service answers at all. */
  readonly isEnabled: boolean;
  /** How many hops the answer to a token request lives. */
  readonly hopLimit: number;
  /** How many hops away whoever asks is: 1 on the instance itself, 2 in a container behind a bridge. */
  readonly clientHops: number;
}

export interface Account {
  readonly id: string;
  readonly partition: string;
  readonly createdAt: number;
  alias: string | undefined;
  passwordPolicy: PasswordPolicy | undefined;
  credentialReport: { readonly text: string; readonly at: number } | undefined;
  /** By lower-cased name, since names differ by more than case within an account. */
  readonly users: Map<string, User>;
  readonly roles: Map<string, Role>;
  readonly groups: Map<string, Group>;
  /** By ARN. */
  readonly oidcProviders: Map<string, OidcProvider>;
  /** By serial number, which is the ARN. */
  readonly mfaDevices: Map<string, MfaDevice>;
  /** Ids of deletions of service-linked roles, which are done at once. */
  readonly deletions: Set<string>;
  readonly instanceProfiles: Map<string, InstanceProfile>;
  /** Customer-managed policies by ARN. */
  readonly policies: Map<string, ManagedPolicy>;
  readonly instances: Map<string, Instance>;
}

export const emptyAccount = (id: string, createdAt: number, partition = 'aws'): Account => ({
  id,
  partition,
  createdAt,
  alias: undefined,
  passwordPolicy: undefined,
  credentialReport: undefined,
  users: new Map(),
  roles: new Map(),
  groups: new Map(),
  oidcProviders: new Map(),
  mfaDevices: new Map(),
  deletions: new Set(),
  instanceProfiles: new Map(),
  policies: new Map(),
  instances: new Map(),
});

/** By exact name: names are unique whatever their case, and found by their case only. */
export const findNamed = <T extends { readonly name: string }>(entities: ReadonlyMap<string, T>, name: string): T | undefined => {
  const found = entities.get(name.toLowerCase());
  return found?.name === name ? found : undefined;
};

export const isNameTaken = (entities: ReadonlyMap<string, unknown>, name: string): boolean => entities.has(name.toLowerCase());
