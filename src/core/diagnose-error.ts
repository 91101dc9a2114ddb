/** What kept verify from an answer, as a cause of the one table: who can remove it, and the next command. Pure. */
import type { CauseCode } from '#domain/causes.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { XacctError } from '#domain/xacct-error.ts';
import { fillCause } from './fill-cause.ts';

/** Where the one who met the error did not say more. */
const BY_CODE: Readonly<Partial<Record<ErrorCode, CauseCode>>> = {
  NO_CREDENTIALS: 'NO_CREDENTIALS',
  EXPIRED_CREDENTIALS: 'EXPIRED_TOKEN',
  TARGET_AS_SOURCE: 'SOURCE_IS_TARGET',
  WRONG_ACCOUNT: 'SOURCE_OF_OTHER_ACCOUNT',
  UNREACHABLE: 'NO_ANSWER',
};

/** Undefined for what is no cause of the set-up: a wrong flag, an interruption, a fault. */
export const causeOfError = (error: XacctError): VerifyCause | undefined => {
  const [first] = error.diagnostics;
  const code = first?.cause ?? BY_CODE[error.code];
  if (first === undefined || code === undefined) return undefined;
  const subject = /account:\s*(\d{12})/.exec(first.message)?.[1] ?? null;
  const { explanation, fix } = fillCause(code, { subject, roleArn: null });
  const { account, ...rest } = fix;
  // The credentials are the source's: nobody of the target was asked.
  const { actor, ...patch } = fix.actor === 'target-admin' ? { ...rest, actor: 'source-admin' as const } : rest;
  // The error's own way out knows the profile, the address and the path.
  const own = first.hints.find(({ command }) => command !== undefined);
  // Of a token that is not at hand the table's words, to sign in, are no way.
  const isOfToken = own !== undefined && first.path === 'AWS_WEB_IDENTITY_TOKEN_FILE';
  return {
    code,
    actor,
    account,
    explanation: `${explanation}: ${first.message}`,
    patch: { ...patch, command: own?.command ?? patch.command, ...(isOfToken && { summary: own.text }) },
  };
};
