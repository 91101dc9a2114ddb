/** Whatever was thrown, as the error that a person is told, and as the JSON envelope holds it: the headline, with its place. */
import { note, problem } from '#domain/diagnostic.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';

const bug = (error: unknown): XacctError => {
  const message = error instanceof Error ? error.message : String(error);
  const detail = error instanceof Error && error.stack !== undefined ? error.stack : undefined;
  return new XacctError(
    problem('BUG', `this is a fault in xacct: ${message}`, {
      ...(detail !== undefined && { detail }),
      hints: [{ text: 'run it again with --debug and report what it prints' }],
    }),
  );
};

/** After a signal every failure is the interruption, unless something remains. */
export const errorOf = (error: unknown, isInterrupted: boolean): XacctError => {
  const isLeftover = isXacctError(error) && error.code === 'PARTIAL';
  if (isInterrupted && !isLeftover) return new XacctError(note('INTERRUPTED', 'stopped'));
  return isXacctError(error) ? error : bug(error);
};

export const errorEntry = (error: XacctError): object => {
  const [first] = error.diagnostics;
  const { path, detail, hints = [] } = first ?? {};
  const { code, kind, message, named } = error;
  // The detail of a bug is a stack trace: `--debug` prints it.
  const isTellable = detail !== undefined && kind !== 'bug';
  return {
    code,
    kind,
    message,
    ...(path !== undefined && { path }),
    ...(isTellable && { detail }),
    hints,
    ...(named && { cause: named }),
  };
};
