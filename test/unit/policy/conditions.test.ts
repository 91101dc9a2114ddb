import { describe, expect, test } from 'vitest';
import { CONDITION_OPERATORS, parseOperatorName } from '#domain/condition-operator.ts';
import { compileConditions } from '#policy/conditions.ts';
import { OPERATORS } from '#policy/operators.ts';

type Value = string | readonly string[] | undefined;

const holds = (operator: string, wanted: string | readonly string[], actual: Value, hasVariables = true): boolean => {
  const context = new Map<string, string | readonly string[]>([
    ['aws:username', 'alice'],
    ['aws:principaltag/star', '*'],
    ['aws:tagkeys', ['a', 'b']],
    ...(actual === undefined ? [] : [['k', actual] as const]),
  ]);
  return compileConditions({ [operator]: { K: wanted } }, hasVariables).every((condition) => condition.holds(context));
};

/** One value that the operator's positive form matches and one that it does not, for a wanted value. */
const SAMPLES = {
  String: { wanted: 'abc', same: 'abc', other: 'xyz' },
  Arn: { wanted: 'arn:aws:iam::1:role/a', same: 'arn:aws:iam::1:role/a', other: 'arn:aws:iam::1:role/b' },
  Numeric: { wanted: '5', same: '5', other: '7' },
  Date: { wanted: '2026-01-01T00:00:00Z', same: '2026-01-01T00:00:00Z', other: '2026-01-02T00:00:00Z' },
  Bool: { wanted: 'true', same: 'true', other: 'false' },
  Binary: { wanted: 'QUJD', same: 'QUJD', other: 'QUJE' },
  Ip: { wanted: '10.0.0.0/8', same: '10.1.2.3', other: '11.1.2.3' },
  NotIp: { wanted: '10.0.0.0/8', same: '10.1.2.3', other: '11.1.2.3' },
} as const;

const comparing = CONDITION_OPERATORS.filter((name) => name !== 'Null');

describe.each(comparing)('%s', (name) => {
  const family = /^(String|Arn|Numeric|Date|Bool|Binary|NotIp|Ip)/.exec(name)?.[1] as keyof typeof SAMPLES;
  const { wanted, same, other } = SAMPLES[family];
  const { isNegated } = OPERATORS[name];

  test('a missing key holds for a negated operator, with IfExists and with ForAllValues only', () => {
    expect({
      plain: holds(name, wanted, undefined),
      ifExists: holds(`${name}IfExists`, wanted, undefined),
      all: holds(`ForAllValues:${name}`, wanted, undefined),
      any: holds(`ForAnyValue:${name}`, wanted, undefined),
      empty: holds(`ForAllValues:${name}`, wanted, []),
    }).toEqual({ plain: isNegated, ifExists: true, all: true, any: false, empty: true });
  });

  test('IfExists changes nothing when the key is there', () => {
    for (const actual of [same, other]) expect(holds(`${name}IfExists`, wanted, actual)).toBe(holds(name, wanted, actual));
  });

  test('set operators ask all values or any value', () => {
    const onSame = holds(name, wanted, same);
    const onOther = holds(name, wanted, other);
    expect([holds(`ForAllValues:${name}`, wanted, [same, other]), holds(`ForAnyValue:${name}`, wanted, [same, other])]).toEqual([
      onSame && onOther,
      onSame || onOther,
    ]);
  });

  test('several wanted values are alternatives, of which none may match a negated operator', () => {
    expect(holds(name, [wanted, wanted], same)).toBe(holds(name, wanted, same));
    expect(holds(name, ['!', wanted], same)).toBe(holds(name, wanted, same));
  });
});

