/** Command definitions as a Commander program: the help, the errors of usage, and the command lines that are not plain (read-plain.ts). */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Command as XacctCommand, CommandEntry, OptionDefinition } from './command.ts';
import { HELP_WIDTH } from './commands.ts';
import { EVERYWHERE, HELP } from './everywhere.ts';
import type { Typed, Value } from './typed.ts';

export interface ProgramOptions {
  readonly version: string;
  readonly commands: readonly CommandEntry[];
  /** The one that is named on the command line. */
  readonly named: XacctCommand | undefined;
  readonly say: (text: string) => void;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Of a command that is to run what was typed for it; else a text for stdout. */
export type Read = { readonly kind: 'typed'; readonly typed: Typed } | { readonly kind: 'text'; readonly text: string };

const createOption = ({ flags, about, isRepeatable, choices, heading = 'Options' }: OptionDefinition): Option => {
  const option = new Option(flags, about).helpGroup(`${heading}:`);
  const check = (value: string): string => {
    if (choices && !choices.includes(value)) throw new InvalidArgumentError(`one of ${choices.join(', ')} is expected`);
    return value;
  };
  if (isRepeatable) option.argParser((value: string, all: readonly string[] | undefined) => [...(all ?? []), check(value)]);
  else if (option.required) option.argParser(check);
  return option;
};

const typedOption = (command: Command, option: Option): readonly (readonly [string, Value])[] => {
  const name = option.attributeName();
  if (command.getOptionValueSource(name) !== 'cli') return [];
  const value: unknown = command.getOptionValue(name);
  // Commander keeps `--no-x` under x, true until it is given.
  return [[option.long?.slice('--'.length) ?? '', typeof value === 'boolean' ? true : (value as Value)]];
};

const examplesOf = ({ examples }: XacctCommand): string =>
  `\nExamples:\n${examples.map(([command, about]) => `  $ ${command}\n    ${about}`).join('\n')}\n`;

const EXIT_STATUSES = `
Exit status: 0 done · 1 the answer is no · 2 usage · 3 credentials
             4 AWS refused · 5 conflict · 6 partial · 7 no answer
             9 declined · 70 bug · 130 Ctrl-C
Every option --some-name can be set by the variable XACCT_SOME_NAME.
`;

/** A command as the list of all commands shows it. */
const addEntry = (program: Command, entry: CommandEntry): Command => {
  const command = program.command(entry.name).description(entry.about).addHelpOption(createOption(HELP));
  if (entry.takesKind) command.addArgument(new Argument('<kind>').choices(entry.takesKind));
  if (entry.takesTargets) command.argument('[target...]', 'names of targets in xacct.yaml');
  if (entry.takesProgram) command.argument('[command...]', 'after --: the program to run, and its arguments');
  if (entry.takesOne) command.argument(`[${entry.takesOne[0]}]`, entry.takesOne[1]);
  if (entry.takesWords) command.argument(`[${entry.takesWords[0]}...]`, entry.takesWords[1]);
  return command;
};

/** An option may be the program's: `xacct sandbox terraform plan -out x`. */
const programHint = (error: CommanderError, command: CommandEntry | undefined, argv: readonly string[]) =>
  command?.takesProgram && error.code === 'commander.unknownOption' && !argv.includes('--')
    ? [{ text: 'an option of the program comes after --', command: `xacct ${command.name} -- PROGRAM` }]
    : [];

const usageError = (error: CommanderError, command: CommandEntry | undefined, argv: readonly string[]): XacctError => {
  // Commander puts what it suggests on a line of its own.
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replaceAll('\n', ' ');
  return new XacctError(
    problem('USAGE', message, {
      hints: [
        ...programHint(error, command, argv),
        { text: 'see what there is', command: `xacct ${command === undefined ? '' : `${command.name} `}--help` },
      ],
    }),
  );
};

/** `argv` without the executable and the script. Throws USAGE. */
export const readByCommander = (argv: readonly string[], { version, commands, named, say, width }: ProgramOptions): Read => {
  const pieces: string[] = [];
  const read: { typed?: Typed } = {};
  const columns = Math.min(width, HELP_WIDTH);
  const program = new Command('xacct')
    .description('From two AWS accounts to a Terraform provider that provably works.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addHelpText('after', EXIT_STATUSES)
    .configureOutput({
      writeOut: (text) => pieces.push(text),
      writeErr: say,
      outputError: () => undefined,
      // Commander would ask the streams, and Node takes 3 ms to load them. Nothing is coloured here.
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const entry of commands) {
    const command = addEntry(program, entry);
    if (entry.name !== named?.name) continue;
    for (const option of [...named.options, ...EVERYWHERE]) command.addOption(createOption(option));
    command.addHelpText('after', examplesOf(named));
    command.action((...given: unknown[]) => {
      // The options and the command itself come last.
      const words = given.slice(0, -2).flat();
      read.typed = {
        targets: words.filter((word) => typeof word === 'string'),
        flags: new Map(command.options.flatMap((option) => typedOption(command, option))),
      };
    });
  }
  try {
    if (argv.length === 0) program.outputHelp();
    else program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, named, argv);
  }
  return read.typed === undefined ? { kind: 'text', text: pieces.join('') } : { kind: 'typed', typed: read.typed };
};
