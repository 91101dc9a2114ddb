/** The wizard's questions about a pair: whoever only plans must not get into the role that applies. */
import { halfOf, trustsAlike } from '#domain/pair.ts';
import { NOTHING_GIVEN, type SpecInput } from '#domain/spec-input.ts';
import { VALUES } from '#domain/values.ts';
import { needsText, type Talk, type WizardQuestion } from './wizard-question.ts';

const pairOf = ({ input }: Talk): SpecInput => ({ ...NOTHING_GIVEN, name: '', trust: input.list('trust') });

const PLAN_TRUST: WizardQuestion = {
  id: 'plan-trust',
  flag: 'plan-trust',
  isNeeded: ({ input }) => input.isSet('pair'),
  ask: (talk) => {
    const pair = pairOf(talk);
    const planners = (halfOf(pair, 'plan').trust ?? []).map(({ value }) => value).join(', ');
    const name = talk.input.text('role-name')?.value ?? VALUES.roleName.default;
    const usual = trustsAlike(pair)
      ? { value: 'usual', label: 'whoever applies: nothing tells their plans from the rest' }
      : { value: 'usual', label: 'those of their runs that only plan: pull requests, plan phases' };
    return {
      message: `Who may assume ${name}-plan?`,
      why: `It reads, and holds the state's lock; ${name}-apply lets in who was named before. By default: ${planners}.`,
      default: 'usual',
      choices: [usual, { value: 'other', label: 'somebody else, whom you name' }],
    };
  },
  says: () => [],
};

const PLANNER: WizardQuestion = {
  id: 'planner',
  flag: 'plan-trust',
  isNeeded: ({ answerTo }) => answerTo('plan-trust') === 'other',
  ask: () => ({
    message: 'Who only plans:',
    why: 'An account id, an ARN, sso:SET, github:OWNER/REPO:pull_request, tfc:ORG/PROJECT/WORKSPACE:plan, …',
    check: needsText('somebody is needed: an ARN, an account id, or one of the words'),
  }),
};

export const PAIR_QUESTIONS: readonly WizardQuestion[] = [PLAN_TRUST, PLANNER];
