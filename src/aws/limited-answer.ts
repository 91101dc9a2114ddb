/** An answer's body with a limit on its size and on the time of the whole attempt: idle timeouts alone let one byte a second go on for ever. */
import { pipeline, Transform, type Readable } from 'node:stream';
import { ForeignAnswer } from './wire-error.ts';

/** The longest answers of IAM and STS are some hundred kilobytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Aborted when the time is up, with an error that the SDK takes for a timeout. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly end: () => void;
}

export const startDeadline = (ms: number): Deadline => {
  const controller = new AbortController();
  const error = Object.assign(new Error(`the whole answer took more than ${ms / 1_000} s`), { name: 'TimeoutError' });
  const timer = setTimeout(() => controller.abort(error), ms).unref();
  return { signal: controller.signal, end: () => clearTimeout(timer) };
};

/** The same bytes; an error in their stead when they are too many or too late. Ends the deadline when they have been read or given up. */
export const limitBody = (
  body: Readable,
  { status, deadline, failed }: { readonly status: number; readonly deadline: Deadline; readonly failed: (error: Error) => void },
): Readable => {
  let bytes = 0;
  const limited = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) done(new ForeignAnswer(status, `more than ${MOST_BYTES} bytes`));
      else done(null, chunk);
    },
  });
  const stop = (): void => void limited.destroy(deadline.signal.reason as Error);
  deadline.signal.addEventListener('abort', stop, { once: true });
  pipeline(body, limited, (error) => {
    deadline.signal.removeEventListener('abort', stop);
    deadline.end();
    if (error) failed(error);
  });
  return limited;
};
