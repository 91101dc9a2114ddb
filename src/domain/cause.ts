/** Why a request was allowed or refused, as data: the closed lists of layers and reasons, who can act, and the Decision that carries them. */
import type { Statement } from './policy-document.ts';

/** What can refuse an AssumeRole; `parameter`, `duration` and `policy-syntax` refuse with a validation error, the others deny. */
export const LAYERS = [
  'trust',
  'identity',
  'boundary',
  'scp',
  'rcp',
  'session-policy',
  'parameter',
  'duration',
  'policy-syntax',
  'partition',
  'caller',
] as const;

export type Layer = (typeof LAYERS)[number];

export const REASONS = [
  'ALLOWED',
  'EXPLICIT_DENY',
  'NO_POLICY',
  'NO_MATCHING_STATEMENT',
  'NO_MATCHING_PRINCIPAL',
  'NO_MATCHING_ACTION',
  'NO_MATCHING_RESOURCE',
  'CONDITION_NOT_MET',
  'OTHER_ACCOUNT',
  'PARTITION_MISMATCH',
  'ROOT_CALLER',
  'FEDERATED_USER_CALLER',
  'CALLER_NOT_AN_ARN',
  'CALLER_CONTRADICTORY',
  'TOKEN_ISSUER_MISMATCH',
  'TOKEN_EXPIRED',
  'PARAMETER_LENGTH',
  'PARAMETER_PATTERN',
  'PARAMETER_RANGE',
  'ROLE_ARN_INVALID',
  'TOO_MANY_TAGS',
  'TAG_KEY_RESERVED',
  'TAG_KEY_DUPLICATE',
  'TAG_CONFLICTS_WITH_TRANSITIVE',
  'TRANSITIVE_KEY_WITHOUT_TAG',
  'SOURCE_IDENTITY_CHANGED',
  'DURATION_ABOVE_ROLE_MAXIMUM',
  'DURATION_ABOVE_CHAINING_LIMIT',
  'MALFORMED_POLICY',
] as const;

export type Reason = (typeof REASONS)[number];

/** Who can remove the cause. */
export type Actor = 'you' | 'source-admin' | 'target-admin' | 'org-admin' | 'network';

export type Verdict = 'allowed' | 'denied' | 'invalid';

/**
 * `low`: what is not known could turn the verdict. A policy that could not be read was taken to allow; a fact that AWS always has and
 * nobody stated, such as the time, was taken as it refuses.
 */
export type Confidence = 'high' | 'low';

export type PolicyKind = 'trust' | 'identity' | 'boundary' | 'scp' | 'rcp' | 'session-policy';

/** Which document, counted from 0 within its kind (within its level for an SCP or RCP). */
export interface PolicyRef {
  readonly kind: PolicyKind;
  readonly index: number;
  readonly level?: string;
  readonly name?: string;
}

export interface StatementRef {
  readonly sid: string | null;
  /** From 0. */
  readonly index: number;
}

/** The element of the blamed statement that failed, with what it wanted and what the request had. */
export interface FailedElement {
  readonly element: 'Principal' | 'Action' | 'NotAction' | 'Resource' | 'NotResource' | 'Condition';
  /** Of a condition. */
  readonly operator?: string;
  readonly key?: string;
  readonly wanted: readonly string[];
  /** Null: the request has no such key. */
  readonly actual: readonly string[] | null;
}

/** What one layer said before the decisive one was asked, or on the way to an Allow. */
export interface LayerAnswer {
  readonly layer: PolicyKind;
  readonly level?: string;
  /** The action that it was asked about; AssumeRole with tags or a source identity asks about several. */
  readonly action: string;
  /** `unreadable` was taken to allow; `no-deny` is all that was asked of a layer before an explicit deny. */
  readonly answer: 'allows' | 'unreadable' | 'no-deny';
  readonly policy: PolicyRef | null;
  readonly statement: StatementRef | null;
}

/** A change as data. Paths of `set` and `unset` are those of the scenario, such as `request.externalId`. */
export type Change =
  | { readonly kind: 'add-statement'; readonly to: PolicyKind; readonly level?: string; readonly statement: Statement }
  | {
      readonly kind: 'replace-statement';
      readonly policy: PolicyRef;
      /** From 0. */
      readonly index: number;
      readonly statement: Statement;
    }
  | {
      readonly kind: 'change-request';
      readonly set: Readonly<Record<string, string | number | boolean | readonly string[]>>;
      readonly unset: readonly string[];
    };

/** The smallest change that would remove this cause; others may follow it. */
export interface Fix {
  readonly actor: Actor;
  /** The account in which to act; null where it is not known. */
  readonly account: string | null;
  readonly summary: string;
  /** Null where a person has to choose: what is wrong is said, what is right is not known. */
  readonly change: Change | null;
  /** For the AWS CLI, with the whole document where IAM takes only whole documents; capitals stand for what is not known here. */
  readonly command: string | null;
  readonly hcl: string | null;
  /** The same by xacct; absent where xacct does not know its own set-up of the role. */
  readonly xacct?: string;
  /** What to write to the organization's administrator. */
  readonly message: string | null;
}

export interface Decision {
  /** The scenario's own id, so that many answers can be told apart. */
  readonly id: string | null;
  readonly verdict: Verdict;
  /** The one decisive layer; null when allowed. */
  readonly layer: Layer | null;
  readonly policy: PolicyRef | null;
  readonly statement: StatementRef | null;
  readonly reason: Reason;
  readonly confidence: Confidence;
  /** One sentence for a person: lower case, no full stop. */
  readonly explanation: string;
  /** The action that failed, which may be sts:TagSession of an AssumeRole; when allowed, the one asked for. */
  readonly action: string;
  readonly element: FailedElement | null;
  readonly before: readonly LayerAnswer[];
  readonly fix: Fix | null;
}
