/** Condition keys whose values only AWS sees: an answer that another value could turn is a guess, and is said to be one. Pure. */
import type { Decision, PolicyKind } from '#domain/cause.ts';
import type { Statement } from '#domain/policy-document.ts';
import { compilePolicy } from '#policy/compile.ts';
import { decideByGuess } from '#policy/evaluate.ts';
import type { IsGuess } from '#policy/principal.ts';
import type { PolicySource, Scenario } from '#policy/scenario.ts';
import type { Unread } from '#domain/unread.ts';

/** Lower case. Not known either, but a scenario can leave them open by itself (policy/unstated.ts). */
const LEFT_OPEN = ['aws:sourceip', 'aws:requestedregion', 'aws:useragent'];
/** Facts of the network, of the organization, and of how the caller signed in, which its ARN does not tell. */
const EVERYBODY = [
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpcsourceip',
  'aws:referer',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'aws:multifactorauthpresent',
  'aws:multifactorauthage',
];
const OF_A_SESSION = [
  'aws:tokenissuetime',
  'aws:sourceidentity',
  'aws:federatedprovider',
  'aws:ec2instancesourcevpc',
  'aws:ec2instancesourceprivateipv4',
  'ec2:sourceinstancearn',
];

/** What could not be known of the caller, beside what nobody can. */
interface Doubts {
  readonly isSession: boolean;
  /** Of a user whom nobody may read; a session may have tags of its own in any case. */
  readonly hasUnreadTags: boolean;
}

const isGuessed = (name: string, { isSession, hasUnreadTags }: Doubts): boolean =>
  EVERYBODY.includes(name) ||
  (isSession && OF_A_SESSION.includes(name)) ||
  ((isSession || hasUnreadTags) && name.startsWith('aws:principaltag/'));

const isUnknown = (key: string, doubts: Doubts): boolean =>
  LEFT_OPEN.includes(key.toLowerCase()) || isGuessed(key.toLowerCase(), doubts);

export const isUnknowable = (key: string, isSession: boolean): boolean => isUnknown(key, { isSession, hasUnreadTags: false });

/** The flag that says what only the person knows. */
const FLAGS: readonly (readonly [key: string, flag: string])[] = [
  ['aws:sourceip', '--source-ip'],
  ['aws:requestedregion', '--region'],
  ['aws:principalorgid', '--org'],
  ['aws:multifactorauthpresent', '--mfa'],
  ['aws:principaltag/', '--principal-tag'],
];

const keysOf = ({ Condition = {} }: Statement): readonly string[] =>
  Object.values(Condition).flatMap((keys) => Object.keys(keys));

const VARIABLE = /\$\{([^}]+)\}/g;

const sourcesOf = (source: PolicySource | readonly PolicySource[] | undefined): readonly PolicySource[] => {
  if (source === undefined) return [];
  return Array.isArray(source) ? (source as readonly PolicySource[]) : [source];
};

const ACTIONS = ['assumerole', 'tagsession', 'setsourceidentity', 'assumerolewithwebidentity', 'assumerolewithsaml'];

/** Of the statements that are about assuming roles. */
const unknownKeysOf = ({ caller, role }: Scenario, isOpen: IsGuess): readonly string[] => {
  const sources: readonly (readonly [PolicyKind, PolicySource])[] = [
    ['trust', role.trustPolicy],
    ...sourcesOf(caller.identityPolicies).map((source) => ['identity', source] as const),
    ...sourcesOf(caller.boundary).map((source) => ['boundary', source] as const),
  ];
  const keys = sources.flatMap(([kind, source]) =>
    source === 'unknown'
      ? []
      : compilePolicy(source, kind)
          .statements.filter(({ coversAction }) => ACTIONS.some((action) => coversAction(`sts:${action}`)))
          .flatMap((statement) => [
            ...keysOf(statement.source),
            ...[...JSON.stringify(statement.source).matchAll(VARIABLE)].map(([, key = '']) => key.split(',')[0] ?? ''),
          ]),
  );
  return [...new Map(keys.filter(isOpen).map((key) => [key.toLowerCase(), key])).values()];
};

const unreadKey = (key: string, account: string): Unread => {
  const flag = FLAGS.find(([name]) => key.toLowerCase().startsWith(name))?.[1];
  const way =
    flag === undefined ? '`xacct verify` asks AWS itself' : `say it with ${flag}, or let \`xacct verify\` ask AWS itself`;
  return { what: `${key} of the call`, account, permission: null, reason: `only AWS sees it when the call is made: ${way}` };
};

/**
 * The decision with `low` confidence where another value of such a key would turn it, and which keys these are. `known` are those,
 * in lower case, whose values the person gave; `hasUnreadTags`: nobody may read the caller's own.
 */
export const doubt = (
  scenario: Scenario,
  known: readonly string[],
  hasUnreadTags = false,
): { readonly decision: Decision; readonly unread: readonly Unread[] } => {
  const isSession = scenario.caller.kind === 'assumed-role' || scenario.caller.kind === 'role';
  const doubts: Doubts = { isSession, hasUnreadTags };
  const isGuess: IsGuess = (key) => isGuessed(key, doubts) && !known.includes(key);
  const { decision, isDoubtful } = decideByGuess(scenario, isGuess);
  if (!isDoubtful) return { decision, unread: [] };
  const account = scenario.caller.arn.split(':')[4] ?? '';
  const keys = unknownKeysOf(scenario, (key) => isUnknown(key, doubts) && !known.includes(key.toLowerCase()));
  return { decision, unread: keys.map((key) => unreadKey(key, account)) };
};
