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

/** `low`: a policy that could still refuse the request was unreadable, so it was taken to allow. */
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

/** The smallest change that would remove this cause; others may follow it. */
export interface Fix {
  readonly actor: Actor;
  /** The account in which to act; null where it is not known. */
  readonly account: string | null;
  readonly summary: string;
  /** The statement to add, and to which kind of policy. */
  readonly add: { readonly kind: PolicyKind; readonly statement: Statement } | null;
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
  readonly fix: Fix | null;
}
