/** Questions to a person. Ctrl-C rejects with an XacctError INTERRUPTED. */

export interface Question<T> {
  readonly message: string;
  /** One line of why, shown under the question. */
  readonly why: string;
  readonly default?: T;
}

export interface Prompter {
  input(
    question: Question<string> & { readonly check?: (answer: string) => string | undefined | Promise<string | undefined> },
  ): Promise<string>;
  select<T extends string>(
    question: Question<T> & { readonly choices: readonly { readonly value: T; readonly label: string }[] },
  ): Promise<T>;
  confirm(question: Question<boolean>): Promise<boolean>;
}
