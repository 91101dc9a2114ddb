/** An error as the JSON envelope holds it: the headline, with its place. */
import type { XacctError } from '#domain/xacct-error.ts';

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
