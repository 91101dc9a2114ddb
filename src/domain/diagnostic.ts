/** What went wrong or deserves a look, as data. Rendering belongs to the CLI. */
import type { CauseCode } from './causes.ts';
import { defaultHintOf, type ErrorCode } from './error-codes.ts';

/** A way out: what to do, and the command to type where there is one. */
export interface Hint {
  readonly text: string;
  readonly command?: string;
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: ErrorCode;
  /** What happened, with the offending value; lower case, no full stop. */
  readonly message: string;
  /** Where: a flag (`--role-arn`), a key of the file (`targets.dev.account`), a place in a document (`Statement[0].Action`). */
  readonly path?: string;
  /** More lines for the person who wants them. Never a credential. */
  readonly detail?: string;
  readonly hints: readonly Hint[];
  /** Which cause of the one table this is, where the code alone does not tell. */
  readonly cause?: CauseCode;
}

export const problem = (
  code: ErrorCode,
  message: string,
  rest: Partial<Pick<Diagnostic, 'path' | 'detail' | 'hints' | 'cause'>> = {},
): Diagnostic => {
  const fallback = defaultHintOf(code);
  const hints = rest.hints && rest.hints.length > 0 ? rest.hints : fallback ? [fallback] : [];
  return { severity: 'error', code, message, ...rest, hints };
};

export const warning = (code: ErrorCode, message: string, hints: readonly Hint[] = []): Diagnostic => ({
  severity: 'warning',
  code,
  message,
  hints,
});

export const note = (code: ErrorCode, message: string, hints: readonly Hint[] = []): Diagnostic => ({
  severity: 'note',
  code,
  message,
  hints,
});

/** The same diagnostic, said to be at `path` (or below it, where it already has a place). */
export const at = (path: string, diagnostic: Diagnostic): Diagnostic => ({
  ...diagnostic,
  path: diagnostic.path === undefined ? path : `${path}.${diagnostic.path}`,
});
