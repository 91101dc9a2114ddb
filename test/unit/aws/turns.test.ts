import { expect, test } from 'vitest';
import { openTurns } from '#aws/turns.ts';

test('so many work at a time, and each gets its turn in the order in which it came, whatever became of those before', async () => {
  const turns = openTurns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (name: number) =>
    turns(async () => {
      begun.push(name);
      await new Promise<void>((resolve) => void ends.push(resolve));
      if (name === 1) throw new Error('one fails');
      return name;
    });
  const all = [1, 2, 3, 4].map(work);
  const settled = Promise.allSettled(all);
  const seen: number[][] = [];
  for (let at = 0; at < all.length; at += 1) {
    await new Promise(setImmediate);
    seen.push([...begun]);
    ends[at]?.();
  }
  expect(seen).toEqual([
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]);
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
