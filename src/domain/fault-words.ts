/** How people write what should go wrong in the sandbox, in flags and in seeds alike: `200ms`, `3` calls, `5/s`. */
import { parseDuration } from './duration.ts';

/** Milliseconds of `200ms`, or of a duration as everywhere else; a bare number is seconds. */
export const parseMs = (text: string): number | undefined => {
  const ms = /^(\d{1,9})ms$/.exec(text)?.[1];
  if (ms !== undefined) return Number(ms);
  const seconds = parseDuration(text);
  return seconds === undefined ? undefined : seconds * 1000;
};

export type Throttle = { readonly calls: number } | { readonly callsPerSecond: number };

/** `3`: the next three calls; `5/s`: no more than five in a second. */
export const parseThrottle = (text: string): Throttle | undefined => {
  const [, count, rate] = /^(\d{1,6})(\/s)?$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  return rate === undefined ? { calls: Number(count) } : { callsPerSecond: Number(count) };
};
