/** Spec: everything that init wants for one target. Made by parse, read by compile; nothing below the command line sees flags or files. */
import type { PolicyDocument } from './policy-document.ts';
import type { Principal } from './principal.ts';
import type { SourceWish } from './source-wish.ts';
import type { TrustConditions } from './trust-conditions.ts';

/** A fresh id that gives way to the one that a role of ours already asks for, and, where nobody asked for it, to an organization; an id that was named; or none. */
export type ExternalIdWish =
  | { readonly kind: 'generate'; readonly fresh: string; readonly isDefault?: true }
  /** The first is sent, all are accepted. */
  | { readonly kind: 'given'; readonly values: readonly [string, ...string[]] }
  | { readonly kind: 'none' };

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** How Terraform will ask for its sessions. */
export interface SessionWish {
  readonly name: string;
  readonly seconds: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
  /** Sessions may do what the role allows and these do, too. */
  readonly policy: PolicyDocument | undefined;
  readonly policyArns: readonly string[];
}

export interface Spec {
  /** The environment's name in xacct.yaml. */
  readonly name: string;
  readonly partition: string;
  readonly sourceAccount: string;
  readonly targetAccount: string;
  readonly region: string;
  readonly role: {
    readonly name: string;
    readonly path: string;
    readonly description: string;
    readonly maxSessionSeconds: number;
    readonly tags: Readonly<Record<string, string>>;
    readonly trust: readonly Principal[];
    readonly externalId: ExternalIdWish;
    /** Taken out by this run's own words. */
    readonly untrusted?: readonly Principal[];
    /** Asked for in this run: a new ID in front of the others, the others gone, or all of them. */
    readonly externalIdChange?:
      | { readonly kind: 'rotate'; readonly fresh: string }
      | { readonly kind: 'retire' }
      | { readonly kind: 'drop' };
    readonly conditions: TrustConditions;
    /** ARN of a policy that exists. */
    readonly permissionsBoundary: string | undefined;
  };
  /** As they were asked for; compile makes documents of presets, and several of long documents. */
  readonly permissions: {
    /** `s3-bucket:NAME` */
    readonly presets: readonly string[];
    /** Customer-managed policies that init makes in the target. */
    readonly policies: readonly NamedPolicy[];
    /** Policies that exist and are only attached. */
    readonly policyArns: readonly string[];
    /** `--allow-admin` */
    readonly isAdminAllowed: boolean;
  };
  readonly session: SessionWish;
  readonly source: SourceWish;
}
