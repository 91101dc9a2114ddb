/** A person at the keyboard: answers prepared beforehand. A question that nobody expected, or an answer that nobody asked for, fails the test. */
import { note } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Prompter, Question } from '#core/ports/prompter.ts';

/** The answer to a step that is Esc. */
export const BACK = '<Esc>';

/** The answer that is Enter alone: the default, which there must be. */
export const ENTER = '<Enter>';

/** The answer that is Ctrl-C, which a terminal that asks takes for itself: no signal comes of it. */
export const INTERRUPT = '<Ctrl-C>';

export interface Answer {
  /** What the question must contain. */
  readonly asked: string;
  readonly answer: string | boolean;
}

export interface ScriptedPerson {
  readonly prompter: Prompter;
  /** Questions as they were asked, with what was answered. */
  readonly conversation: readonly string[];
  /** Throws when something was asked that no answer was meant for, or when an answer was never asked for. */
  assertDone(): void;
}

export const createPerson = (answers: readonly Answer[]): ScriptedPerson => {
  const left = [...answers];
  const conversation: string[] = [];
  const unexpected: string[] = [];
  const next = ({ message }: Question<unknown>): string | boolean => {
    const [first] = left;
    if (first === undefined || !message.includes(first.asked)) {
      unexpected.push(message);
      throw new Error(`nobody expected the question "${message}"`);
    }
    left.shift();
    conversation.push(`${message} ${String(first.answer)}`);
    if (first.answer === INTERRUPT) throw new XacctError(note('INTERRUPTED', 'stopped'));
    return first.answer;
  };
  const prompter: Prompter = {
    input: async (question) => {
      const answer = String(next(question));
      const refused = await question.check?.(answer);
      if (refused === undefined) return answer;
      // As in the terminal: the reason is shown and the question stays.
      conversation.push(`  refused: ${refused}`);
      return prompter.input(question);
    },
    select: async (question) => {
      const answer = next(question);
      const choice = question.choices.find(({ value }) => value === answer);
      if (choice === undefined) throw new Error(`"${String(answer)}" is no choice of "${question.message}"`);
      return choice.value;
    },
    confirm: async (question) => next(question) === true,
    step: async (question) => {
      const given = String(next(question));
      if (given === BACK) return undefined;
      const answer = given === ENTER ? question.default : given;
      if (answer === undefined) throw new Error(`"${question.message}" has no default`);
      if (question.choices && !question.choices.some(({ value }) => value === answer))
        throw new Error(`"${answer}" is no choice of "${question.message}"`);
      const refused = await question.check?.(answer);
      if (refused === undefined) return answer;
      conversation.push(`  refused: ${refused}`);
      return prompter.step(question);
    },
  };
  return {
    prompter,
    conversation,
    assertDone: () => {
      if (unexpected.length > 0) throw new Error(`unexpected questions: ${unexpected.join(' | ')}`);
      if (left.length > 0) throw new Error(`never asked: ${left.map(({ asked }) => asked).join(' | ')}`);
    },
  };
};
