/**
 * The condition keys that come with the caller: facts of "AWS global condition context keys", properties of the principal and of the
 * role session. Each is a rule that is asked only when a policy speaks of its key. Names stand in lower case.
 */
import type { Keys, Value } from './context.ts';
import type { CallerFacts } from './principal.ts';
import type { Caller } from './scenario.ts';
import { PERHAPS_ABSENT, UNSTATED } from './unstated.ts';
import { tokenKeys } from './web-identity.ts';

type Rule = (caller: Caller, facts: CallerFacts) => Value | undefined;

const textOf = (value: number | boolean | undefined): string | undefined => (value === undefined ? undefined : String(value));

/** Who is in an organization is somewhere in it. */
export interface Member {
  readonly orgId?: string;
  readonly orgPath?: string;
}

export const orgIdOf = ({ orgId, orgPath }: Member): string | undefined => orgId ?? orgPath?.split('/')[0];

export const orgPathsOf = (member: Member): Value | undefined => {
  if (member.orgPath !== undefined) return [member.orgPath];
  return orgIdOf(member) === undefined ? undefined : UNSTATED;
};

/** The tag of this name, in lower case, whatever the case of its key. */
export const tagNamed = (name: string, tags: Readonly<Record<string, string>> | undefined): string | undefined => {
  if (tags === undefined) return undefined;
  let value: string | undefined;
  for (const key of Object.keys(tags)) if (key.toLowerCase() === name) value = tags[key];
  return value;
};

const OF_ALL: readonly (readonly [string, Rule])[] = [
  ['aws:principalarn', (_, { principalArn }) => principalArn],
  ['aws:principalaccount', (_, { account }) => account],
  ['aws:principalisawsservice', ({ kind }) => String(kind === 'service')],
  ['aws:principaltype', (_, { principalType }) => principalType],
  ['aws:userid', (_, { userId }) => userId],
  ['aws:username', (_, { userName }) => userName],
  ['aws:sourceidentity', ({ sourceIdentity }) => sourceIdentity],
  ['aws:sourceip', ({ sourceIp }) => sourceIp],
];

const OF_SERVICE: ReadonlyMap<string, Rule> = new Map([
  ...OF_ALL,
  ['aws:principalservicename', ({ arn }) => arn],
  ['aws:principalservicenameslist', ({ arn }) => [arn]],
  ['aws:sourceaccount', ({ sourceAccount }) => sourceAccount],
  // Who says for which account it calls says for which resource too.
  ['aws:sourcearn', ({ sourceAccount }) => (sourceAccount === undefined ? undefined : UNSTATED)],
  ['aws:sourceorgid', orgIdOf],
  ['aws:sourceorgpaths', orgPathsOf],
]);

const OF_PRINCIPAL: ReadonlyMap<string, Rule> = new Map([
  ...OF_ALL,
  ['aws:principalorgid', orgIdOf],
  ['aws:principalorgpaths', orgPathsOf],
  ['aws:multifactorauthpresent', ({ mfa }, { isTemporary }) => textOf(mfa ?? (isTemporary ? false : undefined))],
  ['aws:multifactorauthage', ({ mfa, mfaAge }) => textOf(mfaAge) ?? (mfa === true ? UNSTATED : undefined)],
  // Some time before the call: when, no scenario says.
  ['aws:tokenissuetime', (_, { isTemporary }) => (isTemporary ? UNSTATED : undefined)],
]);

const PRINCIPAL_TAG = 'aws:principaltag/';

/** Which of them only `conditionKeys` can give a value. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set(['aws:sourcearn', 'aws:tokenissuetime']);

/** Whether a part of the caller says what the key is, or that the call has none. */
export const isKeyOfCaller = (key: string): boolean =>
  key.startsWith(PRINCIPAL_TAG) || (!ONLY_BY_NAME.has(key) && (OF_SERVICE.has(key) || OF_PRINCIPAL.has(key)));

/** All that is known of the caller of an unsigned request: the claims of its token, and where it comes from. */
const keysOfToken = ({ claims = {}, sourceIp }: Caller, { provider }: CallerFacts): Keys => {
  // Of a request without a signature AWS says only that the account key is there.
  const keys = new Map<string, Value>([
    ['aws:principalaccount', PERHAPS_ABSENT],
    ['aws:principaltype', PERHAPS_ABSENT],
  ]);
  if (sourceIp !== undefined) keys.set('aws:sourceip', sourceIp);
  if (provider === undefined) return keys;
  // No token goes without them; STS takes none that lacks one.
  for (const claim of ['aud', 'oaud', 'sub']) keys.set(`${provider.issuer.toLowerCase()}:${claim}`, UNSTATED);
  for (const [name, [first, ...more]] of tokenKeys(provider, claims))
    if (first !== undefined) keys.set(name.toLowerCase(), more.length === 0 ? first : [first, ...more]);
  return keys;
};

/** What the scenario says of keys by their names, in lower case; undefined where it says nothing so. */
export const keysByName = ({ conditionKeys }: Caller): Keys | undefined =>
  conditionKeys === undefined
    ? undefined
    : new Map(Object.entries(conditionKeys).map(([name, value]) => [name.toLowerCase(), value]));

/** What the scenario says of a key by its name comes before what follows from the caller's other parts. */
export const keysOfCaller = (caller: Caller, facts: CallerFacts): Keys => {
  const named = keysByName(caller);
  if (caller.kind === 'web-identity') {
    const ofToken = keysOfToken(caller, facts);
    return { get: (key) => named?.get(key) ?? ofToken.get(key) };
  }
  const rules = caller.kind === 'service' ? OF_SERVICE : OF_PRINCIPAL;
  return {
    get: (key) => {
      const tag = key.startsWith(PRINCIPAL_TAG) ? tagNamed(key.slice(PRINCIPAL_TAG.length), caller.tags) : undefined;
      return named?.get(key) ?? tag ?? rules.get(key)?.(caller, facts);
    },
  };
};
