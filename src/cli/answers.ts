/** The wizard's answers as if they had been typed: the same flags, so that there is one way on from here. */
import { shellWord } from '#domain/shell-word.ts';
import type { Input } from './command.ts';

/** A flag as an answer gives it; a switch has no value. */
export interface Said {
  readonly flag: string;
  readonly value?: string;
}

export type Answers = readonly Said[];

/** Answers as if they had been typed as flags; what was typed wins. */
export const withAnswers = (input: Input, answers: Answers): Input => {
  const answersOf = (flag: string) =>
    answers.flatMap((said) =>
      said.flag === flag && said.value !== undefined ? [{ value: said.value, place: `--${flag}` }] : [],
    );
  const listed = (flag: string) => {
    const given = answersOf(flag);
    return given.length > 0 ? given : undefined;
  };
  const isSaid = (flag: string): boolean => answers.some((said) => said.flag === flag);
  const isGiven = (flag: string): boolean =>
    input.text(flag) !== undefined || input.list(flag) !== undefined || input.isSet(flag);
  return {
    targets: input.targets,
    typed: input.typed,
    text: (flag) => input.text(flag) ?? answersOf(flag).at(-1),
    list: (flag) => input.list(flag) ?? listed(flag),
    isSet: (flag) => input.isSet(flag) || answers.some((said) => said.flag === flag && said.value === undefined),
    isTyped: (flag) => input.isTyped(flag) || (isSaid(flag) && !isGiven(flag)),
  };
};

/** A command of xacct as it can be pasted into a shell. */
export const commandLine = (args: readonly string[]): string => ['xacct', ...args.map(shellWord)].join(' ');

/** The command line that says the same without questions. */
export const equivalentCommand = (typed: readonly string[], answers: Answers): string => {
  const words = answers.flatMap(({ flag, value }) => (value === undefined ? [`--${flag}`] : [`--${flag}`, value]));
  return commandLine(['init', ...typed, ...words, '--yes']);
};
