/** What only `emit`, `docs` and `completion` run: loaded for them alone. */
import { COMPLETION } from '#emit/completion.ts';
import type { Input, Outcome } from './command.ts';
import { complete } from './complete.ts';
import type { Context } from './context.ts';
import { runDocs } from './setup-docs.ts';
import { runEmit } from './emit-kinds.ts';

export interface Emitting {
  emit(input: Input, context: Context): Promise<Outcome>;
  docs(input: Input, context: Context): Promise<Outcome>;
  readonly completion: {
    /** By the name of the shell. */
    readonly scripts: Readonly<Record<string, string>>;
    complete(words: readonly string[], input: Input, context: Context): Promise<readonly string[]>;
  };
}

export const emitting: Emitting = { emit: runEmit, docs: runDocs, completion: { scripts: COMPLETION, complete } };
