/** What a command is: data that Commander, the environment variables and the help are made from, and a function. */
import type { GivenList, GivenText } from '#domain/spec-input.ts';
import type { Context } from './context.ts';

export interface OptionDefinition {
  /** As in the help: `--role-arn <arn>`, `-y, --yes`. */
  readonly flags: string;
  readonly about: string;
  /** May be given several times; a variable then holds several values with spaces between. */
  readonly isRepeatable?: true;
  readonly choices?: readonly string[];
  /** Of the part of the help where it stands, in the order in which headings come first; "Options" by itself. */
  readonly heading?: string;
}

/** What the program's help says about a command, and the words that it takes. */
export interface CommandEntry {
  readonly name: string;
  readonly about: string;
  /** `[target...]`; the arguments arrive in `Input.targets`. */
  readonly takesTargets?: true;
  /** `[-- command...]` instead: a program and its arguments, which arrive in `Input.targets`. */
  readonly takesProgram?: true;
  /** `[name]` instead: one argument that may be left out, with what it is; it arrives in `Input.targets`. */
  readonly takesOne?: readonly [name: string, about: string];
  /** `[name...]` instead: any words, with what they are; they arrive in `Input.targets`. */
  readonly takesWords?: readonly [name: string, about: string];
  /** `<kind>` before the targets, one of these; it arrives first in `Input.targets`. */
  readonly takesKind?: readonly string[];
}

/** The rest of a command, which is loaded when it is named. */
export interface CommandDefinition {
  readonly options: readonly OptionDefinition[];
  /** `--format json` says the same as `--json`. */
  readonly hasJsonFormat?: true;
  /** Two real ones, each with what it does. */
  readonly examples: readonly (readonly [command: string, about: string])[];
  readonly run: (input: Input, context: Context) => Promise<Outcome>;
}

export type Command = CommandEntry & CommandDefinition;

/** What was typed or set in the environment, each with its place. */
export interface Input {
  readonly targets: readonly string[];
  /** Targets and options as they were typed, to be repeated to the person. */
  readonly typed: readonly string[];
  text(flag: string): GivenText;
  list(flag: string): GivenList;
  isSet(flag: string): boolean;
  /** Whether the flag itself was given: a variable that stands for it only stands in, and gives way to whatever was typed. */
  isTyped(flag: string): boolean;
}

/** What a command came to. `text` goes to stdout as it is; with `--json` the envelope goes there instead. */
export interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly result: unknown;
  /** Said when `text` is out, which it would stand above. */
  readonly last?: string;
  /** stdout has been written to already, by the command or by a program that it ran: nothing more goes there. */
  readonly isPrinted?: true;
}
