/** The wizard's questions about the word that the source must send, or what stands in its place. */
import { parseRootArn } from '#domain/arn.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { Party } from './wizard-known.ts';
import { isGiven, type Talk, type WizardQuestion } from './wizard-question.ts';
import { bringTokensOnly, entersByHub } from './wizard-tokens.ts';

/** Users and roles of the source by name, a hub among them: everyone in an account is no such thing. */
const areAllExact = (talk: Talk, { account }: Party): boolean =>
  (talk.input.list('trust') ?? []).every((given) => {
    const parsed = parsePrincipal(given);
    if (!parsed.ok) return false;
    const { value } = parsed;
    if (value.kind === 'oidc') return entersByHub(talk);
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
  isNeeded: (talk) => !bringTokensOnly(talk),
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

export const EXTERNAL_ID_QUESTIONS: readonly WizardQuestion[] = [EXTERNAL_ID, GIVEN_ID];
