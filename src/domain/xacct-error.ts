/** The one exception that stages throw where they cannot go on; caught once, in cli/run.ts. */
import { problem, type Diagnostic } from './diagnostic.ts';
import type { VerifyCause } from './verify-report.ts';
import { ERROR_CODES, type ErrorCode, type ErrorKind } from './error-codes.ts';

// Lazily loaded bundles hold their own copy of this class, so `instanceof` would lie.
const BRAND = Symbol.for('xacct.error');

export class XacctError extends Error {
  readonly [BRAND] = true;
  readonly diagnostics: readonly Diagnostic[];
  readonly code: ErrorCode;
  /** The one cause and who can remove it, where somebody looked for it. */
  named?: VerifyCause;

  /** The first diagnostic is the headline: its code decides the kind and the exit status. */
  constructor(first: Diagnostic, ...more: readonly Diagnostic[]) {
    super(first.message);
    this.name = 'XacctError';
    this.code = first.code;
    this.diagnostics = [first, ...more];
  }

  /** For a failed Result, which always holds at least one diagnostic. */
  static of(diagnostics: readonly Diagnostic[]): XacctError {
    const [first, ...more] = diagnostics;
    return new XacctError(first ?? problem('BUG', 'something failed without saying why'), ...more);
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }
}

export const isXacctError = (value: unknown): value is XacctError =>
  typeof value === 'object' && value !== null && BRAND in value;
