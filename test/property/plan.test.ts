/** Round trips of the domain's texts, and the law that a plan which was carried out leaves nothing to do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatPolicyArn,
  formatRoleArn,
  formatRootArn,
  parseArn,
  parsePolicyArn,
  parseRoleArn,
  parseRootArn,
  parseSessionArn,
  parseUserArn,
} from '#domain/arn.ts';
import { formatDuration, parseDuration } from '#domain/duration.ts';
import { PARTITIONS } from '#domain/partition.ts';

const letters = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength: 1, maxLength });
const NAME = 'abzAZ019_+=,.@-';
const name = letters(NAME, 20);
const path = fc.array(letters(`${NAME}!#~:`, 8), { maxLength: 3 }).map((parts) => `/${parts.map((part) => `${part}/`).join('')}`);
const account = fc.stringMatching(/^[0-9]{12}$/);
const partition = fc.constantFrom(...PARTITIONS.map(({ id }) => id));
const entity = fc.record({ partition, account, path, name });

describe('durations', () => {
  test('as text are the same duration', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 8), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });

  test('are read as hours, minutes and seconds in that order, each at most once', () => {
    const unit = fc.tuple(fc.nat(99), fc.constantFrom('h', 'm', 's'));
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 4 }), (parts) => {
        const units = parts.map(([, of]) => of);
        const isOrdered = units.join('') === [...new Set(units)].toSorted((a, b) => 'hms'.indexOf(a) - 'hms'.indexOf(b)).join('');
        const sum = parts.reduce((all, [count, of]) => all + count * { h: 3600, m: 60, s: 1 }[of], 0);
        const text = parts.map(([count, of]) => `${count}${of}`).join('');
        expect(parseDuration(text)).toBe(isOrdered ? sum : undefined);
      }),
    );
  });
});

describe('ARNs', () => {
  test('of roles and policies are the same role and policy, and nothing else', () => {
    fc.assert(
      fc.property(entity, (of) => {
        expect(parseRoleArn(formatRoleArn(of))).toEqual(of);
        expect(parsePolicyArn(formatPolicyArn(of))).toEqual(of);
        const role = formatRoleArn(of);
        expect([parsePolicyArn(role), parseUserArn(role), parseRootArn(role), parseSessionArn(role)]).toEqual([
          undefined,
          undefined,
          undefined,
          undefined,
        ]);
      }),
    );
  });

  test('of roots and sessions keep account and partition', () => {
    fc.assert(
      fc.property(partition, account, name, name, (id, of, roleName, sessionName) => {
        expect(parseRootArn(formatRootArn(id, of))).toEqual({ partition: id, account: of });
        const session = `arn:${id}:sts::${of}:assumed-role/${roleName}/${sessionName}`;
        expect(parseSessionArn(session)).toEqual({ partition: id, account: of, roleName, sessionName });
        expect(parseSessionArn(`${session}/more`)).toBeUndefined();
      }),
    );
  });

  test('are split at five colons only', () => {
    fc.assert(
      fc.property(fc.string(), (resource) => {
        expect(parseArn(`arn:aws:s3:::${resource}`)?.resource).toBe(resource);
      }),
    );
  });

  test.each(['arn:aws:iam:us-east-1:111111111111:root', 'arn:mars:iam::111111111111:root'])('%s is no root', (text) => {
    expect(parseRootArn(text)).toBeUndefined();
  });

  test.each(['arn:aws:sts:us-east-1:111111111111:assumed-role/a/b', 'arn:aws:sts::1:assumed-role/a/b'])(
    '%s is no session',
    (text) => {
      expect(parseSessionArn(text)).toBeUndefined();
    },
  );
});
