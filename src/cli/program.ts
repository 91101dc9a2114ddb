/** Command definitions as a Commander program; what was typed comes out as Input. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Command as XacctCommand, CommandEntry, Input, OptionDefinition } from './command.ts';
import { EVERYWHERE, HELP } from './everywhere.ts';
import { truthy } from './global-flags.ts';

export interface ProgramOptions {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly commands: readonly CommandEntry[];
  /** The one that is named on the command line. */
  readonly named: XacctCommand | undefined;
  readonly out: (text: string) => void;
  readonly say: (text: string) => void;
  readonly dispatch: (command: XacctCommand, input: Input) => Promise<void>;
}

const variableOf = (option: Option): string => `XACCT_${option.long?.replace('--', '').replaceAll('-', '_').toUpperCase() ?? ''}`;

/** What a variable that stands for a flag may say. */
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

/** A repeatable option takes several values, with spaces between. */
const parseVariable = (option: Option, value: string): unknown => {
  const parse = option.parseArg;
  if (parse === undefined) return value;
  const items = parse.length === 2 ? value.trim().split(/\s+/) : [value];
  return items.reduce<unknown>((all, item) => {
    try {
      return parse(item, all as never);
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      throw new XacctError(problem('USAGE', `"${item}" is not allowed: ${error.message}`, { path: variableOf(option) }));
    }
  }, undefined);
};

/** A value from the environment counts where no flag was given. */
const readVariables = (command: Command, env: ProgramOptions['env']): void => {
  for (const option of command.options) {
    const name = option.attributeName();
    const value = env[variableOf(option)];
    if (
      value === undefined ||
      value.trim() === '' ||
      option.long === '--no-color' ||
      command.getOptionValueSource(name) === 'cli'
    )
      continue;
    const isFlag = !option.required && !option.optional;
    if (isFlag) {
      command.setOptionValueWithSource(name, option.negate ? !truthy(value) : truthy(value), 'env');
      continue;
    }
    command.setOptionValueWithSource(name, parseVariable(option, value), 'env');
  }
};

const typedOption = (command: Command, option: Option): readonly string[] => {
  const name = option.attributeName();
  const flag = option.long;
  if (flag === null || flag === undefined || command.getOptionValueSource(name) !== 'cli') return [];
  const value: unknown = command.getOptionValue(name);
  if (typeof value === 'boolean') return [flag];
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => [flag, String(item)]);
};

const inputOf = (command: Command, targets: readonly string[]): Input => {
  const optionOf = (flag: string): Option | undefined => command.options.find(({ long }) => long === `--${flag}`);
  const valueOf = (flag: string): unknown => {
    const option = optionOf(flag);
    return option === undefined ? undefined : command.getOptionValue(option.attributeName());
  };
  const placeOf = (flag: string): string => {
    const option = optionOf(flag);
    const isEnv = option !== undefined && command.getOptionValueSource(option.attributeName()) === 'env';
    return option && isEnv ? variableOf(option) : `--${flag}`;
  };
  return {
    targets,
    typed: [...targets, ...command.options.flatMap((option) => typedOption(command, option))],
    text: (flag) => {
      const value = valueOf(flag);
      return typeof value === 'string' ? { value, place: placeOf(flag) } : undefined;
    },
    list: (flag) => {
      const value = valueOf(flag);
      return Array.isArray(value) ? value.map((item: unknown) => ({ value: String(item), place: placeOf(flag) })) : undefined;
    },
    // Commander keeps `--no-x` under x, true until it is given.
    isSet: (flag) => (flag.startsWith('no-') ? valueOf(flag) === false : valueOf(flag) === true),
  };
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

export const createProgram = ({ version, env, commands, named, out, say, dispatch }: ProgramOptions): Command => {
  const program = new Command('xacct')
    .description('From two AWS accounts to a Terraform provider that provably works.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addHelpText('after', EXIT_STATUSES)
    .configureOutput({ writeOut: out, writeErr: say, outputError: () => undefined })
    .showSuggestionAfterError(true)
    .exitOverride();
  const everywhere = EVERYWHERE.map(createOption);
  for (const entry of commands) {
    const command = addEntry(program, entry);
    if (entry.name === named?.name) {
      for (const option of named.options) command.addOption(createOption(option));
      command.addHelpText('after', examplesOf(named));
      command.action(async (...given: unknown[]) => {
        // The options and the command itself come last.
        const targets = given
          .slice(0, -2)
          .flat()
          .filter((item) => typeof item === 'string');
        readVariables(command, env);
        await dispatch(named, inputOf(command, targets));
      });
    }
    for (const option of everywhere) command.addOption(option);
  }
  return program;
};
