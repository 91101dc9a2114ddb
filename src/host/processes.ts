/** Other programs as child processes, without a shell. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Processes, ProcessRequest, ProcessResult } from '#core/ports/process.ts';

const run = ({ command, args, cwd, env, signal }: ProcessRequest): Promise<ProcessResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', (error) => resolve({ ...output, status: 127, stderr: `${output.stderr}${error.message}` }));
    child.on('close', (code, killedBy) =>
      resolve({ ...output, status: code ?? 128 + (killedBy ? constants.signals[killedBy] : 0) }),
    );
  });

export const processes: Processes = { run };
