/** From AWS's words to the one cause, whose account it is, and the patch. */
import { describe, expect, test } from 'vitest';
import { formatAccessDenied, type DeniedReason } from '#domain/access-denied.ts';
import type { CauseCode } from '#domain/causes.ts';
import { compile } from '#domain/compile.ts';
import { createDenials } from '#core/denials.ts';
import { diagnosis } from '#core/diagnose.ts';
import type { Situation } from '#core/diagnosis.ts';
import type { Refusal } from '#core/ports/sessions.ts';
import { aSpec } from '../../support/builders.ts';
import { createSessions, refused } from '../../support/world.ts';

const { access } = compile(aSpec());
const request = {
  roleArn: access.roleArn,
  sessionName: 'terraform',
  sessionSeconds: 3600,
  externalId: '7f3c',
  tags: { team: 'infra' },
};
const situationOf = (parts: Pick<Situation, 'access' | 'source'>): Situation => ({
  ...parts,
  request,
  // Asked otherwise, it is refused as well.
  sessions: createSessions([refused('User: x is not authorized to perform: sts:AssumeRole')]).sessions,
  said: { hasNoId: false, orgId: undefined },
  insight: { time: '', views: [] },
  denials: createDenials(),
});
const diagnoseRefusal = (refusal: Refusal, parts: Pick<Situation, 'access' | 'source'>) =>
  diagnosis.diagnose({ kind: 'refusal', refusal }, situationOf(parts));
const diagnoseSeen = (code: CauseCode, subject: string | null) =>
  diagnosis.diagnose({ kind: 'seen', code, subject }, situationOf({ access, source: USER }));
