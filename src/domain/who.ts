/** Who can become a role, as data: the result of `explain --who`. */
import type { StatementRef } from './cause.ts';
import type { ConditionBlock } from './policy-document.ts';

export type WhoKind =
  | 'user'
  | 'role'
  | 'permission-set'
  | 'session'
  | 'account'
  | 'anyone'
  | 'service'
  | 'oidc'
  | 'saml'
  | 'deleted';

export interface WhoEntry {
  /** As a trust policy names it; of an OIDC provider the subject, as `github:OWNER/REPO:ref=REF` where it is one of GitHub's. */
  readonly principal: string;
  readonly kind: WhoKind;
  /** What the trust policy names; another than `principal` where that stands for many. */
  readonly via: string;
  readonly statement: StatementRef;
  /** Those of the statement: they must hold for the call. */
  readonly conditions: ConditionBlock | null;
  /** `unknown`: something that could refuse it was not read. */
  readonly can: 'yes' | 'unknown' | 'no';
  /** Why not, or why nobody knows; null for `yes`. */
  readonly why: string | null;
}

/** Somebody who first becomes other roles: `statement` and `conditions` are those of the first one's trust policy. */
export interface WhoChain extends WhoEntry {
  /** In the order in which they are assumed, without the role itself. */
  readonly through: readonly string[];
}

/** Somebody who can let anybody in, by changing the trust policy or by making the role anew. */
export interface Rewriter {
  readonly principal: string;
  readonly kind: 'root' | 'user' | 'role' | 'permission-set';
  readonly actions: readonly string[];
  readonly can: 'yes' | 'unknown';
}

export interface WhoDifference {
  /** Expected, and not there. */
  readonly missing: readonly string[];
  /** There, and not expected. */
  readonly unexpected: readonly string[];
}
