/** Walks test/cases/policy: every golden case is a scenario, what AWS's documentation says of it, and where it says so. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LAYERS, REASONS, type Decision } from '#domain/cause.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

interface Case {
  readonly scenario: Scenario;
  readonly expected: Pick<Decision, 'verdict' | 'layer' | 'statement' | 'reason' | 'confidence'>;
  readonly source: string;
}

const folder = new URL('../../cases/policy/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .toSorted();

const readCase = (name: string): Case => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case;

describe('golden cases', () => {
  test.each(files)('%s', (name) => {
    const { scenario, expected, source } = readCase(name);
    const { verdict, layer, statement, reason, confidence } = decideAssumeRole(scenario);
    expect({ verdict, layer, statement, reason, confidence }).toEqual(expected);
    expect(scenario.id).toBe(name.replace(/\.json$/, ''));
    expect(source).toMatch(/^https:\/\/(?:docs\.aws\.amazon\.com|github\.com\/aws)\//);
  });

  test('there are at least 300, and every layer and reason occurs in one', () => {
    const expectations = files.map((name) => readCase(name).expected);
    const layers = new Set(expectations.map(({ layer }) => layer));
    const reasons = new Set(expectations.map(({ reason }) => reason));
    expect(files.length).toBeGreaterThanOrEqual(300);
    expect(LAYERS.filter((layer) => !layers.has(layer))).toEqual([]);
    // A role is always asked through its trust policy; only plain access meets a resource of another account.
    expect(REASONS.filter((reason) => !reasons.has(reason))).toEqual(['OTHER_ACCOUNT']);
  });
});
