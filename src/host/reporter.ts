/** Progress on stderr: one line that is rewritten in a terminal, plain lines for what takes long elsewhere. */
import type { Progress, Reporter } from '#core/ports/reporter.ts';
import type { Terminal } from './terminal.ts';

const ERASE_LINE = '\r\u001b[2K';

/** `say` writes to stderr; diagnostics go to `tell`, which renders them. */
export const createReporter = (
  terminal: Terminal,
  say: (text: string) => void,
  tell: Reporter['tell'],
): Reporter & { readonly clear: () => void } => {
  let isShowing = false;
  const clear = (): void => {
    if (isShowing) say(ERASE_LINE);
    isShowing = false;
  };
  const told = new Set<string>();
  const progress = (event: Progress): void => {
    if (terminal.isLive) {
      clear();
      if (event.kind === 'finished') return;
      say(`… ${event.title}`.slice(0, terminal.width - 1));
      isShowing = true;
    } else if (event.kind === 'waiting' && !told.has(event.id)) {
      told.add(event.id);
      say(`… ${event.title}\n`);
    }
  };
  return {
    progress,
    clear,
    tell: (diagnostic) => {
      clear();
      tell(diagnostic);
    },
  };
};
