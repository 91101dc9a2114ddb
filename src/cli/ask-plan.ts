/** Shows the plan and gets the answer: from a flag, or from a person. */
import { problem } from '#domain/diagnostic.ts';
import { accountsOf, changesOf, type Plan } from '#domain/plan.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { heldBack, type Answer } from '#core/approve.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { renderPlan } from './render/plan.ts';

export const mayAsk = (input: Input, context: Context): boolean =>
  context.canAsk && !input.isSet('yes') && !input.isSet('no-input');

/** Whose question it is. */
export interface Asking {
  readonly command: string;
  readonly why: string;
  /** What Enter says. */
  readonly isYes: boolean;
  /** Of the target, where there are several. */
  readonly name?: string | undefined;
}

export const OF_INIT: Asking = { command: 'init', why: '', isYes: true };

const needsAnswer = ({ typed }: Input, { command }: Asking): XacctError =>
  new XacctError(
    problem('QUESTION_WITHOUT_TERMINAL', 'the plan needs a yes, and there is nobody to ask', {
      hints: [
        { text: 'look at the plan first', command: commandLine([command, ...typed, '--dry-run']) },
        { text: 'then say yes', command: commandLine([command, ...typed, '--yes']) },
      ],
    }),
  );

const askPerson = async (plan: Plan, { why, isYes, name }: Asking, context: Context): Promise<Answer> => {
  const prompter = await context.prompter();
  const changes = changesOf(plan);
  const accounts = accountsOf(changes.flatMap(({ steps }) => steps));
  const what = changes.length === 1 ? 'this change' : 'these changes';
  const message = `Make ${what} in account${accounts.length > 1 ? 's' : ''} ${accounts.join(' and ')}${name === undefined ? '' : ` (target ${name})`}?`;
  if (heldBack(plan).length === 0) return (await prompter.confirm({ message, why, default: isYes })) ? 'yes' : 'no';
  return prompter.select<Answer>({
    message,
    why: [why, 'What is marked may lock somebody out, or let in who was kept out.'].filter((line) => line !== '').join(' '),
    default: 'no',
    choices: [
      { value: 'no', label: 'no, change nothing' },
      { value: 'yes', label: 'yes, but not what is marked' },
      { value: 'yes-prune', label: 'yes, all of it' },
    ],
  });
};

export const askPlan =
  (input: Input, context: Context, asking: Asking = OF_INIT) =>
  async (plan: Plan): Promise<Answer> => {
    if (!input.isSet('quiet') || !input.isSet('yes'))
      context.say(renderPlan(plan, context.paint, { width: context.width, name: asking.name, prunes: input.isSet('prune') }));
    const agreed = input.isSet('prune') ? 'yes-prune' : 'yes';
    if (input.isSet('dry-run') || input.isSet('yes') || changesOf(plan).length === 0) return agreed;
    if (!mayAsk(input, context)) throw needsAnswer(input, asking);
    const answer = await askPerson(plan, asking, context);
    return answer === 'yes' ? agreed : answer;
  };
