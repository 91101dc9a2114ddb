/** The yes to something that is not init: from a flag, or from a person, who may have to type the role's name. */
import { note, problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { commandLine } from './answers.ts';
import { mayAsk } from './ask-plan.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';

export interface Consent {
  /** The command, for the hint. */
  readonly command: string;
  readonly message: string;
  readonly why: string;
  /** To be typed letter by letter; undefined: yes or no is enough. */
  readonly word: string | undefined;
}

const declined = (): XacctError => new XacctError(note('DECLINED', 'nothing was changed'));

/** Throws DECLINED, or QUESTION_WITHOUT_TERMINAL where there is nobody to ask. */
export const askConsent = async ({ command, message, why, word }: Consent, input: Input, context: Context): Promise<void> => {
  if (input.isSet('yes')) return;
  if (!mayAsk(input, context))
    throw new XacctError(
      problem('QUESTION_WITHOUT_TERMINAL', `${command} needs a yes, and there is nobody to ask`, {
        hints: [{ text: 'say yes', command: commandLine([command, ...input.typed, '--yes']) }],
      }),
    );
  const prompter = await context.prompter();
  if (word === undefined) {
    if (!(await prompter.confirm({ message, why, default: false }))) throw declined();
    return;
  }
  if ((await prompter.input({ message: `${message} Type ${word} to go on:`, why })) !== word) throw declined();
};
