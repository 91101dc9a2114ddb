/** What verify found out, as data: checks with closed ids, and the one cause when a check failed. */
import type { Actor, Fix } from './cause.ts';
import type { CauseCode } from './causes.ts';
import type { Unread } from './unread.ts';

/** In the order in which they are shown. Ids are a closed list, documented in docs/verify.md. */
export const CHECKS = {
  'source-identity': { kind: 'positive', title: 'the source credentials work' },
  'way-in': { kind: 'positive', title: 'the roles on the way let the source in' },
  'assume-role': { kind: 'positive', title: 'the source may assume the role' },
  'target-identity': { kind: 'positive', title: 'the session is in the target account' },
  'every-external-id': { kind: 'positive', title: 'every other external ID of the list works' },
  permissions: { kind: 'positive', title: 'the role may do what is declared' },
  'expected-run': { kind: 'positive', title: 'the source credentials last as long as the run' },
  'no-external-id': { kind: 'negative', title: 'without the external ID it is refused' },
  'wrong-external-id': { kind: 'negative', title: 'with a wrong external ID it is refused' },
  'too-long-duration': { kind: 'negative', title: "a session above the role's maximum is refused" },
  'no-mfa': { kind: 'negative', title: 'without MFA it is refused' },
  'wrong-audience': { kind: 'negative', title: 'a token for another audience is refused' },
  outsider: { kind: 'negative', title: 'an outsider is refused' },
} as const;

export type CheckId = keyof typeof CHECKS;

/** What `--skip` takes: one check, or all negative ones. What everything else stands on is not among them. */
export const SKIPPABLE = [
  'negative',
  'every-external-id',
  'permissions',
  'expected-run',
  'no-external-id',
  'wrong-external-id',
  'too-long-duration',
  'no-mfa',
  'wrong-audience',
  'outsider',
] as const;
export type Skippable = (typeof SKIPPABLE)[number];

export const isSkipped = (id: CheckId, skip: readonly Skippable[]): boolean =>
  skip.some((one) => one === id) || (CHECKS[id].kind === 'negative' && skip.includes('negative'));

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
  /** What could not be read on either side; absent where AWS's words left nothing to read. */
  readonly unread?: readonly Unread[];
}

/** `seconds` is null where nothing bounds a run, and where the bound is not known. */
export interface LongestRun {
  readonly isKnown: boolean;
  readonly seconds: number | null;
  readonly reason: string;
}

/** Which STS was asked: one region's, the one of all regions, one with FIPS 140 modules, or an endpoint that somebody named. */
export interface StsEndpoint {
  readonly region: string;
  readonly url: string;
  readonly kind: 'regional' | 'global' | 'fips' | 'custom';
}

export interface VerifyReport {
  readonly source: {
    /** Null for a token, which is of no account. */
    readonly account: string | null;
    /** Of a token its issuer. */
    readonly arn: string;
    readonly credentialSource: string;
    /** Sessions of the roles on the way, in their order; the last one asked for the role. */
    readonly through: readonly string[];
  };
  readonly target: { readonly account: string; readonly roleArn: string; readonly sessionArn: string | null };
  readonly sts: StsEndpoint;
  readonly checks: readonly Check[];
  /** The longest session that STS gave; null when the role was not assumed. */
  readonly maxSessionSeconds: number | null;
  /** True: STS gives no longer one. False: the declared duration is what was asked for, and the role may give more. */
  readonly isMaxSessionMeasured: boolean;
  readonly longestRun: LongestRun;
  readonly cause: VerifyCause | null;
}

export const isProved = (report: VerifyReport): boolean => report.checks.every(({ status }) => status !== 'fail');
