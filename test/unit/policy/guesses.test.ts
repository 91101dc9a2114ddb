/** Decisions where some condition keys may have any value: what the scenario says by a key's name is no guess. */
import { describe, expect, test } from 'vitest';
import { decideByGuess } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

const CALLER = 'arn:aws:iam::111111111111:role/runner';

const asked = (Condition: object, caller: Partial<Scenario['caller']> = {}, effect = 'Allow'): Scenario => {
  const everyone = { Effect: 'Allow', Principal: { AWS: CALLER }, Action: 'sts:AssumeRole' };
  const statement = { ...everyone, Effect: effect, Condition };
  return {
    caller: {
      arn: 'arn:aws:sts::111111111111:assumed-role/runner/it',
      kind: 'assumed-role',
      roleArn: CALLER,
      identityPolicies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
      ...caller,
    },
    role: {
      arn: 'arn:aws:iam::222222222222:role/deploy',
      trustPolicy: { Version: '2012-10-17', Statement: effect === 'Allow' ? [statement] : [everyone, statement] },
    },
    request: { sessionName: 'it' },
  };
};

const GUESSED = new Set(['aws:sourcevpce', 'aws:tokenissuetime', 'aws:principalorgid']);
const decide = (scenario: Scenario): readonly unknown[] => {
  const { decision, isDoubtful } = decideByGuess(scenario, (key) => GUESSED.has(key));
  return [decision.verdict, decision.confidence, isDoubtful];
};

const viaVpce = (id: string): Partial<Scenario['caller']> => ({ conditionKeys: { 'AWS:SourceVpce': id } });
const fromVpce = { StringEquals: { 'aws:SourceVpce': 'vpce-1' } };

describe('a key that is guessed', () => {
  test('may have any value, or none, where the scenario does not name it', () => {
    expect(decide(asked(fromVpce))).toEqual(['denied', 'low', true]);
    expect(decide(asked({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }))).toEqual(['allowed', 'low', true]);
    expect(decide(asked({ Null: { 'aws:SourceVpce': 'true' } }, {}, 'Deny'))).toEqual(['denied', 'low', true]);
  });

  test('has the value that the scenario gives it by its name, whatever the case', () => {
    expect(decide(asked(fromVpce, viaVpce('vpce-1')))).toEqual(['allowed', 'high', false]);
    expect(decide(asked(fromVpce, viaVpce('vpce-2')))).toEqual(['denied', 'high', false]);
    expect(decide(asked(fromVpce, viaVpce('vpce-2'), 'Deny'))).toEqual(['allowed', 'high', false]);
    const issued = { DateGreaterThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } };
    expect(decide(asked(issued, { conditionKeys: { 'aws:TokenIssueTime': '2026-02-01T00:00:00Z' } }))).toEqual([
      'allowed',
      'high',
      false,
    ]);
  });

  test('stays a guess beside others that are named', () => {
    const both = { StringEquals: { 'aws:SourceVpce': 'vpce-1', 'aws:PrincipalOrgID': 'o-acme' } };
    expect(decide(asked(both, { ...viaVpce('vpce-1'), orgId: 'o-acme' }))).toEqual(['allowed', 'low', true]);
  });
});
