/** What a question of the wizard is: data, and functions of what was answered so far. */
import type { Step } from '#core/ports/prompter.ts';
import type { Said } from './answers.ts';
import type { Input } from './command.ts';
import type { Known } from './wizard-known.ts';

/** The wizard half-way, as a question sees it. */
export interface Talk {
  /** Flags, and the answers so far as flags. */
  readonly input: Input;
  /** Flags alone. */
  readonly typed: Input;
  /** What was answered to a question; undefined where it was not asked. */
  readonly answerTo: (id: string) => string | undefined;
  readonly known: Known;
}

type Maybe<T> = T | Promise<T>;

export interface WizardQuestion {
  readonly id: string;
  /** The flag that says the same, shown beside the question; absent where each choice has one of its own. */
  readonly flag?: string;
  /** Any of them, given as a flag or variable, is the answer, and nothing is asked. Absent: `flag`. */
  readonly answeredBy?: readonly string[];
  /** Absent: always. */
  readonly isNeeded?: (talk: Talk) => Maybe<boolean>;
  /** The check is of what only AWS can tell: that the flags are right in themselves is checked for every question. */
  readonly ask: (talk: Talk) => Maybe<Step>;
  /** Absent: the flag with the answer as its value. */
  readonly says?: (answer: string, talk: Talk) => Maybe<readonly Said[]>;
}

export const isGiven = (input: Input, flag: string): boolean =>
  input.text(flag) !== undefined || input.list(flag) !== undefined || input.isSet(flag);

/** What typing this answer would be. */
export const saidBy = async ({ flag, says }: WizardQuestion, answer: string, talk: Talk): Promise<readonly Said[]> => {
  if (says) return says(answer, talk);
  return flag === undefined ? [] : [{ flag, value: answer }];
};

export const isAnswered = ({ flag, answeredBy }: WizardQuestion, typed: Input): boolean =>
  (answeredBy ?? (flag === undefined ? [] : [flag])).some((one) => isGiven(typed, one));

/** A value that only the person knows: there is no default for it, and no answer is none. */
export const needsText =
  (what: string, check?: (answer: string) => string | undefined) =>
  (answer: string): string | undefined =>
    answer === '' ? what : check?.(answer);
