/** The signals that stop a run: what was made is taken back, and the status says which one it was. */
import { isTerminal } from './terminal.ts';

/** 128 and the number of the signal, as shells say it. SIGHUP: the terminal was closed. */
const STOPPED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Stop = keyof typeof STOPPED;

export interface Signals {
  /** Aborted by the first of them. */
  readonly signal: AbortSignal;
  /**
   * The exit status after one of them, of a run that came to `status`; undefined where none came. Ctrl-C leaves the run its own: it is how a
   * person ends what serves until then.
   */
  readonly stopped: (status: number) => number | undefined;
}

/**
 * `nohup` sees to it that neither stream is a terminal, and has SIGHUP ignored, which Node forgets when it starts.
 * So this is how a run is known that is to go on without its terminal.
 */
const hasTerminal = (): boolean => isTerminal(1) || isTerminal(2);

const ignore = (): void => undefined;

export const watchSignals = (): Signals => {
  const controller = new AbortController();
  let stoppedBy: Stop | undefined;
  const stop = (name: Stop): void => {
    // A second one ends it at once: whoever presses Ctrl-C twice means it.
    if (stoppedBy !== undefined) process.exit(STOPPED[name]);
    stoppedBy = name;
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGHUP', hasTerminal() ? () => stop('SIGHUP') : ignore);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop(name));
  return { signal: controller.signal, stopped: (status) => (stoppedBy === 'SIGINT' ? status : stoppedBy && STOPPED[stoppedBy]) };
};
