import { expect, test } from 'vitest';
import { decideAccess, judgeAccess } from '#policy/evaluate.ts';
import type { AccessQuery, Caller } from '#policy/scenario.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/xacct-dev`;
const full = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const iamOnly = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'iam:*', Resource: '*' } };
const s3Only = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
const noDelete = { Version: '2012-10-17', Statement: { Sid: 'Keep', Effect: 'Deny', Action: 'iam:Delete*', Resource: '*' } };

const user: Caller = { arn: `arn:aws:iam::${ACCOUNT}:user/admin`, kind: 'user', identityPolicies: [full] };
const root: Caller = { arn: `arn:aws:iam::${ACCOUNT}:root`, kind: 'root' };
const federated: Caller = { arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`, kind: 'federated-user', identityPolicies: [full] };

const summary = (query: Partial<AccessQuery>): readonly (string | null)[] => {
  const { verdict, layer, reason } = decideAccess({ caller: user, action: 'iam:DeleteRole', resource: ROLE, ...query });
  return [verdict, layer, reason];
};

test.each<readonly [string, Partial<AccessQuery>, readonly (string | null)[]]>([
  ['an Allow', {}, ['allowed', null, 'ALLOWED']],
  ['no policy', { caller: { ...user, identityPolicies: [] } }, ['denied', 'identity', 'NO_POLICY']],
  ['another action', { caller: { ...user, identityPolicies: [s3Only] } }, ['denied', 'identity', 'NO_MATCHING_ACTION']],
  ['a Deny', { caller: { ...user, identityPolicies: [full, noDelete] } }, ['denied', 'identity', 'EXPLICIT_DENY']],
  ['a boundary that allows', { caller: { ...user, boundary: iamOnly } }, ['allowed', null, 'ALLOWED']],
  ['a boundary that does not', { caller: { ...user, boundary: s3Only } }, ['denied', 'boundary', 'NO_MATCHING_ACTION']],
  ['a boundary alone', { caller: { ...user, boundary: full, identityPolicies: [] } }, ['denied', 'identity', 'NO_POLICY']],
  [
    'a session policy that does not',
    { caller: { ...user, sessionPolicy: s3Only } },
    ['denied', 'session-policy', 'NO_MATCHING_ACTION'],
  ],
  [
    'an SCP that does not',
    { caller: { ...user, scps: [{ level: 'Root', policies: [s3Only] }] } },
    ['denied', 'scp', 'NO_MATCHING_ACTION'],
  ],
  ['root', { caller: root }, ['allowed', null, 'ALLOWED']],
  [
    'root under an SCP',
    { caller: { ...root, scps: [{ level: 'Root', policies: [full, noDelete] }] } },
    ['denied', 'scp', 'EXPLICIT_DENY'],
  ],
  ['a service', { caller: { arn: 'ec2.amazonaws.com', kind: 'service' } }, ['denied', 'caller', 'CALLER_NOT_AN_ARN']],
  [
    'a web identity',
    { caller: { arn: 'https://gitlab.com', kind: 'web-identity', claims: { sub: 'x' } } },
    ['denied', 'caller', 'CALLER_NOT_AN_ARN'],
  ],
  ['a federated user on IAM', { caller: federated }, ['denied', 'caller', 'FEDERATED_USER_CALLER']],
  [
    'a federated user on S3',
    { caller: federated, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' },
    ['allowed', null, 'ALLOWED'],
  ],
  ['a role of another account', { resource: 'arn:aws:iam::111111111111:role/x' }, ['denied', 'identity', 'OTHER_ACCOUNT']],
  [
    'a policy of AWS',
    { action: 'iam:GetPolicy', resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    ['allowed', null, 'ALLOWED'],
  ],
  ['a malformed policy', { caller: { ...user, identityPolicies: [{}] } }, ['invalid', 'policy-syntax', 'MALFORMED_POLICY']],
  [
    'GetCallerIdentity under a Deny',
    { action: 'sts:GetCallerIdentity', resource: '*', caller: { ...user, identityPolicies: [] } },
    ['allowed', null, 'ALLOWED'],
  ],
])('%s decides', (_, query, expected) => {
  expect(summary(query)).toEqual(expected);
});

test('condition keys of the request and tags of the resource are asked', () => {
  const when = (condition: object): Caller => ({
    ...user,
    identityPolicies: [{ Version: '2012-10-17', Statement: { ...full.Statement, Condition: condition } }],
  });
  const boundary = when({ StringEquals: { 'iam:PermissionsBoundary': 'arn:b' } });
  const keys = when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] }, Null: { 'aws:TagKeys': 'false' } });
  const tag = when({ StringEquals: { 'aws:ResourceTag/xacct:managed': '1' } });
  expect([
    summary({ caller: boundary, context: { 'iam:permissionsboundary': 'arn:b' } })[0],
    summary({ caller: boundary })[2],
    summary({ caller: keys, context: { 'aws:TagKeys': ['a'] } })[0],
    summary({ caller: keys, context: { 'aws:TagKeys': ['a', 'c'] } })[0],
    summary({ caller: tag, resourceTags: { 'xacct:managed': '1' } })[0],
    summary({ caller: tag })[0],
  ]).toEqual(['allowed', 'CONDITION_NOT_MET', 'allowed', 'denied', 'allowed', 'denied']);
});

test('a refusal is worded as AWS does', () => {
  const caller = { ...user, identityPolicies: [full, { name: 'keep-roles', document: noDelete }] };
  expect(judgeAccess({ id: 'q', caller, action: 'iam:DeleteRole', resource: ROLE })).toEqual({
    decision: {
      id: 'q',
      verdict: 'denied',
      layer: 'identity',
      policy: { kind: 'identity', index: 1, name: 'keep-roles' },
      statement: { sid: 'Keep', index: 0 },
      reason: 'EXPLICIT_DENY',
      confidence: 'high',
      explanation: `statement 0 "Keep" of the caller's identity policies (keep-roles) denies iam:DeleteRole`,
      action: 'iam:DeleteRole',
      element: null,
      before: [],
      fix: {
        actor: 'source-admin',
        account: ACCOUNT,
        summary: `except ${user.arn} from statement 0 "Keep" of the caller's identity policies (keep-roles), or ${ROLE}`,
        change: {
          kind: 'replace-statement',
          policy: { kind: 'identity', index: 1, name: 'keep-roles' },
          index: 0,
          statement: { Sid: 'Keep', Effect: 'Deny', Action: 'iam:Delete*', NotResource: ROLE },
        },
        command: `aws iam put-user-policy --user-name admin --policy-name keep-roles --policy-document '{"Version":"2012-10-17","Statement":[{"Sid":"Keep","Effect":"Deny","Action":"iam:Delete*","NotResource":"${ROLE}"}]}'`,
        hcl: [
          'statement {',
          '  sid           = "Keep"',
          '  effect        = "Deny"',
          '  actions       = ["iam:Delete*"]',
          `  not_resources = ["${ROLE}"]`,
          '}',
        ].join('\n'),
        message: null,
      },
    },
    action: 'iam:DeleteRole',
    answer: {
      status: 403,
      code: 'AccessDenied',
      message: `User: ${user.arn} is not authorized to perform: iam:DeleteRole on resource: ${ROLE} with an explicit deny in an identity-based policy`,
    },
  });
});
