/** The journal of one run, `.xacct/runs/<id>.jsonl`, and the lock beside it. One JSON object a line, flushed before AWS is called. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { OpenJournal } from '#core/ports/journal.ts';
import { errnoOf } from './errno.ts';
import { takeLock } from './lock.ts';

const unwritable = (what: string, error: unknown): XacctError =>
  new XacctError(
    problem('FILE_UNWRITABLE', `${what} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      hints: [{ text: 'look at the folder, and at the space that is left', command: `ls -ld ${shellWord(path.dirname(what))}` }],
    }),
  );

/** A folder in its own right: through a link, the journal and the lock would be somebody else's files. */
const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  if (!(await lstat(folder)).isDirectory()) throw new Error('it is no folder');
};

const makeHome = async (home: string): Promise<void> => {
  await mkdir(path.dirname(home), { recursive: true });
  await makeFolder(home);
  await makeFolder(path.join(home, 'runs'));
  // Whatever has the name, a link included, stays what it is.
  await writeFile(path.join(home, '.gitignore'), '*\n', { flag: 'wx' }).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
};

/** One line after the other, each flushed; one that failed does not stop the next. A line that was cut off is ended first. */
const openLines = (file: FileHandle, name: string): ((entry: object) => Promise<void>) => {
  let tail: Promise<unknown> = Promise.resolve();
  let isCut = false;
  const write = async (entry: object): Promise<void> => {
    try {
      await file.appendFile(`${isCut ? '\n' : ''}${JSON.stringify(entry)}\n`);
      isCut = false;
      await file.datasync();
    } catch (error) {
      isCut = true;
      throw unwritable(name, error);
    }
  };
  return (entry) => {
    const written = tail.then(() => write(entry));
    tail = written.catch(() => undefined);
    return written;
  };
};

/** `folder` is where xacct.yaml is or will be; `id` names the run and sorts by time. */
export const openJournal = async (folder: string, id: string): Promise<OpenJournal> => {
  const home = path.join(folder, '.xacct');
  const name = path.join(home, 'runs', `${id}.jsonl`);
  const { lock, file } = await openHome(home, name).catch((error: unknown) => {
    throw error instanceof XacctError ? error : unwritable(home, error);
  });
  const append = openLines(file, name);
  return {
    begin: (step) => append({ event: 'begin', step }),
    end: (stepId, outcome) => append({ event: 'end', step: stepId, outcome }),
    undo: (stepId, write, outcome) => append({ event: 'undo', step: stepId, write, outcome }),
    close: async () => {
      await file.close().catch(() => undefined);
      await lock.release();
    },
  };
};

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

const openHome = async (home: string, name: string) => {
  await makeHome(home);
  const lock = await takeLock(path.join(home, 'lock'));
  try {
    // A run of many targets opens it once for each. Never through a link.
    return { lock, file: await open(name, APPEND, 0o600) };
  } catch (error) {
    await lock.release();
    throw error;
  }
};
