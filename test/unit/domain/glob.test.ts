import { describe, expect, test } from 'vitest';
import { asArnPattern, compileGlob, globMatches } from '#domain/glob.ts';

const matches = (pattern: string, text: string): boolean => globMatches(compileGlob(pattern), text);
const arnMatches = (pattern: string, text: string): boolean => globMatches(asArnPattern(compileGlob(pattern)), text);

test.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['?', '', false],
  ['a*c', 'abbbc', true],
  ['a*c', 'abbbd', false],
  ['*a*b*', 'xxaxxbxx', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['**a', 'a', true],
  ['a.c', 'abc', false],
  ['[a]', 'a', false],
  ['A', 'a', false],
])('%j on %j is %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

describe('in the first five fields of an ARN', () => {
  test.each([
    ['arn:aws:iam::222222222222:role/*', 'arn:aws:iam::222222222222:role/a:b/c', true],
    ['arn:aws:iam::*', 'arn:aws:iam::222222222222:role/a', true],
    ['arn:*', 'arn:aws:iam::222222222222:role/a', true],
    ['arn:aws:iam:*:role/a', 'arn:aws:iam::222222222222:role/a', true],
    ['arn:aws:iam::2*2:role/a', 'arn:aws:iam::222222222222:role/a', true],
    ['arn:aws:iam::*/a', 'arn:aws:iam::222222222222:role/a', false],
    ['arn:aws:i*m::222222222222:role/a', 'arn:aws:iam::222222222222:role/a', true],
    ['arn:a*iam::222222222222:role/a', 'arn:aws:iam::222222222222:role/a', false],
  ])('a star that is not the last of its field stays inside: %s on %s', (pattern, text, expected) => {
    expect(arnMatches(pattern, text)).toBe(expected);
  });
});

test('hostile patterns take time in proportion to pattern and text', () => {
  const text = `arn:aws:iam::222222222222:role/${'a'.repeat(20_000)}`;
  const patterns = [
    '*a'.repeat(500) + 'b',
    '*'.repeat(2000) + 'b',
    '?*'.repeat(500) + 'b',
    `arn:${'*a'.repeat(400)}b:${'*a'.repeat(100)}b`,
  ];
  const before = process.cpuUsage();
  for (const pattern of patterns) expect([matches(pattern, text), arnMatches(pattern, text)]).toEqual([false, false]);
  // Of this process, so that others on the machine do not count.
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
});
