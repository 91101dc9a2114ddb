/** Questions through inquirer, on stderr, so that stdout stays free for the result. Loaded only when something is asked. */
import { createPromptModule } from 'inquirer';
import { note } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Prompter, Question } from '#core/ports/prompter.ts';

interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** How the line of why is shown. */
  readonly dim: (text: string) => string;
}

export const createPrompter = ({ input, output, dim }: Streams): Prompter => {
  const prompt = createPromptModule({ input, output });
  const ask = async <T>(question: Record<string, unknown>): Promise<T> => {
    try {
      const answers = (await prompt([{ name: 'answer', ...question } as never])) as { readonly answer: T };
      return answers.answer;
    } catch (error) {
      // The terminal is in raw mode while it asks, so Ctrl-C is a key here and no signal.
      if (error instanceof Error && error.name === 'ExitPromptError') throw new XacctError(note('INTERRUPTED', 'stopped'));
      throw error;
    }
  };
  const explain = ({ why }: Question<unknown>): void => {
    if (why !== '') output.write(`\n${dim(why)}\n`);
  };
  return {
    input: async (question) => {
      explain(question);
      const { check } = question;
      const validate = async (answer: string): Promise<string | true> => (await check?.(answer.trim())) ?? true;
      const answer = await ask<string>({ type: 'input', message: question.message, default: question.default, validate });
      return answer.trim();
    },
    select: async (question) => {
      explain(question);
      const choices = question.choices.map(({ value, label }) => ({ value, name: label }));
      return ask({ type: 'select', message: question.message, default: question.default, choices });
    },
    confirm: async (question) => {
      explain(question);
      return ask<boolean>({ type: 'confirm', message: question.message, default: question.default ?? false });
    },
  };
};
