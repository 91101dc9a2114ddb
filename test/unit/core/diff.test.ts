/** What must change, from what is wanted and what is there: each kind of change, its risk, its step and what takes it back. */
import { describe, expect, test } from 'vitest';
import type { Desired } from '#domain/desired.ts';
import type { Change, Plan } from '#domain/plan.ts';
import { statementsOf, type Statement } from '#domain/policy-document.ts';
import { approve, heldBack } from '#core/approve.ts';
import { diff } from '#core/diff.ts';
import { keepExternalId } from '#core/keep-external-id.ts';
import { targetRoleOf, type Observed } from '#core/observe.ts';
import type { RoleState } from '#core/ports/account-iam.ts';
import { awsPrincipal, aDesired, allow, asMade, aSpec, NOTHING_THERE, type Hanging } from '../../support/builders.ts';

const made = (desired: Desired, state: Partial<RoleState> = {}, hanging: Omit<Hanging, 'state'> = {}): Observed =>
  asMade(desired, { state, ...hanging });

const planOf = (desired: Desired, observed: Observed): Plan => {
  const result = diff(desired, observed);
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.value;
};

const changesOf = (desired: Desired, observed: Observed): readonly Change[] =>
  planOf(desired, observed).changes.filter(({ action }) => action !== 'none');

const summary = (changes: readonly Change[]): readonly string[] =>
  changes.map(
    ({ action, address, risk, steps }) =>
      `${action} ${address} (${risk}): ${steps.map(({ phase, write, undo }) => `${phase} ${write.kind}, undo ${undo?.kind ?? 'none'}`).join('; ')}`,
  );

const desired = aDesired();
const [statement = {} as Statement] = statementsOf(desired.role.trustPolicy);
const S3 = 'arn:aws:iam::222222222222:policy/xacct-terraform-s3';
const OLD = 'arn:aws:iam::222222222222:policy/xacct-terraform-old';
const FOREIGN = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

const trusting = (...arns: readonly string[]) => aDesired({ role: { trust: arns.map(awsPrincipal) } });

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const BOB = 'arn:aws:iam::111111111111:user/bob';

describe('a plan', () => {
  test('for an empty account makes everything, and each making can be taken back', () => {
    expect(summary(changesOf(desired, NOTHING_THERE))).toEqual([
      'create role/xacct-terraform (widens access): make create-role, undo delete-role',
      'create policy/xacct-terraform-s3 (widens access): make create-policy, undo delete-policy',
      `create role/xacct-terraform/attachment/${S3} (widens access): join attach-policy, undo detach-policy`,
    ]);
  });

  test('for what was made has nothing to do and lists it all', () => {
    const { changes, trustList, targetAccount } = planOf(desired, made(desired));
    expect(changes.map(({ action, address }) => `${action} ${address}`)).toEqual([
      'none role/xacct-terraform/trust',
      'none role/xacct-terraform/settings',
      'none role/xacct-terraform/tags',
      'none policy/xacct-terraform-s3',
      `none role/xacct-terraform/attachment/${S3}`,
    ]);
    expect({ trustList, targetAccount }).toEqual({
      trustList: ['arn:aws:iam::111111111111:role/ci'],
      targetAccount: '222222222222',
    });
  });

  test.each<readonly [title: string, wanted: Desired, found: Observed, said: string]>([
    [
      'one more trusted widens',
      trusting(ALICE, BOB),
      made(trusting(ALICE)),
      'update role/xacct-terraform/trust (widens access): make update-trust, undo update-trust',
    ],
    [
      'one less trusted removes',
      trusting(ALICE),
      made(trusting(ALICE, BOB)),
      'update role/xacct-terraform/trust (removes access): make update-trust, undo update-trust',
    ],
    [
      'another external id removes',
      aDesired({ role: { externalId: { kind: 'given', values: ['other'] } } }),
      made(desired),
      'update role/xacct-terraform/trust (removes access): make update-trust, undo update-trust',
    ],
    [
      'an external id that is no longer asked for drops a condition',
      aDesired({ role: { externalId: { kind: 'none' } } }),
      made(desired),
      'update role/xacct-terraform/trust (drops a condition): make update-trust, undo update-trust',
    ],
    [
      'a deny that somebody added keeps somebody out, so it is not taken away by a plain yes',
      aDesired({ role: { externalId: { kind: 'none' } } }),
      made(aDesired({ role: { externalId: { kind: 'none' } } }), {
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            { ...statement, Condition: {} },
            { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          ],
        },
      }),
      'update role/xacct-terraform/trust (drops a condition): make update-trust, undo update-trust',
    ],
    [
      'an action that somebody added removes when it goes',
      desired,
      made(desired, {
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [{ ...statement, Action: ['sts:AssumeRole', 'sts:SetContext'] }],
        },
      }),
      'update role/xacct-terraform/trust (removes access): make update-trust, undo update-trust',
    ],
    [
      'settings are neither',
      aDesired({ role: { maxSessionSeconds: 7200 } }),
      made(desired),
      'update role/xacct-terraform/settings (none): make update-role, undo update-role',
    ],
    [
      'a new tag is taken back by its key',
      aDesired({ role: { tags: { team: 'infra' } } }),
      made(desired, { tags: { ...desired.role.tags, theirs: '1' } }),
      'update role/xacct-terraform/tags (none): make tag, undo untag',
    ],
    [
      'a changed tag is taken back by its value',
      aDesired({ role: { tags: { team: 'infra' } } }),
      made(desired, { tags: { ...desired.role.tags, team: 'web' } }),
      'update role/xacct-terraform/tags (none): make tag, undo tag',
    ],
    [
      'a changed document is a new version',
      desired,
      made(
        desired,
        {},
        { policies: new Map([[S3, { arn: S3, document: allow('s3:*'), versionId: 'v1', tags: desired.role.tags }]]) },
      ),
      'update policy/xacct-terraform-s3 (none): make update-policy, undo update-policy',
    ],
    [
      'an attachment of somebody else removes, and the policy stays',
      desired,
      made(desired, {}, { attachments: [S3, FOREIGN] }),
      `delete role/xacct-terraform/attachment/${FOREIGN} (removes access): part detach-policy, undo attach-policy`,
    ],
  ])('%s', (_title, wanted, found, said) => {
    expect(summary(changesOf(wanted, found))).toEqual([said]);
  });

  test('a policy of ours that is no longer wanted goes after it was detached', () => {
    const base = targetRoleOf(made(desired), desired);
    const old = { arn: OLD, document: allow('s3:*'), versionId: 'v1', tags: desired.role.tags };
    const found = made(desired, {}, { attachments: [S3, OLD], policies: new Map([...base.policies, [OLD, old] as const]) });
    expect(summary(changesOf(desired, found))).toEqual([
      `delete role/xacct-terraform/attachment/${OLD} (removes access): part detach-policy, undo attach-policy`,
      'delete policy/xacct-terraform-old (removes access): sweep delete-policy, undo create-policy',
    ]);
  });
});

