/** The wizard of init: asks for what no flag said, and answers with the same flags, so that there is one way on from here. */
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { PERMISSION_FLAGS } from '#domain/said-permissions.ts';
import { hasSourceRole, withoutIdleBoundary } from '#domain/source-roles.ts';
import { isXacctError } from '#domain/xacct-error.ts';
import { expectAccount, expectTwoAccounts } from '#core/settle-spec.ts';
import type { Answers } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { NOT_GENERATED } from './external-id.ts';
import { specInputFromFlags } from './flag-spec.ts';
import { partsOf } from './pair-run.ts';
import { wrap } from './render/statement.ts';
import { ACCOUNT_QUESTIONS } from './wizard-accounts.ts';
import { CONDITION_QUESTIONS } from './wizard-conditions.ts';
import { EXTERNAL_ID_QUESTIONS } from './wizard-external-id.ts';
import { openKnown, type Known } from './wizard-known.ts';
import { PERMISSION_QUESTIONS } from './wizard-permissions.ts';
import { isGiven } from './wizard-question.ts';
import { ROLE_QUESTIONS } from './wizard-role.ts';
import { renderSummary, SUMMARY_STEP } from './wizard-summary.ts';
import { TOKEN_QUESTIONS } from './wizard-tokens.ts';
import { TRUST_QUESTIONS } from './wizard-trust.ts';
import { answersOf, talkOf, walkOn, type History, type Walk } from './wizard-walk.ts';

const QUESTIONS = [
  ...ACCOUNT_QUESTIONS,
  ...TRUST_QUESTIONS,
  ...TOKEN_QUESTIONS,
  ...EXTERNAL_ID_QUESTIONS,
  ...CONDITION_QUESTIONS,
  ...PERMISSION_QUESTIONS,
  ...ROLE_QUESTIONS,
];

/** Who comes and what they may do have no default: with both said, the flags are a whole set-up and nothing is asked. */
export const saysAll = (input: Input): boolean =>
  isGiven(input, 'trust') && PERMISSION_FLAGS.some((flag) => isGiven(input, flag));

/** What is wrong with these flags: the same words that init without questions would end with. */
const problemsOf = async (input: Input, context: Context): Promise<readonly string[]> => {
  try {
    const parts = partsOf(await specInputFromFlags(input, context), { targets: 1, needs: 'spec' }, context);
    const isBounded = parts.some((part) => hasSourceRole(part.input));
    const requests = parts.map((part) => parseSpecRequest(withoutIdleBoundary(part.input, isBounded), NOT_GENERATED));
    return requests.flatMap((request) => (request.ok ? [] : request.diagnostics.map(({ message }) => message)));
  } catch (error) {
    if (!isXacctError(error)) throw error;
    return error.diagnostics.map(({ message }) => message);
  }
};

const newProblem =
  (context: Context): Walk['newProblem'] =>
  async (before, after) => {
    const known = new Set(await problemsOf(before, context));
    return (await problemsOf(after, context)).find((message) => !known.has(message));
  };

/** What flags say of the two sides, looked at before the first question: better now than after ten. Throws XacctError. */
const lookFirst = async (input: Input, known: Known): Promise<void> => {
  const isAsked = !isGiven(input, 'target-profile') && (await known.profiles()).length > 0;
  const target = isAsked ? undefined : await known.target(input);
  const source = await known.source(input);
  if (target) expectAccount(target, input.text('target-account')?.value, 'target', '--target-profile');
  if (source) expectAccount(source, input.text('source-account')?.value, 'source', '--source-profile');
  if (target && source) expectTwoAccounts(source, target);
};

/** Throws XacctError where credentials that flags name do not work, or where the person stops. */
export const askForInit = async (input: Input, context: Context): Promise<Answers> => {
  const { width } = context;
  const walk: Walk = {
    questions: QUESTIONS,
    input,
    known: openKnown(context),
    prompter: await context.prompter(),
    width,
    newProblem: newProblem(context),
    remembered: new Map(),
  };
  await lookFirst(input, walk.known);
  let history: History = [];
  for (;;) {
    history = await walkOn(walk, history);
    const talk = talkOf(walk, history);
    const parties = { target: await walk.known.target(talk.input), source: await walk.known.source(talk.input) };
    context.say(renderSummary(talk.input, parties, context));
    const answer = await walk.prompter.step({ ...SUMMARY_STEP, why: wrap(SUMMARY_STEP.why, width).join('\n') });
    if (answer === 'plan') return answersOf(history);
    history = answer === 'again' ? [] : history.slice(0, -1);
  }
};
