/** Waiting for IAM: how often, how long, and when it is of no use. */
import { describe, expect, test } from 'vitest';
import { askUntil } from '#core/propagation.ts';
import type { Refusal } from '#core/ports/sessions.ts';
import { createClock, createListener, createSessions, refused } from '../../support/world.ts';

const NO = refused('User: x is not authorized to perform: sts:AssumeRole on resource: y');
const REQUEST = { roleArn: 'arn:aws:iam::222222222222:role/r', sessionName: 's' };
const times = (count: number, answer: 'in' | Refusal): readonly ('in' | Refusal)[] => Array.from({ length: count }, () => answer);

const ask = async (
  wanted: 'assumed' | 'refused',
  answers: readonly ('in' | Refusal)[],
  waitMs = 60_000,
  signal?: AbortSignal,
) => {
  const { clock, sleeps } = createClock();
  const { sessions, asked } = createSessions(answers);
  const { reporter, events } = createListener();
  const answer = await askUntil({ wanted, request: REQUEST, waitMs, signal }, { sessions, clock, reporter });
  return { kind: answer.kind, asked: asked.length, sleeps, waiting: events.filter(({ kind }) => kind === 'waiting').length };
};

describe('askUntil', () => {
  test('asks once when the first answer is the wanted one', async () => {
    expect(await ask('assumed', ['in'])).toEqual({ kind: 'assumed', asked: 1, sleeps: [], waiting: 0 });
    expect(await ask('refused', [NO])).toEqual({ kind: 'refused', asked: 1, sleeps: [], waiting: 0 });
  });

  test('after a refusal wants three successes in a row, half a second apart', async () => {
    const { kind, asked, sleeps } = await ask('assumed', [NO, 'in', NO, 'in', 'in', 'in']);
    expect({ kind, asked }).toEqual({ kind: 'assumed', asked: 6 });
    expect(sleeps.slice(-2)).toEqual([500, 500]);
  });

  test('waits longer each time, five seconds at most', async () => {
    const { sleeps } = await ask('assumed', [...times(8, NO), 'in']);
    expect(sleeps.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
  });

  test('gives up when the time is over, and never waits beyond it', async () => {
    const { kind, sleeps } = await ask('assumed', [NO], 10_000);
    expect(kind).toBe('refused');
    expect(sleeps).toEqual([500, 1000, 2000, 4000, 2500]);
  });

  test('asks once without time to wait', async () => {
    expect(await ask('assumed', [NO], 0)).toMatchObject({ kind: 'refused', asked: 1, sleeps: [] });
  });

  test('waits for a refusal as well: a new trust policy is not everywhere at once', async () => {
    expect(await ask('refused', ['in', 'in', NO])).toMatchObject({ kind: 'refused', asked: 5 });
  });

  test.each([
    ['a validation error', refused('DurationSeconds exceeds the MaxSessionDuration', 'ValidationError')],
    ['a disabled region', refused('STS is not activated in this region', 'RegionDisabledException')],
    ['a root caller', refused('Roles may not be assumed by root accounts.')],
  ])('%s is not waited for', async (_title, answer) => {
    expect(await ask('assumed', [answer])).toMatchObject({ kind: 'refused', asked: 1, sleeps: [], waiting: 0 });
  });

  test('ends with the reason when it is stopped', async () => {
    await expect(ask('assumed', [NO], 60_000, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
