/** The JSON Schemas that ship: every golden scenario and its real decision fits, and the closed lists are those of the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LAYERS, REASONS } from '#domain/cause.ts';
import { applyFix, decideAssumeRole, type Scenario } from '#policy/library.ts';
import { schemaFaults, type Schema } from '../../support/json-schema.ts';

const readSchema = (name: string): Schema =>
  JSON.parse(readFileSync(new URL(`../../../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as Schema;
const decisionSchema = readSchema('decision');
const scenarioSchema = readSchema('scenario');

const folder = new URL('../../cases/policy/', import.meta.url);
const scenarios = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { readonly scenario: Scenario }).scenario);

const enumOf = (name: string): unknown =>
  (decisionSchema['properties'] as Readonly<Record<string, { readonly enum: unknown }>>)[name]?.enum;

describe('the schemas', () => {
  test('hold the closed lists', () => {
    expect([enumOf('layer'), enumOf('reason')]).toEqual([[...LAYERS, null], [...REASONS]]);
  });

  test('fit every golden scenario and its decision, as JSON has them', () => {
    const faults = scenarios.flatMap((scenario) => {
      const decision: unknown = JSON.parse(JSON.stringify(decideAssumeRole(scenario)));
      return [...schemaFaults(scenarioSchema, scenario), ...schemaFaults(decisionSchema, decision)].map(
        (fault) => `${scenario.id} ${fault}`,
      );
    });
    expect(faults).toEqual([]);
  });

  test('refuse what is neither', () => {
    const [scenario] = scenarios;
    expect(schemaFaults(scenarioSchema, { ...scenario, nonsense: 1 })).toEqual(['$: nonsense is unknown']);
    expect(schemaFaults(scenarioSchema, { ...scenario, caller: { arn: 1, kind: 'user' } })).toEqual([
      '$.caller.arn: number is not string',
    ]);
    const decision = scenario === undefined ? undefined : decideAssumeRole(scenario);
    expect(schemaFaults(decisionSchema, { ...decision, layer: 'moon' })).toEqual(['$.layer: "moon" is not in the list']);
  });
});

test('a fix can be carried out and decided again, where there is a change', () => {
  const scenario: Scenario = {
    caller: { arn: 'arn:aws:iam::111111111111:user/alice', kind: 'user' },
    role: {
      arn: 'arn:aws:iam::222222222222:role/dev',
      trustPolicy: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' },
      },
    },
    request: {},
  };
  const { fix } = decideAssumeRole(scenario);
  const fixed = fix === null ? undefined : applyFix(scenario, fix);
  expect(fixed === undefined ? undefined : decideAssumeRole(fixed).verdict).toBe('allowed');
  const root = decideAssumeRole({ ...scenario, caller: { arn: 'arn:aws:iam::111111111111:root', kind: 'root' } }).fix;
  expect(root === null ? root : applyFix(scenario, root)).toBeUndefined();
});
