/** An Allow that is widened for one request: a value more where the statement is about nothing else, and no guard given up beside it. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#domain/cause.ts';
import { decideAccess, decideAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

const ROLE = 'arn:aws:iam::222222222222:role/deploy';
const CALLER = 'arn:aws:iam::111111111111:role/runner';
const documentOf = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const trusting = { Effect: 'Allow', Principal: { AWS: CALLER }, Action: 'sts:AssumeRole' };
const own = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE };
const teamRed = { StringEquals: { 'aws:PrincipalTag/team': 'red' } };
const isCaller = { ArnEquals: { 'aws:PrincipalArn': CALLER } };

const changeOf = (trust: object, identity: object): Change | null | undefined => {
  const scenario: Scenario = {
    caller: {
      arn: 'arn:aws:sts::111111111111:assumed-role/runner/it',
      kind: 'assumed-role',
      roleArn: CALLER,
      tags: { team: 'blue' },
      identityPolicies: [documentOf(identity)],
    },
    role: { arn: ROLE, trustPolicy: documentOf(trust) },
    request: { sessionName: 'it' },
  };
  return decideAssumeRole(scenario).fix?.change;
};

describe("the caller's own Allow", () => {
  test('about this role alone takes one more value', () => {
    expect(changeOf(trusting, { ...own, Condition: teamRed })).toEqual({
      kind: 'replace-statement',
      policy: { kind: 'identity', index: 0 },
      index: 0,
      statement: { ...own, Condition: { StringEquals: { 'aws:PrincipalTag/team': ['red', 'blue'] } } },
    });
  });

  test('about more than this role keeps its value, and a statement for this role is added that keeps the other guards', () => {
    const wide = { Effect: 'Allow', Action: 'sts:*', Resource: '*', Condition: { ...teamRed, ...isCaller } };
    expect(changeOf(trusting, wide)).toEqual({
      kind: 'add-statement',
      to: 'identity',
      statement: { ...own, Condition: { ...isCaller, StringEquals: { 'aws:PrincipalTag/team': 'blue' } } },
    });
  });
});

test('a trust policy that names the caller by a condition is widened under it, and said once', () => {
  const anyone = {
    ...trusting,
    Principal: { AWS: '*' },
    Condition: { ...teamRed, ...isCaller, Null: { 'aws:username': 'true' } },
  };
  expect(changeOf(anyone, own)).toEqual({
    kind: 'add-statement',
    to: 'trust',
    statement: {
      ...trusting,
      Principal: { AWS: '*' },
      Condition: { Null: { 'aws:username': 'true' }, StringEquals: { 'aws:PrincipalTag/team': 'blue' }, ...isCaller },
    },
  });
});

test('the account of a bucket is not in its ARN, so what hangs on it is not known', () => {
  const { verdict, confidence, fix } = decideAccess({
    caller: {
      arn: 'arn:aws:iam::111111111111:user/jane',
      kind: 'user',
      identityPolicies: [
        documentOf({
          Effect: 'Allow',
          Action: 's3:*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:ResourceAccount': '111111111111' } },
        }),
      ],
    },
    action: 's3:ListBucket',
    resource: 'arn:aws:s3:::bucket',
  });
  expect([verdict, confidence, fix?.change]).toEqual(['denied', 'low', null]);
});
