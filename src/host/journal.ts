/** The journal of one run, `.xacct/runs/<id>.jsonl`, and the lock beside it. One JSON object a line, flushed before AWS is called. */
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { OpenJournal } from '#core/ports/journal.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Takes the lock; one that a dead process left is taken over. */
const takeLock = async (file: string): Promise<void> => {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const holder = Number(await readFile(file, 'utf8').catch(() => ''));
      if (Number.isInteger(holder) && holder > 0 && isAlive(holder))
        throw new XacctError(
          problem('LOCKED', `another xacct works in this folder (process ${holder})`, {
            hints: [{ text: 'wait for it, or look at it', command: `ps -p ${holder}` }],
          }),
        );
      await rm(file, { force: true });
    }
  }
  throw new XacctError(
    problem('LOCKED', `the lock ${file} could not be taken`, { hints: [{ text: 'remove it', command: `rm ${file}` }] }),
  );
};

const unwritable = (folder: string, error: unknown): XacctError =>
  new XacctError(
    problem('FILE_UNWRITABLE', `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      hints: [{ text: 'run xacct in a folder of yours', command: `ls -ld ${path.dirname(folder)}` }],
    }),
  );

/** `folder` is where xacct.yaml is or will be; `id` names the run and sorts by time. */
export const openJournal = async (folder: string, id: string): Promise<OpenJournal> => {
  const home = path.join(folder, '.xacct');
  const lock = path.join(home, 'lock');
  try {
    await mkdir(path.join(home, 'runs'), { recursive: true, mode: 0o700 });
    await writeFile(path.join(home, '.gitignore'), '*\n');
    await takeLock(lock);
  } catch (error) {
    throw error instanceof XacctError ? error : unwritable(home, error);
  }
  const file = await open(path.join(home, 'runs', `${id}.jsonl`), 'a', 0o600);
  let tail: Promise<void> = Promise.resolve();
  const append = (entry: object): Promise<void> => {
    const line = `${JSON.stringify(entry)}\n`;
    tail = tail.then(async () => {
      await file.write(line);
      await file.datasync();
    });
    return tail;
  };
  return {
    begin: (step) => append({ event: 'begin', step }),
    end: (stepId, outcome) => append({ event: 'end', step: stepId, outcome }),
    undo: (stepId, write, outcome) => append({ event: 'undo', step: stepId, write, outcome }),
    close: async () => {
      await tail.catch(() => undefined);
      await file.close();
      await rm(lock, { force: true });
    },
  };
};
