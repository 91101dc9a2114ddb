/** Questions through inquirer, on stderr, so that stdout stays free for the result. Loaded only when something is asked. */
import { createPromptModule } from 'inquirer';
import { note } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Check, Choice, Prompter, Question } from '#core/ports/prompter.ts';

interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** How the line of why is shown. */
  readonly dim: (text: string) => string;
}

type Key = { readonly name?: string } | undefined;

/** Of inquirer, as a prompt gets it; what is set while it asks counts when it ends. */
interface PromptContext {
  clearPromptOnDone?: boolean;
}

type Ask = (config: object, context: PromptContext) => Promise<unknown>;

/** Choices that are shown at once: the question and its why fit above them on 24 lines. */
const PAGE = 12;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const inputOf = ({ message, default: usual, check }: Question<string> & { readonly check?: Check }) => ({
  type: 'input',
  message,
  default: usual,
  validate: async (answer: string): Promise<string | true> => (await check?.(answer.trim())) ?? true,
});

/** The question stays on one line once it is answered. */
const shortened = (label: string, room: number): string =>
  label.length <= room ? label : `${label.slice(0, Math.max(label.lastIndexOf(' ', room - 2), 1))} …`;

/** Inquirer's mark before the question, and the space after it. */
const MARKS = 3;

const selectOf = ({ message, default: usual }: Question<string>, choices: readonly Choice[], columns: number) => ({
  type: 'select',
  message,
  default: usual,
  pageSize: PAGE,
  loop: false,
  choices: choices.map(({ value, label }) => ({
    value,
    name: label,
    short: shortened(label, columns - message.length - MARKS),
  })),
});

export const createPrompter = ({ input, output, dim }: Streams): Prompter => {
  const ask = async <T>(question: Record<string, unknown>, esc?: AbortController): Promise<T> => {
    const prompt = createPromptModule({ input, output, ...(esc && { signal: esc.signal }) });
    const { type } = question as { readonly type: keyof typeof prompt.prompts };
    const usual = prompt.prompts[type] as unknown as Ask;
    const watched: Ask = async (config, context) => {
      const watch = (_text: unknown, key: Key): void => {
        if (key?.name !== 'escape') return;
        // Whoever goes back is to see the question before, not what is left of this one.
        context.clearPromptOnDone = true;
        esc?.abort();
      };
      input.on('keypress', watch);
      return usual(config, context).finally(() => input.off('keypress', watch));
    };
    if (esc) prompt.registerPrompt(type, watched as never);
    try {
      const answers = (await prompt([{ name: 'answer', ...question } as never])) as { readonly answer: T };
      return answers.answer;
    } catch (error) {
      // The terminal is in raw mode while it asks, so Ctrl-C is a key here and no signal.
      if (nameOf(error) === 'ExitPromptError') throw new XacctError(note('INTERRUPTED', 'stopped'));
      throw error;
    }
  };
  /** undefined: Esc. */
  const askUntilEsc = async (question: Record<string, unknown>): Promise<string | undefined> => {
    try {
      return (await ask<string>(question, new AbortController())).trim();
    } catch (error) {
      if (nameOf(error) !== 'AbortPromptError') throw error;
      output.write(`${dim('← back')}\n`);
      return undefined;
    }
  };
  const explain = ({ why }: Question<unknown>): void => {
    if (why !== '') output.write(`\n${dim(why)}\n`);
  };
  return {
    input: async (question) => {
      explain(question);
      return (await ask<string>(inputOf(question))).trim();
    },
    select: async (question) => {
      explain(question);
      return ask(selectOf(question, question.choices, output.columns));
    },
    confirm: async (question) => {
      explain(question);
      return ask<boolean>({ type: 'confirm', message: question.message, default: question.default ?? false });
    },
    step: async (question) => {
      const { choices, check } = question;
      explain(question);
      if (choices === undefined) return askUntilEsc(inputOf(question));
      for (;;) {
        const answer = await askUntilEsc(selectOf(question, choices, output.columns));
        const reason = answer === undefined ? undefined : await check?.(answer);
        if (reason === undefined) return answer;
        output.write(`> ${reason}\n`);
      }
    },
  };
};
