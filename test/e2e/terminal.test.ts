/** The terminal harness itself: what the wizard's tests stand on. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment } from '../support/child.ts';
import { describeWithPeers } from '../support/peers.ts';
import { KEYS, openScreen, openTerminal } from '../support/terminal.ts';

const ASK = `
process.stderr.write('\\u001B[1m' + process.stdin.isTTY + ' ' + process.stderr.columns + '\\u001B[0m name? ');
process.on('SIGINT', () => process.exit(130));
process.stdin.once('data', (answer) => { console.log('hello ' + String(answer).trim()); process.exit(7); });
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-terminal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeWithPeers(['script'], 'a terminal by script', () => {
  test('sends keys, shows text at 80 columns, and gives the exit status', async () => {
    const terminal = openTerminal([process.execPath, '-e', ASK], { cwd: folder, env: cleanEnvironment(folder) });
    await terminal.waitFor('true 80 name? ');
    terminal.type(`ada${KEYS.enter}`);
    await terminal.waitFor('hello ada');
    expect(await terminal.ended()).toBe(7);
    expect(terminal.raw()).toContain('\u001B[1m');
  });

  test('sends stdout elsewhere while the questions stay on the terminal', async () => {
    const stdoutFile = path.join(folder, 'out');
    const terminal = openTerminal([process.execPath, '-e', ASK], { cwd: folder, env: cleanEnvironment(folder), stdoutFile });
    await terminal.waitFor('name? ');
    terminal.type(`ada${KEYS.enter}`);
    expect(await terminal.ended()).toBe(7);
    expect(await readFile(stdoutFile, 'utf8')).toBe('hello ada\n');
  });

  test('sends Ctrl-C', async () => {
    const terminal = openTerminal([process.execPath, '-e', ASK], { cwd: folder, env: cleanEnvironment(folder) });
    await terminal.waitFor('name? ');
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended()).toBe(130);
  });
});

describeWithPeers(['tmux'], 'a screen by tmux', () => {
  test('shows what a person sees', async () => {
    const screen = await openScreen([process.execPath, '-e', ASK], { cwd: folder, env: cleanEnvironment(folder), columns: 60 });
    try {
      await screen.waitFor(/true 60 name\?/);
      await screen.type('ada', 'Enter');
      await screen.waitFor(/\[status 7\]/);
      expect(await screen.lines()).toEqual(['true 60 name? ada', 'hello ada', '[status 7]']);
    } finally {
      await screen.close();
    }
  });
});
