/** The wizard's question about what a caller must bring along, beside being named. */
import { menuQuestions, type MenuItem } from './wizard-menu.ts';
import { needsText, type Talk } from './wizard-question.ts';
import { bringTokensOnly } from './wizard-tokens.ts';

const isForNames = (talk: Talk): boolean => !bringTokensOnly(talk);

const ITEMS: readonly MenuItem[] = [
  {
    value: 'source-ip',
    label: 'calls from an address or range (--source-ip)',
    flag: 'source-ip',
    isRepeatable: true,
    detail: () => ({
      message: 'Address or range:',
      why: 'As 203.0.113.7 or 203.0.113.0/24. Calls through a VPC endpoint have no such address.',
      check: needsText('an address or a range is needed'),
    }),
  },
  {
    value: 'org',
    label: 'callers of an organization (--org)',
    flag: 'org',
    isOffered: (talk) => isForNames(talk) && talk.input.text('org') === undefined,
    detail: async ({ known, input }) => {
      const own = await known.organization(await known.source(input));
      return {
        message: 'Id of the organization:',
        why: 'o- and letters; aws organizations describe-organization --query Organization.Id prints it.',
        ...(own !== undefined && { default: own }),
        check: needsText('an id is needed: o-exampleorgid'),
      };
    },
  },
  {
    value: 'session-name-prefix',
    label: 'sessions whose name begins with a text (--session-name-prefix)',
    flag: 'session-name-prefix',
    detail: () => ({
      message: 'Beginning of the name:',
      why: 'CloudTrail shows the name; the one that Terraform sends will begin so, too.',
      default: 'ci',
      check: needsText('a text is needed'),
    }),
  },
  {
    value: 'require-session-tag',
    label: 'sessions with a tag (--require-session-tag)',
    flag: 'require-session-tag',
    isRepeatable: true,
    isOffered: isForNames,
    detail: () => ({
      message: 'Tag as KEY=VALUE:',
      why: 'Terraform will send it.',
      default: 'team=platform',
      check: (answer) => (/^[^=]+=./.test(answer) ? undefined : 'a key and a value are needed, with = between them'),
    }),
    says: (tag) => [
      { flag: 'require-session-tag', value: tag },
      { flag: 'session-tag', value: tag },
    ],
  },
  {
    value: 'require-source-identity',
    label: 'sessions with a source identity (--require-source-identity)',
    flag: 'require-source-identity',
    isOffered: isForNames,
    detail: () => ({
      message: 'Source identity:',
      why: 'It stays with every session that follows; Terraform will send it.',
      default: 'terraform',
      check: needsText('a name is needed'),
    }),
    says: (name) => [
      { flag: 'require-source-identity', value: name },
      { flag: 'source-identity', value: name },
    ],
  },
  {
    value: 'require-mfa',
    label: 'sessions that began with an MFA code (--require-mfa)',
    flag: 'require-mfa',
    isOffered: isForNames,
    refused:
      "Terraform's provider cannot send an MFA code: choose another condition. For people without Terraform: --require-mfa",
  },
];

export const CONDITION_QUESTIONS = menuQuestions({
  id: 'condition',
  answeredBy: [],
  message: 'Must the caller meet a condition, too?',
  again: 'Another condition?',
  why: 'All of them must hold, beside the name of the caller.',
  items: ITEMS,
  done: 'no',
  rounds: 4,
});
