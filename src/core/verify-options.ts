/** What verify is given: whom it may ask, and how much it proves. */
import type { DeclaredActions } from '#domain/declared-actions.ts';
import type { Skippable } from '#domain/verify-report.ts';
import type { CheckPorts } from './check.ts';
import type { OpenDiagnosis } from './diagnosis.ts';
import type { AccountInside, AssumedSession, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import type { Declared } from './probes.ts';
import type { ExpectedSource } from './proofs.ts';

export interface VerifyPorts extends CheckPorts {
  readonly sessions: Sessions;
  /** Somebody who must not get in. */
  readonly outsider?: Sessions;
  /** Whoever may look into the target account, where somebody was named. */
  readonly target?: () => Promise<AccountInside | undefined>;
  /** Asked for after a failure, and where permissions are to be judged. */
  readonly diagnosis: OpenDiagnosis;
}

export interface VerifyOptions extends ExpectedSource {
  readonly skip: readonly Skippable[];
  /** How long to wait for a role or a trust policy that IAM has not spread yet. */
  readonly waitMs: number;
  /** This run just wrote: a probe may still be let in by the trust policy of before. */
  readonly justChanged: boolean;
  /** This run wrote nothing in the source: what its own policies refuse, they will refuse in a minute. */
  readonly isSourceSettled?: boolean;
  /** All probes, not the default ones alone. */
  readonly isThorough?: boolean;
  /** Look for the longest session that STS gives. */
  readonly isMeasuring?: boolean;
  readonly expectedRunSeconds?: number;
  readonly declared?: Partial<Declared>;
  /** What this run asked already: who the source is, and for a session of exactly this access. */
  readonly asked?: { readonly source?: CallerIdentity; readonly entry?: Promise<AssumedSession | Refusal> };
  /** What the role was given, as far as it can be asked by name. */
  readonly permissions?: DeclaredActions | undefined;
  /** Of the source's user, where its profile names none. */
  readonly mfaDevice?: string;
  readonly signal?: AbortSignal;
}
