/**
 * The same work for one or several targets: one failure stops a single target, and is that target's own among several. So whatever
 * happens, each of several ends as data: done, failed, stopped, or not begun.
 */
import { note } from '#domain/diagnostic.ts';
import { exitStatusOf, gravestOf } from '#domain/error-codes.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { eachOf } from '#core/each-of.ts';
import type { Outcome } from './command.ts';
import type { Context } from './context.ts';
import { errorEntry, errorOf } from './error-entry.ts';
import { renderError } from './render/diagnostics.ts';
import type { Target } from './targets.ts';

export interface TargetOutcome {
  readonly status: number;
  readonly text: string;
  /** The target's entry in the envelope, without its name. */
  readonly entry: object;
}

/** `name` where there are several. */
const failed = (error: XacctError, name: string | undefined, context: Context): TargetOutcome => {
  const { diagnostics, named } = error;
  const own = name === undefined ? diagnostics : diagnostics.map((one) => ({ ...one, message: `${name}: ${one.message}` }));
  context.say(renderError({ diagnostics: own, ...(named && { named }) }, context.paint, context));
  return { status: exitStatusOf(error.code), text: '', entry: { error: errorEntry(error) } };
};

/** With several at once each line of progress says whose it is. */
const reportingFor = (name: string, context: Context): Context => ({
  ...context,
  reporter: {
    progress: (event) => context.reporter.progress({ ...event, id: `${name}/${event.id}`, title: `${name}: ${event.title}` }),
    tell: (diagnostic) => context.reporter.tell({ ...diagnostic, message: `${name}: ${diagnostic.message}` }),
  },
});

const NOT_BEGUN = new XacctError(note('INTERRUPTED', 'not begun'));

export interface HowMany {
  /** One after the other unless told. */
  readonly atOnce?: number;
  /** The error of a single target, too, is in its entry, for a format that has a place for it. */
  readonly isAlwaysListed?: boolean;
}

/** In their order; the exit status is the worst. */
export const eachTarget = async (
  targets: readonly Target[],
  context: Context,
  work: (target: Target, context: Context) => Promise<TargetOutcome>,
  { atOnce = 1, isAlwaysListed = false }: HowMany = {},
): Promise<Outcome> => {
  const { signal } = context;
  /** At a question, which takes Ctrl-C for itself. */
  let isStopped = false;
  const isSeveral = targets.length > 1;
  const outcomes = await eachOf(targets, atOnce, async (target): Promise<TargetOutcome & { readonly name: string }> => {
    const { name } = target.input;
    if (isSeveral && (isStopped || signal.aborted)) return { name, ...failed(NOT_BEGUN, name, context) };
    try {
      signal.throwIfAborted();
      return { name, ...(await work(target, isSeveral && atOnce > 1 ? reportingFor(name, context) : context)) };
    } catch (error) {
      isStopped ||= isXacctError(error) && error.code === 'INTERRUPTED';
      if (isSeveral) return { name, ...failed(errorOf(error, signal.aborted), name, context) };
      if (!isAlwaysListed || signal.aborted || !isXacctError(error)) throw error;
      return { name, ...failed(error, undefined, context) };
    }
  });
  const texts = outcomes.map(({ text }) => text).filter((text) => text !== '');
  return {
    status: gravestOf(outcomes.map(({ status }) => status)),
    text: texts.join('\n'),
    result: { targets: outcomes.map(({ name, entry }) => ({ name, ...entry })) },
  };
};
