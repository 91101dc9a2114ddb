/** The journal of one run, `.xacct/runs/<id>.jsonl`, and the lock beside it. One JSON object a line, flushed before AWS is called. */
import { constants } from 'node:fs';
import { lstat, open, readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { isXacctError } from '#domain/xacct-error.ts';
import type { CutOff, Journal } from '#core/ports/journal.ts';
import { homeOf, makeRoom, unwritable } from './home.ts';
import { takeLock } from './lock.ts';

/** One line after the other, each flushed; one that failed does not stop the next. A line that was cut off is ended first. */
const openLines = (open: () => Promise<FileHandle>, name: string): ((entry: object) => Promise<void>) => {
  let tail: Promise<unknown> = Promise.resolve();
  let isCut = false;
  const write = async (entry: object): Promise<void> => {
    try {
      const file = await open();
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

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

interface OpenFolder {
  readonly journal: Journal;
  readonly close: () => Promise<void>;
}

const openFolder = async (folder: string, id: string): Promise<OpenFolder> => {
  const home = homeOf(folder);
  const name = path.join(home, 'runs', `${id}.jsonl`);
  await makeRoom(folder, 'runs');
  const lock = await takeLock(path.join(home, 'lock')).catch((error: unknown) => {
    throw isXacctError(error) ? error : unwritable(home, error);
  });
  let opened: Promise<FileHandle> | undefined;
  // Only for what is written: a run that changes a file alone leaves no journal. Never through a link.
  const append = openLines(() => (opened ??= open(name, APPEND, 0o600)), name);
  return {
    journal: {
      begin: (step) => append({ event: 'begin', step }),
      end: ({ id, account }, outcome) => append({ event: 'end', account, step: id, outcome }),
      undo: ({ id, account, undo }, outcome) => append({ event: 'undo', account, step: id, write: undo, outcome }),
    },
    close: async () => {
      await opened?.then((file) => file.close()).catch(() => undefined);
      await lock.release();
    },
  };
};

interface Held {
  users: number;
  opened: Promise<OpenFolder> | undefined;
  closed: Promise<void>;
}

/** How one run holds folders; `id` names the run and sorts by time. Who finds a folder held shares what was opened, and the last to leave closes it. */
export const createHolds = (id: string) => {
  const all = new Map<string, Held>();
  /** `folder` is where xacct.yaml is or will be. */
  return async <T>(folder: string, work: (journal: Journal) => Promise<T>): Promise<T> => {
    const held = all.get(folder) ?? { users: 0, opened: undefined, closed: Promise.resolve() };
    all.set(folder, held);
    const open = () => openFolder(folder, id);
    const opened = (held.opened ??= held.closed.then(open, open));
    held.users += 1;
    try {
      return await work((await opened).journal);
    } finally {
      held.users -= 1;
      if (held.users === 0) {
        held.opened = undefined;
        held.closed = opened.then(
          ({ close }) => close(),
          () => undefined,
        );
        await held.closed;
      }
    }
  };
};

type Line = Readonly<Record<string, unknown>>;

const parsed = (line: string): Line => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Line) : {};
  } catch {
    // The last line may have been cut off itself.
    return {};
  }
};

const textIn = (line: Line, name: string): string | undefined => {
  const value = line[name];
  return typeof value === 'string' ? value : undefined;
};

/** A begin holds the whole step, and what comes of it names it. */
const stepOf = (line: Line): { readonly id: string; readonly account: string | undefined } | undefined => {
  const { step } = line;
  const named = typeof step === 'object' && step !== null ? (step as Line) : { id: step, account: line['account'] };
  const id = textIn(named, 'id');
  return id === undefined ? undefined : { id, account: textIn(named, 'account') };
};

const openSteps = (text: string): CutOff['steps'] => {
  const open = new Map<string, CutOff['steps'][number]>();
  for (const line of text.split('\n').map(parsed)) {
    const step = stepOf(line);
    const key = JSON.stringify([step?.account, step?.id]);
    if (line['event'] === 'seen') open.clear();
    else if (step !== undefined && line['event'] === 'begin') open.set(key, step);
    else open.delete(key);
  }
  return [...open.values()];
};

/** Through a link nothing is read: a folder that came with a repository may hold any. */
const isOwnFolder = async (folder: string): Promise<boolean> => (await lstat(folder)).isDirectory();

const newestIn = async (home: string): Promise<string | undefined> => {
  const runs = path.join(home, 'runs');
  try {
    if (!(await isOwnFolder(home)) || !(await isOwnFolder(runs))) return undefined;
    const entries = await readdir(runs, { withFileTypes: true });
    const names = entries.flatMap((entry) => (entry.isFile() && entry.name.endsWith('.jsonl') ? [entry.name] : []));
    return names.toSorted().at(-1);
  } catch {
    return undefined;
  }
};

const MOST_BYTES = 5 * 1024 * 1024;

/** Opening a pipe would wait for somebody else, for good, and behind a link may be what never ends. */
const withFile = async <T>(file: string, flags: number, work: (handle: FileHandle) => Promise<T>): Promise<T> => {
  const handle = await open(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > MOST_BYTES) throw new Error('it is no journal');
    return await work(handle);
  } finally {
    await handle.close();
  }
};

/**
 * What the newest run began and did not end: it was killed, or the machine was, in the middle of those calls. Told once. undefined where there is nothing to
 * tell, and while that run may still be at work.
 */
export const takeCutOff = async (folder: string): Promise<CutOff | undefined> => {
  const home = homeOf(folder);
  const name = await newestIn(home);
  if (name === undefined) return undefined;
  const file = path.join(home, 'runs', name);
  const read = async (): Promise<CutOff['steps']> =>
    openSteps(await withFile(file, constants.O_RDONLY, (handle) => handle.readFile('utf8')).catch(() => ''));
  if ((await read()).length === 0) return undefined;
  try {
    const lock = await takeLock(path.join(home, 'lock'));
    try {
      const steps = await read();
      await withFile(file, constants.O_WRONLY | constants.O_APPEND, (handle) => handle.appendFile('\n{"event":"seen"}\n'));
      return steps.length === 0 ? undefined : { file, steps };
    } finally {
      await lock.release();
    }
  } catch {
    // Whoever holds the lock is at work; a folder that cannot be written is told by the run that needs it.
    return undefined;
  }
};
