/** Files, the journal with its lock, and other programs: the adapters against the real machine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Step } from '#domain/plan.ts';
import type { Journal } from '#core/ports/journal.ts';
import { files } from '#host/files.ts';
import { createHolds, takeCutOff } from '#host/journal.ts';
import { processes } from '#host/processes.ts';
import { failure, headlineOf } from '../../support/aws-stub.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (...names: readonly string[]): string => path.join(folder, ...names);
const codeOf = async (promise: Promise<unknown>): Promise<string> => (await failure(promise)).code;

describe('a file', () => {
  test('that is not there is undefined; anything else that cannot be read is an error', async () => {
    expect(await files.read(at('absent'))).toBeUndefined();
    expect(await codeOf(files.read(folder))).toBe('FILE_UNREADABLE');
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)('of somebody else, in a folder that anybody can write to, is not found on the way up', async () => {
    const below = at('shared', 'mine');
    await mkdir(below, { recursive: true });
    await writeFile(at('shared', 'xacct.yaml'), 'version: 1');
    await chmod(at('shared'), 0o1777);
    expect(await files.findUp('xacct.yaml', below)).toBe(at('shared', 'xacct.yaml'));
    await chown(at('shared', 'xacct.yaml'), 12_345, 12_345);
    expect(await codeOf(files.findUp('xacct.yaml', below))).toBe('FILE_UNREADABLE');
    await chmod(at('shared'), 0o755);
    expect(await files.findUp('xacct.yaml', below)).toBe(at('shared', 'xacct.yaml'));
  });

  test('that is a pipe, a device, a folder or too long is refused by name, and at once', async () => {
    execFileSync('mkfifo', [at("a 'pipe'")]);
    await writeFile(at('long'), Buffer.alloc(5 * 1024 * 1024 + 1, ' '));
    await writeFile(at('longest'), Buffer.alloc(5 * 1024 * 1024, ' '));
    const why = async (file: string) => {
      const error = await failure(files.read(file));
      expect(error.code).toBe('FILE_UNREADABLE');
      return [error.message.replace(file, 'it'), headlineOf(error).hints[0]?.command];
    };
    expect(await why(at("a 'pipe'"))).toEqual([
      'it cannot be read: it is a pipe or a device and no file',
      String.raw`ls -ld '${at('a ')}'\''pipe'\'''`,
    ]);
    expect(await why('/dev/zero')).toEqual(['it cannot be read: it is a pipe or a device and no file', 'ls -ld /dev/zero']);
    expect(await why(folder)).toEqual(['it cannot be read: it is a folder', `ls -ld ${folder}`]);
    expect((await why(at('long')))[0]).toBe('it cannot be read: it is longer than 5 MB');
    expect(await files.read(at('longest'))).toHaveLength(5 * 1024 * 1024);
  });

  test('that is new is for others to read and for nobody else to write', async () => {
    const umask = process.umask(0);
    try {
      await files.write(at('new'), '');
      expect((await stat(at('new'))).mode & 0o777).toBe(0o644);
      process.umask(0o077);
      await files.write(at('newer'), '');
      expect((await stat(at('newer'))).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(umask);
    }
  });

  test('is written whole, in folders that are made, and nothing else is left', async () => {
    await files.write(at('a', 'b', 'x.yaml'), 'one');
    await files.write(at('a', 'b', 'x.yaml'), 'two');
    expect(await files.read(at('a', 'b', 'x.yaml'))).toBe('two');
    expect(await readdir(at('a', 'b'))).toEqual(['x.yaml']);
  });

  test('that cannot be put there leaves what was there, and no draft', async () => {
    await mkdir(at('taken'));
    await writeFile(at('taken', 'inside'), '');
    expect(await codeOf(files.write(at('taken'), 'x'))).toBe('FILE_UNWRITABLE');
    await writeFile(at('plain'), 'old');
    expect(await codeOf(files.write(at('plain', 'x'), 'x'))).toBe('FILE_UNWRITABLE');
    expect((await readdir(folder)).toSorted()).toEqual(['plain', 'taken']);
    expect(await files.read(at('plain'))).toBe('old');
  });

  test('is found in the folder or the nearest parent', async () => {
    await mkdir(at('a', 'b'), { recursive: true });
    await writeFile(at('xacct.yaml'), '');
    expect(await files.findUp('xacct.yaml', at('a', 'b'))).toBe(at('xacct.yaml'));
    await writeFile(at('a', 'xacct.yaml'), '');
    expect(await files.findUp('xacct.yaml', at('a', 'b'))).toBe(at('a', 'xacct.yaml'));
    expect(await files.findUp('no-such-file-anywhere.yaml', at('a', 'b'))).toBeUndefined();
  });

  test('that replaces puts itself in the place of a link, and leaves alone what is behind it', async () => {
    await writeFile(at('precious'), 'kept', { mode: 0o600 });
    await symlink(at('precious'), at('proof.json'));
    await files.replace(at('proof.json'), 'proved');
    expect(await readFile(at('precious'), 'utf8')).toBe('kept');
    expect(await readFile(at('proof.json'), 'utf8')).toBe('proved');
    expect((await lstat(at('proof.json'))).mode & 0o777).toBe(0o644);
    await chmod(at('proof.json'), 0o600);
    await files.replace(at('proof.json'), 'again');
    expect((await lstat(at('proof.json'))).mode & 0o777).toBe(0o600);
  });

  test('is named as it is seen from a folder', () => {
    expect(files.relative('/a/b', '/a/b/c/d.json')).toBe('./c/d.json');
    expect(files.relative('/a/b', '/a/d.json')).toBe('../d.json');
    expect(files.relative('/a/b', '/a/b/..d.json')).toBe('./..d.json');
    expect(files.resolve('/a/b', '../c')).toBe('/a/c');
    expect(files.folderOf('/a/b')).toBe('/a');
  });

  test('a folder of a process that has ended is removed, and no other', async () => {
    const ended = spawnSync(process.execPath, ['-e', '0']).pid;
    const prefix = `xacct-test-${process.pid}-`;
    const left = await files.makeTemporary(`${prefix}${ended}-`);
    const inUse = await files.makeTemporary(`${prefix}${process.pid}-`);
    const other = await files.makeTemporary(`${prefix}x-`);
    const kept = path.join(other, 'kept');
    await writeFile(kept, '');
    const link = path.join(tmpdir(), `${prefix}${ended}-linked`);
    await symlink(other, link);
    await files.removeAbandoned(prefix);
    const are = await Promise.all([left, inUse, other].map((one) => files.isFolder(one)));
    expect([...are, await files.read(kept), (await lstat(link)).isSymbolicLink()]).toEqual([false, true, true, '', true]);
    await Promise.all([inUse, other, link].map((one) => files.remove(one)));
  });

  test('a temporary folder is for nobody else, and removing what is gone is no error', async () => {
    const made = await files.makeTemporary('xacct-test-');
    expect((await stat(made)).mode & 0o777).toBe(0o700);
    expect(await files.isFolder(made)).toBe(true);
    await files.remove(made);
    await files.remove(made);
    expect(await files.isFolder(made)).toBe(false);
  });
});

const STEP: Step = {
  id: 'delete-role r',
  side: 'target',
  account: '222222222222',
  phase: 'make',
  write: { kind: 'delete-role', roleName: 'r' },
  undo: { kind: 'untag', on: { kind: 'role', name: 'r' }, keys: ['team'] },
};
const ELSEWHERE: Step = { ...STEP, account: '333333333333' };

const hold = <T>(work: (journal: Journal) => Promise<T>, id = 'run-1'): Promise<T> => createHolds(id)(folder, work);

describe('the journal', () => {
  test('is a line for each event, for the eyes of its owner only, and out of version control', async () => {
    await hold((journal) => Promise.all([journal.begin(STEP), journal.end(STEP, 'done'), journal.undo(STEP, 'failed')]));
    const file = at('.xacct', 'runs', 'run-1.jsonl');
    expect(
      (await readFile(file, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { event: 'begin', step: STEP },
      { event: 'end', account: STEP.account, step: STEP.id, outcome: 'done' },
      { event: 'undo', account: STEP.account, step: STEP.id, write: STEP.undo, outcome: 'failed' },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(at('.xacct', '.gitignore'), 'utf8')).toBe('*\n');
    expect(await readdir(at('.xacct'))).toEqual(['.gitignore', 'runs']);
  });

  test('of a run that was killed tells once what it was in the middle of, and nothing while somebody is at work', async () => {
    expect(await takeCutOff(folder)).toBeUndefined();
    const file = at('.xacct', 'runs', 'run-1.jsonl');
    const lock = await hold(async (journal) => {
      await journal.begin(STEP);
      await journal.begin(ELSEWHERE);
      await journal.end(ELSEWHERE, 'done');
      await journal.begin({ ...STEP, id: 'taken back' });
      await journal.undo({ ...STEP, id: 'taken back' }, 'done');
      expect(await takeCutOff(folder)).toBeUndefined();
      return readFile(at('.xacct', 'lock'), 'utf8');
    });
    // Killed: the lock stays behind, and the last line is half a line.
    await writeFile(at('.xacct', 'lock'), lock.replace(/"pid":\d+/, '"pid":4194304'));
    await writeFile(file, `${await readFile(file, 'utf8')}{"event":"end","ste`);
    expect(await takeCutOff(folder)).toEqual({ file, steps: [{ id: STEP.id, account: STEP.account }] });
    expect(await takeCutOff(folder)).toBeUndefined();
    expect(await readFile(file, 'utf8')).toContain('{"event":"seen"}');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await hold(async () => 'as if nothing had been', 'run-2')).toBe('as if nothing had been');
  });

  test('of an earlier version, whose lines name no account, is read all the same', async () => {
    await hold(async () => undefined);
    const { account: _, ...old } = STEP;
    const lines = [
      { event: 'begin', step: old },
      { event: 'begin', step: { ...old, id: 'ended' } },
      { event: 'end', step: 'ended', outcome: 'done' },
    ];
    const file = at('.xacct', 'runs', 'run-1.jsonl');
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(await takeCutOff(folder)).toEqual({ file, steps: [{ id: STEP.id, account: undefined }] });
  });

  describe('that is none', () => {
    const BEGUN = `${JSON.stringify({ event: 'begin', step: STEP })}\n`;
    const NEWEST = ['.xacct', 'runs', 'z.jsonl'] as const;

    test.each<[string, () => Promise<unknown>]>([
      ['a pipe', async () => execFileSync('mkfifo', [at(...NEWEST)])],
      ['a link to a device', () => symlink('/dev/zero', at(...NEWEST))],
      ['a link to a journal', () => symlink(at('theirs.jsonl'), at(...NEWEST))],
      ['longer than any', () => writeFile(at(...NEWEST), `${BEGUN}${' '.repeat(5 * 1024 * 1024)}`)],
    ])('%s, is not read, not written, and never waited for', async (_, make) => {
      await writeFile(at('theirs.jsonl'), BEGUN);
      await mkdir(at('.xacct', 'runs'), { recursive: true });
      await make();
      expect(await takeCutOff(folder)).toBeUndefined();
      expect(await readFile(at('theirs.jsonl'), 'utf8')).toBe(BEGUN);
    });

    test.each([['.xacct'], ['.xacct/runs']])('behind the link %s, is not read', async (link) => {
      const there = link === '.xacct' ? 'theirs/runs' : 'theirs';
      await mkdir(at(there), { recursive: true });
      await writeFile(at(there, '9.jsonl'), BEGUN);
      if (link !== '.xacct') await mkdir(at('.xacct'));
      await symlink(at('theirs'), at(link));
      expect(await takeCutOff(folder)).toBeUndefined();
      expect(await readFile(at(there, '9.jsonl'), 'utf8')).toBe(BEGUN);
    });

    test('does not hide the journal of the run before', async () => {
      await hold((journal) => journal.begin(STEP));
      await symlink('/dev/null', at(...NEWEST));
      const file = at('.xacct', 'runs', 'run-1.jsonl');
      expect(await takeCutOff(folder)).toEqual({ file, steps: [{ id: STEP.id, account: STEP.account }] });
    });
  });

  test('is on disk before the step is done', () =>
    hold(async (journal) => {
      await journal.begin(STEP);
      expect(await readFile(at('.xacct', 'runs', 'run-1.jsonl'), 'utf8')).toContain('begin');
    }));

  test('is not stopped by one line that cannot be written', async () => {
    await hold(async (journal) => {
      const loop: Record<string, unknown> = {};
      loop['self'] = loop;
      expect(await codeOf(journal.begin(loop as never))).toBe('FILE_UNWRITABLE');
      await journal.end(STEP, 'done');
    });
    expect((await readFile(at('.xacct', 'runs', 'run-1.jsonl'), 'utf8')).trim()).toBe(
      JSON.stringify({ event: 'end', account: STEP.account, step: STEP.id, outcome: 'done' }),
    );
  });

  test('says what cannot be written, and every time', async () => {
    await mkdir(at('.xacct', 'runs', 'run-1.jsonl'), { recursive: true });
    await hold(async (journal) => {
      for (const write of [journal.begin(STEP), journal.end(STEP, 'done'), journal.undo(STEP, 'done')])
        expect(await codeOf(write)).toBe('FILE_UNWRITABLE');
    });
  });

  test('never goes through a link', async () => {
    const begin = (journal: Journal): Promise<void> => journal.begin(STEP);
    await mkdir(at('theirs'));
    await writeFile(at('theirs', 'precious'), 'kept');
    await symlink(at('theirs'), at('.xacct'));
    expect(await codeOf(hold(begin))).toBe('FILE_UNWRITABLE');
    expect(await readdir(at('theirs'))).toEqual(['precious']);
    await rm(at('.xacct'));
    await mkdir(at('.xacct', 'runs'), { recursive: true });
    await symlink(at('theirs', 'precious'), at('.xacct', '.gitignore'));
    await symlink(at('theirs', 'precious'), at('.xacct', 'runs', 'run-1.jsonl'));
    expect(await codeOf(hold(begin))).toBe('FILE_UNWRITABLE');
    await hold(begin, 'run-2');
    expect(await readFile(at('theirs', 'precious'), 'utf8')).toBe('kept');
  });

  test('that cannot be made is an error with its place', async () => {
    await writeFile(at('.xacct'), 'a file');
    expect(await codeOf(hold(async () => undefined))).toBe('FILE_UNWRITABLE');
  });
});

describe('a folder that is held', () => {
  test('is held once by all that a run does there at a time, in one journal, and until the last of them is done', async () => {
    const run = createHolds('run-1');
    let leave = (): void => undefined;
    const others = new Promise<void>((resolve) => (leave = resolve));
    const first = run(folder, async (journal) => {
      await journal.begin(STEP);
      await others;
    });
    await run(folder, async (journal) => {
      await journal.begin({ ...STEP, id: 'of another' });
      await run(folder, (inner) => inner.begin({ ...STEP, id: 'within' }));
    });
    expect(await codeOf(hold(async () => undefined, 'run-2'))).toBe('LOCKED');
    leave();
    await first;
    expect(await readdir(at('.xacct'))).toEqual(['.gitignore', 'runs']);
    // Again and again, also while the last one to leave closes the door.
    const comeLater = async (_: unknown, turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await run(folder, async () => undefined);
    };
    await Promise.all(Array.from({ length: 30 }, comeLater));
    await run(folder, (journal) => journal.end(STEP, 'done'));
    expect(await readdir(at('.xacct', 'runs'))).toEqual(['run-1.jsonl']);
    expect((await readFile(at('.xacct', 'runs', 'run-1.jsonl'), 'utf8')).match(/"event":"\w+"/g)).toEqual([
      ...Array(3).fill('"event":"begin"'),
      '"event":"end"',
    ]);
  });

  test('is let go by what fails, and no journal is there where nothing was written into it', async () => {
    const run = createHolds('run-1');
    const broken = run(folder, () => Promise.reject(new Error('broken')));
    const [next] = await Promise.allSettled([run(folder, async () => 'on'), broken]);
    expect(next).toEqual({ status: 'fulfilled', value: 'on' });
    expect(await readdir(at('.xacct', 'runs'))).toEqual([]);
    expect(await readdir(at('.xacct'))).toEqual(['.gitignore', 'runs']);
  });
});

describe('another program', () => {
  const run = (script: string, more: object = {}) =>
    processes.run({ command: process.execPath, args: ['-e', script], cwd: folder, env: { ...process.env }, ...more });

  test('ends with its status and everything that it said', async () => {
    expect(await run('process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3')).toEqual({
      status: 3,
      stdout: 'out',
      stderr: 'err',
    });
  });

  test('is 127 when it is not there', async () => {
    const result = await processes.run({ command: 'no-such-program-here', args: [], cwd: folder, env: {} });
    expect(result).toMatchObject({ status: 127, stdout: '' });
    expect(result.stderr).toContain('ENOENT');
  });

  test('is 126 when it may not be executed', async () => {
    await writeFile(at('plain'), '#!/bin/sh\n');
    const result = await processes.run({ command: at('plain'), args: [], cwd: folder, env: {} });
    expect(result).toMatchObject({ status: 126, stdout: '' });
    expect(result.stderr).toContain('EACCES');
  });

  test('is 128 and the number when a signal ends it', async () => {
    expect(await run('process.kill(process.pid, "SIGKILL")')).toMatchObject({ status: 137 });
  });

  test('takes its words as they are: no shell reads them', async () => {
    const args = ['-e', 'process.stdout.write(process.argv[1])', '$HOME; `ls` "x"'];
    const result = await processes.run({ command: process.execPath, args, cwd: folder, env: {} });
    expect(result.stdout).toBe('$HOME; `ls` "x"');
  });

  test('ends when it is told to', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const { status } = await run('setTimeout(() => {}, 60000)', { signal: stop.signal });
    expect(status).toBe(130);
  });
});

describe('a link', () => {
  test('to the file stays a link when the file is written', async () => {
    await mkdir(at('shared'));
    await writeFile(at('shared', 'real.yaml'), 'old');
    await symlink(at('shared', 'real.yaml'), at('xacct.yaml'));
    await files.write(at('xacct.yaml'), 'new');
    expect(await readFile(at('shared', 'real.yaml'), 'utf8')).toBe('new');
  });

  test('and the mode of a file stays what its owner made it', async () => {
    await writeFile(at('xacct.yaml'), 'old');
    await chmod(at('xacct.yaml'), 0o600);
    await files.write(at('xacct.yaml'), 'new');
    expect((await stat(at('xacct.yaml'))).mode & 0o777).toBe(0o600);
  });
});
