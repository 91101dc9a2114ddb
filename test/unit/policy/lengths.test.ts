/** Lengths of parameters count characters, not the halves that a letter beyond U+FFFF is stored in. */
import { expect, test } from 'vitest';
import { checkLimit } from '#domain/limits.ts';

const LETTER = '𝒂';

test.each<readonly [string, Parameters<typeof checkLimit>, 'length' | 'pattern' | undefined]>([
  ['200 letters of two halves fit 256', ['tagValue', LETTER.repeat(200)], undefined],
  ['257 do not', ['tagValue', LETTER.repeat(257)], 'length'],
  ['one is shorter than two', ['roleSessionName', LETTER], 'length'],
  ['two are long enough, and of the wrong kind', ['roleSessionName', LETTER.repeat(2)], 'pattern'],
])('%s', (_, [name, value], expected) => {
  expect(checkLimit(name, value)?.kind).toBe(expected);
});
