/** What this run did, on disk before it is done, so that a run that was cut off can be understood. Never a credential. */
import type { Step } from '#domain/plan.ts';

type Outcome = 'done' | 'failed';

export interface Journal {
  /** Flushed before the call; a `begin` with no end means unknown. */
  begin(step: Step): Promise<void>;
  end(step: Step, outcome: Outcome): Promise<void>;
  undo(step: Step, outcome: Outcome): Promise<void>;
}

/** A run that ended in the middle of calls: whether they were carried out nobody knows but AWS. */
export interface CutOff {
  /** Its journal. */
  readonly file: string;
  /** At least one; lines of earlier versions do not name the account. */
  readonly steps: readonly { readonly id: string; readonly account: string | undefined }[];
}

/**
 * Keeps other runs out of a folder as long as `work` goes on. All that this run does there at a time shares the lock and the journal. Throws
 * XacctError LOCKED.
 */
export type Hold = <T>(work: (journal: Journal) => Promise<T>) => Promise<T>;
