/** What could not be read, and what would let it be read: a list at the end of whatever was decided without it. */
import type { Unread } from '#domain/unread.ts';
import type { Page } from './fix.ts';
import { printable } from './printable.ts';
import { wrap } from './statement.ts';

export const renderUnread = (unread: readonly Unread[], page: Page): readonly string[] =>
  unread.length === 0
    ? []
    : [
        '  not read:',
        ...unread.flatMap(({ what, permission, reason }) =>
          wrap(
            printable(`${what}: ${reason}${permission === null || reason.startsWith(permission) ? '' : ` (${permission})`}`),
            page.width - 6,
          ).map((line, i) => `${i === 0 ? '    - ' : '      '}${line}`),
        ),
      ];
