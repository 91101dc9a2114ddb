/** The log on disk: one JSON object a line, appended and never rewritten. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { LogEntry } from './log.ts';

export interface LogFile {
  append(entry: LogEntry): void;
  close(): void;
}

/** Only its owner may read a file that is made here: it names callers and resources. Throws XacctError FILE_UNWRITABLE. */
export const openLogFile = (path: string): LogFile => {
  let file: number;
  let isOpen = true;
  try {
    file = openSync(path, 'a', 0o600);
  } catch (thrown) {
    const why = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw new XacctError(problem('FILE_UNWRITABLE', `${path} cannot be written: ${why}`));
  }
  return {
    append: (entry) => {
      // A call that was held back may end after the sandbox.
      if (isOpen) writeSync(file, `${JSON.stringify(entry)}\n`);
    },
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
};
