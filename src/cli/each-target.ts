/** The same work for one or several targets: one failure stops a single target, and is that target's own among several. */
import type { Diagnostic } from '#domain/diagnostic.ts';
import { exitStatusOf, gravestOf } from '#domain/error-codes.ts';
import { isXacctError, type XacctError } from '#domain/xacct-error.ts';
import type { Outcome } from './command.ts';
import type { Context } from './context.ts';
import { errorEntry } from './error-entry.ts';
import { renderDiagnostic } from './render/diagnostics.ts';
import type { Target } from './targets.ts';

export interface TargetOutcome {
  readonly status: number;
  readonly text: string;
  /** The target's entry in the envelope, without its name. */
  readonly entry: object;
}

const failed = (error: XacctError, context: Context): TargetOutcome => {
  const show = (diagnostic: Diagnostic): string => renderDiagnostic(diagnostic, context.paint);
  context.say(error.diagnostics.map(show).join(''));
  return { status: exitStatusOf(error.code), text: '', entry: { error: errorEntry(error) } };
};

/** One after the other; the exit status is the worst. */
export const eachTarget = async (
  targets: readonly Target[],
  context: Context,
  work: (target: Target) => Promise<TargetOutcome>,
): Promise<Outcome> => {
  const outcomes: (TargetOutcome & { readonly name: string })[] = [];
  for (const target of targets) {
    context.signal.throwIfAborted();
    const { name } = target.input;
    try {
      outcomes.push({ name, ...(await work(target)) });
    } catch (error) {
      if (targets.length === 1 || context.signal.aborted || !isXacctError(error)) throw error;
      outcomes.push({ name, ...failed(error, context) });
    }
  }
  return {
    status: gravestOf(outcomes.map(({ status }) => status)),
    text: outcomes.map(({ text }) => text).join(outcomes.length > 1 ? '\n' : ''),
    result: { targets: outcomes.map(({ name, entry }) => ({ name, ...entry })) },
  };
};
