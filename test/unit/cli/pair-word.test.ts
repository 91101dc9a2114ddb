/** The halves of a pair, at once: the second is planned when the first one was, and is told what it asks for. */
import { expect, test } from 'vitest';
import type { Half } from '#domain/pair.ts';
import type { Spec } from '#domain/spec.ts';
import { inTurn, type Word } from '#cli/pair-word.ts';
import type { Target } from '#cli/targets.ts';
import { anInput, aSpec } from '../../support/builders.ts';

const targetOf = (name: string, pair: Target['pair']): Target => {
  const input = { ...anInput({}), name };
  return { input, flags: input, pair, inFile: undefined, sourceProfile: undefined };
};

const pairOf = (name: string): readonly Target[] => {
  const undivided = { ...anInput({}), name };
  return (['apply', 'plan'] as const).map((half: Half) => targetOf(`${name}-${half}`, { half, undivided, fresh: 'fresh' }));
};

const specWith = (value: string): Spec => aSpec({ role: { externalId: { kind: 'given', values: [value] } } });

const turns = async (targets: readonly Target[], fails: readonly string[] = []) => {
  const told: Record<string, Word | undefined> = {};
  const plan = inTurn(async ({ input: { name } }, word) => {
    told[name] = word;
    await Promise.resolve();
    if (fails.includes(name)) throw new Error(name);
    return { spec: specWith(`the ID of ${name}`) };
  });
  await Promise.allSettled(targets.map((target) => plan(target)));
  return told;
};

test('is told the word of its own other half, and of no other target', async () => {
  expect(await turns([...pairOf('dev'), ...pairOf('prod'), targetOf('alone', undefined)])).toEqual({
    'dev-apply': undefined,
    'dev-plan': { externalId: ['the ID of dev-apply'], orgId: undefined },
    'prod-apply': undefined,
    'prod-plan': { externalId: ['the ID of prod-apply'], orgId: undefined },
    alone: undefined,
  });
});

test('goes on by itself where the first could not be planned', async () => {
  expect(await turns(pairOf('dev'), ['dev-apply'])).toEqual({ 'dev-apply': undefined, 'dev-plan': undefined });
});
