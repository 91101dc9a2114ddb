/** When a new version of a permission policy lets its holder do more. */
import { describe, expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '#domain/policy-document.ts';
import { permissionsRiskOf } from '#core/permissions-risk.ts';

const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
  more: Partial<Statement> = {},
): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string): Statement => ({ Effect: 'Deny', Action, Resource: '*' });
const document = (...Statement: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const MFA = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

describe('a new version', () => {
  test.each<readonly [title: string, before: readonly Statement[], after: readonly Statement[]]>([
    ['with an action more', [allow('s3:GetObject')], [allow(['s3:GetObject', 's3:PutObject'])]],
    ['with a wildcard for an action', [allow('s3:GetObject')], [allow('s3:Get*')]],
    ['with a question mark for a letter', [allow('s3:GetObject')], [allow('s3:GetObjec?')]],
    ['with a wildcard where one letter could stand', [allow('s3:Get?')], [allow('s3:Get*')]],
    ['with a resource more', [allow('s3:*', 'arn:aws:s3:::a')], [allow('s3:*', ['arn:aws:s3:::a', 'arn:aws:s3:::b'])]],
    ['without a condition', [allow('s3:*', '*', MFA)], [allow('s3:*')]],
    ['without a deny', [allow('*'), deny('iam:*')], [allow('*')]],
    ['with a smaller deny', [allow('*'), deny('iam:*')], [allow('*'), deny('iam:Delete*')]],
    ['with NotAction in place of Action', [allow('s3:*')], [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }]],
  ])('%s widens access', (_title, before, after) => {
    expect(permissionsRiskOf(document(...before), document(...after))).toBe('widens access');
  });

  test.each<readonly [title: string, before: readonly Statement[], after: readonly Statement[]]>([
    ['with an action less', [allow(['s3:GetObject', 's3:PutObject'])], [allow('s3:getobject')]],
    ['with an action in place of a wildcard', [allow('s3:*')], [allow('s3:GetObject', 'arn:aws:s3:::a/*')]],
    ['with a condition more', [allow('s3:*')], [allow('s3:*', '*', MFA)]],
    ['with another Sid and order', [allow('a:b'), allow('c:d', '*', { Sid: 'x' })], [allow('c:d'), allow('a:b')]],
    ['with a greater deny', [allow('*'), deny('iam:Delete*')], [allow('*'), deny('iam:*')]],
    ['in two statements instead of one', [allow(['a:b', 'c:d'])], [allow('a:b'), allow('c:d')]],
  ])('%s does not', (_title, before, after) => {
    expect(permissionsRiskOf(document(...before), document(...after))).toBe('none');
  });

  test('is not judged slowly, whatever its wildcards', () => {
    const before = document(allow(`${'*a'.repeat(60)}b`));
    expect(permissionsRiskOf(before, document(allow('a'.repeat(4000))))).toBe('widens access');
  });
});

describe('a policy that goes', () => {
  test('removes access where it gave any, and where it only denies drops that', () => {
    expect(permissionsRiskOf(document(allow('s3:*'), deny('iam:*')), undefined)).toBe('removes access');
    // Such as AWSRevokeOlderSessions, which AWS's own button puts there.
    expect(permissionsRiskOf(document(deny('*')), undefined)).toBe('drops a condition');
  });
});
