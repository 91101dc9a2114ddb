/** A scenario or an access query becomes a request context: the condition keys that AWS would send, and their values. */
import { parseArn } from '#domain/arn.ts';
import { formatInstant, parseInstant } from './instants.ts';
import type { CallerFacts, IsGuess } from './principal.ts';
import type { AccessQuery, AssumeRoleRequest, Caller, Scenario } from './scenario.ts';
import { PERHAPS_ABSENT, UNSTATED, type Unstated } from './unstated.ts';
import { tokenKeys } from './web-identity.ts';

/** Key names in lower case, because IAM compares them without case. A list is a multivalued key, which cannot be a policy variable. */
export interface Context {
  readonly get: (key: string) => Value | undefined;
}

type Value = string | readonly string[] | Unstated;

type Keys = Map<string, Value>;

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

/** Two maps, so that what is the same for every request is not written into each. */
const contextOf = (stated: Keys, defaults: ReadonlyMap<string, Value>, isGuess?: IsGuess): Context =>
  isGuess === undefined
    ? { get: (key) => stated.get(key) ?? defaults.get(key) }
    : { get: (key) => (isGuess(key) ? PERHAPS_ABSENT : (stated.get(key) ?? defaults.get(key))) };

/** `name` in lower case: the names that are known here stand so, because this runs for every decision. */
const put = (keys: Keys, name: string, value: string | number | boolean | undefined): void => {
  if (value !== undefined) keys.set(name, typeof value === 'string' ? value : String(value));
};

const putList = (keys: Keys, name: string, values: readonly string[] | undefined): void => {
  if (values !== undefined && values.length > 0) keys.set(name, values);
};

const putTags = (keys: Keys, prefix: string, tags: Readonly<Record<string, string>> | undefined): void => {
  if (tags === undefined) return;
  for (const [key, value] of Object.entries(tags)) put(keys, `${prefix}/${key.toLowerCase()}`, value);
};

/** All that is known of the caller of an unsigned request: the claims of its token, and where it comes from. */
const putWebIdentity = (keys: Keys, { claims = {}, sourceIp }: Caller, { provider }: CallerFacts): void => {
  put(keys, 'aws:sourceip', sourceIp);
  // Of a request without a signature AWS says only that the account key is there.
  keys.set('aws:principalaccount', PERHAPS_ABSENT);
  keys.set('aws:principaltype', PERHAPS_ABSENT);
  if (provider === undefined) return;
  // No token goes without them; STS takes none that lacks one.
  for (const claim of ['aud', 'oaud', 'sub']) keys.set(`${provider.issuer.toLowerCase()}:${claim}`, UNSTATED);
  for (const [name, values] of tokenKeys(provider, claims))
    if (values.length === 1) put(keys, name.toLowerCase(), values[0]);
    else putList(keys, name.toLowerCase(), values);
};

/** Who is in an organization is somewhere in it. */
const putOrganization = (
  keys: Keys,
  prefix: 'aws:principal' | 'aws:source' | 'aws:resource',
  { orgId, orgPath }: { readonly orgId?: string; readonly orgPath?: string },
): void => {
  const id = orgId ?? orgPath?.split('/')[0];
  if (id === undefined) return;
  keys.set(`${prefix}orgid`, id);
  keys.set(`${prefix}orgpaths`, orgPath === undefined ? UNSTATED : [orgPath]);
};

const putCaller = (keys: Keys, caller: Caller, facts: CallerFacts): void => {
  putKnown(keys, caller, facts);
  if (caller.conditionKeys === undefined) return;
  for (const [name, value] of Object.entries(caller.conditionKeys)) put(keys, name.toLowerCase(), value);
};

