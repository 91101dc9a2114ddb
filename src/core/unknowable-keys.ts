/** Condition keys whose values only AWS sees: an answer that another value could turn is a guess, and is said to be one. Pure. */
import type { Decision, PolicyKind, Verdict } from '#domain/cause.ts';
import { statementsOf, type ConditionBlock, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { compilePolicy } from '#policy/compile.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { PolicySource, Scenario } from '#policy/scenario.ts';
import type { Unread } from '#domain/unread.ts';

/** Lower case. Facts of the network, of the organization, and of how the caller signed in, which its ARN does not tell. */
const EVERYBODY = [
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpcsourceip',
  'aws:requestedregion',
  'aws:useragent',
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

export const isUnknowable = (key: string, isSession: boolean): boolean => {
  const name = key.toLowerCase();
  return EVERYBODY.includes(name) || (isSession && (OF_A_SESSION.includes(name) || name.startsWith('aws:principaltag/')));
};

/** The flag that says what only the person knows. */
const FLAGS: readonly (readonly [key: string, flag: string])[] = [
  ['aws:sourceip', '--source-ip'],
  ['aws:requestedregion', '--region'],
  ['aws:principalorgid', '--org'],
  ['aws:multifactorauthpresent', '--mfa'],
  ['aws:principaltag/', '--principal-tag'],
];

type IsUnknown = (key: string) => boolean;

/** The whole scenario with every statement as it would be for the best, or the worst, values of such keys. */
type Assume = 'best' | 'worst';

const keysOf = ({ Condition = {} }: Statement): readonly string[] =>
  Object.values(Condition).flatMap((keys) => Object.keys(keys));

const without = (condition: ConditionBlock, isUnknown: IsUnknown): ConditionBlock =>
  Object.fromEntries(
    Object.entries(condition)
      .map(([operator, keys]) => [operator, Object.fromEntries(Object.entries(keys).filter(([key]) => !isUnknown(key)))] as const)
      .filter(([, keys]) => Object.keys(keys).length > 0),
  );

/** Every caller has this key, and none has this value: its place in the document stays. */
const NEVER: ConditionBlock = { StringEquals: { 'aws:PrincipalType': 'nobody' } };

const VARIABLE = /\$\{([^}]+)\}/g;

const assumed = (statement: Statement, isUnknown: IsUnknown, assume: Assume): Statement => {
  const applies = (assume === 'best') === (statement.Effect === 'Allow');
  if (keysOf(statement).some(isUnknown)) {
    const { Condition = {}, ...rest } = statement;
    const known = applies ? without(Condition, isUnknown) : NEVER;
    return Object.keys(known).length === 0 ? rest : { ...rest, Condition: known };
  }
  if (!applies) return statement;
  const text = JSON.stringify(statement);
  const widened = text.replaceAll(VARIABLE, (variable, key: string) => (isUnknown(key.split(',')[0] ?? '') ? '*' : variable));
  return widened === text ? statement : (JSON.parse(widened) as Statement);
};

const documentOf = (source: PolicySource): PolicyDocument | undefined => {
  if (typeof source === 'string') return undefined;
  return ('document' in source ? source.document : source) as PolicyDocument;
};

const mapSource =
  (isUnknown: IsUnknown, assume: Assume) =>
  (source: PolicySource): PolicySource => {
    const document = documentOf(source);
    if (document === undefined) return source;
    const changed = { ...document, Statement: statementsOf(document).map((one) => assumed(one, isUnknown, assume)) };
    return 'document' in (source as object) ? { ...(source as object), document: changed } : changed;
  };

const sourcesOf = (source: PolicySource | readonly PolicySource[] | undefined): readonly PolicySource[] => {
  if (source === undefined) return [];
  return Array.isArray(source) ? (source as readonly PolicySource[]) : [source];
};

const verdictOf = ({ caller, role, ...rest }: Scenario, isUnknown: IsUnknown, assume: Assume): Verdict => {
  const map = mapSource(isUnknown, assume);
  const { identityPolicies: identity, boundary } = caller;
  return decideAssumeRole({
    ...rest,
    caller: {
      ...caller,
      ...(identity !== undefined && identity !== 'unknown' && { identityPolicies: identity.map(map) }),
      ...(boundary !== undefined && { boundary: map(boundary) }),
    },
    role: { ...role, trustPolicy: map(role.trustPolicy) },
  }).verdict;
};

const ACTIONS = ['assumerole', 'tagsession', 'setsourceidentity', 'assumerolewithwebidentity', 'assumerolewithsaml'];

/** Of the statements that are about assuming roles. */
const unknownKeysOf = ({ caller, role }: Scenario, isUnknown: IsUnknown): readonly string[] => {
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
  return [...new Map(keys.filter(isUnknown).map((key) => [key.toLowerCase(), key])).values()];
};

const unreadKey = (key: string, account: string): Unread => {
  const flag = FLAGS.find(([name]) => key.toLowerCase().startsWith(name))?.[1];
  const way =
    flag === undefined ? '`xacct verify` asks AWS itself' : `say it with ${flag}, or let \`xacct verify\` ask AWS itself`;
  return { what: `${key} of the call`, account, permission: null, reason: `only AWS sees it when the call is made: ${way}` };
};

/**
 * The decision with `low` confidence where another value of such a key would turn it, and which keys these are. `known` are those,
 * in lower case, whose values the person gave.
 */
export const doubt = (
  decision: Decision,
  scenario: Scenario,
  known: readonly string[],
): { readonly decision: Decision; readonly unread: readonly Unread[] } => {
  const sure = { decision, unread: [] };
  if (decision.verdict === 'invalid') return sure;
  const isSession = scenario.caller.kind === 'assumed-role' || scenario.caller.kind === 'role';
  const isUnknown: IsUnknown = (key) => isUnknowable(key, isSession) && !known.includes(key.toLowerCase());
  const keys = unknownKeysOf(scenario, isUnknown);
  if (keys.length === 0) return sure;
  if (verdictOf(scenario, isUnknown, decision.verdict === 'denied' ? 'best' : 'worst') === decision.verdict) return sure;
  const account = scenario.caller.arn.split(':')[4] ?? '';
  return { decision: { ...decision, confidence: 'low' }, unread: keys.map((key) => unreadKey(key, account)) };
};
