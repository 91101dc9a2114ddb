/** What was typed for a command, by whichever reader, and the Input that it comes to with the variables. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Command, Input, OptionDefinition } from './command.ts';
import { EVERYWHERE } from './everywhere.ts';
import { truthy } from './global-flags.ts';

/** True for a switch, and for an option whose value may be left out. */
export type Value = true | string | readonly string[];

export interface Typed {
  readonly targets: readonly string[];
  /** By the long name, without dashes. */
  readonly flags: ReadonlyMap<string, Value>;
}

export interface Flag {
  /** The long name, without dashes. */
  readonly name: string;
  readonly value: 'must' | 'may' | 'none';
  readonly isRepeatable: boolean;
  readonly choices: readonly string[] | undefined;
}

const flagOf = ({ flags, isRepeatable, choices }: OptionDefinition): Flag => {
  const [, name = '', bracket] = /--([\w-]+)(?: ([<[]))?/.exec(flags) ?? [];
  return {
    name,
    value: bracket === undefined ? 'none' : bracket === '<' ? 'must' : 'may',
    isRepeatable: isRepeatable === true,
    choices,
  };
};

/** A command's own, and those of every command. */
export const flagsOf = ({ options }: Pick<Command, 'options'>): readonly Flag[] => [...options, ...EVERYWHERE].map(flagOf);

/** The variable that stands for a flag. */
export const variableOf = (name: string): string => `XACCT_${name.replaceAll('-', '_').toUpperCase()}`;

const allowed = (flag: Flag, value: string): string => {
  if (flag.choices === undefined || flag.choices.includes(value)) return value;
  const message = `"${value}" is not allowed: one of ${flag.choices.join(', ')} is expected`;
  throw new XacctError(problem('USAGE', message, { path: variableOf(flag.name) }));
};

/** Where the flag's value may be left out, a word for yes or no is none. */
const orSwitch = (text: string): Value | undefined => {
  if (!truthy(text)) return undefined;
  return /^(?:1|true|yes)$/i.test(text) || text;
};

/** What a variable that stands for a flag may say: of a repeatable one several values, with spaces between. */
const valueOf = (flag: Flag, text: string): Value | undefined => {
  if (flag.value === 'none') return truthy(text) ? true : undefined;
  if (!flag.isRepeatable) return flag.value === 'must' ? allowed(flag, text) : orSwitch(text);
  return text
    .trim()
    .split(/\s+/)
    .map((item) => allowed(flag, item));
};

/** Whether there is colour is settled before there is a command. */
const isVariable = ({ name }: Flag): boolean => name !== 'no-color';

const typedAgain = ({ name }: Flag, value: Value | undefined): readonly string[] => {
  if (value === undefined) return [];
  if (value === true) return [`--${name}`];
  return [value].flat().flatMap((item) => [`--${name}`, item]);
};

/** A variable counts where its flag was not typed. Throws USAGE for one that says what its flag may not. */
export const inputOf = (
  command: Command,
  { targets, flags }: Typed,
  env: Readonly<Record<string, string | undefined>>,
): Input => {
  const known = flagsOf(command);
  const said = new Map<string, { readonly value: Value; readonly place: string }>();
  for (const flag of known) {
    const value = flags.get(flag.name);
    const variable = env[variableOf(flag.name)];
    if (value !== undefined) said.set(flag.name, { value, place: `--${flag.name}` });
    else if (variable !== undefined && variable.trim() !== '' && isVariable(flag)) {
      const meant = valueOf(flag, variable);
      if (meant !== undefined) said.set(flag.name, { value: meant, place: variableOf(flag.name) });
    }
  }
  return {
    targets,
    typed: [...targets, ...known.flatMap((flag) => typedAgain(flag, flags.get(flag.name)))],
    text: (name) => {
      const given = said.get(name);
      return typeof given?.value === 'string' ? { value: given.value, place: given.place } : undefined;
    },
    list: (name) => {
      const given = said.get(name);
      return given === undefined || typeof given.value !== 'object'
        ? undefined
        : given.value.map((value) => ({ value, place: given.place }));
    },
    isSet: (name) => said.get(name)?.value === true,
    isTyped: (name) => flags.has(name),
  };
};