const USER = { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/jane', userId: 'A' };
const SESSION = { ...USER, arn: 'arn:aws:sts::111111111111:assumed-role/ci/run-1' };
const ROOT = { ...USER, arn: 'arn:aws:iam::111111111111:root' };

const denied = (reason?: DeniedReason, callerArn = USER.arn) =>
  refused(
    formatAccessDenied({
      callerArn,
      action: 'sts:AssumeRole',
      resource: access.roleArn,
      ...(reason && { reason }),
    }),
  );

const GRANT = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: access.roleArn }],
};
describe('a refusal', () => {
  test.each([
    ['identity', false, { code: 'SOURCE_GRANT_MISSING', actor: 'source-admin', account: '111111111111' }],
    ['trust', false, { code: 'TRUST_REFUSES', actor: 'target-admin', account: '222222222222' }],
    ['resource', false, { code: 'TRUST_REFUSES', actor: 'target-admin', account: '222222222222' }],
    ['identity', true, { code: 'SOURCE_DENIES', actor: 'source-admin', account: '111111111111' }],
    ['trust', true, { code: 'TRUST_DENIES', actor: 'target-admin', account: '222222222222' }],
    ['boundary', true, { code: 'BOUNDARY_REFUSES', actor: 'source-admin', account: '111111111111' }],
    ['session-policy', true, { code: 'SESSION_POLICY_REFUSES', actor: 'you', account: '111111111111' }],
    ['scp', true, { code: 'SCP_REFUSES', actor: 'org-admin', account: null }],
    ['rcp', true, { code: 'RCP_REFUSES', actor: 'org-admin', account: null }],
    ['vpc-endpoint', true, { code: 'VPC_ENDPOINT_REFUSES', actor: 'network', account: '111111111111' }],
  ] as const)('by %s, explicit: %s', async (layer, isExplicit, cause) => {
    expect(await diagnoseRefusal(denied({ layer, isExplicit }), { access, source: USER })).toMatchObject(cause);
  });

  test.each([
    ['scp', 'SCP_REFUSES'],
    ['boundary', 'BOUNDARY_REFUSES'],
    ['session-policy', 'SESSION_POLICY_REFUSES'],
  ] as const)('for want of an allow in a %s is not cured by a grant', async (layer, code) => {
    const cause = await diagnoseRefusal(denied({ layer, isExplicit: false }), { access, source: USER });
    expect(cause).toMatchObject({ code, patch: { change: null } });
  });

  test.each([
    ['identity', 'sts:TagSession', 'TAG_SESSION_NOT_GRANTED'],
    ['identity', 'sts:SetSourceIdentity', 'SOURCE_IDENTITY_NOT_GRANTED'],
  ] as const)('by %s of %s is %s, and its patch allows that action', async (layer, action, code) => {
    const refusal = refused(
      formatAccessDenied({ callerArn: USER.arn, action, resource: access.roleArn, reason: { layer, isExplicit: false } }),
    );
    expect(await diagnoseRefusal(refusal, { access, source: USER })).toMatchObject({
      code,
      patch: { change: { kind: 'add-statement', to: layer, statement: { Effect: 'Allow', Action: action } } },
    });
  });

  test('without a reason may be either side, and both are said', async () => {
    const cause = await diagnoseRefusal(denied(), { access, source: USER });
    expect(cause).toMatchObject({ code: 'TRUST_OR_GRANT_MISSING', actor: 'target-admin', account: '222222222222' });
    expect(cause.explanation).toContain(`in 111111111111 the policies of ${USER.arn} must allow sts:AssumeRole`);
    expect(cause.explanation).toContain(`in 222222222222 ${access.roleArn} must exist`);
    expect(cause.explanation).toContain(`the external ID "${access.externalIds[0]}" was sent`);
  });

  test.each([
    [USER, 'aws iam put-user-policy --user-name jane --policy-name assume-222222222222-xacct-terraform'],
    [SESSION, 'aws iam put-role-policy --role-name ci --policy-name assume-222222222222-xacct-terraform'],
  ])('of $arn for want of a grant has the command that grants', async (source, command) => {
    const { patch } = await diagnoseRefusal(denied({ layer: 'identity', isExplicit: false }, source.arn), { access, source });
    expect(patch).toMatchObject({
      summary: `give the caller a policy that allows sts:AssumeRole on ${access.roleArn}`,
      change: { kind: 'add-statement', to: 'identity', statement: GRANT.Statement[0] },
      command: `${command} --policy-document '${JSON.stringify(GRANT)}'`,
    });
  });

  test.each([
    ['sts:AssumeRole', 'TRUST_REFUSES'],
    ['sts:TagSession', 'TAG_SESSION_NOT_TRUSTED'],
    ['sts:SetSourceIdentity', 'SOURCE_IDENTITY_NOT_TRUSTED'],
  ])('by a trust policy that nobody read, of %s, adds nothing to it: whoever may read it looks', async (action, code) => {
    const { callerArn, resource } = { callerArn: SESSION.arn, resource: access.roleArn };
    const refusal = refused(formatAccessDenied({ callerArn, action, resource, reason: { layer: 'trust', isExplicit: false } }));
    const cause = await diagnoseRefusal(refusal, { access, source: SESSION });
    expect(cause).toMatchObject({ code, patch: { change: null, hcl: null } });
    expect(cause.patch.command).toMatch(/^aws iam get-role /);
    expect(cause.patch.xacct).toMatch(/^xacct explain .* --target-profile NAME$/);
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
    [
      'RegionDisabledException',
      'STS is not activated in this region for account:111111111111. Your account administrator can activate STS in this region using the IAM Console.',
      'STS_REGION_DISABLED',
      'target-admin',
      '111111111111',
    ],
    ['RegionDisabledException', 'said otherwise', 'STS_REGION_DISABLED', 'target-admin', '111111111111'],
    ['SomethingNew', 'never seen', 'OTHER_REFUSAL', 'you', '111111111111'],
  ])('%s: %s', async (code, message, cause, actor, account) => {
    const source = cause === 'ROOT_CALLER' ? ROOT : USER;
    expect(await diagnoseRefusal(refused(message, code), { access, source })).toMatchObject({ code: cause, actor, account });
  });

  test('that nobody knows is told in the words of AWS', async () => {
    expect((await diagnoseRefusal(refused('never seen', 'SomethingNew'), { access, source: USER })).explanation).toBe(
      'AWS refused for a reason that xacct does not know: SomethingNew: never seen',
    );
  });
});

describe('a session that should not be', () => {
  test('without the external id is cured in the trust policy', async () => {
    expect(await diagnoseSeen('EXTERNAL_ID_NOT_ENFORCED', null)).toMatchObject({
      code: 'EXTERNAL_ID_NOT_ENFORCED',
      actor: 'target-admin',
      account: '222222222222',
      patch: { xacct: 'xacct init --prune' },
    });
  });

  test('in another account says which', async () => {
    const inside = { account: '333333333333', arn: 'arn:aws:sts::333333333333:assumed-role/x/y', userId: 'A' };
    expect(await diagnoseSeen('WRONG_TARGET', inside.arn)).toMatchObject({
      code: 'WRONG_TARGET',
      actor: 'you',
      account: '333333333333',
      explanation: 'the session is in another account than the role: arn:aws:sts::333333333333:assumed-role/x/y',
    });
  });
});

test('a refusal of somebody whom the file does not name is waited for by nobody', async () => {
  const principal = { kind: 'arn', arn: 'arn:aws:iam::111111111111:role/ci', account: '111111111111', partition: 'aws' } as const;
  const hopelessFor = (source: typeof USER) =>
    diagnosis.isHopeless(denied(undefined, source.arn), {
      ...situationOf({ access, source }),
      said: { hasNoId: false, orgId: undefined, trusted: [{ name: principal.arn, principal }] },
    });
  expect([await hopelessFor(USER), await hopelessFor(SESSION)]).toEqual([true, false]);
});
