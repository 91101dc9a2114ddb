import { describe, expect, test } from 'vitest';
import { whenCalled } from '#aws/load.ts';

interface Port {
  read(name: string): Promise<string>;
  warm(): void;
}

describe('a port that is loaded when it is called', () => {
  const opened = () => {
    const seen: string[] = [];
    const port = whenCalled<Port>(async () => {
      seen.push('loaded');
      return {
        read: async (name) => {
          if (name === 'no') throw new Error('refused');
          return `${name}, read`;
        },
        warm: () => void seen.push('warm'),
      };
    });
    return { port, seen };
  };

  test('is loaded once, with the first call', async () => {
    const { port, seen } = opened();
    expect(seen).toEqual([]);
    expect(await Promise.all([port.read('a'), port.read('b')])).toEqual(['a, read', 'b, read']);
    expect(seen).toEqual(['loaded']);
  });

  test('fails as what it stands for does', async () => {
    await expect(opened().port.read('no')).rejects.toThrow('refused');
  });

  test('does what is not waited for, too', async () => {
    const { port, seen } = opened();
    port.warm();
    await port.read('a');
    expect(seen).toEqual(['loaded', 'warm']);
  });

  test('may be handed on by what is asynchronous', async () => {
    const { port, seen } = opened();
    const handed = await (async () => port)();
    expect(seen).toEqual([]);
    expect(await handed.read('a')).toBe('a, read');
  });
});
