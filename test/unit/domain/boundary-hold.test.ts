import { describe, expect, test } from 'vitest';
import { leavesOpen, waysAround } from '#domain/boundary-hold.ts';
import type { Statement } from '#domain/policy-document.ts';
import { settlePermissions } from '#domain/permissions.ts';

const EDGE = 'arn:aws:iam::222222222222:policy/edge';
const PLACE = {
  partition: 'aws',
  account: '222222222222',
  role: { name: 'xacct-terraform', path: '/ops/' },
  boundary: EDGE,
};

const ways = (Statement: readonly Statement[], boundary = EDGE) =>
  waysAround({ Version: '2012-10-17', Statement }, { ...PLACE, boundary });

const preset = (): readonly Statement[] => {
  const request = { policies: [], policyArns: [], presets: ['power-user'], isAdminAllowed: false };
  const settled = settlePermissions(request, PLACE);
  if (!settled.ok) throw new Error('the preset does not settle');
  return settled.value.policies[0]?.document.Statement as readonly Statement[];
};

const without = (sid: string): readonly Statement[] => preset().filter(({ Sid }) => Sid !== sid);
const changed = (sid: string, change: Partial<Statement>): readonly Statement[] =>
  preset().map((statement) => (statement.Sid === sid ? { ...statement, ...change } : statement));

const ALL: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };
const WHO_MAY = ['IAM:*', 'organizations:*', 'account:*', 'sts:*', 'sso*:*', 'identitystore:*'];
const deny = (Action: readonly string[], more: Partial<Statement> = {}): Statement => ({
  Effect: 'Deny',
  Action,
  Resource: '*',
  ...more,
});
const bounded = (operator: string, value: string | readonly string[] = EDGE) => ({
  [operator]: { 'iam:PermissionsBoundary': value },
});

describe('holds', () => {
  test.each<[string, readonly Statement[], string?]>([
    ["the preset's own document", preset()],
    ['one without any IAM', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]],
    ['one that denies what says who may do what', [ALL, deny(WHO_MAY)]],
    ['one that names no service that says who may do what', [{ Effect: 'Allow', NotAction: WHO_MAY, Resource: '*' }]],
    ['roles that must carry it, below a path of their own', changed('MakeBoundedRoles', { Condition: bounded('ArnEquals') })],
    [
      'one that AWS keeps',
      without('GuardItself').filter(({ Effect }) => Effect === 'Deny'),
      'arn:aws:iam::aws:policy/PowerUserAccess',
    ],
  ])('%s', (_, statements, boundary) => {
    expect(ways(statements, boundary)).toEqual([]);
  });
});

describe('leaves open', () => {
  test.each<[string, readonly Statement[], string]>([
    ['the role itself', [ALL], 'iam:AttachRolePolicy on role/ops/xacct-terraform'],
    ['its policies', [ALL], 'iam:CreatePolicyVersion on policy/ops/xacct-terraform-xacct-somebody-else'],
    ['the boundary', [ALL], 'iam:CreatePolicyVersion on policy/edge'],
    ['the organization', [...without('GuardAccount'), ALL], 'organizations:* on *'],
    ['roles without a boundary', [...preset(), ALL], 'iam:CreateRole on *'],
    ['the trust of other roles', [...preset(), ALL], 'iam:UpdateAssumeRolePolicy on *'],
    ['keys of other users', [...preset(), ALL], 'iam:CreateAccessKey on *'],
    [
      'a boundary that may be left out',
      changed('MakeBoundedRoles', { Condition: bounded('StringEqualsIfExists') }),
      'iam:CreateRole on role/xacct-terraform/*',
    ],
    [
      'another boundary',
      changed('MakeBoundedRoles', { Condition: bounded('StringEquals', [EDGE, `${EDGE}2`]) }),
      'iam:CreateRole on role/xacct-terraform/*',
    ],
    [
      'its own role, which carries the boundary, too',
      [{ Effect: 'Allow', Action: 'iam:*', Resource: '*', Condition: bounded('StringEquals') }],
      'iam:PutRolePolicy on role/ops/xacct-terraform',
    ],
    [
      'a guard under a condition',
      [ALL, { Effect: 'Deny', Action: 'iam:*', Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }],
      'iam:AttachRolePolicy on role/ops/xacct-terraform',
    ],
    [
      'what a variable may stand for',
      // oxlint-disable-next-line no-template-curly-in-string -- a policy variable
      [{ Effect: 'Allow', Action: 'iam:*', Resource: 'arn:aws:iam::222222222222:role/${aws:PrincipalTag/team}' }],
      'iam:AttachRolePolicy on role/ops/xacct-terraform',
    ],
    ['everything but one', [{ Effect: 'Allow', NotAction: 's3:*', NotResource: EDGE }], 'iam:PassRole on *'],
  ])('%s', (_, statements, way) => {
    expect(ways(statements)).toContain(way);
  });

  test('only what no unconditional or boundary-bound Deny holds', () => {
    const open = ways([ALL, deny(['iam:CreateRole', 'iam:AttachRolePolicy'], { Condition: bounded('StringNotEquals') })]);
    expect(open).not.toContain('iam:CreateRole on *');
    expect(open).toContain('iam:AttachRolePolicy on role/ops/xacct-terraform');
    expect(open).toContain('iam:PutRolePolicy on *');
  });
});

describe('one call', () => {
  const resource = 'arn:aws:iam::222222222222:role/xacct-terraform';
  const may = (...Statement: readonly Statement[]): boolean =>
    leavesOpen({ Version: '2012-10-17', Statement }, { action: 'sts:AssumeRole', resource });
  const sts = (more: Partial<Statement> = {}): Statement => ({ Effect: 'Allow', Action: 'sts:*', Resource: '*', ...more });

  test.each<[string, readonly Statement[]]>([
    ['by an Allow', [sts()]],
    ['by an Allow of that role', [sts({ Resource: 'arn:aws:iam::*:role/xacct-*' })]],
    ['by all but something else', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }]],
    ['perhaps, by an Allow under a condition', [sts({ Condition: { Bool: { 'aws:ViaAWSService': 'false' } } })]],
    [
      'perhaps, by a Deny under a condition',
      [sts(), sts({ Effect: 'Deny', Condition: { Bool: { 'aws:ViaAWSService': 'false' } } })],
    ],
  ])('gets through %s', (_, statements) => {
    expect(may(...statements)).toBe(true);
  });

  test.each<[string, readonly Statement[]]>([
    ['for want of an Allow', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]],
    ['for an Allow of other roles', [sts({ Resource: 'arn:aws:iam::333333333333:role/*' })]],
    ['by a Deny', [sts(), sts({ Effect: 'Deny', Action: 'sts:AssumeRole' })]],
  ])('does not, %s', (_, statements) => {
    expect(may(...statements)).toBe(false);
  });
});
