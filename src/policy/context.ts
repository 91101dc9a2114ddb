/** A scenario or an access query becomes a request context: the condition keys that AWS would send, and their values. */
import { parseArn } from '#domain/arn.ts';
import { isKeyOfCaller, keysByName, keysOfCaller, orgIdOf, orgPathsOf, tagNamed } from './caller-keys.ts';
import { formatInstant, parseInstant } from './instants.ts';
import type { CallerFacts, IsGuess } from './principal.ts';
import type { AccessQuery, Caller, Scenario } from './scenario.ts';
import { PERHAPS_ABSENT, UNSTATED, type Unstated } from './unstated.ts';

/** A list is a multivalued key, which cannot be a policy variable. */
export type Value = string | readonly string[] | Unstated;

/** Key names in lower case, because IAM compares them without case. Most policies ask for a few of the many keys, so each is found when asked for. */
export interface Keys {
  readonly get: (key: string) => Value | undefined;
}

export type Context = Keys;

/** Of every request, where the scenario does not state it. STS and IAM answer on HTTPS only; the caller calls itself, no service does for it. */
const OF_ANY: readonly (readonly [string, Value])[] = [
  ['aws:currenttime', UNSTATED],
  ['aws:epochtime', UNSTATED],
  ['aws:principaltype', UNSTATED],
  ['aws:requestedregion', UNSTATED],
  ['aws:securetransport', 'true'],
  ['aws:sourceip', PERHAPS_ABSENT],
  ['aws:useragent', UNSTATED],
  ['aws:viaawsservice', 'false'],
];

const DEFAULTS = new Map(OF_ANY);
const DEFAULTS_OF_ASSUME = new Map([...OF_ANY, ['sts:rolesessionname', UNSTATED]]);

const currentTime = (time: string | undefined): string | undefined => {
  const instant = time === undefined ? undefined : parseInstant(time);
  return instant === undefined ? undefined : formatInstant(instant);
};

const epochTime = (time: string | undefined): string | undefined => {
  const instant = time === undefined ? undefined : parseInstant(time);
  return instant === undefined ? undefined : String(Math.floor(instant / 1000));
};

const listed = (values: readonly string[]): readonly string[] | undefined => (values.length === 0 ? undefined : values);

/** What a request is, for its own keys. */
interface Asked {
  readonly scenario: Scenario;
  readonly targetAccount: string;
  /** The assume call itself, not what it needs besides. */
  readonly isAssume: boolean;
}

const transitiveKeys = ({ request, caller }: Scenario): readonly string[] => [
  ...new Set([...(request.transitiveTagKeys ?? []), ...(caller.transitiveTagKeys ?? [])]),
];

const OF_REQUEST: ReadonlyMap<string, (asked: Asked) => Value | undefined> = new Map<string, (asked: Asked) => Value | undefined>(
  [
    ['aws:currenttime', ({ scenario }) => currentTime(scenario.time)],
    ['aws:epochtime', ({ scenario }) => epochTime(scenario.time)],
    ['aws:requestedregion', ({ scenario }) => scenario.request.region],
    ['aws:resourceaccount', ({ targetAccount }) => targetAccount],
    ['aws:resourceorgid', ({ scenario }) => orgIdOf(scenario.role)],
    ['aws:resourceorgpaths', ({ scenario }) => orgPathsOf(scenario.role)],
    ['aws:tagkeys', ({ scenario }) => listed(Object.keys(scenario.request.tags ?? {}))],
    ['sts:externalid', ({ scenario, isAssume }) => (isAssume ? scenario.request.externalId : undefined)],
    ['sts:rolesessionname', ({ scenario, isAssume }) => (isAssume ? scenario.request.sessionName : undefined)],
    ['sts:sourceidentity', ({ scenario: { request, caller } }) => request.sourceIdentity ?? caller.sourceIdentity],
    ['sts:transitivetagkeys', ({ scenario }) => listed(transitiveKeys(scenario))],
  ],
);

/** A transitive tag of the caller's session overrides the role's own tag of that key before the trust policy is evaluated. */
const roleTag = (name: string, { role, caller }: Scenario): string | undefined => {
  const own = tagNamed(name, role.tags);
  if (own === undefined) return undefined;
  const isTransitive = caller.transitiveTagKeys?.some((key) => key.toLowerCase() === name) === true;
  return (isTransitive ? tagNamed(name, caller.tags) : undefined) ?? own;
};

const TAGS: ReadonlyMap<string, (name: string, scenario: Scenario) => string | undefined> = new Map([
  ['aws:requesttag', (name: string, { request }: Scenario) => tagNamed(name, request.tags)],
  ['aws:resourcetag', roleTag],
  ['iam:resourcetag', roleTag],
]);

const keyOfRequest = (key: string, asked: Asked): Value | undefined => {
  const slash = key.indexOf('/');
  if (slash < 0) return OF_REQUEST.get(key)?.(asked);
  return TAGS.get(key.slice(0, slash))?.(key.slice(slash + 1), asked.scenario);
};

/** Whether a part of the scenario other than `caller.conditionKeys` says what the key is, or that the call has none. */
export const isSaidElsewhere = (name: string): boolean => {
  const key = name.toLowerCase();
  return OF_REQUEST.has(key) || TAGS.has(key.split('/')[0] ?? '') || isKeyOfCaller(key);
};

/** What the scenario says of a key by its name is no guess. */
const unlessGuessed = (keys: Keys, isGuess: IsGuess | undefined, caller: Caller): Context => {
  if (isGuess === undefined) return keys;
  const named = keysByName(caller);
  return { get: (key) => named?.get(key) ?? (isGuess(key) ? PERHAPS_ABSENT : keys.get(key)) };
};

/**
 * The context of one of the actions that an AssumeRole call needs. TagSession and SetSourceIdentity are checked apart from
 * AssumeRole, without sts:ExternalId and sts:RoleSessionName. Source: IAM User Guide, "Passing session tags in AWS STS".
 */
export const buildAssumeRoleContext = (
  scenario: Scenario,
  action: string,
  facts: CallerFacts,
  targetAccount: string,
): Context => {
  const isAssume = action.startsWith('sts:AssumeRole');
  const asked: Asked = { scenario, targetAccount, isAssume };
  const ofCaller = keysOfCaller(scenario.caller, facts);
  const defaults = isAssume ? DEFAULTS_OF_ASSUME : DEFAULTS;
  const get: Keys['get'] = (key) => keyOfRequest(key, asked) ?? ofCaller.get(key) ?? defaults.get(key);
  return unlessGuessed({ get }, facts.isGuess, scenario.caller);
};

export const buildAccessContext = (query: AccessQuery, facts: CallerFacts): Context => {
  const keys = new Map<string, Value>();
  const put = (name: string, value: Value | undefined): void => {
    if (value !== undefined) keys.set(name.toLowerCase(), value);
  };
  const account = parseArn(query.resource)?.account;
  put('aws:resourceaccount', account === undefined || account === '' ? PERHAPS_ABSENT : account);
  put('aws:currenttime', currentTime(query.time));
  put('aws:epochtime', epochTime(query.time));
  for (const [name, value] of Object.entries(query.resourceTags ?? {})) put(`aws:resourcetag/${name}`, value);
  for (const [name, value] of Object.entries(query.context ?? {})) put(name, typeof value === 'string' ? value : listed(value));
  const ofCaller = keysOfCaller(query.caller, facts);
  return { get: (key) => keys.get(key) ?? ofCaller.get(key) ?? DEFAULTS.get(key) };
};
