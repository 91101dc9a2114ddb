/**
 * One run at a time in a folder. The lock appears whole or not at all (a private file, linked into place), and says who holds it; one whose
 * holder is gone is replaced by exactly one of those who find it.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { problem } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { errnoOf } from './errno.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** What /proc says about the start of the process, in ticks since boot, and which boot; empty where there is no /proc. */
  readonly startedAt: string;
}

export interface Lock {
  /** Does nothing when the lock is no longer the one that was taken. */
  release(): Promise<void>;
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
const startOf = async (pid: number): Promise<string> => {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    return `${boot.trim()} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
};

/** A bare number is what earlier versions wrote. */
const parseHolder = (text: string): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    const { pid, host, startedAt } = (typeof value === 'number' ? { pid: value } : value) as Partial<Holder>;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined;
    return { pid, host: typeof host === 'string' ? host : hostname(), startedAt: typeof startedAt === 'string' ? startedAt : '' };
  } catch {
    return undefined;
  }
};

/** Locks that this process holds: any other one with its number was left by a process that had the number before. */
const own = new Set<string>();

const isStale = async (text: string): Promise<boolean> => {
  if (own.has(text)) return false;
  const holder = parseHolder(text);
  if (holder === undefined) return true;
  if (holder.host !== hostname()) return false;
  if (holder.pid === process.pid || !isAlive(holder.pid)) return true;
  const startedAt = await startOf(holder.pid);
  return holder.startedAt !== '' && startedAt !== '' && holder.startedAt !== startedAt;
};

const locked = (file: string, text: string): XacctError => {
  const { pid, host } = parseHolder(text) ?? { pid: 0, host: hostname() };
  const isHere = host === hostname();
  return new XacctError(
    problem('LOCKED', `another xacct works in this folder (process ${pid}${isHere ? '' : ` on ${host}`})`, {
      hints: [
        isHere
          ? { text: 'wait for it, or look at it', command: `ps -p ${pid}` }
          : { text: `wait for it; when it no longer runs on ${host}, remove its lock`, command: `rm ${shellWord(file)}` },
      ],
    }),
  );
};

const MOST_BYTES = 4096;
/** Opening a pipe would wait for somebody to write into it, and behind a link may be what never ends. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

const readLock = async (file: string): Promise<string | undefined> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, READ);
    const found = await handle.stat();
    if (!found.isFile() || found.size > MOST_BYTES) throw new Error('what has the name of its lock is none');
    return await handle.readFile('utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    await handle?.close();
  }
};

/** File systems without hard links (FAT, some shares): the lock is then created first and written next. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** A writer who was held up for long may find that somebody has taken its lock for nobody's. */
const writeInPlace = async (file: string, text: string): Promise<boolean> => {
  await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  return (await readLock(file)) === text;
};

/** False when there is a lock already. */
const putInPlace = async (draft: string, file: string, text: string): Promise<boolean> => {
  try {
    return await link(draft, file).then(
      () => true,
      (error: unknown) => {
        if (!NO_LINKS.has(errnoOf(error))) throw error;
        return writeInPlace(file, text);
      },
    );
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
};

const MOMENT_MS = 1000;
const LOOK_AGAIN_MS = 50;

/** Created and not written yet, or not to its end. */
const isBegun = (text: string): boolean => text === '' || (text.startsWith('{') && parseHolder(text) === undefined);

/** As it is when its writer is done, or has had the time to be. */
const readWhole = async (file: string): Promise<string | undefined> => {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const text = await readLock(file);
    if (text === undefined || !isBegun(text) || waitedMs >= MOMENT_MS) return text;
    await setTimeout(LOOK_AGAIN_MS);
  }
};

/** Only who holds the lock beside it may replace a stale one, and only the one that was judged; there is no moment without a lock. */
const replaceStale = async (draft: string, file: string, stale: string): Promise<boolean> => {
  const guard = await takeLock(`${file}.takeover`);
  try {
    if ((await readLock(file)) !== stale) return false;
    await rename(draft, file);
    return true;
  } finally {
    await guard.release();
  }
};

const take = async (draft: string, file: string, text: string): Promise<void> => {
  for (;;) {
    if (await putInPlace(draft, file, text)) return;
    const found = await readWhole(file);
    if (found === undefined) continue;
    if (!(await isStale(found))) throw locked(file, found);
    if (await replaceStale(draft, file, found)) return;
  }
};

/** Throws XacctError LOCKED, or what the file system says. */
export const takeLock = async (file: string): Promise<Lock> => {
  const id = randomBytes(8).toString('hex');
  const draft = `${file}.${id}`;
  const text = JSON.stringify({ pid: process.pid, host: hostname(), startedAt: await startOf(process.pid), id });
  await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
  // Before it is in place: from then on it is seen.
  own.add(text);
  try {
    await take(draft, file, text);
  } catch (error) {
    own.delete(text);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => release(file, text) };
};

const release = async (file: string, text: string): Promise<void> => {
  own.delete(text);
  if ((await readLock(file).catch(() => undefined)) === text) await rm(file, { force: true });
};
