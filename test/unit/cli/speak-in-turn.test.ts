import { expect, test } from 'vitest';
import type { Context } from '#cli/context.ts';
import { createTurns } from '#cli/speak-in-turn.ts';
import { note } from '#domain/diagnostic.ts';

test('whoever works beside others is heard after all before it have ended, and its progress at once', () => {
  const heard: string[] = [];
  const context = {
    say: (text: string) => void heard.push(text),
    reporter: {
      tell: ({ message }: { readonly message: string }) => void heard.push(message),
      progress: ({ id }: { readonly id: string }) => void heard.push(`… ${id}`),
    },
  } as unknown as Context;
  const turns = createTurns(context);
  const [first, second, third] = [0, 1, 2].map((at) => turns.contextOf(at));
  third?.say('third');
  turns.end(2);
  second?.say('second');
  second?.reporter.tell(note('ASSUMED_VALUE', 'second, too'));
  second?.reporter.progress({ kind: 'waiting', id: 'second', title: '' });
  expect(heard).toEqual(['… second']);
  first?.say('first');
  turns.end(0);
  second?.say('second, last');
  expect(heard).toEqual(['… second', 'first', 'second', 'second, too', 'second, last']);
  turns.end(1);
  expect(heard.at(-1)).toBe('third');
});
