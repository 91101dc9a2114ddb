/** What verify found out, as data: checks with closed ids, and the one cause when a check failed. */
import type { Actor } from './cause.ts';

/** In the order in which they are shown. */
export const CHECKS = {
  'source-identity': { kind: 'positive', title: 'the source credentials work' },
  'assume-role': { kind: 'positive', title: 'the source may assume the role' },
  'target-identity': { kind: 'positive', title: 'the session is in the target account' },
  'no-external-id': { kind: 'negative', title: 'without the external ID it is refused' },
} as const;

export type CheckId = keyof typeof CHECKS;

/** What `--skip` takes: one check, or all negative ones. */
export const SKIPPABLE = ['negative', 'no-external-id'] as const;
export type Skippable = (typeof SKIPPABLE)[number];

export interface Check {
  readonly id: CheckId;
  readonly title: string;
  readonly kind: 'positive' | 'negative';
  readonly status: 'pass' | 'fail' | 'skip';
  readonly expected: string;
  /** What AWS said; null when nothing was asked. */
  readonly observed: string | null;
  /** Why it was skipped or failed. */
  readonly reason?: string;
  readonly ms: number;
}

export const CAUSES = {
  SOURCE_GRANT_MISSING: "the source's own policies do not allow sts:AssumeRole on the role",
  TRUST_REFUSES: 'the trust policy of the role does not allow this caller with these parameters',
  TRUST_OR_GRANT_MISSING: 'AWS does not say which side refused: the trust policy, or the policies of the source',
  EXPLICIT_DENY: 'a policy denies it explicitly',
  ROOT_CALLER: 'root users cannot assume roles',
  DURATION_ABOVE_ROLE_MAXIMUM: "the duration is above the role's maximum",
  DURATION_ABOVE_CHAINING_LIMIT: 'role chaining is limited to one hour',
  STS_REGION_DISABLED: 'STS is not active in this region for the account of the role',
  EXTERNAL_ID_NOT_ENFORCED: 'the trust policy lets the source in without the external ID',
  WRONG_TARGET: 'the session is in another account than the role',
  OTHER_REFUSAL: 'AWS refused for a reason that xacct does not know',
} as const;

export type CauseCode = keyof typeof CAUSES;

/** What to change, where: a policy or a part of one, and the command that helps. */
export interface Patch {
  readonly summary: string;
  readonly document: object | null;
  readonly command: string | null;
}

export interface VerifyCause {
  readonly code: CauseCode;
  readonly actor: Actor;
  /** The account in which to act. */
  readonly account: string;
  readonly explanation: string;
  readonly patch: Patch | null;
}

export interface VerifyReport {
  readonly source: { readonly account: string; readonly arn: string; readonly credentialSource: string };
  readonly target: { readonly account: string; readonly roleArn: string; readonly sessionArn: string | null };
  readonly checks: readonly Check[];
  /** The session length that was proved; null when the role was not assumed. */
  readonly maxSessionSeconds: number | null;
  readonly cause: VerifyCause | null;
}

export const isProved = (report: VerifyReport): boolean => report.checks.every(({ status }) => status !== 'fail');
