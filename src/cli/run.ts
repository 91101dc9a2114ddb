/** One run of the program: argv to exit status. The single catch; nobody else formats an error or decides a status. */
import type { Diagnostic } from '#domain/diagnostic.ts';
import { exitStatusOf } from '#domain/error-codes.ts';
import type { XacctError } from '#domain/xacct-error.ts';
import type { Command, Input } from './command.ts';
import { errorEntry, errorOf } from './error-entry.ts';
import { globalFlags } from './global-flags.ts';
import { COMMANDS, HELP_WIDTH } from './commands.ts';
import type { Context } from './context.ts';
import { readPlain } from './read-plain.ts';
import { renderError } from './render/diagnostics.ts';
import { inputOf } from './typed.ts';

const envelope = (command: string, rest: object): string => `${JSON.stringify({ schema: 1, command, ...rest })}\n`;

const failureEnvelope = (command: string, error: XacctError, told: readonly Diagnostic[]): string => {
  const [, ...more] = error.diagnostics;
  return envelope(command, { ok: false, error: errorEntry(error), diagnostics: [...told, ...more] });
};

const isForHelp = ([first, ...more]: readonly string[]): boolean =>
  more.length === 0 && (first === undefined || first === '--help' || first === '-h');

/** What the command is to do, or a text that was all that was asked for. */
const readInput = async (argv: readonly string[], named: Command | undefined, context: Context): Promise<Input | string> => {
  const plain = named && readPlain(argv, named);
  if (named && plain) return inputOf(named, plain, context.env);
  const { version, width } = context;
  if (argv.length === 1 && argv[0] === '--version') return `${version}\n`;
  if (isForHelp(argv) && context.width >= HELP_WIDTH) return context.help();
  const readByCommander = await context.commander();
  const read = readByCommander(argv, { version, commands: COMMANDS, named, say: (text) => context.say(text), width });
  if (read.kind === 'text') return read.text;
  return named === undefined ? '' : inputOf(named, read.typed, context.env);
};

/** `argv` without the executable and the script. Never throws. */
export const run = async (argv: readonly string[], context: Context): Promise<number> => {
  const { isJson: isJsonAsked, isDebug } = globalFlags(argv, context.env);
  let isJson = isJsonAsked;
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
    const command = entry && { ...entry, ...(await context.command(entry.name)) };
    const input = await readInput(argv, command, context);
    if (command === undefined || typeof input === 'string') {
      await context.out(typeof input === 'string' ? input : '');
      return 0;
    }
    const format = command.hasJsonFormat ? input.text('format')?.value : undefined;
    // A form that was typed comes before the variable that asks every command for JSON.
    if (format !== undefined && (format === 'json' || (input.isTyped('format') && !input.isTyped('json'))))
      isJson = format === 'json';
    const outcome = await command.run(input, { ...context, reporter });
    if (outcome.isPrinted) return outcome.status;
    if (isJson) await context.out(envelope(name, { ok: outcome.status === 0, result: outcome.result, diagnostics: told }));
    else await context.out(outcome.text);
    if (outcome.last !== undefined) context.say(outcome.last);
    return outcome.status;
  } catch (thrown) {
    const error = errorOf(thrown, context.signal.aborted);
    // What failed may be stdout itself.
    if (isJson) await context.out(failureEnvelope(name, error, told)).catch(() => undefined);
    context.say(renderError(error, context.paint, { isVerbose: isDebug, columns: context.columns }));
    // What a report of it has to say first.
    if (isDebug || error.kind === 'bug') context.say(`  xacct ${context.version}, ${context.machine}\n`);
    return exitStatusOf(error.code);
  }
};
