/** The wizard's questions about who comes with a token of another issuer: which runs, and where their tokens enter. */
import { parsePrincipal } from '#domain/principal-request.ts';
import { VALUES } from '#domain/values.ts';
import type { Talk, WizardQuestion } from './wizard-question.ts';
import { comes, sourceAccount } from './wizard-trust.ts';

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

const areTokens = ({ input }: Talk): readonly boolean[] =>
  (input.list('trust') ?? []).map((given) => {
    const parsed = parsePrincipal(given);
    return parsed.ok && parsed.value.kind === 'oidc';
  });

/** Then the target's role trusts a role of the source, and no token. */
export const entersByHub = (talk: Talk): boolean =>
  talk.input.text('layout')?.value === 'hub' && areTokens(talk).some((isToken) => isToken);

/** Into the target itself: there is no external ID, no organization and no MFA in a token. */
export const bringTokensOnly = (talk: Talk): boolean => {
  const tokens = areTokens(talk);
  return tokens.length > 0 && tokens.every((isToken) => isToken) && !entersByHub(talk);
};

const LAYOUT: WizardQuestion = {
  id: 'layout',
  flag: 'layout',
  answeredBy: ['layout', 'source-trust'],
  isNeeded: (talk) => talk.input.text('layout') === undefined && areTokens(talk).some((isToken) => isToken),
  ask: () => ({
    message: 'Where do the tokens enter?',
    why: 'A hub spares each of many targets a provider of its own; sessions through it last an hour at most.',
    default: 'direct',
    choices: [
      { value: 'direct', label: 'the target, by an OIDC provider in it' },
      { value: 'hub', label: 'a hub role of the source, which all targets trust' },
    ],
  }),
};

const HUB_ROLE: WizardQuestion = {
  id: 'hub-role',
  flag: 'hub-role',
  isNeeded: (talk) => talk.input.text('hub-role') === undefined && entersByHub(talk),
  ask: () => ({
    message: 'Name of the hub role:',
    why: 'The same one for all targets of this source.',
    default: VALUES.hubRole.default,
  }),
};

const HUB_ACCOUNT = sourceAccount('hub account', entersByHub, {
  message: 'Account that has the hub (the source):',
  why: 'the provider and the hub role are made there, with credentials of it.',
});

/** Asked again where a token came in later. */
export const LAYOUT_QUESTIONS: readonly WizardQuestion[] = [LAYOUT, HUB_ROLE, HUB_ACCOUNT];

export const TOKEN_QUESTIONS: readonly WizardQuestion[] = [CI, REPOSITORY, RUNS, RUN, ...LAYOUT_QUESTIONS];
