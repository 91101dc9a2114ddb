/** Identifiers as AWS makes them: prefixed unique ids, access key ids and secrets, from the Random that is handed in. */
import type { Random } from '#domain/clock.ts';

/** "Unique identifiers" in the IAM User Guide. */
export type IdPrefix = 'AIDA' | 'AROA' | 'AGPA' | 'ANPA' | 'AIPA';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET_BYTES = 30;

const ID_LENGTH = 17;

export const newUniqueId = (random: Random, prefix: IdPrefix): string => {
  const bytes = Buffer.from(random.hex(ID_LENGTH), 'hex');
  return prefix + [...bytes].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
};

const KEY_BYTES = 10;
const ACCOUNT_BYTES = 6;
const ACCOUNT_SHIFT = 7n;
const FIVE_BITS = 5n;

/** 16 characters that hold the account's id, as AWS's have since 2019: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html reads it. */
export const newAccessKeyId = (random: Random, prefix: 'AKIA' | 'ASIA', accountId: string): string => {
  const bytes = Buffer.from(random.hex(KEY_BYTES), 'hex');
  const low = BigInt((bytes[ACCOUNT_BYTES - 1] ?? 0) & 0x7f);
  bytes.writeUIntBE(Number((1n << 47n) | (BigInt(accountId) << ACCOUNT_SHIFT) | low), 0, ACCOUNT_BYTES);
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let place = 0; place < 16; place++) {
    text = ALPHABET.charAt(Number(rest & 31n)) + text;
    rest >>= FIVE_BITS;
  }
  return prefix + text;
};

/** The account that a key id holds; undefined for one that is not of this form. */
export const accountOfKeyId = (accessKeyId: string): string | undefined => {
  const digits = /^A[KS]IA([A-Z2-7]{16})$/.exec(accessKeyId)?.[1];
  if (digits === undefined) return undefined;
  const whole = (digits.match(/./g) ?? []).reduce((sum, digit) => (sum << FIVE_BITS) | BigInt(ALPHABET.indexOf(digit)), 0n);
  const account = ((whole >> 32n) & ((1n << 47n) - 1n)) >> ACCOUNT_SHIFT;
  return account < 10n ** 12n ? String(account).padStart(12, '0') : undefined;
};

export const newSecretKey = (random: Random): string => Buffer.from(random.hex(SECRET_BYTES), 'hex').toString('base64');

/** Version 4 in form, so that clients which parse request ids are content. */
export const newRequestId = (random: Random): string => {
  const hex = random.hex(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
