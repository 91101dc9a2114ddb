/** Codes of virtual MFA devices: RFC 6238 with SHA-1, six digits and half-minutes, which is what IAM's devices use. */
import { createHmac } from 'node:crypto';
import type { Random } from '#domain/clock.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SEED_BYTES = 40;
const STEP_MS = 30_000;
const DIGITS = 6;

const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five.padEnd(5, '0'), 2))).join('');
};

const fromBase32 = (text: string): Buffer => {
  const digits = text.toUpperCase().match(/[A-Z2-7]/g) ?? [];
  const bits = digits.map((digit) => ALPHABET.indexOf(digit).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
};

export const newSeed = (random: Random): string => base32(Buffer.from(random.hex(SEED_BYTES), 'hex'));

const codeAt = (key: Buffer, step: number): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 0x0f) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
};

const SLACK_STEPS = 1;
/** EnableMFADevice wants two codes that follow each other, of which the first may have been read a while ago. */
const PAIR_SLACK_STEPS = 3;

const stepsAround = (nowMs: number, slack: number): readonly number[] =>
  Array.from({ length: 2 * slack + 1 }, (_, index) => Math.floor(nowMs / STEP_MS) - slack + index);

/** True for the code of now, or of the half-minute before or after. */
export const isCode = (seed: string, code: string, nowMs: number): boolean => {
  const key = fromBase32(seed);
  return stepsAround(nowMs, SLACK_STEPS).some((step) => codeAt(key, step) === code);
};

export const areCodes = (seed: string, first: string, second: string, nowMs: number): boolean => {
  const key = fromBase32(seed);
  return stepsAround(nowMs, PAIR_SLACK_STEPS).some((step) => codeAt(key, step) === first && codeAt(key, step + 1) === second);
};
