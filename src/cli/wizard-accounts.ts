/** The wizard's first questions: whose credentials reach the two accounts. */
import { isXacctError } from '#domain/xacct-error.ts';
import type { Input } from './command.ts';
import { withAnswers } from './answers.ts';
import type { Party } from './wizard-known.ts';
import type { Talk, WizardQuestion } from './wizard-question.ts';

/** Angle brackets: no profile is called so. */
const DEFAULT_CHAIN = '<default chain>';
const NOBODY = '<nobody>';

const named = (names: readonly string[]) => names.map((value) => ({ value, label: value }));

/** Credentials that do not work are told at once, and others can be chosen. */
const whyNot = async (look: () => Promise<string | undefined>): Promise<string | undefined> => {
  try {
    return await look();
  } catch (error) {
    if (!isXacctError(error) || error.code === 'INTERRUPTED') throw error;
    return error.diagnostics[0]?.message;
  }
};

const saying = ({ input }: Talk, flag: string, value: string): Input => withAnswers(input, [{ flag, value }]);

const TARGET: WizardQuestion = {
  id: 'target-profile',
  flag: 'target-profile',
  isNeeded: async ({ known }) => (await known.profiles()).length > 0,
  ask: async (talk) => ({
    message: 'Which credentials administer the target account?',
    why: 'xacct makes the role with them.',
    default: DEFAULT_CHAIN,
    choices: [{ value: DEFAULT_CHAIN, label: 'what the AWS CLI uses without --profile' }, ...named(await talk.known.profiles())],
    check: (answer) =>
      whyNot(async () => {
        await talk.known.entry(answer === DEFAULT_CHAIN ? talk.input : saying(talk, 'target-profile', answer));
        return undefined;
      }),
  }),
  says: (answer) => (answer === DEFAULT_CHAIN ? [] : [{ flag: 'target-profile', value: answer }]),
};

const nameOf = ({ account, alias }: Party): string => (alias === undefined ? account : `${account} (${alias})`);

const ENTRY: WizardQuestion = {
  id: 'entry',
  flag: 'via-role',
  answeredBy: ['via-role', 'target-account', 'target-profile'],
  ask: async ({ known, input }) => {
    const entry = await known.entry(input);
    const { account } = entry;
    return {
      message: 'Which account is the target?',
      why: 'Terraform will work there. Another account is entered through a role of it that trusts this one.',
      default: 'direct',
      choices: [
        { value: 'direct', label: `this one: ${nameOf(entry)}` },
        { value: 'via', label: 'another one, through a role (OrganizationAccountAccessRole, …)' },
      ],
      check: async (answer) => {
        const source = await known.source(input);
        return answer === 'direct' && source?.account === account
          ? `the source is of this account, too: ${source.arn}`
          : undefined;
      },
    };
  },
  says: () => [],
};

const isVia = ({ answerTo }: Talk): boolean => answerTo('entry') === 'via';

const TARGET_ACCOUNT: WizardQuestion = {
  id: 'target-account',
  flag: 'target-account',
  isNeeded: isVia,
  ask: async ({ known, input }) => {
    const { account } = await known.entry(input);
    return {
      message: 'Id of the target account:',
      why: 'Twelve digits; aws organizations list-accounts shows those of an organization.',
      check: (answer) => (answer === account ? `${account} is the account of these credentials: no role is needed` : undefined),
    };
  },
};

const VIA_ROLE: WizardQuestion = {
  id: 'via-role',
  flag: 'via-role',
  isNeeded: isVia,
  ask: (talk) => ({
    message: 'Role through which it is entered:',
    why: 'Its name or ARN. Organizations makes OrganizationAccountAccessRole, Control Tower AWSControlTowerExecution.',
    default: 'OrganizationAccountAccessRole',
    check: (answer) =>
      whyNot(async () => {
        await talk.known.target(saying(talk, 'via-role', answer));
        return undefined;
      }),
  }),
};

const SOURCE: WizardQuestion = {
  id: 'source-profile',
  flag: 'source-profile',
  answeredBy: ['source-profile', 'source'],
  isNeeded: async ({ known }) => (await known.profiles()).length > 0,
  ask: async (talk) => {
    const { known, input } = talk;
    const target = await known.target(input);
    const profiles = await known.profiles();
    return {
      message: 'Which credentials will run Terraform (the source)?',
      why: 'They tell who will assume the role, and prove that it works. None is fine, too: the role is then made, not proved.',
      default: NOBODY,
      choices: [
        { value: NOBODY, label: 'none of this machine' },
        ...named(profiles.filter((name) => name !== input.text('target-profile')?.value)),
      ],
      check: (answer) =>
        whyNot(async () => {
          if (answer === NOBODY) return undefined;
          const source = await known.source(saying(talk, 'source-profile', answer));
          return source?.account === target.account ? `these are credentials of the target itself: ${source.arn}` : undefined;
        }),
    };
  },
  says: (answer) => (answer === NOBODY ? [] : [{ flag: 'source-profile', value: answer }]),
};

export const ACCOUNT_QUESTIONS: readonly WizardQuestion[] = [TARGET, ENTRY, TARGET_ACCOUNT, VIA_ROLE, SOURCE];
