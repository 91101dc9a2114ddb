/** Identifiers as AWS makes them: prefixed unique ids, access key ids and secrets, from the Random that is handed in. */
import type { Random } from '#domain/clock.ts';

/** "Unique identifiers" in the IAM User Guide. */
export type IdPrefix = 'AIDA' | 'AROA' | 'AGPA' | 'ANPA' | 'AIPA' | 'AKIA' | 'ASIA';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET_BYTES = 30;

/** A prefix and 17 characters; access key ids have 16, as AWS's have. */
export const newUniqueId = (random: Random, prefix: IdPrefix): string => {
  const length = prefix === 'AKIA' || prefix === 'ASIA' ? 16 : 17;
  const bytes = Buffer.from(random.hex(length), 'hex');
  return prefix + [...bytes].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
};

export const newSecretKey = (random: Random): string => Buffer.from(random.hex(SECRET_BYTES), 'hex').toString('base64');

/** Version 4 in form, so that clients which parse request ids are content. */
export const newRequestId = (random: Random): string => {
  const hex = random.hex(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
