/** Commands that a person is told to type: with the target and the flags that they need, so that each runs as it is printed. */
import type { Diagnostic, Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Work } from './each-target.ts';
import type { Target, Targets } from './targets.ts';

/** A flag as it was typed, with its value where it has one. */
interface TypedFlag {
  readonly name: string;
  readonly words: readonly string[];
}

const flagsTyped = ({ targets, typed }: Input): readonly TypedFlag[] => {
  const flags: { name: string; words: string[] }[] = [];
  for (const word of typed.slice(targets.length))
    if (word.startsWith('--')) flags.push({ name: word.slice(2), words: [word] });
    else flags.at(-1)?.words.push(word);
  return flags;
};

/** How the accounts and the file are found. */
const REACHING: readonly string[] = ['config', 'target-profile', 'source-profile', 'via-role', 'region', 'endpoint-url'];

/** What one run does, and says nothing of the set-up. */
const OF_ONE_RUN: readonly string[] = (
  'yes no-input json format quiet verbose debug no-color dry-run keep save handoff plan prune adopt require-proof skip timeout ' +
  'check out'
).split(' ');

/** Commands that take the same description of a set-up, or of a role. */
const KIN: readonly (readonly string[])[] = [
  ['init', 'plan'],
  ['destroy', 'lock', 'unlock'],
];

/** What is run, and for what of it a command is printed. */
export interface Asked {
  readonly verb: string;
  readonly input: Input;
  /** Names of the targets that it is about; none where there is only one. */
  readonly names: readonly string[];
}

const carried = (verb: string, { verb: own, input }: Asked): readonly TypedFlag[] => {
  const typed = flagsTyped(input).filter(({ name }) => name !== 'all');
  if (verb === own) return typed;
  const isKin = KIN.some((kin) => kin.includes(verb) && kin.includes(own));
  return typed.filter(({ name }) => (isKin ? !OF_ONE_RUN.includes(name) : REACHING.includes(name)));
};

/** What has no place beside a flag: a dry run needs no yes, and a plan in a file is carried out as it is. */
const BESIDE: Readonly<Record<string, string>> = { 'dry-run': 'yes', handoff: 'plan' };

/** `over`: flags that are said anew. */
const carriedLine = (verb: string, asked: Asked, over: readonly string[]): string => {
  const gone = over.flatMap((flag) => [flag, BESIDE[flag] ?? flag]);
  const flags = carried(verb, asked).filter(({ name }) => !gone.includes(name));
  return commandLine([verb, ...asked.names, ...flags.flatMap(({ words }) => words)]);
};

const flagsIn = (text: string): readonly string[] => [...text.matchAll(/ --([\w-]+)/g)].map(([, name = '']) => name);

/** `more`: words of its own, which stand over what was typed. */
export const again = (verb: string, asked: Asked, more: readonly string[] = []): string => {
  const rest = more.map((word) => ` ${shellWord(word)}`).join('');
  return `${carriedLine(verb, asked, flagsIn(rest))}${rest}`;
};

/** The same for a run that does something else with the same targets: what it needs to find them, and no more. */
export const reaching = (verb: string, asked: Asked, more: readonly string[] = []): string =>
  again(verb, { ...asked, verb: '' }, more);

/** A command of a hint that knows nothing of this command line. */
const completed = (command: string, asked: Asked): string => {
  const [, verb = '', rest = ''] = /^xacct (init|plan|accept|lock|unlock|destroy|verify)((?: --.*)?)$/s.exec(command) ?? [];
  const isComplete = flagsTyped(asked.input).some(({ words }) => `${rest} `.includes(` ${words.map(shellWord).join(' ')} `));
  if (verb === '' || isComplete || (verb === 'verify' && rest !== '')) return command;
  return `${carriedLine(verb, asked, flagsIn(rest))}${rest}`;
};

const inHints = (diagnostic: Diagnostic, asked: Asked): Diagnostic => ({
  ...diagnostic,
  hints: diagnostic.hints.map((hint): Hint =>
    hint.command === undefined ? hint : { ...hint, command: completed(hint.command, asked) },
  ),
});

/** The same error, its hints as commands for this command line. */
export const saidAgain = (thrown: unknown, asked: Asked): unknown => {
  if (!isXacctError(thrown)) return thrown;
  const error = XacctError.of(thrown.diagnostics.map((one) => inHints(one, asked)));
  error.cause = thrown.cause;
  if (thrown.named) error.named = thrown.named;
  return error;
};

/** As the command line has to name it: not at all where the file has only one. */
export const namesFor = (
  { inFile, input: { name } }: Target,
  { loaded }: Pick<Targets, 'loaded'>,
  input: Input,
): readonly string[] => {
  if (inFile === undefined || input.targets.includes(name)) return inFile === undefined ? input.targets : [name];
  return input.targets.length > 0 || (loaded?.targets.length ?? 0) > 1 ? [inFile.name] : [];
};

/** The work of a command, whose errors name commands for this command line. */
export const tellingAgain =
  (verb: string, targets: Pick<Targets, 'loaded'>, input: Input, work: Work): Work =>
  async (target, context) => {
    const told = async <T>(doing: () => Promise<T>): Promise<T> => {
      try {
        return await doing();
      } catch (thrown) {
        throw saidAgain(thrown, { verb, input, names: namesFor(target, targets, input) });
      }
    };
    const done = await told(() => work(target, context));
    return 'prove' in done ? { ...done, prove: (its) => told(() => done.prove(its)) } : done;
  };
