/** stdout that takes no more for now (EAGAIN): a pipe that some other program made non-blocking, as ssh and CI runners do, with a reader that takes its time. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, ROOT } from '../support/child.ts';

const LINES = 40_000;
const LINE = `# ${'x'.repeat(48)}\n`;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-slow-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('two megabytes reach it whole, in order, and the program ends with 0', async () => {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = new Socket({ fd: openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
  const writing = openSync(pipe, constants.O_WRONLY);
  const template = path.join(folder, 'long.eta');
  await writeFile(template, `<% for (let i = 0; i < ${LINES}; i += 1) { %>\n${LINE}<% } %>END\n`);
  const emit = ['emit-tf', '--role-arn', 'arn:aws:iam::222222222222:role/r', '--region', 'eu-west-1', '--template', template];
  const child = spawn(process.execPath, [path.join(ROOT, 'bin/xacct.js'), ...emit], {
    cwd: folder,
    env: { ...cleanEnvironment(folder) },
    stdio: ['ignore', writing, 'inherit'],
  });
  const exited = once(child, 'exit');
  // libuv makes blocking what it hands to a child, and non-blocking what it opens itself: the same pipe, which both share.
  const shared = new Socket({ fd: writing, readable: false, writable: true });
  const chunks: Buffer[] = [];
  await sleep(1500);
  expect(child.exitCode).toBeNull();
  shared.destroy();
  for await (const chunk of reader) {
    chunks.push(chunk as Buffer);
    if (chunks.length % 10 === 0) await sleep(1);
  }
  expect(await exited).toEqual([0, null]);
  const text = Buffer.concat(chunks).toString();
  expect(text.split(LINE.trimEnd()).length - 1).toBe(LINES);
  expect(text).toMatch(/\nEND\n\n# End of what xacct emit-tf made\.\n$/);
});
