/** The composition root: the real clock, random, streams and environment; the only place that loads lazily and joins adapters to ports. */
import { closeSync, openSync, realpathSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Context } from '#cli/context.ts';
import { globalFlags } from '#cli/global-flags.ts';
import { paintFor, PLAIN } from '#cli/paint.ts';
import { renderDiagnostic } from '#cli/render/diagnostics.ts';
import { run } from '#cli/run.ts';
import type { Clock, Random } from '#domain/clock.ts';
import type { Processes } from '#core/ports/process.ts';
import { nodeCrypto } from '#host/crypto.ts';
import { files } from '#host/files.ts';
import { createReporter } from '#host/reporter.ts';
import { createStandardStreams } from '#host/standard-streams.ts';
import { watchSignals } from '#host/signals.ts';
import { readTerminal, streamsOf } from '#host/terminal.ts';
import type { SandboxOptions } from '#sandbox/open.ts';
import { loadCommand } from '#load-command';

// Must be set before the SDK is loaded; it is pinned and bundled, so its warning about Node 20 is not for users.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    const { setTimeout: sleep } = process.getBuiltinModule('node:timers/promises');
    return sleep(ms, undefined, { ...(signal && { signal }) });
  },
};

/** The adapter loads all that Node has for child processes. */
const processes: Processes = {
  run: async (request) => (await import('#host/processes.ts')).processes.run(request),
  attach: async (request) => (await import('#host/processes.ts')).processes.attach(request),
  leave: async (request) => (await import('#host/processes.ts')).processes.leave(request),
};

const random: Random = { hex: (bytes) => nodeCrypto().randomBytes(bytes).toString('hex') };

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** A reader such as `eval "$(xacct sandbox &)"` waits until nobody holds its end; the descriptor is taken at once by one that leads nowhere. */
const endOut = (): void => {
  if (process.stdout.isTTY) return;
  closeSync(1);
  openSync(devNull, 'w');
};

/** By the mark at its beginning, as PowerShell writes files; UTF-8 without one. */
const encodingOf = (first: Uint8Array): string => {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : 'utf-8';
};

/** Part by part until its end, or until the person stops it. */
const readInput = async function* (signal: AbortSignal): AsyncGenerator<string> {
  const { addAbortSignal } = process.getBuiltinModule('node:stream');
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of addAbortSignal(signal, process.stdin)) {
    decoder ??= new TextDecoder(encodingOf(chunk as Uint8Array));
    yield decoder.decode(chunk as Uint8Array, { stream: true });
  }
  yield decoder?.decode() ?? '';
};

const realPath = (name: string): string => {
  try {
    return realpathSync(name);
  } catch {
    return name;
  }
};

/** What a person types to start this program: npx says in the environment that it did. Of a checkout its cache holds a link, of a tarball the files. */
const programName = (env: NodeJS.ProcessEnv, script = ''): string => {
  if (env['npm_command'] !== 'exec') return 'xacct';
  return realPath(script).includes('_npx') ? `npx --yes ./xacct-${XACCT_VERSION}.tgz` : 'npx xacct';
};

/** undefined when somebody deleted it. */
const currentFolder = (): string | undefined => {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  const { env } = process;
  const terminal = readTerminal(env, streamsOf(process));
  const { isQuiet, hasNoColor } = globalFlags(argv, env);
  const hasColor = terminal.hasColor && !hasNoColor;
  const paint = paintFor(hasColor ? (await import('#host/paint.ts')).createPaint() : PLAIN, programName(env, process.argv[1]));
  const columns = terminal.isLive ? terminal.width : undefined;
  const { writeOut, write } = createStandardStreams(process);
  const reporter = createReporter(terminal, isQuiet ? () => undefined : write, (diagnostic) =>
    write(renderDiagnostic(diagnostic, paint, { columns })),
  );
  const cwd = currentFolder();
  if (cwd === undefined) {
    write('error the current folder is gone: change to another [FILE_UNREADABLE]\n');
    process.exitCode = 2;
    return;
  }
  const { signal, stopped } = watchSignals();
  const holds = once(async () => {
    const { createHolds } = await import('#host/journal.ts');
    return createHolds(`${new Date(clock.now()).toISOString().replaceAll(':', '')}-${process.pid}`);
  });
  const context: Context = {
    env,
    cwd,
    self: [process.execPath, process.argv[1] ?? ''],
    version: XACCT_VERSION,
    machine: `Node ${process.version} on ${process.platform} ${process.arch}`,
    out: async (text) => {
      reporter.clear();
      await writeOut(text);
    },
    say: (text) => {
      reporter.clear();
      write(text);
    },
    canAsk: terminal.canAsk,
    paint,
    width: terminal.width,
    ...(columns !== undefined && { columns }),
    reporter,
    clock,
    random,
    files,
    digest: (text) => nodeCrypto().createHash('sha256').update(text).digest('hex'),
    processes,
    signal,
    command: loadCommand,
    commander: once(async () => (await import('#cli/program.ts')).readByCommander),
    help: async () => (await import('#cli/help-text.ts')).HELP,
    aws: once(async () => (await import('#aws/open.ts')).openAwsAccounts(env, signal)),
    configReader: once(async () => (await import('#host/config-file.ts')).configReader),
    prompter: once(async () => {
      // Inquirer colours by the environment alone, which knows nothing of --no-color and of TERM=dumb.
      if (!hasColor) Object.assign(env, { NO_COLOR: '1', FORCE_COLOR: '0' });
      return (await import('#host/prompts.ts')).createPrompter({
        input: process.stdin,
        output: process.stderr,
        dim: (text) => paint.dim(text),
      });
    }),
    hold: async (folder, work) => (await holds())(folder, work),
    room: async (folder, room) => (await import('#host/home.ts')).makeRoom(folder, room),
    cutOff: async (folder) => (await import('#host/journal.ts')).takeCutOff(folder),
    userTemplate: once(async () => (await import('#load-template')).renderDeadly),
    diagnosis: once(async () => (await import('#core/diagnose.ts')).diagnosis),
    openSandbox: async (request) => (await import('#sandbox/open.ts')).openSandbox(request as SandboxOptions | undefined),
    pid: process.pid,
    endOut,
    readInput: () => readInput(signal),
  };
  const status = await run(argv, context);
  const stoppedWith = stopped(status);
  process.exitCode = stoppedWith ?? status;
  // What a credential provider of the SDK waits for cannot be called off, and must not hold the process.
  if (stoppedWith !== undefined) process.exit();
};

// CommonJS has no await here; `run` never throws.
void main();
