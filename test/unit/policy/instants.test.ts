import { expect, test } from 'vitest';
import { formatInstant, parseInstant } from '#policy/instants.ts';

test.each([
  '1970-01-01T00:00:00Z',
  '2000-02-29T23:59:59Z',
  '2026-11-22T09:31:06Z',
  '1969-07-20T20:17:40Z',
  '2100-03-01T00:00:00Z',
  '2027-12-31T23:59:59Z',
])('%s is the instant that JavaScript takes it for, and is written back alike', (text) => {
  expect(parseInstant(text)).toBe(Date.parse(text));
  expect(formatInstant(Date.parse(text))).toBe(text);
});

test.each([
  ['2026-11-22T10:00+02:00', '2026-11-22T08:00:00Z'],
  ['2026-11-22T10:00:00.5-0130', '2026-11-22T11:30:00.500Z'],
  ['2026-11-22', '2026-11-22T00:00:00Z'],
  ['2026-11', '2026-11-01T00:00:00Z'],
  ['1795348800', '2026-11-22T12:00:00Z'],
])('%s is %s', (text, same) => {
  expect(parseInstant(text)).toBe(Date.parse(same));
});

test.each(['', 'now', '2026-13-01', '2026-02-30', '2026-11-22T25:00Z', '2026-11-22 10:00:00Z'])('%j is no instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});
