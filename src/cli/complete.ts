/** What may stand next on a command line of xacct: commands, options, their values, targets of xacct.yaml and profiles. */
import { PRESETS } from '#domain/presets.ts';
import { COMPLETION } from '#emit/completion.ts';
import { COMMANDS } from './commands.ts';
import type { CommandEntry, Input, OptionDefinition } from './command.ts';
import type { Context } from './context.ts';
import { loadConfig } from './file-spec.ts';
import { EVERYWHERE } from './everywhere.ts';
import { choicesIn, nameOf } from './targets.ts';

/** For the shell: names of files. */
const FILES = [':files'];

const longOf = ({ flags }: OptionDefinition): string => /--[\w-]+/.exec(flags)?.[0] ?? '';

/** What stands between the angle brackets of its help; undefined where it takes nothing. */
const valueOf = ({ flags }: OptionDefinition): string | undefined => /<(.+)>$/.exec(flags)?.[1];

const targetNames = async (input: Input, context: Context): Promise<readonly string[]> => {
  try {
    const loaded = await loadConfig(input, context, false);
    return loaded ? [...new Set(loaded.targets.map(({ name }) => name).concat(choicesIn(loaded, input).map(nameOf)))] : [];
  } catch {
    // A file that is wrong is no reason to disturb somebody who is typing.
    return [];
  }
};

/** Names in the shared files; what the SDK would do for it is not worth its start. */
const profileNames = async ({ env, files }: Context): Promise<readonly string[]> => {
  const home = env['HOME'] ?? '';
  const places = [
    env['AWS_CONFIG_FILE'] ?? `${home}/.aws/config`,
    env['AWS_SHARED_CREDENTIALS_FILE'] ?? `${home}/.aws/credentials`,
  ];
  const texts = await Promise.all(places.map((place) => files.read(place).catch(() => undefined)));
  const names = texts.flatMap((text) =>
    [...(text ?? '').matchAll(/^\s*\[\s*(?!sso-session\s|services\s)(?:profile\s+)?(["']?)([^\]]+?)\1\s*\]/gm)].map(
      ([, , name]) => name ?? '',
    ),
  );
  return [...new Set(names)];
};

/** What a value may be, by what the help calls it: `file`, `name[:arg]`. What only the person knows is not guessed. */
const wordsFor = (called: string): readonly string[] => {
  if (called.endsWith('file')) return FILES;
  if (called === 'shell') return Object.keys(COMPLETION);
  return /^(?:preset|name\[:arg\])$/.test(called)
    ? PRESETS.map(({ name, argument }) => (argument?.isRequired === true ? `${name}:` : name))
    : [];
};

const valuesFor = async (option: OptionDefinition, context: Context): Promise<readonly string[]> => {
  const called = valueOf(option) ?? '';
  if (option.choices) return option.choices;
  return called === 'profile' || /profile/.test(longOf(option)) ? profileNames(context) : wordsFor(called);
};

const argumentsOf = async (
  command: CommandEntry,
  given: readonly string[],
  input: Input,
  context: Context,
): Promise<readonly string[]> => {
  if (command.takesKind && given.length === 0) return command.takesKind;
  if (command.takesTargets) return (await targetNames(input, context)).filter((name) => !given.includes(name));
  const [called] = command.takesOne ?? command.takesWords ?? [];
  if (called !== undefined) return given.length === 0 ? wordsFor(called) : [];
  return command.takesProgram ? FILES : [];
};

/** `words`: those after `xacct`, the last of which is being typed. */
export const complete = async (words: readonly string[], input: Input, context: Context): Promise<readonly string[]> => {
  const current = words.at(-1) ?? '';
  const [name = '', ...before] = words.slice(0, -1);
  const fitting = (all: readonly string[]): readonly string[] =>
    all === FILES ? all : all.filter((word) => word.startsWith(current));
  if (words.length <= 1) return fitting([...COMMANDS.map((command) => command.name), '--help', '--version']);
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) return [];
  const options = [...(await context.command(command.name)).options, ...EVERYWHERE];
  const find = (word: string | undefined): OptionDefinition | undefined =>
    options.find(({ flags }) => word !== undefined && flags.split(/[ ,]+/).includes(word));
  const asked = find(before.at(-1));
  if (asked !== undefined && valueOf(asked) !== undefined) return fitting(await valuesFor(asked, context));
  const [, flag, typed] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  const inline = find(flag);
  if (inline !== undefined && typed !== undefined) {
    const values = await valuesFor(inline, context);
    return values === FILES ? FILES : fitting(values.map((value) => `${flag}=${value}`));
  }
  if (current.startsWith('-')) {
    const used = new Set(before);
    return fitting(
      options
        .filter((option) => option.isRepeatable || !used.has(longOf(option)))
        .map(longOf)
        .concat('--help'),
    );
  }
  const given = before.filter(
    (word, index) => !word.startsWith('-') && valueOf(find(before[index - 1]) ?? { flags: '', about: '' }) === undefined,
  );
  return fitting(await argumentsOf(command, given, input, context));
};
