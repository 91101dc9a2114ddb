import { expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '#domain/policy-document.ts';
import { canonicalPolicy, policyEquals } from '#domain/policy-equality.ts';

const base: Statement = {
  Effect: 'Allow',
  Principal: { AWS: ['111111111111', 'arn:aws:iam::333333333333:user/a'], Service: 'ec2.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  Condition: { Bool: { 'aws:MultiFactorAuthPresent': true }, StringEquals: { 'sts:ExternalId': 'x' } },
};
const other: Statement = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
const of = (...Statement: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });

test.each<readonly [string, PolicyDocument]>([
  ['order of statements', of(other, base)],
  ['order of lists', of({ ...base, Action: ['sts:TagSession', 'sts:AssumeRole'] }, other)],
  ['a list of one', of(base, { ...other, Action: ['sts:AssumeRole'] })],
  ['case of actions', of(base, { ...other, Action: 'STS:assumerole' })],
  [
    'the root ARN of an account',
    of(
      {
        ...base,
        Principal: {
          Service: ['ec2.amazonaws.com'],
          AWS: ['arn:aws:iam::333333333333:user/a', 'arn:aws:iam::111111111111:root'],
        },
      },
      other,
    ),
  ],
  [
    'a boolean as text, the case of a key and the order of operators',
    of(
      { ...base, Condition: { StringEquals: { 'STS:externalid': ['x'] }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
      other,
    ),
  ],
  ['an empty Sid', of({ ...base, Sid: '' }, other)],
])('%s makes no difference', (_, document) => {
  expect(policyEquals(of(base, other), document)).toBe(true);
});

test.each<readonly [string, PolicyDocument]>([
  ['an effect', of(base, { ...other, Effect: 'Allow' })],
  ['a Sid', of(base, { ...other, Sid: 'A' })],
  ['a missing statement', of(base)],
  ['a version', { ...of(base, other), Version: '2008-10-17' }],
  ['another account', of({ ...base, Principal: { AWS: '444444444444' } }, other)],
  ['another value', of({ ...base, Condition: { StringEquals: { 'sts:ExternalId': 'X' } } }, other)],
  ['NotAction', of(base, { Effect: 'Deny', Principal: { AWS: '*' }, NotAction: 'sts:AssumeRole' })],
])('%s does', (_, document) => {
  expect(policyEquals(of(base, other), document)).toBe(false);
});

test('the canonical text is one for all spellings of a document, so that it can be digested', () => {
  const spellings: readonly PolicyDocument[] = [
    { Statement: other },
    { Version: '2008-10-17', Statement: [{ ...other, Sid: '', Action: ['sts:AssumeRole', 'sts:AssumeRole'] }] },
  ];
  expect([...new Set(spellings.map(canonicalPolicy))]).toEqual([
    '["2008-10-17",["[\\"\\",\\"Deny\\",[[\\"AWS\\",[\\"*\\"]]],null,[\\"sts:assumerole\\"],null,null,null,[]]"]]',
  ]);
});
