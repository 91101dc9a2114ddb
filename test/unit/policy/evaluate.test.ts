import { describe, expect, test } from 'vitest';
import { judgeAccess, judgeAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

const scenario: Scenario = {
  id: 'a',
  caller: {
    arn: 'arn:aws:sts::111111111111:assumed-role/deployer/run-1',
    kind: 'assumed-role',
    roleArn: 'arn:aws:iam::111111111111:role/ci/deployer',
    identityPolicies: [
      {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Resource: 'arn:aws:iam::222222222222:role/xacct-*',
        },
      },
    ],
  },
  role: {
    arn: 'arn:aws:iam::222222222222:role/xacct-dev',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AllowAssume',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111111111111:root' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': 'secret-1' } },
        },
      ],
    },
  },
  request: { externalId: 'secret-1', sessionName: 'run' },
};

test('a cross-account call that both sides allow is allowed', () => {
  expect(judgeAssumeRole(scenario)).toEqual({
    decision: {
      id: 'a',
      verdict: 'allowed',
      layer: null,
      policy: null,
      statement: null,
      reason: 'ALLOWED',
      confidence: 'high',
      explanation:
        "arn:aws:sts::111111111111:assumed-role/deployer/run-1 may assume arn:aws:iam::222222222222:role/xacct-dev: its trust policy allows it, and nothing on the caller's side stands against it",
      action: 'sts:AssumeRole',
      element: null,
      before: [
        {
          layer: 'trust',
          action: 'sts:AssumeRole',
          answer: 'allows',
          policy: { kind: 'trust', index: 0 },
          statement: { sid: 'AllowAssume', index: 0 },
        },
        {
          layer: 'identity',
          action: 'sts:AssumeRole',
          answer: 'allows',
          policy: { kind: 'identity', index: 0 },
          statement: { sid: null, index: 0 },
        },
      ],
      fix: null,
    },
    action: 'sts:AssumeRole',
    answer: null,
  });
});

test('a missing external id is blamed on the statement whose condition wants it, in the words of AWS', () => {
  expect(judgeAssumeRole({ ...scenario, request: { sessionName: 'run' } })).toEqual({
    decision: {
      id: 'a',
      verdict: 'denied',
      layer: 'trust',
      policy: { kind: 'trust', index: 0 },
      statement: { sid: 'AllowAssume', index: 0 },
      reason: 'CONDITION_NOT_MET',
      confidence: 'high',
      explanation:
        'nothing in the trust policy allows sts:AssumeRole on arn:aws:iam::222222222222:role/xacct-dev; statement 0 "AllowAssume" comes closest: its condition StringEquals sts:ExternalId wants "secret-1", and the request has no such key',
      action: 'sts:AssumeRole',
      element: { element: 'Condition', operator: 'StringEquals', key: 'sts:ExternalId', wanted: ['secret-1'], actual: null },
      before: [],
      fix: {
        actor: 'you',
        account: '111111111111',
        summary: 'call with externalId "secret-1"',
        change: { kind: 'change-request', set: { 'request.externalId': 'secret-1' }, unset: [] },
        command:
          'aws sts assume-role --role-arn arn:aws:iam::222222222222:role/xacct-dev --role-session-name run --external-id secret-1 --query AssumedRoleUser.Arn',
        hcl: [
          'provider "aws" {',
          '  assume_role {',
          '    role_arn     = "arn:aws:iam::222222222222:role/xacct-dev"',
          '    session_name = "run"',
          '    external_id  = "secret-1"',
          '  }',
          '}',
        ].join('\n'),
        message: null,
      },
    },
    action: 'sts:AssumeRole',
    answer: {
      status: 403,
      code: 'AccessDenied',
      message:
        'User: arn:aws:sts::111111111111:assumed-role/deployer/run-1 is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/xacct-dev because no role trust policy allows the sts:AssumeRole action',
    },
  });
});

test('session tags need sts:TagSession in the trust policy too, and the answer names that action', () => {
  const judgement = judgeAssumeRole({ ...scenario, request: { ...scenario.request, tags: { team: 'a' } } });
  expect([judgement.action, judgement.decision.layer, judgement.decision.reason]).toEqual([
    'sts:TagSession',
    'trust',
    'NO_MATCHING_STATEMENT',
  ]);
});

test('a caller may do what its policies allow on its own account, and nothing else', () => {
  const caller = {
    arn: 'arn:aws:iam::222222222222:user/admin',
    kind: 'user' as const,
    identityPolicies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'iam:*', Resource: '*' } }],
  };
  const verdict = (action: string, resource: string): string => judgeAccess({ caller, action, resource }).decision.verdict;
  expect(verdict('iam:CreateRole', 'arn:aws:iam::222222222222:role/x')).toBe('allowed');
  expect(verdict('iam:ListRoles', '*')).toBe('allowed');
  expect(verdict('s3:ListBucket', 'arn:aws:s3:::b')).toBe('denied');
  expect(verdict('iam:CreateRole', 'arn:aws:iam::111111111111:role/x')).toBe('denied');
  expect(verdict('sts:GetCallerIdentity', '*')).toBe('allowed');
});

test('a condition on the external id is said to be in the way of sts:TagSession, though the call has one', () => {
  const Statement = {
    Effect: 'Allow',
    Principal: { AWS: '111111111111' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringEquals: { 'sts:ExternalId': 'secret-1' } },
  };
  const role = { ...scenario.role, trustPolicy: { Version: '2012-10-17', Statement } };
  const { explanation, fix } = judgeAssumeRole({
    ...scenario,
    role,
    request: { ...scenario.request, tags: { team: 'a' } },
  }).decision;
  expect(explanation.split('and ').at(-1)).toBe('the check of sts:TagSession has no such key: it needs a statement of its own');
  expect(fix?.change).toEqual({
    kind: 'add-statement',
    to: 'trust',
    statement: { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:role/ci/deployer' }, Action: 'sts:TagSession' },
  });
});

describe('what the layers before the decisive one said', () => {
  const words = (request: Scenario['request'], caller: Partial<Scenario['caller']> = {}): readonly string[] =>
    judgeAssumeRole({ ...scenario, caller: { ...scenario.caller, ...caller }, request }).decision.before.map(
      ({ action, layer, level, answer, statement }) => [action, layer, level, answer, statement?.sid].filter(Boolean).join(' '),
    );

  test('for a missing Allow: who allowed what', () => {
    expect(words({ ...scenario.request, tags: { team: 'a' } })).toEqual([
      'sts:AssumeRole trust allows AllowAssume',
      'sts:AssumeRole identity allows',
    ]);
    expect(words(scenario.request, { identityPolicies: [], scps: 'unknown' })).toEqual([
      'sts:AssumeRole scp unreadable',
      'sts:AssumeRole trust allows AllowAssume',
    ]);
  });

  test('for an explicit deny: that they do not deny', () => {
    const full = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
    const deny = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'sts:*', Resource: '*' } };
    expect(words(scenario.request, { scps: [{ level: 'r-1', policies: [full] }], boundary: deny })).toEqual([
      'sts:AssumeRole scp r-1 no-deny',
      'sts:AssumeRole trust no-deny',
      'sts:AssumeRole identity no-deny',
    ]);
  });
});
