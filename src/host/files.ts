/**
 * Files on disk: reads, atomic writes, and the search up the folders. What every start may do is done at once: Node's promises of files take 3 ms
 * to load, so they are named where they are used.
 */
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  promises,
  readFileSync,
  statSync,
  type Stats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { problem, type Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Files } from '#core/ports/files.ts';
import { nodeCrypto } from './crypto.ts';
import { errnoOf } from './errno.ts';

/** Policies and xacct.yaml are small; what is longer is some other file. */
const MOST_BYTES = 5 * 1024 * 1024;

const exists = (file: string): boolean => {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
};

const lookAt = (text: string, file: string): Hint => ({ text, command: `ls -ld ${shellWord(file)}` });

const unreadable = (file: string, why: string): XacctError =>
  new XacctError(problem('FILE_UNREADABLE', `${file} cannot be read: ${why}`, { hints: [lookAt('look at it', file)] }));

/** `undone`: what cannot be done to the file. */
const unwritable = (file: string, undone: string, error: unknown): XacctError =>
  new XacctError(
    problem('FILE_UNWRITABLE', `${file} cannot be ${undone}: ${errnoOf(error)}`, {
      hints: [lookAt('look at the folder', path.dirname(file))],
    }),
  );

/** Why this is nothing to read; a pipe or a device may never end. */
const refusalOf = (found: Stats): string | undefined => {
  if (found.isDirectory()) return 'it is a folder';
  if (!found.isFile()) return 'it is a pipe or a device and no file';
  return found.size > MOST_BYTES ? `it is longer than ${MOST_BYTES / 1024 / 1024} MB` : undefined;
};

const read = async (file: string): Promise<string | undefined> => {
  let handle: number | undefined;
  try {
    // Opening a pipe would wait for somebody to write into it.
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const refusal = refusalOf(fstatSync(handle));
    if (refusal !== undefined) throw unreadable(file, refusal);
    return readFileSync(handle, 'utf8');
  } catch (error) {
    if (error instanceof XacctError) throw error;
    const code = errnoOf(error);
    if (code === 'ENOENT') return undefined;
    throw unreadable(file, code === 'ENXIO' ? 'it is a socket or a device and no file' : code);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
};

const NEW_FILE = 0o644;

/** `file` is how it was named, `target` where it is. */
const putInPlace = async (file: string, target: string, text: string): Promise<void> => {
  const draft = `${target}.${nodeCrypto().randomBytes(6).toString('hex')}.tmp`;
  try {
    const found = await promises.lstat(target).catch(() => undefined);
    // A file that others may not read stays one.
    const before = found?.isSymbolicLink() === true ? undefined : found;
    await promises.mkdir(path.dirname(target), { recursive: true });
    await promises.writeFile(draft, text, { flag: 'wx', mode: NEW_FILE & (before?.mode ?? NEW_FILE) });
    if (before) await promises.chmod(draft, before.mode & 0o777);
    await promises.rename(draft, target);
  } catch (error) {
    await promises.rm(draft, { force: true }).catch(() => undefined);
    throw unwritable(file, 'written', error);
  }
};

/** A link stays a link. */
const write = async (file: string, text: string): Promise<void> =>
  putInPlace(file, await promises.realpath(file).catch(() => file), text);

const replace = (file: string, text: string): Promise<void> => putInPlace(file, file, text);

const remove = async (target: string): Promise<void> => {
  try {
    await promises.rm(target, { recursive: true, force: true });
  } catch (error) {
    throw unwritable(target, 'removed', error);
  }
};

const makeTemporary = async (prefix: string): Promise<string> => {
  try {
    return await promises.mkdtemp(path.join(tmpdir(), prefix));
  } catch (error) {
    throw new XacctError(
      problem('FILE_UNWRITABLE', `no folder can be made in ${tmpdir()}: ${errnoOf(error)}`, {
        hints: [{ text: 'name one in which files may be made, by the variable TMPDIR' }],
      }),
    );
  }
};

const ANYBODY_WRITES = 0o002;

/** In /tmp and its like, whoever came first would say what a run below it does. */
const expectOfUser = (file: string, folder: string): void => {
  const found = lstatSync(file);
  const { mode } = statSync(folder);
  if ((mode & ANYBODY_WRITES) === 0 || [process.getuid?.() ?? found.uid, 0].includes(found.uid)) return;
  throw new XacctError(
    problem('FILE_UNREADABLE', `${file} is not yours, and anybody can put one there: it is not read unasked`, {
      hints: [{ text: 'if it is what you want, name it', command: `xacct init --config ${shellWord(file)}` }],
    }),
  );
};

const findUp = async (name: string, folder: string): Promise<string | undefined> => {
  const file = path.join(folder, name);
  if (exists(file)) {
    expectOfUser(file, folder);
    return file;
  }
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findUp(name, parent);
};

const relative = (folder: string, file: string): string => {
  const name = path.relative(folder, file);
  return name === '..' || name.startsWith('../') ? name : `./${name}`;
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
};

const removeAbandoned = async (prefix: string): Promise<void> => {
  const names = await promises.readdir(tmpdir()).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const pid = /^(\d{1,10})-[A-Za-z0-9]{6}$/.exec(name.slice(prefix.length))?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = path.join(tmpdir(), name);
    // A link of that name may lead anywhere, and a folder of that name may be somebody else's.
    const found = await promises.lstat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) continue;
    await promises.rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
};

export const files: Files = {
  read,
  write,
  replace,
  findUp,
  relative,
  isFolder: (folder) =>
    promises.stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  list: (folder) =>
    promises.readdir(folder).then(
      (names) => names.toSorted(),
      () => [],
    ),
  isEmpty: (folder) =>
    promises.readdir(folder).then(
      (names) => names.length === 0,
      (error: unknown) => errnoOf(error) === 'ENOENT',
    ),
  makeTemporary,
  removeAbandoned,
  remove,
  resolve: (folder, file) => path.resolve(folder, file),
  folderOf: (file) => path.dirname(file),
};
