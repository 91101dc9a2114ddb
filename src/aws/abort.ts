/** Ctrl-C while AWS is waited for: what waits ends at once, with one error that says so. */
import { note } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';

export const interrupted = (): XacctError => new XacctError(note('INTERRUPTED', 'stopped'));

/** What the SDK cannot be told to stop goes on, unheard; whoever waits for it does not. */
export const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(interrupted());
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([stopped, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
