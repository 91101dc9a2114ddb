/** What this run did, on disk before it is done, so that a run that was cut off can be understood. Never a credential. */
import type { Step, Write } from '#domain/plan.ts';

export interface Journal {
  /** Flushed before the call; a `begin` with no end means unknown. */
  begin(step: Step): Promise<void>;
  end(stepId: string, outcome: 'done' | 'failed'): Promise<void>;
  undo(stepId: string, write: Write, outcome: 'done' | 'failed'): Promise<void>;
}

/** A run that ended in the middle of calls: whether they were carried out nobody knows but AWS. */
export interface CutOff {
  /** Its journal. */
  readonly file: string;
  /** The ids of the steps, at least one. */
  readonly steps: readonly string[];
}

/**
 * Keeps other runs out of a folder as long as `work` goes on. All that this run does there at a time shares the lock and the journal. Throws
 * XacctError LOCKED.
 */
export type Hold = <T>(work: (journal: Journal) => Promise<T>) => Promise<T>;
