/** Files on disk: reads, atomic writes, and the search up the folders. */
import { access, chmod, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Files } from '#core/ports/files.ts';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : String(error));

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const read = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    throw new XacctError(
      problem('FILE_UNREADABLE', `${file} cannot be read: ${code}`, {
        hints: [{ text: 'look at it', command: `ls -ld ${file}` }],
      }),
    );
  }
};

const write = async (file: string, text: string): Promise<void> => {
  // A link stays a link, and a file that others may not read stays one.
  const target = await realpath(file).catch(() => file);
  const draft = `${target}.${process.pid}.tmp`;
  try {
    const before = await stat(target).catch(() => undefined);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(draft, text, { flag: 'wx' });
    if (before) await chmod(draft, before.mode & 0o777);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    const folder = path.dirname(file);
    throw new XacctError(
      problem('FILE_UNWRITABLE', `${file} cannot be written: ${codeOf(error)}`, {
        hints: [{ text: 'look at the folder', command: `ls -ld ${folder}` }],
      }),
    );
  }
};

const findUp = async (name: string, folder: string): Promise<string | undefined> => {
  const file = path.join(folder, name);
  if (await exists(file)) return file;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findUp(name, parent);
};

const relative = (folder: string, file: string): string => {
  const name = path.relative(folder, file);
  return name === '..' || name.startsWith('../') ? name : `./${name}`;
};

export const files: Files = {
  read,
  write,
  findUp,
  relative,
  isFolder: (folder) =>
    stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  isEmpty: (folder) =>
    readdir(folder).then(
      (names) => names.length === 0,
      (error: unknown) => codeOf(error) === 'ENOENT',
    ),
  makeTemporary: (prefix) => mkdtemp(path.join(tmpdir(), prefix)),
  remove: (target) => rm(target, { recursive: true, force: true }),
  resolve: (folder, file) => path.resolve(folder, file),
  folderOf: (file) => path.dirname(file),
};
