/** What could not be read, and what would let it be read: a refusal on the way is data here, anything else stops the run. */
import type { Unread } from '#domain/unread.ts';
import { isXacctError } from '#domain/xacct-error.ts';
import { refusalOf } from './ports/sessions.ts';

export type Attempt = <T>(what: string, permission: string, read: () => Promise<T>) => Promise<T | 'unknown'>;

/** Writes down in `unread` what AWS refused; throws what is no refusal. */
export const attemptIn =
  (account: string, unread: Unread[]): Attempt =>
  async (what, permission, read) => {
    try {
      return await read();
    } catch (error) {
      if (!isXacctError(error) || error.code !== 'AWS_REFUSED') throw error;
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      // A reading may be several calls: the port's error begins with the one that was refused.
      const refused = /^iam:\w+/.exec(error.message)?.[0] ?? permission;
      unread.push({ what, account, permission: refused, reason: `${refused} was refused (${refusal.code})` });
      return 'unknown';
    }
  };

/** Each once. */
export const distinct = (unread: readonly Unread[]): readonly Unread[] => [
  ...new Map(unread.map((item) => [`${item.account} ${item.what} ${item.permission ?? ''}`, item])).values(),
];
