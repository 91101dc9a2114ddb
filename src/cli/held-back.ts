/** Changes that would take access away, and that nobody asked for: they are left, and it is said how they are carried out. */
import { warning } from '#domain/diagnostic.ts';
import type { Change } from '#domain/plan.ts';
import type { Context } from './context.ts';
import { told, toldCommand } from './render/hang.ts';

/** `prune`: the command that carries them out, too. */
export const tellHeldBack = (left: readonly Change[], prune: string, { reporter }: Context): void => {
  for (const { address, risk } of left)
    reporter.tell(
      warning('HELD_BACK', `${address} stays as it is, because the change ${risk}`, [
        { text: 'if that is meant', command: prune },
      ]),
    );
};

/** The run is not over: what it left is what somebody else may have done to the role. */
export const tellLeft = (
  left: readonly Change[],
  { next, but = '' }: { readonly next: string; readonly but?: string },
  context: Context,
): void => {
  const what = left.map(({ address, risk }) => `${address} (${risk})`).join(', ');
  context.say(told(`not finished, left as it is${but}: ${what}`, context));
  context.say(toldCommand('next', context.paint.command(next), context));
};
