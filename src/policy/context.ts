/** A scenario or an access query becomes a request context: the condition keys that AWS would send, and their values. */
import { parseArn } from '#domain/arn.ts';
import { formatInstant, parseInstant } from './instants.ts';
import type { CallerFacts } from './principal.ts';
import type { AccessQuery, AssumeRoleRequest, Caller, Scenario } from './scenario.ts';
import { tokenKeys } from './web-identity.ts';

/** Key names in lower case, because IAM compares them without case. A list is a multivalued key, which cannot be a policy variable. */
export type Context = ReadonlyMap<string, string | readonly string[]>;

type Keys = Map<string, string | readonly string[]>;

const put = (keys: Keys, name: string, value: string | number | boolean | undefined): void => {
  if (value !== undefined) keys.set(name.toLowerCase(), String(value));
};

const putList = (keys: Keys, name: string, values: readonly string[] | undefined): void => {
  if (values !== undefined && values.length > 0) keys.set(name.toLowerCase(), values);
};

const putTags = (keys: Keys, prefix: string, tags: Readonly<Record<string, string>> | undefined): void => {
  for (const [key, value] of Object.entries(tags ?? {})) put(keys, `${prefix}/${key}`, value);
};

/** All that is known of the caller of an unsigned request: the claims of its token, and where it comes from. */
const putWebIdentity = (keys: Keys, { claims = {}, sourceIp }: Caller, { provider }: CallerFacts): void => {
  put(keys, 'aws:SourceIp', sourceIp);
  if (provider === undefined) return;
  for (const [name, values] of tokenKeys(provider, claims))
    if (values.length === 1) put(keys, name, values[0]);
    else putList(keys, name, values);
};

/** Keys about the caller: facts of "AWS global condition context keys", properties of the principal and of the role session. */
const putCaller = (keys: Keys, caller: Caller, facts: CallerFacts, time: string | undefined): void => {
  if (caller.kind === 'web-identity') return putWebIdentity(keys, caller, facts);
  put(keys, 'aws:PrincipalArn', facts.principalArn);
  put(keys, 'aws:PrincipalAccount', facts.account);
  put(keys, 'aws:PrincipalIsAWSService', caller.kind === 'service');
  put(keys, 'aws:PrincipalType', facts.principalType);
  put(keys, 'aws:userid', facts.userId);
  put(keys, 'aws:username', facts.userName);
  putTags(keys, 'aws:PrincipalTag', caller.tags);
  put(keys, 'aws:SourceIdentity', caller.sourceIdentity);
  put(keys, 'aws:SourceIp', caller.sourceIp);
  if (caller.kind === 'service') {
    put(keys, 'aws:PrincipalServiceName', caller.arn);
    putList(keys, 'aws:PrincipalServiceNamesList', [caller.arn]);
    put(keys, 'aws:SourceAccount', caller.sourceAccount);
    put(keys, 'aws:SourceOrgID', caller.orgId);
    return;
  }
  put(keys, 'aws:PrincipalOrgID', caller.orgId);
  putList(keys, 'aws:PrincipalOrgPaths', caller.orgPath === undefined ? undefined : [caller.orgPath]);
  put(keys, 'aws:MultiFactorAuthPresent', caller.mfa ?? (facts.isTemporary ? false : undefined));
  put(keys, 'aws:MultiFactorAuthAge', caller.mfaAge);
  if (facts.isTemporary) put(keys, 'aws:TokenIssueTime', time);
};

const putAmbient = (keys: Keys, time: string | undefined): void => {
  const instant = time === undefined ? undefined : parseInstant(time);
  if (instant !== undefined) {
    put(keys, 'aws:CurrentTime', formatInstant(instant));
    put(keys, 'aws:EpochTime', Math.floor(instant / 1000));
  }
  put(keys, 'aws:SecureTransport', true);
  put(keys, 'aws:ViaAWSService', false);
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
  putTags(keys, 'aws:RequestTag', request.tags);
  putList(keys, 'aws:TagKeys', tagKeys);
  putList(keys, 'sts:TransitiveTagKeys', [
    ...new Set([...(request.transitiveTagKeys ?? []), ...(caller.transitiveTagKeys ?? [])]),
  ]);
  put(keys, 'sts:SourceIdentity', request.sourceIdentity ?? caller.sourceIdentity);
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
  put(keys, 'aws:ResourceAccount', targetAccount);
  put(keys, 'aws:ResourceOrgID', scenario.role.orgId);
  const tags = roleTags(scenario);
  putTags(keys, 'aws:ResourceTag', tags);
  putTags(keys, 'iam:ResourceTag', tags);
  if (action.startsWith('sts:AssumeRole')) {
    put(keys, 'sts:ExternalId', scenario.request.externalId);
    put(keys, 'sts:RoleSessionName', scenario.request.sessionName);
  }
  return keys;
};

export const buildAccessContext = (query: AccessQuery, facts: CallerFacts): Context => {
  const keys: Keys = new Map();
  putCaller(keys, query.caller, facts, query.time);
  putAmbient(keys, query.time);
  const account = parseArn(query.resource)?.account;
  put(keys, 'aws:ResourceAccount', account === '' ? undefined : account);
  putTags(keys, 'aws:ResourceTag', query.resourceTags);
  for (const [name, value] of Object.entries(query.context ?? {}))
    if (typeof value === 'string') put(keys, name, value);
    else putList(keys, name, value);
  return keys;
};
