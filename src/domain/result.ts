/** The outcome of a fallible pure step: a value, or every problem found at once. */
import type { Diagnostic } from './diagnostic.ts';

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (...diagnostics: readonly Diagnostic[]): Result<never> => ({ ok: false, diagnostics });
