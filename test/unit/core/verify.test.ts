/** The stages of a proof: what is asked, what is not asked any more, and what each check says. */
import { describe, expect, test } from 'vitest';
import { compile } from '#domain/compile.ts';
import { isProved } from '#domain/verify-report.ts';
import { diagnosis } from '#core/diagnose.ts';
import { verify } from '#core/verify.ts';
import type { VerifyOptions } from '#core/verify-options.ts';
import type { AssumeRoleRequest, Refusal, Sessions } from '#core/ports/sessions.ts';
import { failure } from '../../support/aws-stub.ts';
import { aSpec } from '../../support/builders.ts';
import { aSession, createClock, createListener, createSessions, refused } from '../../support/world.ts';

const { access } = compile(aSpec());
const NO = refused('User: x is not authorized to perform: sts:AssumeRole on resource: y');
const OPTIONS: VerifyOptions = {
  skip: [],
  waitMs: 0,
  justChanged: false,
  allowSameAccount: false,
  sourceAccount: undefined,
};

const prove = async (
  answers: readonly ('in' | Refusal)[],
  options: Partial<VerifyOptions> = {},
  changes: { readonly access?: Partial<typeof access>; readonly sessions?: Partial<Sessions> } = {},
) => {
  const { sessions, asked } = createSessions(answers);
  const { clock } = createClock();
  const { reporter, events } = createListener();
  const ports = {
    sessions: { ...sessions, ...changes.sessions },
    clock,
    reporter,
    diagnosis: async () => ({ diagnosis, insight: { time: '', views: [] } }),
  };
  const report = await verify({ ...access, ...changes.access }, ports, { ...OPTIONS, ...options });
  const checks = report.checks.map(({ id, status }) => `${id} ${status}`);
  return { report, checks, asked, events, isProved: isProved(report), cause: report.cause?.code };
};

const INSIDE = { account: '222222222222', arn: 'arn:aws:sts::222222222222:assumed-role/r/s', userId: 'A' };
const IN = aSession(INSIDE);
const answering =
  (isIn: (request: AssumeRoleRequest) => boolean): Sessions['assumeRole'] =>
  async (request) =>
    isIn(request) ? IN : NO;

const POSITIVE = ['source-identity pass', 'assume-role pass', 'target-identity pass'];

