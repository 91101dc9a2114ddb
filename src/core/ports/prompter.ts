/** Questions to a person. Ctrl-C rejects with an XacctError INTERRUPTED. */

export interface Question<T> {
  readonly message: string;
  /** One line of why, shown under the question. */
  readonly why: string;
  readonly default?: T;
}

/** Why an answer cannot be; undefined: it can. */
export type Check = (answer: string) => string | undefined | Promise<string | undefined>;

export interface Choice<T extends string = string> {
  readonly value: T;
  readonly label: string;
}

/** A question that has others before it: a choice where there are choices, else a line of text. */
export interface Step extends Question<string> {
  readonly choices?: readonly Choice[];
  readonly check?: Check;
}

export interface Prompter {
  input(question: Question<string> & { readonly check?: Check }): Promise<string>;
  select<T extends string>(question: Question<T> & { readonly choices: readonly Choice<T>[] }): Promise<T>;
  confirm(question: Question<boolean>): Promise<boolean>;
  /** An answer that the check refuses is asked for again, with the reason. undefined: Esc, the person wants the question before. */
  step(question: Step): Promise<string | undefined>;
}
