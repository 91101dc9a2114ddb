/** What verify needs to know why a proof failed: loaded after a failure only, for it brings the evaluator and the table of causes. */
import type { Access } from '#domain/access.ts';
import type { CauseCode } from '#domain/causes.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { CallerIdentity, Refusal } from './ports/sessions.ts';

export interface Situation {
  readonly access: Access;
  readonly source: CallerIdentity;
}

/** A refusal of AWS's, or what verify saw itself: a code, and what its sentence names. */
export type Symptom =
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'seen'; readonly code: CauseCode; readonly subject: string | null };

export interface Diagnosis {
  diagnose(symptom: Symptom, situation: Situation): Promise<VerifyCause>;
}

export type LoadDiagnosis = () => Promise<Diagnosis>;
