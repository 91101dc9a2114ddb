/**
 * IAM of one account as explain reads it: who somebody is, and every policy that binds them there. Reads only; one method, one operation,
 * unless said otherwise. Every method throws XacctError only; undefined means that there is no such entity.
 */
import type { PolicyDocument } from '#domain/policy-document.ts';
import type { Tags } from '#domain/desired.ts';

/** What policies can be put on. */
export interface PolicyOwner {
  readonly kind: 'user' | 'role' | 'group';
  readonly name: string;
}

export interface NamedDocument {
  /** Of an inline policy its name, of a managed one its ARN. */
  readonly name: string;
  readonly document: PolicyDocument;
}

export interface PrincipalState {
  readonly kind: 'user' | 'role';
  readonly arn: string;
  readonly name: string;
  /** `AIDA…` or `AROA…`. */
  readonly uniqueId: string;
  readonly tags: Tags;
  readonly boundaryArn: string | undefined;
  /** Of a role. */
  readonly trustPolicy?: PolicyDocument;
  readonly maxSessionSeconds?: number;
}

/** A principal with its policies, those of its groups among them; null stands for a policy that the answer did not hold. */
export interface PrincipalRecord {
  readonly state: PrincipalState;
  readonly policies: readonly (NamedDocument | null)[];
  readonly boundary: NamedDocument | null | undefined;
}

export interface PrincipalIam {
  /** GetUser or GetRole. */
  readPrincipal(kind: 'user' | 'role', name: string): Promise<PrincipalState | undefined>;
  /** ListUserPolicies, ListRolePolicies or ListGroupPolicies, all pages. */
  listInlineNames(owner: PolicyOwner): Promise<readonly string[]>;
  /** GetUserPolicy, GetRolePolicy or GetGroupPolicy. */
  readInline(owner: PolicyOwner, policyName: string): Promise<PolicyDocument | undefined>;
  /** ListAttachedUserPolicies, ListAttachedRolePolicies or ListAttachedGroupPolicies, all pages: ARNs. */
  listAttached(owner: PolicyOwner): Promise<readonly string[]>;
  /** ListGroupsForUser, all pages: names. */
  listGroups(userName: string): Promise<readonly string[]>;
  /** GetPolicy and GetPolicyVersion of its default version. */
  readManaged(arn: string): Promise<PolicyDocument | undefined>;
  /** ListUsers and ListRoles, all pages. */
  listPrincipals(): Promise<readonly { readonly kind: 'user' | 'role'; readonly name: string }[]>;
  /** GetAccountAuthorizationDetails, all pages. */
  readAccount(): Promise<readonly PrincipalRecord[]>;
}
