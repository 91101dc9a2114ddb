/** Progress, as events. What a person sees of them is the terminal's business; nothing here reaches stdout. */
import type { Diagnostic } from '#domain/diagnostic.ts';

export type Progress =
  | { readonly kind: 'started'; readonly id: string; readonly title: string }
  | { readonly kind: 'waiting'; readonly id: string; readonly title: string }
  | { readonly kind: 'finished'; readonly id: string; readonly title: string; readonly status: 'done' | 'failed' | 'skipped' };

export interface Reporter {
  progress(event: Progress): void;
  /** A warning or a note that does not stop the run. */
  tell(diagnostic: Diagnostic): void;
}
