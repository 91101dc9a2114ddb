/** The stages of a proof: what is asked, what is not asked any more, and what each check says. */
import { describe, expect, test } from 'vitest';
import { compile } from '#domain/compile.ts';
import { isProved } from '#domain/verify-report.ts';
import { diagnosis } from '#core/diagnose.ts';
import { verify, type VerifyOptions } from '#core/verify.ts';
import type { Refusal, Sessions } from '#core/ports/sessions.ts';
import { failure } from '../../support/aws-stub.ts';
import { aSpec } from '../../support/builders.ts';
import { createClock, createListener, createSessions, refused } from '../../support/world.ts';

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
  const ports = { sessions: { ...sessions, ...changes.sessions }, clock, reporter, diagnosis: async () => diagnosis };
  const report = await verify({ ...access, ...changes.access }, ports, { ...OPTIONS, ...options });
  const checks = report.checks.map(({ id, status }) => `${id} ${status}`);
  return { report, checks, asked, events, isProved: isProved(report), cause: report.cause?.code };
};

const POSITIVE = ['source-identity pass', 'assume-role pass', 'target-identity pass'];

describe('verify', () => {
  test('asks with everything, then with everything but the external id', async () => {
    const proof = await prove(['in', NO]);
    expect(proof).toMatchObject({ checks: [...POSITIVE, 'no-external-id pass'], isProved: true });
    expect(proof.asked).toEqual([
      { roleArn: access.roleArn, sessionName: 'terraform', sessionSeconds: 3600, externalId: '7f3c' },
      { roleArn: access.roleArn, sessionName: 'terraform', sessionSeconds: 3600 },
    ]);
  });

  test('reports who is who', async () => {
    const { report } = await prove(['in', NO]);
    expect({ ...report, checks: [] }).toEqual({
      source: { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/jane', credentialSource: 'the test' },
      target: {
        account: '222222222222',
        roleArn: access.roleArn,
        sessionArn: 'arn:aws:sts::222222222222:assumed-role/xacct-terraform/terraform',
      },
      checks: [],
      maxSessionSeconds: 3600,
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
    expect(proof.asked).toHaveLength(1);
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
    const session = { kind: 'assumed', arn: inside.arn, expiresAt: '', identity: async () => inside } as const;
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

  test.each<readonly [code: string, options: Partial<VerifyOptions>, account: string]>([
    ['TARGET_AS_SOURCE', {}, '222222222222'],
    ['WRONG_ACCOUNT', { sourceAccount: '444444444444' }, '111111111111'],
    ['WRONG_ACCOUNT', { sourceAccount: '444444444444', allowSameAccount: true }, '222222222222'],
  ])('throws %s for %j and a source in %s, and asks for no session', async (code, options, account) => {
    const who = { account, arn: `arn:aws:iam::${account}:user/jane`, userId: 'A' };
    const unasked = { identity: async () => who, assumeRole: () => Promise.reject(new Error('no session is wanted')) };
    expect((await failure(prove([], options, { sessions: unasked }))).code).toBe(code);
  });
});
