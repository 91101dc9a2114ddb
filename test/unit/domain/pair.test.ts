import { describe, expect, test } from 'vitest';
import { HALVES, halfOf, trustsAlike } from '#domain/pair.ts';
import { NOTHING_GIVEN, type SpecInput } from '#domain/spec-input.ts';

const given = (...values: readonly string[]) => values.map((value) => ({ value, place: '--x' }));
const input = (more: Partial<SpecInput>): SpecInput => ({
  ...NOTHING_GIVEN,
  name: 'dev',
  pair: { value: true, place: '--pair' },
  ...more,
});
const trusts = (said: SpecInput) =>
  HALVES.map((half) => (halfOf(said, half).trust ?? []).map(({ value }) => value)).map((list) => list.join(' '));

const CI = 'arn:aws:iam::111111111111:role/ci';

describe('the halves of a pair', () => {
  test.each([
    ['an ARN comes into both', given(CI), CI, CI],
    [
      'an environment of GitHub applies, pull requests plan',
      given('github:acme/app:environment=prod'),
      'github:acme/app:environment=prod',
      'github:acme/app:pull_request',
    ],
    [
      'several environments of one repository plan by one subject, with the ids',
      given('github:acme@1/app@2:environment=a', 'github:acme@1/app@2:ref=refs/heads/main'),
      'github:acme@1/app@2:environment=a github:acme@1/app@2:ref=refs/heads/main',
      'github:acme@1/app@2:pull_request',
    ],
    ['pull requests never apply', given('github:acme/app:pull_request', CI), CI, `github:acme/app:pull_request ${CI}`],
    ['a workspace comes by its phases', given('tfc:acme/main/app'), 'tfc:acme/main/app:apply', 'tfc:acme/main/app:plan'],
    ['a plan phase never applies', given('tfc:acme/main/app:plan'), '', 'tfc:acme/main/app:plan'],
    [
      'tokens that tell no plan from an apply come into both',
      given('gitlab:acme/app:branch=main'),
      'gitlab:acme/app:branch=main',
      'gitlab:acme/app:branch=main',
    ],
    ['a principal that is none is left for the reader to refuse', given('github:x'), 'github:x', 'github:x'],
  ])('%s', (_title, trust, apply, plan) => {
    expect(trusts(input({ trust }))).toEqual([apply, plan]);
  });

  test('are named after the role and the target, and the role that plans reads and locks', () => {
    const said = input({
      presets: given('tf-state:acme-state/a', 's3-bucket:x', 'tf-state:acme-state/b'),
      policyArns: given('arn:aws:iam::aws:policy/AmazonS3FullAccess'),
      allowAdmin: { value: true, place: '--allow-admin' },
      roleName: { value: 'ops', place: '--role-name' },
    });
    const plan = halfOf(said, 'plan');
    expect([plan.name, plan.roleName?.value, plan.hubRole?.value]).toEqual(['dev-plan', 'ops-plan', 'xacct-hub-plan']);
    expect(plan.presets?.map(({ value }) => value)).toEqual(['read-only:acme-state/a', 'read-only:acme-state/b']);
    expect([plan.policyArns, plan.policies, plan.allowAdmin]).toEqual([undefined, undefined, undefined]);
    expect(halfOf(said, 'apply').presets).toEqual(said.presets);
    expect(halfOf(input({ permissions: { value: 'none', place: '--permissions' } }), 'plan').presets).toBeUndefined();
    expect(halfOf(input({}), 'plan').presets?.map(({ value }) => value)).toEqual(['read-only']);
  });

  test.each([
    ['nobody named', input({}), true],
    ['one role for both', input({ trust: given(CI) }), true],
    ['another for plans', input({ trust: given(CI), planTrust: given('self') }), false],
    ['one of two for plans', input({ trust: given(CI, 'self'), planTrust: given('self') }), false],
    ['a workflow', input({ trust: given('github:acme/app:environment=prod') }), false],
  ])('trust alike or not: %s', (_title, said, isAlike) => {
    expect(trustsAlike(said)).toBe(isAlike);
  });
});