/** Keys about the caller: facts of "AWS global condition context keys", properties of the principal and of the role session. */
const putKnown = (keys: Keys, caller: Caller, facts: CallerFacts): void => {
  if (caller.kind === 'web-identity') return putWebIdentity(keys, caller, facts);
  put(keys, 'aws:principalarn', facts.principalArn);
  put(keys, 'aws:principalaccount', facts.account);
  put(keys, 'aws:principalisawsservice', caller.kind === 'service');
  put(keys, 'aws:principaltype', facts.principalType);
  keys.set('aws:userid', facts.userId);
  put(keys, 'aws:username', facts.userName);
  putTags(keys, 'aws:principaltag', caller.tags);
  put(keys, 'aws:sourceidentity', caller.sourceIdentity);
  put(keys, 'aws:sourceip', caller.sourceIp);
  if (caller.kind === 'service') {
    put(keys, 'aws:principalservicename', caller.arn);
    putList(keys, 'aws:principalservicenameslist', [caller.arn]);
    put(keys, 'aws:sourceaccount', caller.sourceAccount);
    // Who says for which account it calls says for which resource too.
    if (caller.sourceAccount !== undefined) keys.set('aws:sourcearn', UNSTATED);
    putOrganization(keys, 'aws:source', caller);
    return;
  }
  putOrganization(keys, 'aws:principal', caller);
  put(keys, 'aws:multifactorauthpresent', caller.mfa ?? (facts.isTemporary ? false : undefined));
  if (caller.mfa === true) keys.set('aws:multifactorauthage', UNSTATED);
  put(keys, 'aws:multifactorauthage', caller.mfaAge);
  // Some time before the call: when, no scenario says.
  if (facts.isTemporary) keys.set('aws:tokenissuetime', UNSTATED);
};

const putAmbient = (keys: Keys, time: string | undefined, region: string | undefined): void => {
  put(keys, 'aws:requestedregion', region);
  const instant = time === undefined ? undefined : parseInstant(time);
  if (instant === undefined) return;
  put(keys, 'aws:currenttime', formatInstant(instant));
  put(keys, 'aws:epochtime', Math.floor(instant / 1000));
};

/** A transitive tag of the caller's session overrides the role's own tag of that key before the trust policy is evaluated. */
const roleTags = (scenario: Scenario): Readonly<Record<string, string>> => {
  if (scenario.role.tags === undefined) return {};
  const tags = new Map(Object.entries(scenario.role.tags).map(([key, value]) => [key.toLowerCase(), value]));
  const transitive = new Set((scenario.caller.transitiveTagKeys ?? []).map((key) => key.toLowerCase()));
  for (const [key, value] of Object.entries(scenario.caller.tags ?? {}))
    if (transitive.has(key.toLowerCase()) && tags.has(key.toLowerCase())) tags.set(key.toLowerCase(), value);
  return Object.fromEntries(tags);
};

const putSessionRequest = (keys: Keys, request: AssumeRoleRequest, caller: Caller): void => {
  const tagKeys = Object.keys(request.tags ?? {});
  putTags(keys, 'aws:requesttag', request.tags);
  putList(keys, 'aws:tagkeys', tagKeys);
  putList(keys, 'sts:transitivetagkeys', [
    ...new Set([...(request.transitiveTagKeys ?? []), ...(caller.transitiveTagKeys ?? [])]),
  ]);
  put(keys, 'sts:sourceidentity', request.sourceIdentity ?? caller.sourceIdentity);
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
  const keys: Keys = new Map();
  putCaller(keys, scenario.caller, facts);
  putAmbient(keys, scenario.time, scenario.request.region);
  putSessionRequest(keys, scenario.request, scenario.caller);
  put(keys, 'aws:resourceaccount', targetAccount);
  putOrganization(keys, 'aws:resource', scenario.role);
  const tags = roleTags(scenario);
  putTags(keys, 'aws:resourcetag', tags);
  putTags(keys, 'iam:resourcetag', tags);
  if (!action.startsWith('sts:AssumeRole')) return contextOf(keys, DEFAULTS, facts.isGuess);
  put(keys, 'sts:externalid', scenario.request.externalId);
  put(keys, 'sts:rolesessionname', scenario.request.sessionName);
  return contextOf(keys, DEFAULTS_OF_ASSUME, facts.isGuess);
};

export const buildAccessContext = (query: AccessQuery, facts: CallerFacts): Context => {
  const keys: Keys = new Map();
  putCaller(keys, query.caller, facts);
  putAmbient(keys, query.time, undefined);
  const account = parseArn(query.resource)?.account;
  keys.set('aws:resourceaccount', account === undefined || account === '' ? PERHAPS_ABSENT : account);
  putTags(keys, 'aws:resourcetag', query.resourceTags);
  for (const [name, value] of Object.entries(query.context ?? {}))
    if (typeof value === 'string') put(keys, name.toLowerCase(), value);
    else putList(keys, name.toLowerCase(), value);
  return contextOf(keys, DEFAULTS);
};
