/** The refusals that explain finds in a text, as data: the closed list of codes, and what AWS's sentence says of each. */
import type { AccessDenied } from './access-denied.ts';

/** Sentences that name nobody, each by what it is about. */
export const KNOWN_REFUSALS = [
  'ROOT_CALLER',
  'DURATION_ABOVE_ROLE_MAXIMUM',
  'DURATION_ABOVE_CHAINING_LIMIT',
  'PARAMETER_REFUSED',
  'ROLE_ARN_INVALID',
  'INVALID_PRINCIPAL',
  'TAG_CONFLICTS_WITH_TRANSITIVE',
  'PACKED_POLICY_TOO_LARGE',
  'STS_REGION_DISABLED',
  'EXPIRED_TOKEN',
  'UNKNOWN_ACCESS_KEY',
  'WRONG_SIGNATURE',
  'CLOCK_SKEWED',
  'MFA_REFUSED',
  'NO_OIDC_PROVIDER',
  'TOKEN_AUDIENCE',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'ENCODED_MESSAGE',
  'ASSUME_FAILED',
  'NO_CREDENTIALS',
  'PROFILE_MISSING',
  'SSO_SIGN_IN_NEEDED',
  'MFA_NOT_ASKED',
  'ID_TOKEN_MISSING',
  'S3_REFUSED',
] as const;

export type KnownRefusal = (typeof KNOWN_REFUSALS)[number];

export type RefusalSaid =
  | {
      readonly kind: 'access-denied';
      readonly said: AccessDenied;
      /** True also where the oldest wording names no kind of policy. */
      readonly isExplicit: boolean;
      /** AWS added an encoded message, which only it can read. */
      readonly hasEncoded: boolean;
    }
  | { readonly kind: 'web-identity'; readonly action: string }
  /** `subject`: the account, value, principal or URL that the sentence names. */
  | { readonly kind: 'known'; readonly code: KnownRefusal; readonly subject: string | null };

/** One place in a text at which a refusal stands. */
export interface RefusalMatch {
  readonly offset: number;
  /** As AWS wrote it, without what the log put around it. */
  readonly sentence: string;
  readonly said: RefusalSaid;
  /** A program's heading, which says nothing more where the cause itself stands in the same log. */
  readonly isVague: boolean;
}

export type FoundRefusal = RefusalSaid & {
  /** As AWS wrote it, without what the log put around it. */
  readonly sentence: string;
  /** Where it stands first, counted from 1. */
  readonly line: number;
  readonly times: number;
  /** The one role that the text is about, where the sentence names none. */
  readonly roleArn: string | null;
};
