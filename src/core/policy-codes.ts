/** The cause's code for what the evaluator says of the policies that could be read. Pure. */
import { CAUSES, type CauseCode } from '#domain/causes.ts';
import type { Statement } from '#domain/policy-document.ts';
import { LIMITS_OTHERS, NOT_GRANTED, NOT_TRUSTED } from './diagnose-refusal.ts';
import type { Situation } from './diagnosis.ts';
import type { LiveAnswer } from './explain-live.ts';
import { isOfLock } from './locked-role.ts';
import type { RequestChange } from './request-change.ts';

/** Conditions by their key, in lower case; what a policy wants of the call. */
const OF_KEY: readonly (readonly [RegExp, CauseCode])[] = [
  [/^sts:rolesessionname$/, 'SESSION_NAME_REFUSED'],
  [/^sts:sourceidentity$/, 'SOURCE_IDENTITY_REFUSED'],
  [/^(aws:requesttag\/|aws:tagkeys$|sts:transitivetagkeys$)/, 'SESSION_TAG_REFUSED'],
  [/^aws:multifactorauth(present|age)$/, 'MFA_REQUIRED'],
  [/^aws:(principalarn|userid|username|principalaccount)$/, 'TRUST_NAMES_OTHERS'],
  [/^aws:principalorg/, 'ORGANIZATION_REQUIRED'],
  [/^aws:(sourceip|vpcsourceip|sourcevpc|sourcevpce)$/, 'NETWORK_REFUSED'],
  [/^aws:requestedregion$/, 'REGION_REFUSED'],
];

/** Said of no policy in particular: a condition of the source's own policies has them, too. */
const OF_ANY_POLICY: readonly CauseCode[] = ['MFA_REQUIRED', 'NETWORK_REFUSED', 'REGION_REFUSED'];

const codeOfKey = (key: string, isSent: boolean): CauseCode => {
  const name = key.toLowerCase();
  if (name === 'sts:externalid') return isSent ? 'EXTERNAL_ID_WRONG' : 'EXTERNAL_ID_MISSING';
  return OF_KEY.find(([pattern]) => pattern.test(name))?.[1] ?? 'CONDITION_NOT_MET';
};

/** What the evaluator would have the call ask otherwise tells what a Deny hangs on. */
const OF_PATH: readonly (readonly [RegExp, CauseCode])[] = [
  [/^request\.sessionName$/, 'SESSION_NAME_REFUSED'],
  [/^request\.sourceIdentity$/, 'SOURCE_IDENTITY_REFUSED'],
  [/^request\.(tags|transitiveTagKeys)/, 'SESSION_TAG_REFUSED'],
  [/^request\.region$/, 'REGION_REFUSED'],
  [/^caller\.mfa/, 'MFA_REQUIRED'],
  [/^caller\.sourceIp$/, 'NETWORK_REFUSED'],
];

const codeOfChange = ({ set, unset }: RequestChange, isSent: boolean): CauseCode => {
  if (unset.includes('request.externalId')) return 'EXTERNAL_ID_FORBIDDEN';
  const [path = ''] = [...Object.keys(set), ...unset];
  if (path === 'request.externalId') return isSent ? 'EXTERNAL_ID_WRONG' : 'EXTERNAL_ID_MISSING';
  return OF_PATH.find(([pattern]) => pattern.test(path))?.[1] ?? 'CONDITION_NOT_MET';
};

const conditionKeys = ({ Condition = {} }: Statement): readonly string[] =>
  Object.values(Condition).flatMap((keys) => Object.keys(keys));

/** The key on which a Deny of the trust policy hangs, where it hangs on one that the call decides. */
const denyingKey = (denied: Statement): string | undefined =>
  conditionKeys(denied).find((key) => !['TRUST_NAMES_OTHERS', 'CONDITION_NOT_MET'].includes(codeOfKey(key, true)));

const trustCode = (answer: LiveAnswer, { request, source }: Situation): CauseCode => {
  const { reason, element, action, fix } = answer;
  if (source.claims !== undefined) return reason === 'EXPLICIT_DENY' ? 'TRUST_DENIES' : 'TOKEN_NOT_TRUSTED';
  const isSent = request.externalId !== undefined;
  if (isOfLock(answer)) return 'ROLE_LOCKED';
  if (reason === 'EXPLICIT_DENY') {
    if (fix?.change?.kind === 'change-request') return codeOfChange(fix.change, isSent);
    const denied = fix?.change?.kind === 'replace-statement' ? fix.change.statement : undefined;
    if (denied === undefined) return 'TRUST_DENIES';
    const key = denyingKey(denied);
    return key === undefined ? 'TRUST_DENIES' : codeOfKey(key, isSent);
  }
  if (isSent && element?.operator === 'Null' && /^sts:externalid$/i.test(element.key ?? '')) return 'EXTERNAL_ID_FORBIDDEN';
  if (reason === 'CONDITION_NOT_MET' && element?.key !== undefined && !isOfOtherAction(element.key, action))
    return codeOfKey(element.key, isSent);
  if (action === 'sts:TagSession' && request.tags === undefined) return 'INHERITED_TAGS_NOT_TRUSTED';
  return NOT_TRUSTED[action] ?? 'TRUST_NAMES_OTHERS';
};

/** sts:ExternalId and sts:RoleSessionName belong to AssumeRole alone: a statement with them cannot allow the other two. */
const isOfOtherAction = (key: string, action: string): boolean =>
  action !== 'sts:AssumeRole' && /^sts:(externalid|rolesessionname)$/i.test(key);

/** A policy of the source's own that wants a code, another place or region is in order; the call is not. */
const wantedOfCall = ({ fix }: LiveAnswer): CauseCode | undefined => {
  const code = fix?.change?.kind === 'change-request' ? codeOfChange(fix.change, true) : undefined;
  return code !== undefined && OF_ANY_POLICY.includes(code) ? code : undefined;
};

export const codeOf = (answer: LiveAnswer, situation: Situation): CauseCode => {
  const { layer, reason, action } = answer;
  if (layer === 'trust') return trustCode(answer, situation);
  const wanted = wantedOfCall(answer);
  if (wanted !== undefined) return wanted;
  if (layer === 'identity') {
    if (reason === 'EXPLICIT_DENY') return 'SOURCE_DENIES';
    if (reason === 'NO_MATCHING_RESOURCE') return 'GRANT_NAMES_OTHER_ROLE';
    return NOT_GRANTED[action] ?? 'SOURCE_GRANT_MISSING';
  }
  const limiting =
    layer === 'boundary' || layer === 'scp' || layer === 'rcp' || layer === 'session-policy' ? LIMITS_OTHERS[layer] : undefined;
  if (limiting !== undefined) return limiting;
  return reason in CAUSES ? (reason as CauseCode) : 'OTHER_REFUSAL';
};
