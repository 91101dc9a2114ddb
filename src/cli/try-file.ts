/** Files beside a result: one that cannot be read or written takes nothing away from what was found or done. */
import { warning } from '#domain/diagnostic.ts';
import { exitStatusOf, gravestOf } from '#domain/error-codes.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { Context } from './context.ts';

/** Throws whatever is no fault of a file. */
export const tryFile = async <T>(doing: () => Promise<T>): Promise<Result<T>> => {
  try {
    return ok(await doing());
  } catch (error) {
    if (!isXacctError(error) || (error.code !== 'FILE_UNREADABLE' && error.code !== 'FILE_UNWRITABLE')) throw error;
    return fail(...error.diagnostics);
  }
};

/** For a file that nobody asked for by name. `failure`: what it comes to that this could not be done. */
export const tryBeside = async (failure: string, doing: () => Promise<void>, { reporter }: Context): Promise<void> => {
  const done = await tryFile(doing);
  for (const { code, message, hints } of done.ok ? [] : done.diagnostics)
    reporter.tell(warning(code, `${failure}: ${message}`, hints));
};

/** For the file that was asked for, when everything else is done: without it the command fails, and says all the same what it did. */
export const tryLast = async <O extends { readonly status: number }>(
  outcome: O,
  doing: () => Promise<O>,
  { reporter }: Context,
): Promise<O> => {
  const done = await tryFile(doing);
  if (done.ok) return done.value;
  for (const diagnostic of done.diagnostics) reporter.tell(diagnostic);
  return { ...outcome, status: gravestOf([outcome.status, exitStatusOf(XacctError.of(done.diagnostics).code)]) };
};
