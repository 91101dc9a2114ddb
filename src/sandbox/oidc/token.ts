/**
 * Checks a web identity token as STS does: form, issuer, audience, dates, signature by the issuer's keys. Refusals in AWS's words.
 * Source: STS API Reference, AssumeRoleWithWebIdentity; IAM User Guide, "Create an OIDC identity provider".
 */
import { createPublicKey, verify, type JsonWebKey as NodeKey, type KeyObject } from 'node:crypto';
import type { Claims } from '#policy/scenario.ts';
import { AwsError } from '#sandbox/errors.ts';
import type { Account, JsonWebKey, OidcProvider } from '#sandbox/model/account.ts';
import { hostOf, oidcProviderArn } from '#sandbox/model/entities.ts';
import type { World } from '#sandbox/model/world.ts';

const invalid = (message: string): AwsError => new AwsError('InvalidIdentityToken', message);
const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";

export interface Checked {
  readonly provider: OidcProvider;
  readonly claims: Claims;
  readonly audience: string;
  readonly subject: string;
}

interface Parts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Claims;
  readonly signed: string;
  readonly signature: Buffer;
}

const decode = (part: string | undefined): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Below.
  }
  throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
};

const partsOf = (token: string): Parts => {
  const [header, claims, signature, ...rest] = token.split('.');
  if (signature === undefined || rest.length > 0)
    throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  return {
    header: decode(header),
    claims: decode(claims) as Claims,
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
};

const textClaim = (claims: Claims, name: string): string => {
  const value = claims[name];
  if (typeof value !== 'string' || value === '') throw invalid(`Missing a required claim: ${name}`);
  return value;
};

/** IAM allows five minutes of skew. */
const SKEW_SECONDS = 300;

const assertDates = (claims: Claims, nowMs: number): void => {
  const { exp, iat } = claims;
  if (typeof exp !== 'number') throw invalid('Missing a required claim: exp');
  if (typeof iat !== 'number') throw invalid('Missing a required claim: iat');
  const now = nowMs / 1000;
  if (exp + SKEW_SECONDS <= now)
    throw new AwsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${Math.floor(now)} must be before the expiration date/time ${exp}`,
    );
  const start = typeof claims['nbf'] === 'number' ? Math.max(claims['nbf'], iat) : iat;
  if (start - SKEW_SECONDS > now) throw invalid('Token is not yet valid');
};

const LOOPBACK = /^https?:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?(?:\/|$)/;

/** Only an issuer on this machine is asked for its keys; nothing ever leaves it. */
const fetchKeys = async (issuer: string): Promise<readonly JsonWebKey[]> => {
  if (!LOOPBACK.test(issuer)) return [];
  try {
    const read = async (url: string) =>
      (await (await fetch(url, { signal: AbortSignal.timeout(5000) })).json()) as Record<string, unknown>;
    const { jwks_uri: place } = await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    if (typeof place !== 'string' || !LOOPBACK.test(place)) return [];
    const { keys } = await read(place);
    return Array.isArray(keys) ? (keys as readonly JsonWebKey[]) : [];
  } catch {
    throw new AwsError('IDPCommunicationError', NO_KEY);
  }
};

const keyOf = async (world: World, provider: OidcProvider, issuer: string, kid: unknown): Promise<KeyObject> => {
  if (provider.jwks.length === 0 && kid === world.issuer.keyId) return world.issuer.publicKey();
  const keys = provider.jwks.length > 0 ? provider.jwks : await fetchKeys(issuer);
  const found = keys.find((key) => key['kid'] === kid) ?? (keys.length === 1 && kid === undefined ? keys[0] : undefined);
  if (found === undefined) throw invalid(NO_KEY);
  try {
    return createPublicKey({ key: found as NodeKey, format: 'jwk' });
  } catch {
    throw invalid(NO_KEY);
  }
};

const ALGORITHMS: Readonly<Record<string, string>> = {
  RS256: 'RSA-SHA256',
  RS384: 'RSA-SHA384',
  RS512: 'RSA-SHA512',
  ES256: 'SHA256',
  ES384: 'SHA384',
  ES512: 'SHA512',
};

const isSigned = ({ header, signed, signature }: Parts, key: KeyObject): boolean => {
  const algorithm = ALGORITHMS[typeof header['alg'] === 'string' ? header['alg'] : ''];
  if (algorithm === undefined) return false;
  const isElliptic = key.asymmetricKeyType === 'ec';
  if (isElliptic !== String(header['alg']).startsWith('ES')) return false;
  return verify(algorithm, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature);
};

/** `account` is that of the role: STS looks for the provider there and nowhere else. */
export const checkToken = async (world: World, account: Account, token: string): Promise<Checked> => {
  const parts = partsOf(token);
  const { claims } = parts;
  const issuer = textClaim(claims, 'iss');
  const provider =
    account.oidcProviders.get(oidcProviderArn(account, hostOf(issuer).replace(/\/$/, ''))) ??
    account.oidcProviders.get(oidcProviderArn(account, issuer));
  if (provider === undefined) throw invalid(`No OpenIDConnect provider found in your account for ${issuer}`);
  const { aud, azp } = claims;
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((one): one is string => typeof one === 'string' && one !== '');
  if (audiences.length === 0) throw invalid('Missing a required claim: aud');
  // "azp" stands for the audience where there is one ("Available keys for AWS OIDC federation").
  const candidates = typeof azp === 'string' ? [azp] : audiences;
  const audience = candidates.find((one) => provider.clientIds.includes(one));
  if (audience === undefined) throw invalid('Incorrect token audience');
  const subject = textClaim(claims, 'sub');
  assertDates(claims, world.clock.now());
  if (!isSigned(parts, await keyOf(world, provider, issuer, parts.header['kid']))) throw invalid('Token signature is invalid');
  return { provider, claims, audience, subject };
};
