/** What AWS would answer, and what to change: the parts of a judgement that the golden cases do not hold. */
import { expect, test } from 'vitest';
import { compilePolicy } from '#policy/compile.ts';
import { decideAssumeRole, judgeAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

const ROLE = 'arn:aws:iam::222222222222:role/xacct-dev';
const CALLER = 'arn:aws:iam::111111111111:user/alice';
const own = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' } };
const trust = { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { AWS: CALLER }, Action: 'sts:*' } };

const base: Scenario = {
  caller: { arn: CALLER, kind: 'user', identityPolicies: [own] },
  role: { arn: ROLE, trustPolicy: trust },
  request: { sessionName: 'xacct', externalId: 'id-1' },
};

const answer = (change: Partial<Scenario>) => judgeAssumeRole({ ...base, ...change }).answer;
const denied = (message: string): NonNullable<ReturnType<typeof answer>> => ({ status: 403, code: 'AccessDenied', message });

test('every broken bound is named at once', () => {
  expect(answer({ request: { sessionName: 'a', externalId: 'x y', durationSeconds: 60 } })).toEqual({
    status: 400,
    code: 'ValidationError',
    message:
      "3 validation errors detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2; " +
      "Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900; " +
      String.raw`Value 'x y' at 'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@:\/-]*`,
  });
});

test.each<readonly [string, Partial<Scenario>, ReturnType<typeof answer>]>([
  ['nothing, when allowed', {}, null],
  [
    'a role that trusts nobody',
    { role: { arn: ROLE, trustPolicy: { ...trust, Statement: { ...trust.Statement, Principal: { AWS: '333333333333' } } } } },
    denied(
      `User: ${CALLER} is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because no role trust policy allows the sts:AssumeRole action`,
    ),
  ],
  [
    'no identity policy',
    { caller: { arn: CALLER, kind: 'user' } },
    denied(
      `User: ${CALLER} is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because no identity-based policy allows the sts:AssumeRole action`,
    ),
  ],
  [
    'root',
    { caller: { arn: 'arn:aws:iam::111111111111:root', kind: 'root' } },
    denied('Roles may not be assumed by root accounts.'),
  ],
  [
    'another partition',
    { caller: { arn: 'arn:aws-cn:iam::111111111111:user/alice', kind: 'user' } },
    denied(`User: arn:aws-cn:iam::111111111111:user/alice is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`),
  ],
  [
    'above the maximum',
    { request: { durationSeconds: 7200 } },
    {
      status: 400,
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    },
  ],
  [
    'above the chaining hour',
    { caller: { ...base.caller, temporaryCredentials: true }, request: { durationSeconds: 7200 } },
    {
      status: 400,
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    },
  ],
  [
    'doubled tag keys',
    { request: { tags: { a: '1', A: '2' } } },
    {
      status: 400,
      code: 'InvalidParameterValue',
      message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    },
  ],
  [
    'a changed source identity',
    { caller: { ...base.caller, sourceIdentity: 'alice' }, request: { sourceIdentity: 'mallory' } },
    denied(`User: ${CALLER} is not authorized to perform: sts:SetSourceIdentity on resource: ${ROLE}`),
  ],
  [
    'a broken session policy',
    { request: { policy: '{"Version"' } },
    { status: 400, code: 'MalformedPolicyDocument', message: 'This policy contains invalid Json' },
  ],
])('the answer to %s', (_, change, expected) => {
  expect(answer(change)).toEqual(expected);
});

test('a compiled policy decides as its source does, and is not compiled again', () => {
  const compiled = compilePolicy(trust, 'trust');
  expect(compilePolicy(compiled, 'trust')).toBe(compiled);
  expect(judgeAssumeRole({ ...base, role: { arn: ROLE, trustPolicy: compiled } })).toEqual(judgeAssumeRole(base));
});

test('the policy to blame is named by kind, level, index and name', () => {
  const deny = {
    name: 'no-assume',
    document: { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'sts:*', Resource: '*' } },
  };
  const scps = [
    { level: 'Root', policies: [own] },
    { level: 'ou-1', policies: [own, deny] },
  ];
  expect(decideAssumeRole({ ...base, caller: { ...base.caller, scps } }).policy).toEqual({
    kind: 'scp',
    index: 1,
    level: 'ou-1',
    name: 'no-assume',
  });
});
