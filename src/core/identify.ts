/** Asks one side who it is; a failure says which side it was, and how its credentials are named. */
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { CallerIdentity, Sessions } from './ports/sessions.ts';

/** Throws XacctError as `Sessions.identity` does, with the side in its words. */
export const identify = async (
  side: 'source' | 'target' | 'outsider',
  sessions: Pick<Sessions, 'identity'>,
): Promise<CallerIdentity> => {
  try {
    return await sessions.identity();
  } catch (error) {
    if (!isXacctError(error) || error.kind !== 'credentials') throw error;
    const [first, ...more] = error.diagnostics;
    if (first === undefined) throw error;
    const hints = [
      ...first.hints,
      {
        text: `${first.hints.length > 0 ? 'or ' : ''}name the credentials of the ${side}: --${side === 'outsider' ? side : `${side}-profile`} NAME`,
      },
    ];
    throw new XacctError({ ...first, message: `${side}: ${first.message}`, hints }, ...more);
  }
};
