/** Fix after fix leads on: to an Allow, or to what a person has to say, and never back to a call or a policy that was there before. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '#domain/cause.ts';
import { applyChange } from '#policy/apply-fix.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';
import { generate } from '../../bench/oracle/generate.mjs';
import { generateWebIdentity } from '../../bench/oracle/generate-web-identity.mjs';

interface Way {
  readonly last: Decision;
  /** What was told at each step. */
  readonly told: readonly string[];
  readonly isBackAgain: boolean;
}

/** A refusal for each layer and action at most, and its guards after it. */
const MOST_STEPS = 20;

const follow = (first: Scenario): Way => {
  const seen = new Set([JSON.stringify(first)]);
  const told: string[] = [];
  let now = first;
  let last = decideAssumeRole(now);
  while (last.fix?.change != null && told.length < MOST_STEPS) {
    told.push(`${last.explanation} => ${JSON.stringify(last.fix.change)}`);
    now = applyChange(now, last.fix.change);
    last = decideAssumeRole(now);
    const state = JSON.stringify(now);
    if (seen.has(state)) return { last, told, isBackAgain: true };
    seen.add(state);
  }
  return { last, told, isBackAgain: false };
};

const leadsOn = (generated: (seed: number) => unknown): void => {
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), (seed) => {
      const { last, told, isBackAgain } = follow(generated(seed) as Scenario);
      expect(isBackAgain, told.join('\n')).toBe(false);
      expect(told.length).toBeLessThan(MOST_STEPS);
      // Only what nobody stated is left to a person.
      if (last.verdict !== 'allowed')
        expect([last.confidence, last.fix?.summary]).toEqual(['low', expect.stringMatching(/^say what /)]);
    }),
    { numRuns: 600 },
  );
};

test('of a caller with credentials of AWS', () => leadsOn(generate));
test('of a caller with a token', () => leadsOn(generateWebIdentity));

const ROLE = 'arn:aws:iam::222222222222:role/deploy';
const CALLER = 'arn:aws:iam::111111111111:user/jane';
const documentOf = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const FULL = { Effect: 'Allow', Action: '*', Resource: '*' };

const base: Scenario = {
  time: '2026-03-01T00:00:00Z',
  caller: { arn: CALLER, kind: 'user', identityPolicies: [documentOf(FULL)] },
  role: { arn: ROLE, trustPolicy: documentOf({ Effect: 'Allow', Principal: { AWS: CALLER }, Action: 'sts:AssumeRole' }) },
  request: { sessionName: 'run' },
};

const trusting = (Condition: object): Scenario['role'] => ({
  arn: ROLE,
  trustPolicy: documentOf({
    Effect: 'Allow',
    Principal: { AWS: CALLER },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition,
  }),
});

const kinds = (scenario: Scenario): readonly string[] => {
  const steps: string[] = [];
  let now = scenario;
  for (;;) {
    const { fix } = decideAssumeRole(now);
    if (fix?.change == null || steps.length === MOST_STEPS) return steps;
    steps.push(fix.change.kind === 'change-request' ? `${fix.actor}: ${fix.summary}` : `${fix.actor}: ${fix.change.kind}`);
    now = applyChange(now, fix.change);
  }
};

describe('two statements that want opposite calls', () => {
  const denied = (Condition: object): Scenario['caller'] => ({
    ...base.caller,
    identityPolicies: [documentOf(FULL, { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*', Condition })],
  });

  test("the caller's own Deny gives way to the trust policy's guard", () => {
    const caller = denied({ StringEquals: { 'sts:ExternalId': 'id-1' } });
    expect(kinds({ ...base, caller, role: trusting({ StringEquals: { 'sts:ExternalId': 'id-1' } }) })).toEqual([
      'you: call with externalId "id-1"',
      'source-admin: replace-statement',
    ]);
  });

  test("the trust policy's region gives way to the organization's", () => {
    const scps = [
      {
        level: 'Root',
        policies: [
          documentOf(FULL, {
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { StringNotLike: { 'aws:RequestedRegion': 'eu-*' } },
          }),
        ],
      },
    ];
    const scenario = {
      ...base,
      caller: { ...base.caller, scps },
      role: trusting({ StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }),
    };
    expect(kinds({ ...scenario, request: { ...base.request, region: 'eu-west-1' } })).toEqual(['target-admin: add-statement']);
  });

  test('of several ways to call, the one that is refused nowhere', () => {
    const caller = denied({ NumericGreaterThan: { 'aws:MultiFactorAuthAge': '600' } });
    expect(kinds({ ...base, caller, role: trusting({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }) })).toEqual([
      'you: call with a session that was made with an MFA code, and call 0 seconds after the MFA code',
    ]);
  });

  test('a tag that STS would turn away is not proposed', () => {
    const caller = { ...base.caller, tags: { team: 'red' }, transitiveTagKeys: ['team'], temporaryCredentials: true };
    expect(kinds({ ...base, caller, role: trusting({ StringEquals: { 'aws:RequestTag/team': 'red' } }) })[0]).not.toContain(
      'you:',
    );
  });
});

test('of two levels of one name the second is changed where it is to blame', () => {
  const deny = { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' };
  const scps = [
    { level: 'Workloads', policies: [documentOf(FULL)] },
    { level: 'Workloads', policies: [documentOf(FULL), documentOf(deny)] },
  ];
  const scenario = { ...base, caller: { ...base.caller, scps } };
  expect(decideAssumeRole(scenario).policy).toEqual({ kind: 'scp', index: 1, level: 'Workloads (2)' });
  expect(kinds(scenario)).toEqual(['org-admin: replace-statement']);
});
