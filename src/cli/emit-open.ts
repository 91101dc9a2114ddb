/** What only `emit`, `docs` and `completion` run: loaded for them alone. */
import type { Input, Outcome } from './command.ts';
import type { Context } from './context.ts';
import { runDocs } from './setup-docs.ts';
import { runEmit } from './emit-kinds.ts';

export interface Emitting {
  emit(input: Input, context: Context): Promise<Outcome>;
  docs(input: Input, context: Context): Promise<Outcome>;
}

export const emitting: Emitting = { emit: runEmit, docs: runDocs };
