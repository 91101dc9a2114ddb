/**
 * The same work for one or several targets: one failure stops a single target, and is that target's own among several. So whatever
 * happens, each of several ends as data: done, failed, stopped, or not begun.
 */
import { note } from '#domain/diagnostic.ts';
import { exitStatusOf, gravestOf } from '#domain/error-codes.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { eachOf } from '#core/each-of.ts';
import { commandLine } from './answers.ts';
import type { Outcome } from './command.ts';
import type { Context } from './context.ts';
import { errorEntry, errorOf } from './error-entry.ts';
import { renderError } from './render/diagnostics.ts';
import { createTurns } from './speak-in-turn.ts';
import type { Target } from './targets.ts';

export interface TargetOutcome {
  readonly status: number;
  readonly text: string;
  /** The target's entry in the envelope, without its name. */
  readonly entry: object;
}

/** What is left of a target's work once it is made: it asks nobody and writes to no account, so it can go on along with that of the others. */
export interface Unproved {
  /** The entry as far as it is known. */
  readonly entry: object;
  readonly prove: (context: Context) => Promise<TargetOutcome>;
}

const isUnproved = (done: TargetOutcome | Unproved): done is Unproved => 'prove' in done;

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

const notProved = (name: string): XacctError =>
  new XacctError(
    note('INTERRUPTED', 'stopped: what was made stays, and was not proved', [
      { text: 'prove it', command: commandLine(['verify', name]) },
    ]),
  );

/** Targets whose calls run at the same time. */
const AT_ONCE = 8;

export interface HowMany {
  /** One after the other unless told; what is to be proved at the end is proved together anyway. */
  readonly isAtOnce?: boolean;
  /** The error of a single target, too, is in its entry, for a format that has a place for it. */
  readonly isAlwaysListed?: boolean;
}

export type Work = (target: Target, context: Context) => Promise<TargetOutcome | Unproved>;

/** One of several, as far as it could be done by itself. */
interface Begun {
  readonly target: Target;
  readonly done: TargetOutcome | Unproved;
}

const runOne = async (
  target: Target,
  context: Context,
  work: Work,
  { isAlwaysListed = false }: HowMany,
): Promise<TargetOutcome> => {
  try {
    context.signal.throwIfAborted();
    const done = await work(target, context);
    return isUnproved(done) ? await done.prove(context) : done;
  } catch (error) {
    if (!isAlwaysListed || context.signal.aborted || !isXacctError(error)) throw error;
    return failed(error, undefined, context);
  }
};

const runSeveral = async (targets: readonly Target[], context: Context, work: Work, { isAtOnce = false }: HowMany) => {
  const { signal } = context;
  /** At a question, which takes Ctrl-C for itself. */
  let isStopped = false;
  const isOver = (): boolean => isStopped || signal.aborted;
  /** What was thrown, where nothing else came of it. */
  const attempt = async <T>(doing: () => Promise<T>): Promise<T | XacctError> => {
    try {
      return await doing();
    } catch (thrown) {
      const error = errorOf(thrown, signal.aborted);
      isStopped ||= error.code === 'INTERRUPTED';
      return error;
    }
  };
  const begin = async (target: Target, its: Context): Promise<Begun> => {
    const done = isOver() ? NOT_BEGUN : await attempt(() => work(target, its));
    return { target, done: isXacctError(done) ? failed(done, target.input.name, its) : done };
  };
  const end = async ({ target: { input }, done }: Begun, its: Context): Promise<TargetOutcome> => {
    if (!isUnproved(done)) return done;
    const proved = isOver() ? notProved(input.name) : await attempt(() => done.prove(its));
    if (!isXacctError(proved)) return proved;
    const { entry, ...outcome } = failed(proved.code === 'INTERRUPTED' ? notProved(input.name) : proved, input.name, its);
    return { ...outcome, entry: { ...done.entry, ...entry } };
  };
  /** Heard one after the other. */
  const together = <T, R>(items: readonly T[], nameOf: (item: T) => string, each: (item: T, its: Context) => Promise<R>) => {
    const turns = createTurns(context);
    return eachOf([...items.entries()], AT_ONCE, async ([at, item]) => {
      const done = await each(item, reportingFor(nameOf(item), turns.contextOf(at)));
      turns.end(at);
      return done;
    });
  };
  const begun = isAtOnce
    ? await together(targets, ({ input }) => input.name, begin)
    : await eachOf(targets, 1, (target) => begin(target, context));
  return together(begun, ({ target }) => target.input.name, end);
};

/** In their order; the exit status is the worst. */
export const eachTarget = async (
  targets: readonly Target[],
  context: Context,
  work: Work,
  how: HowMany = {},
): Promise<Outcome> => {
  const [only, ...more] = targets;
  const outcomes =
    only !== undefined && more.length === 0
      ? [await runOne(only, context, work, how)]
      : await runSeveral(targets, context, work, how);
  const texts = outcomes.map(({ text }) => text).filter((text) => text !== '');
  return {
    status: gravestOf(outcomes.map(({ status }) => status)),
    text: texts.join('\n'),
    result: { targets: outcomes.map(({ entry }, at) => ({ name: targets[at]?.input.name, ...entry })) },
  };
};
