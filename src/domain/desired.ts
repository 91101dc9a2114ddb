/** What should exist, account by account: the outcome of compile, and all that observe, diff and emit know of a Spec. Types only. */
import type { Access } from './access.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicyDocument } from './policy-document.ts';

export type Tags = Readonly<Record<string, string>>;

/** The two accounts that a set-up writes to. */
export type SideName = 'source' | 'target';

export interface DesiredPolicy {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  readonly document: PolicyDocument;
}

/** A role of either side. Whatever hangs on it is wanted, or is one thing too many. */
export interface DesiredRole {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  /** ARN of a policy that exists. */
  readonly permissionsBoundary?: string;
  readonly trustPolicy: PolicyDocument;
  /** Inline policies by name; none where absent. */
  readonly inline?: Readonly<Record<string, PolicyDocument>>;
  /** Customer-managed policies that are made for it, at the role's path. */
  readonly policies: readonly DesiredPolicy[];
  /** How the ARNs of the role's own policies begin. */
  readonly policyArnPrefix: string;
  /** Everything that is to be attached to the role, ours and others'. */
  readonly attachments: readonly string[];
  /** On the role and on every policy that is made for it; the ownership tags among them. */
  readonly tags: Tags;
  /** Other set-ups use it too: what hangs on it is not looked at. */
  readonly isShared?: true;
}

/** An OIDC provider: one for an issuer in an account, so it may well be others' too. It gains what is wanted and loses nothing. */
export interface DesiredProvider {
  readonly arn: string;
  /** `https://…` */
  readonly url: string;
  /** Audiences. */
  readonly clientIds: readonly string[];
  readonly tags: Tags;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html */
export interface DesiredInstanceProfile {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** A role of the same account. */
  readonly roleName: string;
  readonly tags: Tags;
}

/** What an inline policy stands on. */
export interface InlineOwner {
  readonly kind: 'user' | 'role';
  readonly name: string;
}

/** An inline policy on a principal that is not ours; its name alone says that it is. */
export interface DesiredGrant {
  readonly owner: InlineOwner;
  readonly policyName: string;
  readonly document: PolicyDocument;
}

/** All that one account should hold. */
export interface DesiredAccount {
  readonly account: string;
  readonly roles: readonly DesiredRole[];
  readonly providers: readonly DesiredProvider[];
  readonly instanceProfiles: readonly DesiredInstanceProfile[];
  readonly grants: readonly DesiredGrant[];
}

export interface Desired {
  readonly name: string;
  readonly targetAccount: string;
  /** The role that is to be assumed. */
  readonly role: DesiredRole;
  /** OIDC providers of the target account that the role trusts. */
  readonly providers: readonly DesiredProvider[];
  /** What the source account should hold: nothing in a set-up whose source side somebody else looks after. */
  readonly source: DesiredAccount;
  /** What a person should know of the permissions before saying yes. */
  readonly warnings: readonly Diagnostic[];
  readonly access: Access;
  /** What the source principal's own policy must allow: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html */
  readonly sourceGrant: PolicyDocument;
}

export const accountOf = (desired: Desired, side: SideName): DesiredAccount =>
  side === 'source'
    ? desired.source
    : { account: desired.targetAccount, roles: [desired.role], providers: desired.providers, instanceProfiles: [], grants: [] };

/** Nothing is wanted there. */
export const isBare = ({ roles, providers, instanceProfiles, grants }: DesiredAccount): boolean =>
  roles.length + providers.length + instanceProfiles.length + grants.length === 0;

export const MANAGED_TAG = 'xacct:managed';
export const ID_TAG = 'xacct:id';

/** Of the inline policy that lets a principal of the source into a role of the target. At most 128 characters: a role's name has 64. */
export const grantNameFor = (targetAccount: string, roleName: string): string => `xacct-${targetAccount}-${roleName}`;
export const isGrantName = (policyName: string): boolean => /^xacct-\d{12}-/.test(policyName);
