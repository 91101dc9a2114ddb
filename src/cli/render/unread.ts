/** What could not be read, and what would let it be read: a list at the end of whatever was decided without it. */
import type { Unread } from '#domain/unread.ts';
import type { Page } from './fix.ts';
import { printable } from './printable.ts';
import { wrap } from './statement.ts';

/** Who runs xacct can rarely do anything about these. */
const isOfOrganization = ({ permission }: Unread): boolean => permission?.startsWith('organizations:') === true;

const MOST = 2;

/** All of them with --verbose. */
export const renderUnread = (unread: readonly Unread[], page: Page, isVerbose: boolean): readonly string[] => {
  const own = unread.filter((one) => !isOfOrganization(one));
  const shown = isVerbose ? [...own, ...unread.filter(isOfOrganization)] : own.slice(0, MOST);
  const left = unread.length - shown.length;
  const ofOrganization = left > own.length - shown.length ? ", policies of the accounts' organizations among them" : '';
  const lines = shown.map(
    ({ what, permission, reason }) =>
      `${what}: ${reason}${permission === null || reason.startsWith(permission) ? '' : ` (${permission})`}`,
  );
  const more =
    left === 0
      ? []
      : [`${left} ${shown.length === 0 ? '' : 'more '}(--verbose names ${left === 1 ? 'it' : 'them'})${ofOrganization}`];
  if (unread.length === 0) return [];
  return [
    '  not read:',
    ...[...lines, ...more].flatMap((line) =>
      wrap(printable(line), page.width - 6).map((part, i) => `${i === 0 ? '    - ' : '      '}${part}`),
    ),
  ];
};
