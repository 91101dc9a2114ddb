/** The product in this process: run(argv) with real adapters, real files in a folder of its own, and a sandbox in place of AWS. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { openAwsAccounts } from '#aws/open.ts';
import type { Context } from '#cli/context.ts';
import { PLAIN } from '#cli/paint.ts';
import { renderDiagnostic } from '#cli/render/diagnostics.ts';
import { HELP } from '#cli/help-text.ts';
import { readByCommander } from '#cli/program.ts';
import { run } from '#cli/run.ts';
import type { Clock } from '#domain/clock.ts';
import { configReader } from '#host/config-file.ts';
import { loadCommand } from '#load-command';
import { diagnosis } from '#core/diagnose.ts';
import { renderUserTemplate } from '#emit/user-template.ts';
import { files } from '#host/files.ts';
import { makeRoom } from '#host/home.ts';
import { createHolds, takeCutOff } from '#host/journal.ts';
import { processes } from '#host/processes.ts';
import { createReporter } from '#host/reporter.ts';
import { openSandbox, type LogEntry, type Sandbox, type SandboxOptions } from '#sandbox/open.ts';
import { sharedFiles, useEnvironment } from './aws-stub.ts';
import { createPerson, type Answer } from './script.ts';

export const SOURCE = '111111111111';
export const TARGET = '222222222222';
export const BOTH = ['--target-profile', 'target', '--source-profile', 'source'];

export interface RunOptions {
  /** Beside the sandbox's own profiles. */
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the sandbox's profiles: nothing but this. */
  readonly onlyEnv?: Readonly<Record<string, string>>;
  /** A person is there, with these answers. */
  readonly answers?: readonly Answer[];
  /** Columns of the terminal; 80 unless said. */
  readonly width?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly context?: Partial<Context>;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Product {
  readonly sandbox: Sandbox;
  /** Where the commands run. */
  readonly folder: string;
  /** Times, ports and folders in the output are replaced by words. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same as `run`, untouched. */
  runRaw(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  put(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  /** Names in the folder. */
  list(): Promise<readonly string[]>;
  /** All lines of all journals. */
  journal(): Promise<string>;
  /** Calls so far that would change something, in alphabetical order: independent ones run together. */
  writes(): readonly string[];
  close(): Promise<void>;
}

/** Waiting takes no time: it moves the sandbox's own clock. */
const fastClock = (sandbox: Sandbox): Clock => {
  let waitedMs = 0;
  return {
    now: () => Date.now() + waitedMs,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waitedMs += ms;
      sandbox.advanceClock(ms);
    },
  };
};

/** `00…01`, `00…02`: what is generated is known beforehand. */
const countingRandom = () => {
  let count = 0;
  return { hex: (bytes: number) => (count += 1).toString(16).padStart(bytes * 2, '0') };
};

export const openProduct = async (options: SandboxOptions = {}): Promise<Product> => {
  const sandbox = await openSandbox(options);
  const folder = await mkdtemp(path.join(tmpdir(), 'xacct-product-'));
  const random = countingRandom();
  const homes: string[] = [];
  let runs = 0;

  const environment = ({ env = {}, onlyEnv }: RunOptions) => {
    const shared = sharedFiles(onlyEnv ? '' : sandbox.awsConfigText());
    homes.push(shared['HOME'] ?? '');
    return useEnvironment({
      ...shared,
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
      ...onlyEnv,
    });
  };

  const runRaw = async (argv: readonly string[], settings: RunOptions = {}): Promise<Ran> => {
    const output = { stdout: '', stderr: '' };
    const say = (text: string): void => void (output.stderr += text);
    const env = environment(settings);
    const person = createPerson(settings.answers ?? []);
    const terminal = { canAsk: settings.answers !== undefined, hasColor: false, isLive: false, width: settings.width ?? 80 };
    runs += 1;
    // As main.ts names them, so that they sort with those of a program that was killed.
    const id = `${new Date().toISOString().replaceAll(':', '')}-${runs}`;
    const context: Context = {
      env,
      cwd: folder,
      self: ['xacct'],
      version: '0.0.0-test',
      machine: 'Node v0 on paper',
      out: async (text) => void (output.stdout += text),
      say,
      canAsk: terminal.canAsk,
      paint: PLAIN,
      width: terminal.width,
      reporter: createReporter(terminal, say, (diagnostic) => say(renderDiagnostic(diagnostic, PLAIN))),
      clock: settings.clock ?? fastClock(sandbox),
      random,
      files,
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      processes,
      signal: settings.signal ?? new AbortController().signal,
      command: loadCommand,
      commander: async () => readByCommander,
      help: async () => HELP,
      aws: async () => openAwsAccounts(env, settings.signal),
      configReader: async () => configReader,
      prompter: async () => person.prompter,
      cutOff: takeCutOff,
      room: makeRoom,
      hold: createHolds(id),
      diagnosis: async () => diagnosis,
      userTemplate: async () => renderUserTemplate,
      openSandbox: () => openSandbox(),
      ...settings.context,
    };
    const status = await run(argv, context);
    person.assertDone();
    return { status, ...output };
  };

  const normalise = (text: string): string =>
    text
      .replaceAll(folder, '<folder>')
      .replaceAll(sandbox.endpoint, '<endpoint>')
      .replaceAll(/\b\d+ ms\b/g, 'N ms')
      .replaceAll(/"ms":\d+/g, '"ms":0');

  return {
    sandbox,
    folder,
    runRaw,
    run: async (argv, settings) => {
      const { status, stdout, stderr } = await runRaw(argv, settings);
      return { status, stdout: normalise(stdout), stderr: normalise(stderr) };
    },
    put: (name, text) => writeFile(path.join(folder, name), text),
    read: (name) => readFile(path.join(folder, name), 'utf8'),
    list: async () => (await readdir(folder)).toSorted(),
    journal: async () => {
      const home = path.join(folder, '.xacct/runs');
      const names = await readdir(home).catch(() => []);
      return (await Promise.all(names.toSorted().map((name) => readFile(path.join(home, name), 'utf8')))).join('');
    },
    writes: () =>
      sandbox
        .log()
        .filter(({ write }) => write)
        .map(({ action }: LogEntry) => action)
        .toSorted(),
    close: async () => {
      vi.unstubAllEnvs();
      await sandbox.close();
      for (const place of [folder, ...homes]) await rm(place, { recursive: true, force: true });
    },
  };
};

/** A policy file of a person. */
export const S3_POLICY = `${JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::my-bucket' }] },
  null,
  2,
)}\n`;
