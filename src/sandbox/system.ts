/** The machine's own clock and randomness, for a sandbox that was given none. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock, Random } from '#domain/clock.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, { ...(signal && { signal }) }),
};

const POOL_BYTES = 4096;

/** A call wants a few bytes at a time, and asking the system for each costs more than all of its other work together. */
export const createSystemRandom = (): Random => {
  let pool = Buffer.alloc(0);
  return {
    hex: (bytes) => {
      if (pool.length < bytes) pool = randomBytes(Math.max(POOL_BYTES, bytes));
      const taken = pool.toString('hex', 0, bytes);
      pool = pool.subarray(bytes);
      return taken;
    },
  };
};
