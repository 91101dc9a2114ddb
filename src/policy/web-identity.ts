/**
 * Who a web identity is: the OIDC provider behind its token, the condition keys that its claims become, and the request they make.
 * Source: IAM User Guide, "IAM and AWS STS condition context keys", available keys for AWS OIDC federation.
 */
import { parseArn, type RoleArn } from '#domain/arn.ts';
import { ISSUER_CLAIMS } from './generated/issuer-claims.ts';
import { parseInstant } from './instants.ts';
import type { AssumeRoleRequest, Caller, Claims, ClaimValue, Scenario } from './scenario.ts';

export interface Provider {
  /** Host and path, without a scheme: the prefix of its condition keys. */
  readonly issuer: string;
  /** As a Federated principal names it; undefined when it is an account's provider and not that of the role. */
  readonly principal: string | undefined;
  /** As the scenario names it. */
  readonly arn: string;
}

/** Issuers that AWS knows without a provider in the account. Source: IAM User Guide, "Principal", OIDC principals. */
const BUILT_IN: readonly string[] = [
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
];

const PROVIDER = 'oidc-provider/';
const hostOf = (url: string): string => url.replace(/^https?:\/\//, '');
const claimedIssuer = (claims: Claims | undefined): string | undefined =>
  typeof claims?.['iss'] === 'string' ? hostOf(claims['iss']) : undefined;

/** STS looks for the provider in the role's account only. Source: STS API Reference, AssumeRoleWithWebIdentity, InvalidIdentityToken. */
export const describeProvider = ({ arn, claims }: Caller, role: RoleArn): Provider => {
  const named = parseArn(arn);
  if (named?.service === 'iam' && named.resource.startsWith(PROVIDER)) {
    const isOfRole = named.account === role.account && named.partition === role.partition;
    return { issuer: named.resource.slice(PROVIDER.length), principal: isOfRole ? arn : undefined, arn };
  }
  const issuer = claimedIssuer(claims) ?? hostOf(arn);
  if (BUILT_IN.includes(issuer)) return { issuer, principal: issuer, arn: issuer };
  const provider = `arn:${role.partition}:iam::${role.account}:${PROVIDER}${issuer}`;
  return { issuer, principal: provider, arn: provider };
};

/** Of every OIDC token; `aud` reads azp where there is one, and `oaud` the aud claim itself. */
const STANDARD_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  amr: ['amr'],
  aud: ['azp', 'aud'],
  azp: ['azp'],
  email: ['email'],
  oaud: ['aud'],
  sub: ['sub'],
};

const covers = (pattern: string, issuer: string): boolean => {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return pattern === issuer;
  const middle = issuer.slice(head.length, issuer.length - tail.length);
  return issuer === `${head}${middle}${tail}` && middle !== '' && !middle.includes('/');
};

/** The provider-specific claims that AWS reads; every other claim of a token is no condition key. */
const specificClaims = (issuer: string): readonly string[] =>
  Object.entries(ISSUER_CLAIMS).flatMap(([pattern, names]) => (covers(pattern, issuer) ? names : []));

