/** Walks test/cases/policy: every golden case is a scenario, what AWS's documentation says of it, and where it says so. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Decision } from '#domain/cause.ts';
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

describe('golden cases', () => {
  test.each(files)('%s', (name) => {
    const { scenario, expected, source } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case;
    const { verdict, layer, statement, reason, confidence } = decideAssumeRole(scenario);
    expect({ verdict, layer, statement, reason, confidence }).toEqual(expected);
    expect(scenario.id).toBe(name.replace(/\.json$/, ''));
    expect(source).toMatch(/^https:\/\//);
  });

  test('there are at least 120 of them', () => {
    expect(files.length).toBeGreaterThanOrEqual(120);
  });
});
