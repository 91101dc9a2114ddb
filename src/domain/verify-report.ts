/** What verify found out, as data: checks with closed ids, and the one cause when a check failed. */
import type { Actor, Fix } from './cause.ts';
import type { CauseCode } from './causes.ts';

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

/** The Fix of a cause; who acts, and where, stands beside it. */
export type Patch = Omit<Fix, 'actor' | 'account'>;

export interface VerifyCause {
  readonly code: CauseCode;
  readonly actor: Actor;
  /** The account in which to act; null where it is not known. */
  readonly account: string | null;
  readonly explanation: string;
  readonly patch: Patch;
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
