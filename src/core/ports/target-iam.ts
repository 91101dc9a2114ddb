/**
 * IAM of the target account: the reads that a plan needs and one write for each step kind. Every method throws XacctError only;
 * `refusalOf` (sessions.ts) tells AWS's own code of it. Deleting, detaching and attaching what is already so succeeds.
 */
import type { PolicyDocument } from '#domain/policy-document.ts';

export type Tags = Readonly<Record<string, string>>;

export interface RoleState {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly trustPolicy: PolicyDocument;
  readonly tags: Tags;
  /** ISO 8601; absent when AWS reports no use in its tracking period. */
  readonly lastUsedAt?: string;
}

export interface PolicyState {
  readonly arn: string;
  readonly document: PolicyDocument;
  readonly versionId: string;
  readonly tags: Tags;
}

export interface RoleInput {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly trustPolicy: PolicyDocument;
  readonly tags: Tags;
}

export interface PolicyInput {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly document: PolicyDocument;
  readonly tags: Tags;
}

export interface TargetIam {
  /** GetRole; undefined when there is none of that name. */
  readRole(name: string): Promise<RoleState | undefined>;
  /** ListAttachedRolePolicies, all pages; empty when the role does not exist. */
  listAttachedPolicies(roleName: string): Promise<readonly string[]>;
  /** GetPolicy and its default version; undefined when there is no such policy. */
  readPolicy(arn: string): Promise<PolicyState | undefined>;

  createRole(input: RoleInput): Promise<void>;
  updateTrust(roleName: string, trustPolicy: PolicyDocument): Promise<void>;
  /** UpdateRole: description and maximum session duration. */
  updateRole(roleName: string, settings: { readonly description: string; readonly maxSessionSeconds: number }): Promise<void>;
  tagRole(roleName: string, tags: Tags): Promise<void>;
  untagRole(roleName: string, keys: readonly string[]): Promise<void>;
  deleteRole(roleName: string): Promise<void>;

  createPolicy(input: PolicyInput): Promise<void>;
  /** A new default version; makes room by deleting the oldest non-default one when five exist. */
  updatePolicy(arn: string, document: PolicyDocument): Promise<void>;
  /** Deletes the non-default versions first. */
  deletePolicy(arn: string): Promise<void>;

  attachPolicy(roleName: string, policyArn: string): Promise<void>;
  detachPolicy(roleName: string, policyArn: string): Promise<void>;
}
