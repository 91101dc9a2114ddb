/** The wizard's question about who may assume the role, and those about whom AWS itself knows: users, roles, permission sets, instances. */
import { isAccountId, parseSessionArn } from '#domain/arn.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { isSsoRole, permissionSetOf } from '#domain/principal.ts';
import { VALUES } from '#domain/values.ts';
import { unlessRefused, type Party } from './wizard-known.ts';
import type { Step } from '#core/ports/prompter.ts';
import { needsText, type Talk, type WizardQuestion } from './wizard-question.ts';

const sessionOf = (source: Party | undefined) => (source === undefined ? undefined : parseSessionArn(source.arn));

/** Of a user or an ordinary role: a person's SSO session is not the pipeline, and root assumes no roles. */
const canBeSelf = (source: Party | undefined): boolean => {
  if (source === undefined || !/:(user|role|assumed-role)\//.test(source.arn)) return false;
  const session = sessionOf(source);
  return session === undefined || !isSsoRole(session.roleName);
};

const usualTrust = (source: Party | undefined): string => {
  if (canBeSelf(source)) return 'self';
  return isSsoRole(sessionOf(source)?.roleName ?? '') ? 'sso' : 'arn';
};

const SOURCE_ONLY = ['self', 'ec2'];

const TRUST: WizardQuestion = {
  id: 'trust',
  flag: 'trust',
  ask: async ({ known, input }) => {
    const source = await known.source(input);
    const choices = [
      { value: 'self', label: `the source's own: ${source?.arn ?? ''}` },
      { value: 'arn', label: 'another role or user, by its ARN' },
      { value: 'sso', label: 'people with a permission set of IAM Identity Center (SSO)' },
      { value: 'ec2', label: 'EC2 instances of the source account, by their role' },
      { value: 'github', label: 'a workflow of GitHub Actions' },
      { value: 'ci', label: 'GitLab CI, HCP Terraform or a pod of EKS' },
      { value: 'account', label: 'everyone whom a whole account lets' },
    ];
    return {
      message: 'Who may assume the role?',
      why: 'Who will run Terraform later: a pipeline rather than the laptop that asks now.',
      default: usualTrust(source),
      choices: choices.filter(
        ({ value }) => (value !== 'self' || canBeSelf(source)) && (source !== undefined || !SOURCE_ONLY.includes(value)),
      ),
    };
  },
  says: (answer) => (answer === 'self' ? [{ flag: 'trust', value: 'self' }] : []),
};

export const comes =
  (...kinds: readonly string[]) =>
  ({ answerTo }: Talk): boolean =>
    kinds.includes(answerTo('trust') ?? '');

/** A `--trust` in words of its own; the words in front of it are not asked for. */
const trusting = (prefix: string) => (answer: string) => [{ flag: 'trust', value: `${prefix}${answer}` }];

const ARN: WizardQuestion = {
  id: 'trust arn',
  flag: 'trust',
  isNeeded: comes('arn'),
  ask: async ({ known, input }) => {
    const account = (await known.source(input))?.account ?? '111111111111';
    return {
      message: 'ARN of the role or user:',
      why: `For example arn:aws:iam::${account}:role/ci; a session's ARN stands for its role.`,
      check: needsText('an ARN is needed: aws sts get-caller-identity prints it'),
    };
  },
};

const WHOLE_ACCOUNT: WizardQuestion = {
  id: 'trust account',
  flag: 'trust',
  isNeeded: comes('account'),
  ask: async ({ known, input }) => {
    const account = (await known.source(input))?.account;
    return {
      message: 'Id of the account:',
      why: 'The policies of that account then say who of it may come.',
      ...(account !== undefined && { default: account }),
      check: (answer) => (isAccountId(answer) ? undefined : 'an account id has 12 digits'),
    };
  },
};

/** What is of the source, whose account nobody named where there are no credentials of it. */
export const sourceAccount = (
  id: string,
  isNeeded: (talk: Talk) => boolean,
  { message, why }: Pick<Step, 'message' | 'why'>,
): WizardQuestion => ({
  id,
  flag: 'source-account',
  isNeeded: async (talk) =>
    isNeeded(talk) && talk.input.text('source-account') === undefined && (await talk.known.source(talk.input)) === undefined,
  ask: async ({ known, input }) => {
    const target = await known.target(input);
    return {
      message,
      why: `Twelve digits: ${why}`,
      check: (answer) => (answer === target.account ? 'that is the target: the source is another account' : undefined),
    };
  },
});

const SSO_ACCOUNT = sourceAccount('source-account', comes('sso'), {
  message: 'Account that they sign in to (the source):',
  why: 'the account where the permission set is assigned and Terraform runs.',
});

const SSO: WizardQuestion = {
  id: 'trust sso',
  flag: 'trust',
  isNeeded: comes('sso'),
  ask: async ({ known, input }) => {
    const mine = permissionSetOf(sessionOf(await known.source(input))?.roleName ?? '');
    return {
      message: 'Name of the permission set:',
      why: 'Everyone who signs in with it is let in, also after it was made anew.',
      ...(mine !== undefined && { default: mine }),
      check: needsText('a name is needed, as the access portal shows it: AdministratorAccess, for example'),
    };
  },
  says: trusting('sso:'),
};

const isForEc2 = (trust: PolicyDocument): boolean =>
  statementsOf(trust).some(
    ({ Effect, Principal }) =>
      Effect === 'Allow' && typeof Principal === 'object' && listOf(Principal['Service']).some((name) => name.startsWith('ec2.')),
  );

const EC2: WizardQuestion = {
  id: 'trust ec2',
  flag: 'trust',
  isNeeded: comes('ec2'),
  ask: async ({ known, input }) => {
    const source = await known.source(input);
    const roles = source && (await unlessRefused(source.aws.iam.listRoleTrusts()));
    const names = (roles ?? []).filter(({ trustPolicy }) => isForEc2(trustPolicy)).map(({ name }) => name);
    const there = names.length === 0 ? 'There is none yet' : `There are ${names.slice(0, 5).join(', ')}`;
    return {
      message: "Name of the instances' role:",
      why: `Trusting the service EC2 in the target lets nobody of the source in: the role of the instances does. ${there}.`,
      default: names[0] ?? VALUES.instanceRole.default,
    };
  },
  says: trusting('ec2:'),
};

export const TRUST_QUESTIONS: readonly WizardQuestion[] = [TRUST, ARN, WHOLE_ACCOUNT, SSO_ACCOUNT, SSO, EC2];
