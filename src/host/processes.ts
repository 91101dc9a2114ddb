/** Other programs as child processes, without a shell: heard to the end, or given this process's own terminal. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import type { Processes, ProcessRequest, ProcessResult } from '#core/ports/process.ts';
import { errnoOf } from './errno.ts';

const statusOf = (code: number | null, killedBy: NodeJS.Signals | null): number =>
  code ?? 128 + (killedBy ? constants.signals[killedBy] : 0);

/** As a shell says it for Ctrl-C. */
const STOPPED = 130;
const CANNOT_START = 126;
const NOT_FOUND = 127;

const failedStart = (error: Error): number => (errnoOf(error) === 'ENOENT' ? NOT_FOUND : CANNOT_START);

const run = ({ command, args, cwd, env, signal }: ProcessRequest): Promise<ProcessResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', (error) =>
      resolve({ ...output, status: signal?.aborted ? STOPPED : failedStart(error), stderr: `${output.stderr}${error.message}` }),
    );
    child.on('close', (code, killedBy) => resolve({ ...output, status: statusOf(code, killedBy) }));
  });

const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/** Signals are the child's alone until the returned function is called: nobody else here hears them. */
const passSignals = (pass: (signal: NodeJS.Signals) => void): (() => void) => {
  const before = PASSED_ON.map((name) => [name, process.listeners(name)] as const);
  for (const name of PASSED_ON) process.removeAllListeners(name).on(name, pass);
  return () => {
    for (const [name, listeners] of before) {
      process.removeListener(name, pass);
      for (const listener of listeners) process.on(name, listener);
    }
  };
};

/** A terminal sends Ctrl-C and its like to every process in front of it; the child must not get it twice. */
const isFromTerminal = (name: NodeJS.Signals): boolean =>
  (name === 'SIGINT' || name === 'SIGQUIT') && [0, 1, 2].some((stream) => isatty(stream));

const attach = ({ command, args, cwd, env }: Omit<ProcessRequest, 'signal'>): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...env }, stdio: 'inherit' });
    const restore = passSignals((name) => {
      if (!isFromTerminal(name)) child.kill(name);
    });
    const end = (status: number): void => {
      restore();
      resolve(status);
    };
    child.on('error', (error) => {
      if (child.pid === undefined) end(failedStart(error));
    });
    child.on('close', (code, killedBy) => end(statusOf(code, killedBy)));
  });

const leave: Processes['leave'] = ({ command, args, cwd, env }) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.on('error', (error) => resolve({ stdout, status: failedStart(error) }));
    child.on('exit', (code, killedBy) => resolve({ stdout, status: statusOf(code, killedBy) }));
    child.stdout.on('end', () => {
      // One that has failed says nothing there, and is about to end.
      if (stdout === '') return;
      child.unref();
      resolve({ stdout, status: 0 });
    });
  });

export const processes: Processes = { run, attach, leave };
