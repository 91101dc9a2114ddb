/**
 * stdout and stderr without Node's streams, as long as that will do: the streams take 3 ms to open, each, which a start that prints its result and
 * has nothing to say does not pay.
 */
import { writeSync } from 'node:fs';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { errnoOf } from './errno.ts';

const STDOUT = 1;
const STDERR = 2;

export interface StandardStreams {
  /** To stdout. Resolves when the text is with the reader; a reader that has gone (`| head -1`) is no error, a disk that is full is. */
  readonly writeOut: (text: string) => Promise<void>;
  /** To stderr. */
  readonly write: (text: string) => void;
}

const lost = (code: string): XacctError =>
  new XacctError(
    problem('FILE_UNWRITABLE', `stdout cannot be written: ${code}; what is there by now is not whole`, {
      hints: [{ text: 'look at the space that is left', command: 'df -h .' }],
    }),
  );

const isGone = (error: unknown): boolean => errnoOf(error) === 'EPIPE';

/** How much is written before there must be a wait: the pipe or terminal is shared with a program that made it so. */
const writeAtOnce = (descriptor: number, bytes: Uint8Array): number => {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    if (isGone(error)) return bytes.length;
    if (errnoOf(error) !== 'EAGAIN') throw error;
  }
  return written;
};

/** As of `process`, which opens each when it is asked for it. */
export const createStandardStreams = (streams: Pick<NodeJS.Process, 'stdout' | 'stderr'>): StandardStreams => {
  const through = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      streams.stdout.on('error', () => undefined);
      streams.stdout.write(bytes, (error) => (error && !isGone(error) ? reject(error) : resolve()));
    });
  let stderr: NodeJS.WriteStream | undefined;
  const saySlowly = (bytes: Uint8Array): void => {
    stderr ??= streams.stderr.on('error', () => undefined);
    stderr.write(bytes);
  };
  return {
    writeOut: async (text) => {
      const bytes = Buffer.from(text);
      try {
        const written = writeAtOnce(STDOUT, bytes);
        if (written < bytes.length) await through(bytes.subarray(written));
      } catch (error) {
        throw lost(errnoOf(error));
      }
    },
    write: (text) => {
      const bytes = Buffer.from(text);
      // Once something waits in the stream, all else comes after it.
      if (stderr !== undefined) return saySlowly(bytes);
      try {
        const written = writeAtOnce(STDERR, bytes);
        if (written < bytes.length) saySlowly(bytes.subarray(written));
      } catch {
        // A terminal that was closed takes no more words, and what was made is taken back all the same.
      }
    },
  };
};
