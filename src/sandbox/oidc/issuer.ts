/** The sandbox's own OIDC issuer: signs tokens in the name of any issuer, since there is no network to fetch another's keys from. */
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export interface TokenClaims {
  /** The provider's URL, with `https://`. */
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  /** Seconds since the epoch; default an hour from now. */
  readonly exp?: number;
  readonly [claim: string]: unknown;
}

export interface Issuer {
  readonly keyId: string;
  readonly publicKey: () => KeyObject;
  /** RS256. `nowMs` gives iat, and exp where there is none. */
  sign(claims: TokenClaims, nowMs: number): string;
}

const KEY_BITS = 2048;
const DEFAULT_SECONDS = 3600;
const KEY_ID = 'xacct-sandbox';

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** The key is made at the first use: it takes longer than everything else at the start. */
export const createIssuer = (): Issuer => {
  let key: KeyObject | undefined;
  const privateKey = (): KeyObject => (key ??= generateKeyPairSync('rsa', { modulusLength: KEY_BITS }).privateKey);
  return {
    keyId: KEY_ID,
    publicKey: () => createPublicKey(privateKey()),
    sign: (claims, nowMs) => {
      const now = Math.floor(nowMs / 1000);
      const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${encode({ iat: now, exp: now + DEFAULT_SECONDS, ...claims })}`;
      return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey()).toString('base64url')}`;
    },
  };
};
