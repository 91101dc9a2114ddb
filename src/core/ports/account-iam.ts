/**
 * IAM of one account, on either side: the reads that a plan needs and one write for each step kind. Every method throws XacctError only;
 * `refusalOf` (sessions.ts) tells AWS's own code of it. Deleting, detaching, attaching and putting what is already so succeeds.
 */
import type { InlineOwner, Tags } from '#domain/desired.ts';
import type { InstanceProfileInput, PolicyInput, ProviderInput, RoleInput, RoleSettings, Tagged } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';

export interface RoleState {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly permissionsBoundary?: string;
  readonly trustPolicy: PolicyDocument;
  readonly tags: Tags;
  /** In milliseconds, as a clock has it. */
  readonly createdAt?: number;
  /** ISO 8601; absent when AWS reports no use in its tracking period. */
  readonly lastUsedAt?: string;
}

export interface PolicyState {
  readonly arn: string;
  readonly document: PolicyDocument;
  readonly versionId: string;
  readonly tags: Tags;
}

export interface ProviderState {
  readonly arn: string;
  readonly clientIds: readonly string[];
  readonly tags: Tags;
}

export interface InstanceProfileState {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** At most one. */
  readonly roleName?: string;
  readonly tags: Tags;
}

export interface AccountIam {
  /** So many calls at a time are certain to come: connections for them are opened meanwhile. Asks nothing, and never fails. */
  warmUp(connections: number): void;
  /** ListAccountAliases: at most one; undefined when the account has none. */
  readAlias(): Promise<string | undefined>;
  /** GetRole; undefined when there is none of that name. */
  readRole(name: string): Promise<RoleState | undefined>;
  /** ListAttachedRolePolicies, all pages; empty when the role does not exist. */
  listAttachedPolicies(roleName: string): Promise<readonly string[]>;
  /** ListRolePolicies, all pages; empty when the role does not exist. */
  listInline(roleName: string): Promise<readonly string[]>;
  /** GetRolePolicy or GetUserPolicy; undefined when there is no such policy or owner. */
  readInline(owner: InlineOwner, policyName: string): Promise<PolicyDocument | undefined>;
  /**
   * GetPolicy and its default version; undefined when there is no such policy. `isExpected` is the default: the version that it probably
   * has is asked for along with it; else only once it turns out to be there.
   */
  readPolicy(arn: string, isExpected?: boolean): Promise<PolicyState | undefined>;
  /** ListPolicies of the account's own, all pages: ARNs of those at the path. */
  listPolicies(path: string): Promise<readonly string[]>;
  /** ListEntitiesForPolicy, all pages: `role NAME`, `user NAME`, `group NAME`; those whose boundary it is, too. */
  listPolicyUsers(arn: string): Promise<readonly string[]>;
  /** ListOpenIDConnectProviders: ARNs. */
  listProviders(): Promise<readonly string[]>;
  /** ListRoles, all pages. */
  listRoleTrusts(): Promise<readonly { readonly name: string; readonly trustPolicy: PolicyDocument }[]>;
  /** GetOpenIDConnectProvider; undefined when there is none. */
  readProvider(arn: string): Promise<ProviderState | undefined>;
  /** GetInstanceProfile; undefined when there is none. */
  readInstanceProfile(name: string): Promise<InstanceProfileState | undefined>;
  /** ListInstanceProfilesForRole, all pages: names; empty when the role does not exist. */
  listInstanceProfiles(roleName: string): Promise<readonly string[]>;

  createRole(input: RoleInput): Promise<void>;
  updateTrust(roleName: string, trustPolicy: PolicyDocument): Promise<void>;
  /** UpdateRole: description and maximum session duration. */
  updateRole(roleName: string, settings: RoleSettings): Promise<void>;
  putBoundary(roleName: string, policyArn: string): Promise<void>;
  deleteBoundary(roleName: string): Promise<void>;
  deleteRole(roleName: string): Promise<void>;

  tag(on: Tagged, tags: Tags): Promise<void>;
  untag(on: Tagged, keys: readonly string[]): Promise<void>;

  createPolicy(input: PolicyInput): Promise<void>;
  /** A new default version; makes room by deleting the oldest non-default one when five exist. */
  updatePolicy(arn: string, document: PolicyDocument): Promise<void>;
  /** Deletes the non-default versions first. */
  deletePolicy(arn: string): Promise<void>;

  attachPolicy(roleName: string, policyArn: string): Promise<void>;
  detachPolicy(roleName: string, policyArn: string): Promise<void>;
  putInline(owner: InlineOwner, policyName: string, document: PolicyDocument): Promise<void>;
  deleteInline(owner: InlineOwner, policyName: string): Promise<void>;

  createProvider(input: ProviderInput): Promise<void>;
  deleteProvider(arn: string): Promise<void>;
  addClientId(arn: string, clientId: string): Promise<void>;
  removeClientId(arn: string, clientId: string): Promise<void>;

  createInstanceProfile(input: InstanceProfileInput): Promise<void>;
  deleteInstanceProfile(name: string): Promise<void>;
  addRoleToProfile(profileName: string, roleName: string): Promise<void>;
  removeRoleFromProfile(profileName: string, roleName: string): Promise<void>;
}