describe('what is not ours', () => {
  test.each<readonly [title: string, tags: Readonly<Record<string, string>>, said: string]>([
    ['that nobody tagged', {}, 'was not made by xacct'],
    [
      'of another set-up',
      { 'xacct:managed': '1', 'xacct:id': '999999999999/222222222222/xacct-terraform' },
      'belongs to another set-up of xacct (999999999999/222222222222/xacct-terraform)',
    ],
  ])('a role %s is a conflict', (_title, tags, said) => {
    expect(diff(desired, made(desired, { tags }))).toMatchObject({
      ok: false,
      diagnostics: [
        { code: 'NOT_OURS', message: `role xacct-terraform exists in account 222222222222 and ${said}: it is left as it is` },
      ],
    });
  });

  test('a role at another path is one too, and so is a policy; all are told at once', () => {
    const moved = { path: '/ops/', arn: 'arn:aws:iam::222222222222:role/ops/xacct-terraform' };
    const policies = new Map([[S3, { arn: S3, document: allow('s3:GetObject'), versionId: 'v1', tags: {} }]]);
    expect(diff(desired, made(desired, moved, { policies }))).toMatchObject({
      ok: false,
      diagnostics: [
        { code: 'NOT_OURS', path: '--path', hints: [{ command: 'xacct init --path /ops/' }] },
        { code: 'NOT_OURS', message: expect.stringContaining('policy xacct-terraform-s3 exists') as unknown },
      ],
    });
  });
});

describe('approval', () => {
  const plan = planOf(trusting(ALICE), made(trusting(ALICE, BOB), { description: 'old' }));

  test('of a plain yes leaves out what removes access; yes-prune does all; no does nothing', () => {
    expect(heldBack(plan).map(({ address }) => address)).toEqual(['role/xacct-terraform/trust']);
    const done = (answer: 'yes' | 'yes-prune') =>
      approve(plan, answer)?.changes.flatMap(({ steps }) => steps.map(({ id }) => id));
    expect(done('yes')).toEqual(['update-role xacct-terraform']);
    expect(done('yes-prune')).toEqual(['update-trust xacct-terraform', 'update-role xacct-terraform']);
    expect(approve(plan, 'no')).toBeUndefined();
  });
});

describe('an external id that is to be generated', () => {
  const spec = aSpec({ role: { externalId: { kind: 'generate', fresh: 'fresh' } } });
  const role = (changes: Partial<RoleState> = {}): RoleState => ({ ...desired.role, tags: desired.role.tags, ...changes });
  const kept = (state: RoleState | undefined) => keepExternalId(spec, state).role.externalId;

  test('gives way to those that our role asks for', () => {
    expect(kept(role())).toEqual({ kind: 'given', values: ['7f3c'] });
    const two = aDesired({ role: { externalId: { kind: 'given', values: ['a1', 'b2'] } } }).role.trustPolicy;
    expect(kept(role({ trustPolicy: two }))).toEqual({ kind: 'given', values: ['a1', 'b2'] });
  });

  test('is fresh for a new role, one that asks for none, and one that is not ours', () => {
    const fresh = { kind: 'generate', fresh: 'fresh' };
    const none = aDesired({ role: { externalId: { kind: 'none' } } }).role.trustPolicy;
    expect([kept(undefined), kept(role({ trustPolicy: none })), kept(role({ tags: {} }))]).toEqual([fresh, fresh, fresh]);
  });

  test('is left alone where one was given', () => {
    const given = aSpec();
    expect(keepExternalId(given, role())).toBe(given);
  });
});
