/**
 * A program in a terminal of its own: keys in, what it wrote out. Util-linux's `script` makes the pseudo-terminal, so nothing needs compiling.
 * The text is a stream without its control sequences; to judge what stands on the screen at one moment, ask tmux (openScreen).
 */
import { execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify, stripVTControlCharacters } from 'node:util';
import type { Environment } from './child.ts';
import { pathOf } from './peers.ts';

const exec = promisify(execFile);

export const KEYS = {
  enter: '\r',
  up: '\u001B[A',
  down: '\u001B[B',
  interrupt: '\u0003',
  /** The program waits for half a second whether it begins the sequence of another key. */
  escape: '\u001B',
  backspace: '\u007F',
} as const;

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly columns?: number;
  readonly rows?: number;
  /** Where the program's stdout goes instead of the terminal, as with `> file` in a shell. */
  readonly stdoutFile?: string;
}

export interface Terminal {
  type(keys: string): void;
  /** Waits until `what` appears after everything that was waited for before; fails with the whole text after the time limit. */
  waitFor(what: string | RegExp, timeoutMs?: number): Promise<void>;
  /** Everything so far, without control sequences. */
  text(): string;
  /** Everything so far, as it was sent to the terminal. */
  raw(): string;
  /** The program's exit status, 128 + n for a signal. */
  ended(timeoutMs?: number): Promise<number>;
  close(): void;
  /** As when its window is closed: the terminal is gone, and the kernel tells the program so. */
  hangUp(): void;
}

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

const commandLine = (command: readonly string[], stdoutFile?: string): string =>
  `${command.map(quote).join(' ')}${stdoutFile === undefined ? '' : ` > ${quote(stdoutFile)}`}`;

/** Ends with the program; call `close` all the same, in case a test failed half-way. */
export const openTerminal = (command: readonly string[], options: TerminalOptions): Terminal => {
  const { columns = 80, rows = 40 } = options;
  const line = `stty cols ${columns} rows ${rows}; exec ${commandLine(command, options.stdoutFile)}`;
  const child = spawn(pathOf('script'), ['--quiet', '--flush', '--return', '--command', line, '/dev/null'], {
    cwd: options.cwd,
    env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let raw = '';
  let seen = 0;
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (raw += chunk));
  child.stdin.on('error', () => undefined);
  const end = new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 128)));
  const text = (): string => stripVTControlCharacters(raw).replaceAll('\r\n', '\n');

  const failAfter = async (timeoutMs: number, what: string): Promise<never> => {
    await sleep(timeoutMs, undefined, { ref: false });
    throw new Error(`${what} in ${timeoutMs} ms; the terminal shows\n${text()}`);
  };

  return {
    type: (keys) => void child.stdin.write(keys),
    waitFor: async (what, timeoutMs = 15_000) => {
      const deadlineMs = Date.now() + timeoutMs;
      for (;;) {
        const rest = text().slice(seen);
        const match =
          typeof what === 'string' ? { index: rest.indexOf(what), 0: what } : (what.exec(rest) ?? { index: -1, 0: '' });
        if (match.index >= 0) {
          seen += match.index + match[0].length;
          return;
        }
        if (Date.now() > deadlineMs) throw new Error(`${what} did not appear in ${timeoutMs} ms; the terminal shows\n${text()}`);
        await sleep(20);
      }
    },
    text,
    raw: () => raw,
    ended: (timeoutMs = 15_000) => Promise.race([end, failAfter(timeoutMs, 'the program did not end')]),
    close: () => {
      child.stdin.end();
      child.kill('SIGHUP');
    },
    hangUp: () => void child.kill('SIGKILL'),
  };
};

export interface Screen {
  type(...keys: readonly string[]): Promise<void>;
  /** The lines that a person sees now, without the empty ones below. */
  lines(): Promise<readonly string[]>;
  waitFor(what: RegExp, timeoutMs?: number): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  close(): Promise<void>;
}

/** The same in tmux, which keeps a true screen. `type` takes tmux's key names (Enter, Up, C-c) or text. */
export const openScreen = async (command: readonly string[], options: TerminalOptions): Promise<Screen> => {
  const socket = `xacct-${process.pid}-${Date.now()}`;
  const tmux = (...args: readonly string[]) =>
    exec(pathOf('tmux'), ['-L', socket, '-f', '/dev/null', ...args], {
      cwd: options.cwd,
      env: { TERM: 'xterm-256color', ...options.env },
    });
  const { columns = 80, rows = 40 } = options;
  const line = `${commandLine(command, options.stdoutFile)}; echo "[status $?]"; sleep 600`;
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', options.cwd, line);
  const lines = async (): Promise<readonly string[]> => (await tmux('capture-pane', '-p')).stdout.trimEnd().split('\n');
  return {
    type: async (...keys) => {
      for (const key of keys) await tmux('send-keys', key);
    },
    lines,
    waitFor: async (what, timeoutMs = 15_000) => {
      const deadlineMs = Date.now() + timeoutMs;
      for (;;) {
        const shown = (await lines()).join('\n');
        if (what.test(shown)) return;
        if (Date.now() > deadlineMs) throw new Error(`${what} did not appear in ${timeoutMs} ms; the screen shows\n${shown}`);
        await sleep(50);
      }
    },
    resize: (width, height) => tmux('resize-window', '-x', String(width), '-y', String(height)).then(() => undefined),
    close: () => tmux('kill-server').then(() => undefined),
  };
};
