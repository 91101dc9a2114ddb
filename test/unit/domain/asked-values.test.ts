/** What a trust policy that is there asks of its callers. */
import { expect, test } from 'vitest';
import { askedValues } from '#domain/asked-values.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';

const trust = (...conditions: readonly [effect: 'Allow' | 'Deny', condition: object][]): PolicyDocument =>
  ({
    Version: '2012-10-17',
    Statement: conditions.map(([Effect, Condition]) => ({
      Effect,
      Principal: { AWS: 'arn:aws:iam::111111111111:root' },
      Action: 'sts:AssumeRole',
      Condition,
    })),
  }) as PolicyDocument;

test.each([
  ['one', trust(['Allow', { StringEquals: { 'sts:ExternalId': 'a1' } }]), ['a1']],
  [
    'several, each once',
    trust(
      ['Allow', { StringEquals: { 'sts:ExternalId': ['a1', 'b2'] } }],
      ['Allow', { StringEquals: { 'sts:ExternalId': 'a1' } }],
    ),
    ['a1', 'b2'],
  ],
  ['none of what is denied', trust(['Deny', { StringEquals: { 'sts:ExternalId': 'a1' } }]), []],
  ['none that must differ', trust(['Allow', { StringNotEquals: { 'sts:ExternalId': 'a1' } }]), []],
  // "Condition key names are not case-sensitive": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
  ['one under a key of another case', trust(['Allow', { StringEquals: { 'STS:externalid': 'a1' } }]), ['a1']],
])('%s', (_what, document, ids) => {
  expect(askedValues(document, 'sts:ExternalId')).toEqual(ids);
});
