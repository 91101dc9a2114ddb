/** The same error with more ways out, before those that it has. */
import type { Hint } from '#domain/diagnostic.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';

export const withHints = (thrown: unknown, hints: readonly Hint[]): unknown => {
  if (!isXacctError(thrown) || hints.length === 0) return thrown;
  const [first, ...more] = thrown.diagnostics;
  if (first === undefined) return thrown;
  const error = new XacctError({ ...first, hints: [...hints, ...first.hints] }, ...more);
  error.cause = thrown.cause;
  return error;
};
