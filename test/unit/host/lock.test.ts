/** The lock of a folder: who holds it, when it is nobody's any more, and that only one of many gets it. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '#host/lock.ts';
import { failure, headlineOf } from '../../support/aws-stub.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "xacct lock's-"));
  file = path.join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const HERE = hostname();
const write = (holder: unknown): Promise<void> => writeFile(file, JSON.stringify(holder));

test('is whole, says who holds it, and leaves nothing behind', async () => {
  const lock = await takeLock(file);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid, host: HERE });
  const error = await failure(takeLock(file));
  expect(error.code).toBe('LOCKED');
  expect(error.message).toBe(`another xacct works in this folder (process ${process.pid})`);
  expect(await readdir(folder)).toEqual(['lock']);
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test('is let go only by the one who holds it', async () => {
  const lock = await takeLock(file);
  await write({ pid: 1, host: 'elsewhere' });
  await lock.release();
  expect(await readdir(folder)).toEqual(['lock']);
});

const DEAD = 999_999_999;

test.each([
  ['a process that is dead', JSON.stringify({ pid: DEAD, host: HERE, startedAt: '' })],
  ['a process that had our number', JSON.stringify({ pid: process.pid, host: HERE, startedAt: 'x 1' })],
  ['the dead of an earlier version', String(DEAD)],
  ['nobody', ''],
  ['nobody we know', 'nonsense'],
  ['no number', '-1'],
  ['nothing', 'null'],
])('of %s is taken over', async (_whose, text) => {
  await writeFile(file, text);
  const lock = await takeLock(file);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test.each([['empty'], ['cut short']])('that is %s may still be written to: whoever finds it waits a moment', async (state) => {
  const text = JSON.stringify({ pid: DEAD, host: 'elsewhere' });
  await writeFile(file, state === 'empty' ? '' : text.slice(0, 9));
  const taking = failure(takeLock(file));
  await setTimeout(200);
  await writeFile(file, text);
  expect((await taking).message).toBe(`another xacct works in this folder (process ${DEAD} on elsewhere)`);
});

test('of another process that lives is respected, unless the number was given to a later one', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  try {
    await write({ pid: child.pid, host: HERE, startedAt: '' });
    expect((await failure(takeLock(file))).message).toContain(`process ${child.pid}`);
    if (process.platform !== 'linux') return;
    await write({ pid: child.pid, host: HERE, startedAt: 'another-boot 12' });
    await (await takeLock(file)).release();
  } finally {
    child.kill();
  }
});

test('of another host is respected: nobody here can know, but may remove it', async () => {
  await write({ pid: DEAD, host: 'elsewhere', startedAt: '' });
  const error = await failure(takeLock(file));
  expect(error.message).toBe(`another xacct works in this folder (process ${DEAD} on elsewhere)`);
  expect(headlineOf(error).hints[0]?.command).toBe(`rm '${file.replaceAll("'", String.raw`'\''`)}'`);
});

test('that is stale goes to exactly one of twenty', async () => {
  for (let round = 0; round < 10; round += 1) {
    await write({ pid: DEAD, host: HERE, startedAt: '', round });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file)));
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(19);
    await won[0]?.release();
    expect(await readdir(folder)).toEqual([]);
  }
});

test('is refused at once where a pipe, a folder, a link or a long file has its name', async () => {
  const refused = async (make: () => Promise<unknown>): Promise<boolean> => {
    await make();
    const isRefused = await takeLock(file).then(
      () => false,
      () => true,
    );
    await rm(file, { recursive: true });
    return isRefused && (await readdir(folder)).length === 0;
  };
  expect(await refused(async () => execFileSync('mkfifo', [file]))).toBe(true);
  expect(await refused(() => mkdir(file))).toBe(true);
  expect(await refused(() => symlink('/dev/zero', file))).toBe(true);
  expect(await refused(() => writeFile(file, Buffer.alloc(1 << 20)))).toBe(true);
});
