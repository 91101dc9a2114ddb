/** The wizard as a machine: questions in order, one step back at Esc, a wrong answer again. Knows nothing of what is asked. */
import type { Prompter, Step } from '#core/ports/prompter.ts';
import { withAnswers, type Answers, type Said } from './answers.ts';
import type { Input } from './command.ts';
import { wrap } from './render/statement.ts';
import type { Known } from './wizard-known.ts';
import { isAnswered, saidBy, type Talk, type WizardQuestion } from './wizard-question.ts';

interface Answered {
  /** Place of the question in the list. */
  readonly index: number;
  readonly id: string;
  readonly answer: string;
  readonly said: readonly Said[];
}

export type History = readonly Answered[];

export const answersOf = (history: History): Answers => history.flatMap(({ said }) => said);

export interface Walk {
  readonly questions: readonly WizardQuestion[];
  readonly input: Input;
  readonly known: Known;
  readonly prompter: Prompter;
  readonly width: number;
  /** What is wrong with the flags `after` an answer and was not `before`. */
  readonly newProblem: (before: Input, after: Input) => Promise<string | undefined>;
  /** What was answered in this run to a question that is asked again: its default then. */
  readonly remembered: Map<string, string>;
}

export const talkOf = ({ input, known }: Walk, history: History): Talk => ({
  input: withAnswers(input, answersOf(history)),
  typed: input,
  answerTo: (id) => history.find((item) => item.id === id)?.answer,
  known,
});

/** Room for inquirer's own `> ` before a reason. */
const MARGIN = 4;

const folded = (text: string, width: number): string => wrap(text, width).join('\n');

/** The question as it is shown and checked after what `history` says. */
const dressed = (step: Step, question: WizardQuestion, history: History, walk: Walk): Step => {
  const { remembered, width, input } = walk;
  const talk = talkOf(walk, history);
  const keys = [
    ...(question.flag === undefined ? [] : [`--${question.flag}`]),
    ...(history.length === 0 ? [] : ['Esc: back']),
  ].join('; ');
  const before = remembered.get(question.id);
  const isChoice = step.choices === undefined || step.choices.some(({ value }) => value === before);
  const usual = before !== undefined && isChoice ? before : step.default;
  const flagsProblem = async (answer: string): Promise<string | undefined> => {
    const said = await saidBy(question, answer, talk);
    return walk.newProblem(talk.input, withAnswers(input, [...answersOf(history), ...said]));
  };
  return {
    ...step,
    why: folded(keys === '' ? step.why : `${step.why} (${keys})`, width),
    ...(usual !== undefined && { default: usual }),
    check: async (answer) => {
      const reason = (await step.check?.(answer)) ?? (await flagsProblem(answer));
      return reason === undefined ? undefined : folded(reason, width - MARGIN);
    },
  };
};

/** From where `history` ends to the last question. */
export const walkOn = async (walk: Walk, from: History): Promise<History> => {
  const { questions, input, prompter, remembered } = walk;
  const history = [...from];
  let index = (from.at(-1)?.index ?? -1) + 1;
  for (;;) {
    const question = questions[index];
    if (question === undefined) return history;
    const talk = talkOf(walk, history);
    if (isAnswered(question, input) || (await question.isNeeded?.(talk)) === false) {
      index += 1;
      continue;
    }
    const step = await question.ask(talk);
    const answer = await prompter.step(dressed(step, question, history, walk));
    if (answer === undefined) {
      index = history.pop()?.index ?? index;
      continue;
    }
    remembered.set(question.id, answer);
    history.push({ index, id: question.id, answer, said: await saidBy(question, answer, talk) });
    index += 1;
  }
};
