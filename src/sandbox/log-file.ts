/** The log on disk: one JSON object a line, appended and never rewritten. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { problem, warning, type Diagnostic } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { LogEntry } from './log.ts';

export interface LogFile {
  append(entry: LogEntry): void;
  close(): void;
}

const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);

/** Only its owner may read a file that is made here: it names callers and resources. `onLost` is told when it can hold no more. Throws XacctError FILE_UNWRITABLE. */
export const openLogFile = (path: string, onLost: (why: Diagnostic) => void = () => undefined): LogFile => {
  let file: number;
  let isOpen = true;
  try {
    file = openSync(path, 'a', 0o600);
  } catch (thrown) {
    throw new XacctError(problem('FILE_UNWRITABLE', `${path} cannot be written: ${reasonOf(thrown)}`));
  }
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    append: (entry) => {
      // A call that was held back may end after the sandbox.
      if (!isOpen) return;
      try {
        writeSync(file, `${JSON.stringify(entry)}\n`);
      } catch (thrown) {
        // What was asked for is done already, and its answer must not hang on a full disk.
        close();
        const message = `${path} cannot be written any more: ${reasonOf(thrown)}; calls go on and are not recorded there`;
        onLost(warning('FILE_UNWRITABLE', message));
      }
    },
    close,
  };
};
