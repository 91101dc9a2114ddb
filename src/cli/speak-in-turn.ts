/** Lets several who work at once be heard one after the other: what one of them says waits until all before it have ended. Progress waits for nobody. */
import type { Context } from './context.ts';

export interface Turns {
  contextOf(at: number): Context;
  /** It says nothing more. */
  end(at: number): void;
}

export const createTurns = (context: Context): Turns => {
  const kept = new Map<number, (() => void)[]>();
  const ended = new Set<number>();
  /** Whose turn it is. */
  let next = 0;
  const speak = (at: number, words: () => void): void => {
    if (at === next) words();
    else kept.set(at, [...(kept.get(at) ?? []), words]);
  };
  return {
    contextOf: (at) => ({
      ...context,
      say: (text) => speak(at, () => context.say(text)),
      reporter: { ...context.reporter, tell: (diagnostic) => speak(at, () => context.reporter.tell(diagnostic)) },
    }),
    end: (at) => {
      ended.add(at);
      while (ended.has(next)) {
        next += 1;
        for (const words of kept.get(next) ?? []) words();
        kept.delete(next);
      }
    },
  };
};
