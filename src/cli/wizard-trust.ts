/** The wizard's questions about who comes: who may assume the role, by which word, and from where. */
import { isAccountId, parseRootArn, parseSessionArn } from '#domain/arn.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { isSsoRole, permissionSetOf } from '#domain/principal.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import { VALUES } from '#domain/values.ts';
import { unlessRefused, type Party } from './wizard-known.ts';
import { isGiven, needsText, type Talk, type WizardQuestion } from './wizard-question.ts';

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

const comes =
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

const CI: WizardQuestion = {
  id: 'trust ci',
  flag: 'trust',
  isNeeded: comes('ci'),
  ask: () => ({
    message: 'Project, workspace or service account:',
    why: 'gitlab:GROUP/PROJECT:branch=main, tfc:ORG/PROJECT/WORKSPACE, or irsa:https://ISSUER:NAMESPACE/SERVICE_ACCOUNT.',
    check: (answer) => (/^(gitlab|tfc|irsa):/.test(answer) ? undefined : 'it begins with gitlab:, tfc: or irsa:'),
  }),
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

/** A permission set is of an account, which nobody named where there are no credentials of it. */
const SOURCE_ACCOUNT: WizardQuestion = {
  id: 'source-account',
  flag: 'source-account',
  isNeeded: async (talk) => comes('sso')(talk) && (await talk.known.source(talk.input)) === undefined,
  ask: async ({ known, input }) => {
    const target = await known.target(input);
    return {
      message: 'Account that they sign in to (the source):',
      why: 'Twelve digits: the account where the permission set is assigned and Terraform runs.',
      check: (answer) => (answer === target.account ? 'that is the target: the source is another account' : undefined),
    };
  },
};

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

const REPOSITORY: WizardQuestion = {
  id: 'github',
  flag: 'trust',
  isNeeded: comes('github'),
  ask: async ({ known }) => {
    const here = known.env['GITHUB_REPOSITORY'] ?? (await repositoryHere(await known.file('.git/config')));
    return {
      message: 'Repository:',
      why: 'OWNER/REPO, or OWNER@ID/REPO@ID for repositories whose tokens hold ids.',
      ...(here !== undefined && { default: here }),
      check: (answer) => whyNoPrincipal(`github:${answer}:pull_request`),
    };
  },
  says: () => [],
};

/** `git@github.com:OWNER/REPO.git`, `https://github.com/OWNER/REPO` */
const repositoryHere = async (gitConfig = ''): Promise<string | undefined> =>
  /^\s*url\s*=\s*\S*github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\s*$/m.exec(gitConfig)?.[1];

const whyNoPrincipal = (value: string): string | undefined => {
  const parsed = parsePrincipal({ value, place: 'answer' });
  return parsed.ok ? undefined : parsed.diagnostics[0]?.message;
};

const RUNS: WizardQuestion = {
  id: 'github runs',
  flag: 'trust',
  isNeeded: comes('github'),
  ask: () => ({
    message: 'Which of its runs?',
    why: 'Without it every branch and every pull request of the repository could come.',
    default: 'branch',
    choices: [
      { value: 'branch', label: 'those of one branch' },
      { value: 'environment', label: 'those of one environment, whose rules GitHub enforces' },
      { value: 'tag', label: 'those of one tag' },
      { value: 'pull_request', label: 'those of pull requests' },
    ],
  }),
  says: (answer, talk) => (answer === 'pull_request' ? githubTrust(talk, answer) : []),
};

const githubTrust = ({ answerTo }: Talk, qualifier: string) => [
  { flag: 'trust', value: `github:${answerTo('github') ?? ''}:${qualifier}` },
];

const RUN_FORMS: Readonly<Record<string, { readonly prefix: string; readonly usual: string }>> = {
  branch: { prefix: 'ref=refs/heads/', usual: 'main' },
  environment: { prefix: 'environment=', usual: 'production' },
  tag: { prefix: 'ref=refs/tags/', usual: 'v1' },
};

const RUN: WizardQuestion = {
  id: 'github run',
  flag: 'trust',
  isNeeded: ({ answerTo }) => Object.hasOwn(RUN_FORMS, answerTo('github runs') ?? ''),
  ask: ({ answerTo }) => {
    const kind = answerTo('github runs') ?? '';
    return {
      message: `Name of the ${kind}:`,
      why: 'As it is written on GitHub, capitals included.',
      default: RUN_FORMS[kind]?.usual ?? '',
    };
  },
  says: (answer, talk) => githubTrust(talk, `${RUN_FORMS[talk.answerTo('github runs') ?? '']?.prefix ?? ''}${answer}`),
};

/** Whoever comes with a token of another issuer: there is no external ID, no organization and no MFA in it. */
export const areAllTokens = ({ input }: Talk): boolean => {
  const principals = (input.list('trust') ?? []).map((given) => parsePrincipal(given));
  return principals.length > 0 && principals.every((parsed) => parsed.ok && parsed.value.kind === 'oidc');
};

/** Users and roles of the source by name: everyone in an account is no such thing. */
const areAllExact = ({ input }: Talk, { account }: Party): boolean =>
  (input.list('trust') ?? []).every((given) => {
    const parsed = parsePrincipal(given);
    if (!parsed.ok) return false;
    const { value } = parsed;
    if (value.kind === 'arn') return value.account === account && parseRootArn(value.arn) === undefined;
    return value.kind === 'self' || value.kind === 'ec2' || (value.kind === 'session' && value.account === account);
  });

/** The organization of both accounts, where it can stand for an external ID as it does without questions. */
const sharedOrganization = async (talk: Talk): Promise<string | undefined> => {
  const { known, input } = talk;
  const source = await known.source(input);
  if (source === undefined || isGiven(talk.typed, 'org') || !areAllExact(talk, source)) return undefined;
  const shared = await known.organization(await known.target(input));
  return shared !== undefined && (await known.organization(source)) === shared ? shared : undefined;
};

const EXTERNAL_ID: WizardQuestion = {
  id: 'external-id',
  flag: 'external-id',
  isNeeded: (talk) => !areAllTokens(talk),
  ask: async (talk) => {
    const shared = await sharedOrganization(talk);
    const instead = { value: 'organization', label: `none: the caller must be of organization ${shared ?? ''}, as both are` };
    return {
      message: 'External ID?',
      why: 'A shared word that the source must send: it keeps others who may use the source from reaching your role by mistake.',
      default: shared === undefined ? 'generate' : 'organization',
      choices: [
        ...(shared === undefined ? [] : [instead]),
        { value: 'generate', label: 'generate one (kept on later runs)' },
        { value: 'given', label: 'use one that you have' },
        { value: 'none', label: 'none' },
      ],
    };
  },
  says: async (answer, talk) => {
    if (answer === 'given') return [];
    if (answer !== 'organization') return [{ flag: 'external-id', value: answer }];
    return [
      { flag: 'external-id', value: 'none' },
      { flag: 'org', value: (await sharedOrganization(talk)) ?? '' },
    ];
  },
};

const GIVEN_ID: WizardQuestion = {
  id: 'external-id given',
  flag: 'external-id',
  isNeeded: ({ answerTo }) => answerTo('external-id') === 'given',
  ask: () => ({
    message: 'The external ID:',
    why: '2 to 1224 characters, no spaces.',
    check: (answer) =>
      ['generate', 'none'].includes(answer) ? `"${answer}" is a word of xacct's own: choose another ID` : undefined,
  }),
};

export const TRUST_QUESTIONS: readonly WizardQuestion[] = [
  TRUST,
  ARN,
  CI,
  WHOLE_ACCOUNT,
  SOURCE_ACCOUNT,
  SSO,
  EC2,
  REPOSITORY,
  RUNS,
  RUN,
  EXTERNAL_ID,
  GIVEN_ID,
];
