/** `.xacct` beside xacct.yaml: made here alone, for its owner only and out of Git, whoever needs a folder in it first. */
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { problem } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { errnoOf } from './errno.ts';

export const unwritable = (what: string, error: unknown): XacctError =>
  new XacctError(
    problem('FILE_UNWRITABLE', `${what} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      hints: [{ text: 'look at the folder, and at the space that is left', command: `ls -ld ${shellWord(path.dirname(what))}` }],
    }),
  );

const unlessThere = (error: unknown): void => {
  if (errnoOf(error) !== 'EEXIST') throw error;
};

/** A folder in its own right: through a link, what is put there would be somebody else's. */
const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
  if (!(await lstat(folder)).isDirectory()) throw new Error('it is no folder');
};

export const homeOf = (folder: string): string => path.join(folder, '.xacct');

/** `.xacct/ROOM` in the folder of xacct.yaml, for use. Throws XacctError FILE_UNWRITABLE. */
export const makeRoom = async (folder: string, room: 'runs' | 'proofs'): Promise<string> => {
  const home = homeOf(folder);
  const made = path.join(home, room);
  try {
    await mkdir(folder, { recursive: true });
    await makeFolder(home);
    await makeFolder(made);
    // Whatever has the name, a link included, stays what it is.
    await writeFile(path.join(home, '.gitignore'), '*\n', { flag: 'wx' }).catch(unlessThere);
    return made;
  } catch (error) {
    throw unwritable(made, error);
  }
};