test.each([
  ['StringLike', 'a${*}c', 'a*c', true],
  ['StringLike', 'a${*}c', 'abc', false],
  ['StringLike', '${?}', 'x', false],
  ['StringEquals', '${$}{x}', '${x}', true],
  ['StringEquals', 'x-${aws:username}', 'x-alice', true],
  ['StringEquals', '${AWS:UserName}', 'alice', true],
  ['StringEqualsIgnoreCase', '${aws:username}', 'ALICE', true],
  ['StringLike', '${aws:PrincipalTag/star}', 'anything', false],
  ['StringLike', '${aws:PrincipalTag/star}', '*', true],
  ['StringEquals', "${aws:none, 'd e'}", 'd e', true],
  ['StringEquals', "${aws:none,'d'}", 'd', false],
  ['StringEquals', '${aws:none}', '', false],
  ['StringNotEquals', '${aws:none}', 'x', true],
  ['StringEquals', '${aws:TagKeys}', 'a', false],
  ['StringEquals', '${aws:username', '${aws:username', true],
  ['ArnLike', 'arn:aws:iam::1:user/${aws:username}', 'arn:aws:iam::1:user/alice', true],
  ['Bool', 'TRUE', 'true', true],
  ['Bool', 'yes', 'yes', false],
  ['BinaryEquals', 'QUI=', 'QUI', true],
  ['BinaryEquals', '%', '%', false],
  ['NumericEquals', '1e3', '1000', false],
  ['NumericEquals', '-1.50', '-1.5', true],
  ['DateEquals', '2024-02-29', '2024-02-29T00:00:00.000Z', true],
  ['DateEquals', '2023-02-29', '2023-03-01', false],
  ['DateLessThan', '0', '1969-12-31T23:59:59Z', true],
  ['IpAddress', '::ffff:10.0.0.0/104', '::ffff:10.9.9.9', true],
  ['IpAddress', '10.0.0.0/33', '10.0.0.0', false],
  ['IpAddress', '10.0.0/8', '10.0.0.0', false],
  ['IpAddress', '2001:db8::1', '2001:0db8:0:0:0:0:0:1', true],
  ['IpAddress', '1::2::3', '1::2', false],
  ['ArnEquals', 'arn:aws:iam::1:*', 'arn:aws:iam::1:role/a:b', true],
  ['ArnEquals', '*', 'arn:aws:iam::1:role/a', false],
  ['ArnNotEquals', 'arn:aws:iam::1:role/a', 'not-an-arn', true],
])('%s %s on %s is %s', (operator, wanted, actual, expected) => {
  expect(holds(operator, wanted, actual)).toBe(expected);
});

test('a document of 2008 has no variables: its text and its wildcards stand', () => {
  expect(holds('StringEquals', '${aws:username}', 'alice', false)).toBe(false);
  expect(holds('StringEquals', '${aws:username}', '${aws:username}', false)).toBe(true);
  expect(holds('StringLike', '${*}', '${anything}', false)).toBe(true);
});

test('without a set operator a multivalued key matches by any value, and a negated operator wants none to match', () => {
  expect([
    holds('StringEquals', 'a', ['a', 'b']),
    holds('StringNotEquals', 'a', ['a', 'b']),
    holds('StringNotEquals', 'c', ['a', 'b']),
  ]).toEqual([true, false, true]);
});

test('Null asks for presence', () => {
  const actuals: readonly Value[] = [undefined, [], 'x', ''];
  expect(actuals.map((actual) => holds('Null', 'true', actual))).toEqual([true, true, false, false]);
  expect(actuals.map((actual) => holds('Null', 'FALSE', actual))).toEqual([false, false, true, true]);
  expect(holds('Null', ['true', 'false'], undefined)).toBe(true);
});

test('operator names are read strictly', () => {
  expect(
    [
      'stringequals',
      'NullIfExists',
      'ForAllValues:Null',
      'ForSomeValues:StringLike',
      'IfExists',
      'StringEqualsIfExistsIfExists',
    ].map(parseOperatorName),
  ).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
  expect(parseOperatorName('ForAnyValue:StringLikeIfExists')).toEqual({
    quantifier: 'ForAnyValue',
    operator: 'StringLike',
    ifExists: true,
  });
});