describe('verify', () => {
  test('asks with everything, then with everything but the external id', async () => {
    const proof = await prove(['in', NO]);
    expect(proof).toMatchObject({ checks: [...POSITIVE, 'no-external-id pass'], isProved: true });
    expect(proof.asked).toEqual([
      { roleArn: access.roleArn, sessionName: 'terraform', sessionSeconds: 3600, externalId: '7f3c' },
      { roleArn: access.roleArn, sessionName: 'terraform', sessionSeconds: 3600, probe: 'no-external-id' },
    ]);
  });

  test('reports who is who', async () => {
    const { report } = await prove(['in', NO]);
    expect({ ...report, checks: [] }).toEqual({
      source: { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/jane', credentialSource: 'the test', through: [] },
      target: {
        account: '222222222222',
        roleArn: access.roleArn,
        sessionArn: 'arn:aws:sts::222222222222:assumed-role/xacct-terraform/terraform',
      },
      checks: [],
      sts: { region: 'us-east-1', url: 'https://sts.us-east-1.amazonaws.com', kind: 'regional' },
      maxSessionSeconds: 3600,
      isMaxSessionMeasured: false,
      longestRun: { isKnown: true, seconds: null, reason: 'long-term keys do not expire' },
      cause: null,
    });
  });

  test('fails when it gets in without the external id', async () => {
    expect(await prove(['in', 'in'])).toMatchObject({
      checks: [...POSITIVE, 'no-external-id fail'],
      isProved: false,
      cause: 'EXTERNAL_ID_NOT_ENFORCED',
    });
  });

  test('after a change gives the new trust policy time before it calls it loose', async () => {
    expect(await prove(['in', 'in', NO], { justChanged: true, waitMs: 60_000 })).toMatchObject({ isProved: true });
    expect(await prove(['in', 'in', NO], { justChanged: false, waitMs: 60_000 })).toMatchObject({ isProved: false });
  });

  test('fails when the refusal is for another reason than the missing external id', async () => {
    const { report, checks } = await prove(['in', refused('slow down', 'Throttling')]);
    expect(checks.at(-1)).toBe('no-external-id fail');
    expect(report.checks.at(-1)).toMatchObject({
      observed: 'Throttling: slow down',
      reason: 'refused, but not for the missing external ID',
    });
  });

  test('does not ask further when the role cannot be assumed', async () => {
    const proof = await prove([NO]);
    expect(proof.checks).toEqual(['source-identity pass', 'assume-role fail', 'target-identity skip', 'no-external-id skip']);
    // The good request, and the same with one thing changed, to see what was wrong with it.
    expect(proof.asked.map(({ probe = 'good' }) => probe)).toEqual(['good', 'diagnosis', 'diagnosis', 'diagnosis']);
    expect(proof.report).toMatchObject({ maxSessionSeconds: null, target: { sessionArn: null } });
  });

  test.each(['negative', 'no-external-id'] as const)('with --skip %s does not ask without the external id', async (skip) => {
    const proof = await prove(['in'], { skip: [skip] });
    expect(proof).toMatchObject({ checks: [...POSITIVE, 'no-external-id skip'], isProved: true });
    expect(proof.asked).toHaveLength(1);
  });

  test('of a role without an external id has nothing to leave out', async () => {
    const proof = await prove(['in'], {}, { access: { externalIds: [] } });
    expect(proof.report.checks.at(-1)).toMatchObject({ status: 'skip', reason: 'no external ID is declared' });
    expect(proof.asked).toEqual([{ roleArn: access.roleArn, sessionName: 'terraform', sessionSeconds: 3600 }]);
  });

  test('fails when the session is in another account', async () => {
    const inside = { account: '333333333333', arn: 'arn:aws:sts::333333333333:assumed-role/x/y', userId: 'A' };
    const session = aSession(inside);
    const proof = await prove(
      [],
      {},
      { sessions: { assumeRole: async ({ externalId }) => (externalId === undefined ? NO : session) } },
    );
    expect(proof).toMatchObject({ isProved: false, cause: 'WRONG_TARGET' });
  });

  test('ends a progress line for each one that it began', async () => {
    const { events } = await prove(['in', NO]);
    const ids = (kind: string) => events.filter((event) => event.kind === kind).map(({ id }) => id);
    expect(ids('finished').toSorted()).toEqual(ids('started').toSorted());
  });

  test('says which of the listed external IDs does not work', async () => {
    const sessions = { assumeRole: answering(({ externalId }) => externalId === '7f3c') };
    const proof = await prove([], {}, { access: { externalIds: ['7f3c', 'old'] }, sessions });
    expect(proof).toMatchObject({ isProved: false, cause: 'EXTERNAL_ID_NOT_ACCEPTED' });
    const both = { assumeRole: answering(({ externalId }) => externalId !== undefined) };
    expect((await prove([], {}, { access: { externalIds: ['7f3c', 'old'] }, sessions: both })).checks).toEqual([
      ...POSITIVE,
      'every-external-id pass',
      'no-external-id pass',
    ]);
  });

  const THOROUGH = { isThorough: true };
  /** A trust policy as it should be, for long-term keys. */
  const sound = ({ externalId, sessionSeconds = 0 }: AssumeRoleRequest) => externalId === '7f3c' && sessionSeconds <= 3600;
  const tooLong = refused('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.', 'ValidationError');

  test('thorough: proves all that can be proved, and says why the rest cannot', async () => {
    const asked: AssumeRoleRequest[] = [];
    const assumeRole = async (request: AssumeRoleRequest) => {
      asked.push(request);
      if (sound(request)) return IN;
      return request.externalId === '7f3c' ? tooLong : NO;
    };
    const proof = await prove([], THOROUGH, { sessions: { assumeRole } });
    expect(proof.checks).toEqual([
      ...POSITIVE,
      'permissions skip',
      'every-external-id skip',
      'no-external-id pass',
      'wrong-external-id pass',
      'too-long-duration pass',
      'no-mfa skip',
      'wrong-audience skip',
      'outsider skip',
    ]);
    expect(asked.map(({ sessionName, probe }) => `${sessionName} ${probe ?? ''}`)).toEqual([
      'terraform ',
      'xacct-probe-control control',
      'xacct-probe-no-external-id no-external-id',
      'xacct-probe-wrong-external-id wrong-external-id',
      'xacct-probe-too-long-duration too-long-duration',
    ]);
  });

  test('thorough: keeps the declared session name where the trust policy asks for it, so that a refusal is for the right reason', async () => {
    const names: string[] = [];
    const assumeRole = async (request: AssumeRoleRequest) => {
      names.push(request.sessionName);
      return request.sessionName === 'terraform' ? IN : NO;
    };
    const proof = await prove([], THOROUGH, { sessions: { assumeRole } });
    expect(names.filter((name) => name !== 'terraform')).toEqual(['xacct-probe-control']);
    expect(proof).toMatchObject({ isProved: false, cause: 'EXTERNAL_ID_NOT_ENFORCED' });
  });

  test.each([
    ['DURATION_NOT_LIMITED', { maxSessionSeconds: 3600 }],
    ['MFA_NOT_ENFORCED', { mfa: true }],
  ])('thorough: %s where %j is declared and STS lets it in', async (cause, declared) => {
    const assumeRole = answering(
      ({ externalId, sessionSeconds = 0 }) => externalId === '7f3c' && (sessionSeconds <= 3600 || cause !== 'MFA_NOT_ENFORCED'),
    );
    expect(await prove([], { ...THOROUGH, declared }, { sessions: { assumeRole } })).toMatchObject({ isProved: false, cause });
  });

  test('takes 12 h that were given for the maximum of a role of which nobody said it', async () => {
    const { report } = await prove([], THOROUGH, {
      sessions: { assumeRole: answering(({ externalId }) => externalId === '7f3c') },
    });
    expect(report.checks.find(({ id }) => id === 'too-long-duration')).toMatchObject({ status: 'skip' });
  });

  test.each([
    [{ kind: 'permanent' }, 'pass'],
    [{ kind: 'renewed', by: 'EC2 renews them' }, 'pass'],
    [{ kind: 'fixed', expiresAt: null }, 'skip'],
    [{ kind: 'fixed', expiresAt: 3 * 3_600_000 }, 'pass'],
    [{ kind: 'fixed', expiresAt: 3_600_000 }, 'fail'],
  ] as const)('of a run of 3 h with credentials that are %j: %s', async (life, status) => {
    const proof = await prove(['in', NO], { expectedRunSeconds: 10_800 }, { sessions: { credentialLife: () => life } });
    expect(proof.report.checks.find(({ id }) => id === 'expected-run')?.status).toBe(status);
    expect(proof.cause).toBe(status === 'fail' ? 'RUN_OUTLIVES_CREDENTIALS' : undefined);
  });

  test.each([
    [3600, 7],
    [14_400, 7],
    [43_200, 1],
  ])('measures a maximum of %i s in at most %i questions more', async (maximum, most) => {
    const asked: number[] = [];
    const assumeRole = async ({ externalId, sessionSeconds = 0 }: AssumeRoleRequest) => {
      asked.push(sessionSeconds);
      return externalId === '7f3c' && sessionSeconds <= maximum ? IN : NO;
    };
    const { report } = await prove([], { isMeasuring: true }, { sessions: { assumeRole } });
    expect(report).toMatchObject({ maxSessionSeconds: maximum, isMaxSessionMeasured: true });
    expect(asked.length - 2).toBeLessThanOrEqual(most);
  });

  test.each<readonly [code: string, options: Partial<VerifyOptions>, account: string]>([
    ['TARGET_AS_SOURCE', {}, '222222222222'],
    ['WRONG_ACCOUNT', { sourceAccount: '444444444444' }, '111111111111'],
    ['WRONG_ACCOUNT', { sourceAccount: '444444444444', allowSameAccount: true }, '222222222222'],
  ])('throws %s for %j and a source in %s, and drops the session that it asked for', async (code, options, account) => {
    const who = { account, arn: `arn:aws:iam::${account}:user/jane`, userId: 'A' };
    const unasked = { identity: async () => who, assumeRole: async () => IN };
    expect((await failure(prove([], options, { sessions: unasked }))).code).toBe(code);
  });
});
