/** The wizard's answers as if they had been typed: the same flags, so that there is one way on from here. */
import { shellWord } from '#domain/shell-word.ts';
import type { Input } from './command.ts';

export type Answers = ReadonlyMap<string, string>;

/** Answers as if they had been typed as flags; what was typed wins. */
export const withAnswers = (input: Input, answers: Answers): Input => {
  const answer = (flag: string) => {
    const value = answers.get(flag);
    return value === undefined ? undefined : { value, place: `--${flag}` };
  };
  const listed = (flag: string) => {
    const given = answer(flag);
    return given && [given];
  };
  return {
    targets: input.targets,
    typed: input.typed,
    text: (flag) => input.text(flag) ?? answer(flag),
    list: (flag) => input.list(flag) ?? listed(flag),
    isSet: (flag) => input.isSet(flag),
  };
};

/** A command of xacct as it can be pasted into a shell. */
export const commandLine = (args: readonly string[]): string => ['xacct', ...args.map(shellWord)].join(' ');

/** The command line that says the same without questions. */
export const equivalentCommand = (typed: readonly string[], answers: Answers): string =>
  commandLine(['init', ...typed, ...[...answers].flatMap(([flag, value]) => [`--${flag}`, value]), '--yes']);