const isMap = (value: ClaimValue | undefined): value is { readonly [key: string]: ClaimValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textsOf = (value: ClaimValue | undefined): readonly string[] =>
  (Array.isArray(value) ? (value as readonly ClaimValue[]) : [value])
    .filter((item) => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
    .map(String);

/** A claim by its name, or by its path where a slash leads into an object. */
const claimNamed = (claims: Claims, name: string): ClaimValue | undefined => {
  if (Object.hasOwn(claims, name)) return claims[name];
  const slash = name.indexOf('/');
  const outer = slash < 0 ? undefined : claims[name.slice(0, slash)];
  return isMap(outer) ? outer[name.slice(slash + 1)] : undefined;
};

/** The condition keys of a token: `<issuer>:<claim>` and one or more values. */
export const tokenKeys = ({ issuer }: Provider, claims: Claims): ReadonlyMap<string, readonly string[]> => {
  const keys = new Map<string, readonly string[]>();
  const put = (name: string, sources: readonly string[]): void => {
    const values = sources.map((source) => textsOf(claimNamed(claims, source))).find((texts) => texts.length > 0);
    if (values !== undefined) keys.set(`${issuer}:${name}`, values);
  };
  for (const name of specificClaims(issuer)) put(name, [name]);
  for (const [name, sources] of Object.entries(STANDARD_CLAIMS)) put(name, sources);
  return keys;
};

const TAGS = 'https://aws.amazon.com/tags';
const FLAT_TAG = `${TAGS}/principal_tags/`;

/** Session tags come nested or with flat names. Source: IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity". */
const tagsOf = (claims: Claims): Readonly<Record<string, string>> => {
  const nested = claims[TAGS];
  const principalTags = isMap(nested) ? nested['principal_tags'] : undefined;
  const flat = Object.entries(claims).flatMap(([name, value]) =>
    name.startsWith(FLAT_TAG) ? [[name.slice(FLAT_TAG.length), value] as const] : [],
  );
  const entries = [...Object.entries(isMap(principalTags) ? principalTags : {}), ...flat];
  return Object.fromEntries(entries.map(([key, value]) => [key, textsOf(value)[0] ?? '']));
};

const transitiveKeysOf = (claims: Claims): readonly string[] => {
  const nested = claims[TAGS];
  return textsOf((isMap(nested) ? nested['transitive_tag_keys'] : undefined) ?? claims[`${TAGS}/transitive_tag_keys`]);
};

/** The API takes no ExternalId, Tags or SourceIdentity: the token brings the last two, and there is no session to inherit from. */
const requestOf = ({ sessionName, durationSeconds, region, policy }: AssumeRoleRequest, claims: Claims): AssumeRoleRequest => {
  const sourceIdentity = claims['https://aws.amazon.com/source_identity'];
  const tags = tagsOf(claims);
  return {
    ...(sessionName === undefined ? {} : { sessionName }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(region === undefined ? {} : { region }),
    ...(policy === undefined ? {} : { policy }),
    ...(typeof sourceIdentity === 'string' ? { sourceIdentity } : {}),
    ...(Object.keys(tags).length === 0 ? {} : { tags, transitiveTagKeys: transitiveKeysOf(claims) }),
  };
};

/** A web identity's scenario with all that its token says put where an AssumeRole call has it; any other scenario as it is. */
export const readToken = (scenario: Scenario): Scenario => {
  const { caller, request } = scenario;
  if (caller.kind !== 'web-identity') return scenario;
  const { arn, kind, sourceIp, claims = {} } = caller;
  const bare: Caller = { arn, kind, claims, ...(sourceIp === undefined ? {} : { sourceIp }) };
  return { ...scenario, caller: bare, request: requestOf(request, claims) };
};

/** Tokens are taken for five minutes after they expire. */
const SKEW_SECONDS = 300;

/** Why STS would not take the token at all; undefined when it would. */
export const tokenFault = (
  claims: Claims,
  { issuer, arn }: Provider,
  time: string | undefined,
): { readonly reason: 'TOKEN_ISSUER_MISMATCH' | 'TOKEN_EXPIRED'; readonly explanation: string } | undefined => {
  const claimed = claimedIssuer(claims);
  if (claimed !== undefined && claimed !== issuer)
    return { reason: 'TOKEN_ISSUER_MISMATCH', explanation: `the token's iss is "${claimed}", and the provider is ${arn}` };
  const now = time === undefined ? undefined : parseInstant(time);
  const expires = claims['exp'];
  if (now === undefined || typeof expires !== 'number' || now / 1000 < expires + SKEW_SECONDS) return undefined;
  return { reason: 'TOKEN_EXPIRED', explanation: `the token expired at ${expires} (epoch seconds), before ${time}` };
};
