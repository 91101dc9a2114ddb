import { expect, test } from 'vitest';
import { checkLimit, formatLimitFault, formatMissing, formatValidationErrors, type LimitName } from '#domain/limits.ts';

test.each<readonly [LimitName, string | number]>([
  ['roleSessionName', 'ab'],
  ['roleSessionName', 'x'.repeat(64)],
  ['externalId', 'a_+=,.@:/-'],
  ['durationSeconds', 900],
  ['durationSeconds', 43_200],
  ['tagValue', ''],
  ['tagKey', 'Größe / été'],
  ['rolePath', '/'],
  ['rolePath', '/ops/ci/'],
  ['policyPath', '/ops/'],
  ['roleArn', 'arn:aws:iam::222222222222:role/x'],
])('%s takes %j', (name, value) => {
  expect(checkLimit(name, value)).toBeUndefined();
});

test.each<readonly [LimitName, string | number, string]>([
  ['roleSessionName', 'a', 'Member must have length greater than or equal to 2'],
  ['roleSessionName', 'x'.repeat(65), 'Member must have length less than or equal to 64'],
  ['roleSessionName', 'a b', String.raw`Member must satisfy regular expression pattern: [\w+=,.@-]*`],
  ['externalId', 'a\n', String.raw`Member must satisfy regular expression pattern: [\w+=,.@:\/-]*`],
  ['durationSeconds', 899, 'Member must have value greater than or equal to 900'],
  ['durationSeconds', 43_201, 'Member must have value less than or equal to 43200'],
  ['durationSeconds', 'soon', 'Member must have value greater than or equal to 900'],
  ['durationSeconds', 900.5, 'Member must be an integer'],
  ['roleName', 'x'.repeat(65), 'Member must have length less than or equal to 64'],
  ['rolePath', 'ops', String.raw`Member must satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F)`],
  ['maxSessionDuration', 3599, 'Member must have value greater than or equal to 3600'],
])('%s refuses %j', (name, value, constraint) => {
  expect(checkLimit(name, value)?.constraint).toBe(constraint);
});

test('faults are joined as AWS words them', () => {
  const fault = checkLimit('roleSessionName', 'a');
  if (fault === undefined) throw new Error('expected a fault');
  expect(formatValidationErrors([formatMissing('roleArn'), formatLimitFault('roleSessionName', fault)])).toBe(
    "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
      "Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
  );
});
