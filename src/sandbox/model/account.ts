/** What an account holds: users, roles, policies, instance profiles and instances, as plain records. No rules, no HTTP. */
import type { PolicyDocument } from '#domain/policy-document.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What users and roles have in common: a principal with permissions. */
export interface PrincipalEntity {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** AIDA… or AROA…; a principal that is made again gets another one. */
  readonly id: string;
  readonly createdAt: number;
  tags: readonly Tag[];
  /** Inline policies: name to JSON text, as it was given. */
  readonly inline: Map<string, string>;
  /** ARNs of attached managed policies, in the order of attachment. */
  readonly attached: Set<string>;
  boundaryArn: string | undefined;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly createdAt: number;
  status: 'Active' | 'Inactive';
  readonly userName: string;
}

export interface User extends PrincipalEntity {
  readonly keys: AccessKey[];
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
  description: string | undefined;
  maxSessionSeconds: number;
  lastUsed: { readonly at: number; readonly region: string } | undefined;
  /** Until then STS does not know the role: IAM is eventually consistent. */
  readonly usableAt: number;
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
  readonly tags: readonly Tag[];
  roleName: string | undefined;
}

export interface Instance {
  readonly instanceId: string;
  readonly region: string;
  readonly profileName: string | undefined;
  /** IMDSv2 only. */
  readonly isTokenRequired: boolean;
}

export interface Account {
  readonly id: string;
  readonly partition: string;
  alias: string | undefined;
  /** By lower-cased name, since names differ by more than case within an account. */
  readonly users: Map<string, User>;
  readonly roles: Map<string, Role>;
  readonly instanceProfiles: Map<string, InstanceProfile>;
  /** Customer-managed policies by ARN. */
  readonly policies: Map<string, ManagedPolicy>;
  readonly instances: Map<string, Instance>;
}

export const emptyAccount = (id: string, partition = 'aws'): Account => ({
  id,
  partition,
  alias: undefined,
  users: new Map(),
  roles: new Map(),
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
