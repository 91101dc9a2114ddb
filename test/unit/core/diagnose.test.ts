/** From AWS's words to the one cause, whose account it is, and the patch. */
import { describe, expect, test } from 'vitest';
import { formatAccessDenied, type DeniedReason } from '#domain/access-denied.ts';
import { compile } from '#domain/compile.ts';
import { diagnoseRefusal, externalIdNotEnforced, wrongTarget } from '#core/diagnose.ts';
import { aSpec } from '../../support/builders.ts';
import { refused } from '../../support/world.ts';

const { access } = compile(aSpec());
const USER = { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/jane', userId: 'A' };
const SESSION = { ...USER, arn: 'arn:aws:sts::111111111111:assumed-role/ci/run-1' };
const ROOT = { ...USER, arn: 'arn:aws:iam::111111111111:root' };

const denied = (reason?: DeniedReason) =>
  refused(
    formatAccessDenied({
      callerArn: USER.arn,
      action: 'sts:AssumeRole',
      resource: access.roleArn,
      ...(reason && { reason }),
    }),
  );

const GRANT = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: access.roleArn }] };
describe('a refusal', () => {
  test.each([
    ['identity', false, { code: 'SOURCE_GRANT_MISSING', actor: 'source-admin', account: '111111111111' }],
    ['trust', false, { code: 'TRUST_REFUSES', actor: 'target-admin', account: '222222222222' }],
    ['identity', true, { code: 'EXPLICIT_DENY', actor: 'source-admin', account: '111111111111', patch: null }],
    ['trust', true, { code: 'EXPLICIT_DENY', actor: 'target-admin', account: '222222222222', patch: null }],
    ['boundary', true, { code: 'EXPLICIT_DENY', actor: 'source-admin', account: '111111111111', patch: null }],
    ['scp', true, { code: 'EXPLICIT_DENY', actor: 'org-admin', account: '111111111111', patch: null }],
    ['rcp', true, { code: 'EXPLICIT_DENY', actor: 'org-admin', account: '222222222222', patch: null }],
  ] as const)('by %s, explicit: %s', (layer, isExplicit, cause) => {
    expect(diagnoseRefusal(denied({ layer, isExplicit }), { access, source: USER })).toMatchObject(cause);
  });

  test.each(['scp', 'boundary', 'session-policy'] as const)('for want of an allow in a %s is not cured by a grant', (layer) => {
    const cause = diagnoseRefusal(denied({ layer, isExplicit: false }), { access, source: USER });
    expect(cause).toMatchObject({ account: '111111111111', actor: layer === 'scp' ? 'org-admin' : 'source-admin' });
    expect(cause.patch?.document ?? null).toBeNull();
  });

  test('without a reason may be either side, and both are said', () => {
    const cause = diagnoseRefusal(denied(), { access, source: USER });
    expect(cause).toMatchObject({ code: 'TRUST_OR_GRANT_MISSING', actor: 'target-admin', account: '222222222222' });
    expect(cause.explanation).toContain(`In 111111111111 the policies of ${USER.arn} must allow sts:AssumeRole`);
    expect(cause.explanation).toContain('in 222222222222 the role must let it in');
    expect(cause.patch?.summary).toContain(`the external ID "${access.externalId}" (it was sent)`);
  });

  test.each([
    [USER, 'aws iam put-user-policy --user-name jane --policy-name xacct-222222222222-xacct-terraform'],
    [SESSION, 'aws iam put-role-policy --role-name ci --policy-name xacct-222222222222-xacct-terraform'],
  ])('of $arn for want of a grant has the command that grants', (source, command) => {
    const { patch } = diagnoseRefusal(denied({ layer: 'identity', isExplicit: false }), { access, source });
    expect(patch).toEqual({
      summary: `allow ${source.arn} to assume ${access.roleArn}`,
      document: GRANT,
      command: `${command} --policy-document '${JSON.stringify(GRANT)}'`,
    });
  });

  test('of a session names its role, and how to look at the trust policy', () => {
    const cause = diagnoseRefusal(denied({ layer: 'trust', isExplicit: false }), { access, source: SESSION });
    expect(cause.patch).toMatchObject({
      summary: expect.stringContaining('trusts arn:aws:iam::111111111111:role/ci,') as unknown,
      document: null,
      command: 'aws iam get-role --role-name xacct-terraform --query Role.AssumeRolePolicyDocument',
    });
  });

  test.each([
    ['AccessDenied', 'Roles may not be assumed by root accounts.', 'ROOT_CALLER', 'you', '111111111111'],
    [
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      'DURATION_ABOVE_ROLE_MAXIMUM',
      'target-admin',
      '222222222222',
    ],
    [
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      'DURATION_ABOVE_CHAINING_LIMIT',
      'you',
      '111111111111',
    ],
    ['RegionDisabledException', 'STS is not activated', 'STS_REGION_DISABLED', 'target-admin', '222222222222'],
    ['SomethingNew', 'never seen', 'OTHER_REFUSAL', 'you', '111111111111'],
  ])('%s: %s', (code, message, cause, actor, account) => {
    const source = cause === 'ROOT_CALLER' ? ROOT : USER;
    expect(diagnoseRefusal(refused(message, code), { access, source })).toMatchObject({ code: cause, actor, account });
  });

  test('that nobody knows is told in the words of AWS', () => {
    expect(diagnoseRefusal(refused('never seen', 'SomethingNew'), { access, source: USER }).explanation).toBe(
      'AWS answered SomethingNew: never seen',
    );
  });
});

describe('a session that should not be', () => {
  test('without the external id is cured in the trust policy', () => {
    expect(externalIdNotEnforced(access)).toMatchObject({
      code: 'EXTERNAL_ID_NOT_ENFORCED',
      actor: 'target-admin',
      account: '222222222222',
      patch: {
        command: 'xacct init --prune',
        document: { Condition: { StringEquals: { 'sts:ExternalId': access.externalId } } },
      },
    });
  });

  test('in another account says which', () => {
    const inside = { account: '333333333333', arn: 'arn:aws:sts::333333333333:assumed-role/x/y', userId: 'A' };
    expect(wrongTarget(access, inside)).toEqual({
      code: 'WRONG_TARGET',
      actor: 'you',
      account: '333333333333',
      explanation: 'the role is of account 222222222222, and the session is arn:aws:sts::333333333333:assumed-role/x/y',
      patch: null,
    });
  });
});
