/** What the library takes and throws back: the same as the command does, by the same check. */
import { describe, expect, test } from 'vitest';
import { isXacctError } from '#domain/xacct-error.ts';
import { compilePolicy, decideAssumeRole, type Scenario } from '#policy/library.ts';

const statement = { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' };
const trustPolicy = { Version: '2012-10-17', Statement: [statement] };
const own = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] };
const scenario: Scenario = {
  caller: { arn: 'arn:aws:iam::111111111111:user/jane', kind: 'user', identityPolicies: [own] },
  role: { arn: 'arn:aws:iam::222222222222:role/ci', trustPolicy },
  request: { sessionName: 'it' },
};

const thrownBy = (value: unknown): readonly (string | undefined)[] => {
  try {
    decideAssumeRole(value as Scenario);
  } catch (error) {
    if (isXacctError(error)) return error.diagnostics.map(({ code, path, message }) => `${code} ${path} ${message}`);
    throw error;
  }
  return [];
};

describe('a value that is no scenario', () => {
  test.each<readonly [string, unknown, readonly string[]]>([
    ['nothing', undefined, ['INVALID_VALUE  a scenario, one JSON object, is expected, not undefined']],
    ['an empty object', {}, ['caller', 'role', 'request'].map((key) => `INVALID_VALUE ${key} ${key}: this key is missing`)],
    [
      'an unknown key',
      { ...scenario, caller: { ...scenario.caller, mfaPresent: true } },
      ['INVALID_VALUE caller.mfaPresent caller.mfaPresent: this key is unknown'],
    ],
    [
      'a wrong type',
      { ...scenario, request: { durationSeconds: '900' } },
      ['INVALID_VALUE request.durationSeconds request.durationSeconds: a number is expected, not "900"'],
    ],
    [
      'a time that is none',
      { ...scenario, time: 'noon' },
      ['INVALID_VALUE time time: "noon" is no time in ISO 8601, such as 2026-01-31T12:00:00Z'],
    ],
  ])('%s', (_, value, expected) => {
    expect(thrownBy(value)).toEqual(expected);
  });
});

test('compiled policies and absent values are taken', () => {
  const compiled = {
    ...scenario,
    caller: { ...scenario.caller, boundary: undefined, identityPolicies: [compilePolicy(own, 'identity')] },
    role: { ...scenario.role, trustPolicy: compilePolicy(trustPolicy, 'trust') },
  };
  expect(decideAssumeRole(compiled as unknown as Scenario).verdict).toBe('allowed');
});
