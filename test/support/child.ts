/** Runs a program as a person's shell would, in an environment that holds nothing of the machine's own AWS or Terraform settings. */
import { spawn } from 'node:child_process';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export type Environment = Readonly<Record<string, string>>;

export interface ChildOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly input?: string;
  readonly timeoutMs?: number;
}

export interface Finished {
  readonly command: string;
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** PATH and a home of its own; everything else is what the test says. */
export const cleanEnvironment = (home: string, more: Environment = {}): Environment => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  ...more,
});

/** Waits for the end of the program; a non-zero status is a result, not an error. After the time limit it is killed. */
export const run = (command: string, args: readonly string[], options: ChildOptions): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: { ...options.env }, stdio: 'pipe' });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({
        command: [command, ...args].join(' '),
        status,
        signal,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      });
    });
  });

/** The same, for steps that must succeed: otherwise the error shows everything that the program said. */
export const runOk = async (command: string, args: readonly string[], options: ChildOptions): Promise<Finished> => {
  const finished = await run(command, args, options);
  if (finished.status !== 0)
    throw new Error(
      `${finished.command}\nended with ${finished.status ?? finished.signal}\n--- stdout\n${finished.stdout}\n--- stderr\n${finished.stderr}`,
    );
  return finished;
};

/** The built command line of this checkout. */
export const xacct = (args: readonly string[], options: ChildOptions): Promise<Finished> =>
  run(process.execPath, [path.join(ROOT, 'bin/xacct.js'), ...args], options);

export const xacctOk = (args: readonly string[], options: ChildOptions): Promise<Finished> =>
  runOk(process.execPath, [path.join(ROOT, 'bin/xacct.js'), ...args], options);
