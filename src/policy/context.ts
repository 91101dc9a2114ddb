/** A scenario or an access query becomes a request context: the condition keys that AWS would send, and their values. */
import { parseArn } from '#domain/arn.ts';
import { formatInstant, parseInstant } from './instants.ts';
import type { CallerFacts } from './principal.ts';
import type { AccessQuery, AssumeRoleRequest, Caller, Scenario } from './scenario.ts';
import { tokenKeys } from './web-identity.ts';

/** Key names in lower case, because IAM compares them without case. A list is a multivalued key, which cannot be a policy variable. */
export type Context = ReadonlyMap<string, string | readonly string[]>;

type Keys = Map<string, string | readonly string[]>;

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
  if (provider === undefined) return;
  for (const [name, values] of tokenKeys(provider, claims))
    if (values.length === 1) put(keys, name.toLowerCase(), values[0]);
    else putList(keys, name.toLowerCase(), values);
};

/** Keys about the caller: facts of "AWS global condition context keys", properties of the principal and of the role session. */
const putCaller = (keys: Keys, caller: Caller, facts: CallerFacts, time: string | undefined): void => {
  if (caller.kind === 'web-identity') return putWebIdentity(keys, caller, facts);
  put(keys, 'aws:principalarn', facts.principalArn);
  put(keys, 'aws:principalaccount', facts.account);
  put(keys, 'aws:principalisawsservice', caller.kind === 'service');
  put(keys, 'aws:principaltype', facts.principalType);
  put(keys, 'aws:userid', facts.userId);
  put(keys, 'aws:username', facts.userName);
  putTags(keys, 'aws:principaltag', caller.tags);
  put(keys, 'aws:sourceidentity', caller.sourceIdentity);
  put(keys, 'aws:sourceip', caller.sourceIp);
  if (caller.kind === 'service') {
    put(keys, 'aws:principalservicename', caller.arn);
    putList(keys, 'aws:principalservicenameslist', [caller.arn]);
    put(keys, 'aws:sourceaccount', caller.sourceAccount);
    put(keys, 'aws:sourceorgid', caller.orgId);
    return;
  }
  put(keys, 'aws:principalorgid', caller.orgId);
  putList(keys, 'aws:principalorgpaths', caller.orgPath === undefined ? undefined : [caller.orgPath]);
  put(keys, 'aws:multifactorauthpresent', caller.mfa ?? (facts.isTemporary ? false : undefined));
  put(keys, 'aws:multifactorauthage', caller.mfaAge);
  if (facts.isTemporary) put(keys, 'aws:tokenissuetime', time);
};

const putAmbient = (keys: Keys, time: string | undefined): void => {
  const instant = time === undefined ? undefined : parseInstant(time);
  if (instant !== undefined) {
    put(keys, 'aws:currenttime', formatInstant(instant));
    put(keys, 'aws:epochtime', Math.floor(instant / 1000));
  }
  put(keys, 'aws:securetransport', true);
  put(keys, 'aws:viaawsservice', false);
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
  put(keys, 'aws:requestedregion', request.region);
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
  putCaller(keys, scenario.caller, facts, scenario.time);
  putAmbient(keys, scenario.time);
  putSessionRequest(keys, scenario.request, scenario.caller);
  put(keys, 'aws:resourceaccount', targetAccount);
  put(keys, 'aws:resourceorgid', scenario.role.orgId);
  const tags = roleTags(scenario);
  putTags(keys, 'aws:resourcetag', tags);
  putTags(keys, 'iam:resourcetag', tags);
  if (action.startsWith('sts:AssumeRole')) {
    put(keys, 'sts:externalid', scenario.request.externalId);
    put(keys, 'sts:rolesessionname', scenario.request.sessionName);
  }
  return keys;
};

export const buildAccessContext = (query: AccessQuery, facts: CallerFacts): Context => {
  const keys: Keys = new Map();
  putCaller(keys, query.caller, facts, query.time);
  putAmbient(keys, query.time);
  const account = parseArn(query.resource)?.account;
  put(keys, 'aws:resourceaccount', account === '' ? undefined : account);
  putTags(keys, 'aws:resourcetag', query.resourceTags);
  for (const [name, value] of Object.entries(query.context ?? {}))
    if (typeof value === 'string') put(keys, name.toLowerCase(), value);
    else putList(keys, name.toLowerCase(), value);
  return keys;
};
