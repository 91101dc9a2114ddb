/** One run of the program: argv to exit status. The single catch; nobody else formats an error or decides a status. */
import { CommanderError } from 'commander';
import { note, problem, type Diagnostic } from '#domain/diagnostic.ts';
import { exitStatusOf } from '#domain/error-codes.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { CommandEntry, Outcome } from './command.ts';
import { errorEntry } from './error-entry.ts';
import { globalFlags } from './global-flags.ts';
import { COMMANDS } from './commands.ts';
import type { Context } from './context.ts';
import { createProgram } from './program.ts';
import { renderError } from './render/diagnostics.ts';

/** An option may be the program's: `xacct sandbox terraform plan -out x`. */
const programHint = (error: CommanderError, command: CommandEntry | undefined, argv: readonly string[]) =>
  command?.takesProgram && error.code === 'commander.unknownOption' && !argv.includes('--')
    ? [{ text: 'an option of the program comes after --', command: `xacct ${command.name} -- PROGRAM` }]
    : [];

const usageError = (error: CommanderError, command: CommandEntry | undefined, argv: readonly string[]): XacctError => {
  const message = error.message.replace(/^error: /, '').replace(/\.$/, '');
  return new XacctError(
    problem('USAGE', message, {
      hints: [
        ...programHint(error, command, argv),
        { text: 'see what there is', command: `xacct ${command === undefined ? '' : `${command.name} `}--help` },
      ],
    }),
  );
};

const bug = (error: unknown): XacctError => {
  const message = error instanceof Error ? error.message : String(error);
  const detail = error instanceof Error && error.stack !== undefined ? error.stack : undefined;
  return new XacctError(
    problem('BUG', `this is a fault in xacct: ${message}`, {
      ...(detail !== undefined && { detail }),
      hints: [{ text: 'run it again with --debug and report what it prints' }],
    }),
  );
};

/** After a signal every failure is the interruption, unless something remains. */
const errorOf = (error: unknown, isInterrupted: boolean, usage: (error: CommanderError) => XacctError): XacctError => {
  const isLeftover = isXacctError(error) && error.code === 'PARTIAL';
  if (isInterrupted && !isLeftover) return new XacctError(note('INTERRUPTED', 'stopped'));
  if (isXacctError(error)) return error;
  return error instanceof CommanderError ? usage(error) : bug(error);
};

const envelope = (command: string, rest: object): string => `${JSON.stringify({ schema: 1, command, ...rest })}\n`;

const failureEnvelope = (command: string, error: XacctError, told: readonly Diagnostic[]): string => {
  const [, ...more] = error.diagnostics;
  return envelope(command, { ok: false, error: errorEntry(error), diagnostics: [...told, ...more] });
};

/** `argv` without the executable and the script. Never throws. */
export const run = async (argv: readonly string[], context: Context): Promise<number> => {
  const { isJson, isDebug } = globalFlags(argv, context.env);
  const running: { outcome?: Outcome; isJson: boolean } = { isJson };
  const pieces: string[] = [];
  const told: Diagnostic[] = [];
  const reporter: Context['reporter'] = {
    progress: (event) => context.reporter.progress(event),
    tell: (diagnostic) => {
      told.push(diagnostic);
      context.reporter.tell(diagnostic);
    },
  };
  // Before a command there are no options that take a value.
  const name = argv.find((argument) => !argument.startsWith('-')) ?? '';
  const entry = COMMANDS.find((command) => command.name === name);
  try {
    const program = createProgram({
      version: context.version,
      env: context.env,
      commands: COMMANDS,
      named: entry && { ...entry, ...(await context.command(entry.name)) },
      out: (text) => pieces.push(text),
      say: (text) => context.say(text),
      dispatch: async (command, input) => {
        if (command.hasJsonFormat && input.text('format')?.value === 'json') running.isJson = true;
        running.outcome = await command.run(input, { ...context, reporter });
      },
    });
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    const { outcome } = running;
    if (outcome === undefined) await context.out(pieces.join(''));
    else if (outcome.isPrinted) return outcome.status;
    else if (running.isJson)
      await context.out(envelope(name, { ok: outcome.status === 0, result: outcome.result, diagnostics: told }));
    else await context.out(outcome.text);
    return outcome?.status ?? 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) {
      await context.out(pieces.join('')).catch(() => undefined);
      return 0;
    }
    const error = errorOf(thrown, context.signal.aborted, (usage) => usageError(usage, entry, argv));
    // What failed may be stdout itself.
    if (running.isJson) await context.out(failureEnvelope(name, error, told)).catch(() => undefined);
    context.say(renderError(error, context.paint, isDebug));
    return exitStatusOf(error.code);
  }
};
