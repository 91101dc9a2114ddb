/** What was typed comes before a variable, also where the two are of different flags. */
import type { Input } from './command.ts';

/** Of flags that exclude each other: this one stands in by a variable, if at all, and another was typed. */
export const givesWay = (input: Input, flag: string, others: readonly string[]): boolean =>
  !input.isTyped(flag) && others.some((other) => input.isTyped(other));
