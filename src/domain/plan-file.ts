/** A plan in a file, as `plan --out` writes it: what it was made from, and what would be done. Types only; `planned-shape.ts` parses it. */
import type { Half } from './pair.ts';
import type { Plan } from './plan.ts';
import type { Spec } from './spec.ts';
import type { SpecInput } from './spec-input.ts';

export interface PlannedTarget {
  /** Settled, the external ID that is to be made among it. */
  readonly spec: Spec;
  /** As it was said, but for what is in files: the way in, and what xacct.yaml keeps that no Spec holds. */
  readonly input: SpecInput;
  /** The part of it that flags and variables said. */
  readonly flags: SpecInput;
  /** Where it is one half of a pair: which one, and what a new xacct.yaml says of both. */
  readonly pair?: { readonly half: Half; readonly undivided: SpecInput };
  readonly changes: Plan['changes'];
  readonly trustList: Plan['trustList'];
  /** SHA-256 of what the accounts held, and of the plan. */
  readonly digests: { readonly observed: string; readonly plan: string };
}

export interface PlanFile {
  readonly schema: 1;
  readonly kind: 'xacct-plan';
  /** Of xacct: another one may plan otherwise. */
  readonly version: string;
  /** SHA-256 of xacct.yaml; null where there was none. */
  readonly config: string | null;
  readonly targets: readonly PlannedTarget[];
  /** SHA-256 of all of the above, as it stands in the file. */
  readonly digest: string;
}
