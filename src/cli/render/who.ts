/** Who can become a role: a line for each, its conditions below it, then those who can rewrite the trust policy. */
import { listOf, type ConditionBlock } from '#domain/policy-document.ts';
import type { Rewriter, WhoChain, WhoDifference, WhoEntry } from '#domain/who.ts';
import type { WhoAnswer } from '#core/who.ts';
import { renderUnread } from './unread.ts';
import type { Page } from './fix.ts';
import { printable } from './printable.ts';
import { wrap } from './statement.ts';

const KINDS: Readonly<Record<WhoEntry['kind'], string>> = {
  user: 'user',
  role: 'role',
  'permission-set': 'permission set',
  session: 'role session',
  account: 'account',
  anyone: 'anyone in any account whose own policies allow it',
  service: 'AWS service',
  oidc: 'web identity',
  saml: 'SAML provider',
  deleted: 'deleted principal',
};

const hang = (first: string, text: string, page: Page): readonly string[] =>
  wrap(printable(text), page.width - 6).map((line, i) => `${i === 0 ? first : '      '}${line}`);

const conditionsOf = (conditions: ConditionBlock | null): readonly string[] =>
  Object.entries(conditions ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `when ${key} ${operator} ${listOf(values).map(String).join(', ')}`),
  );

/** Of one who has other ways, too: this one asks for nothing. */
const isOpenDoor = ({ principal, conditions, can }: WhoEntry, all: readonly WhoEntry[]): boolean =>
  conditions === null && can !== 'no' && all.some((other) => other.principal === principal && other.conditions !== null);

const entryLines = (entry: WhoEntry | WhoChain, all: readonly WhoEntry[], page: Page): readonly string[] => {
  const { principal, kind, via, statement, conditions, can, why } = entry;
  const { paint } = page;
  const mark = { yes: paint.green('✓'), unknown: paint.yellow('?'), no: paint.dim('-') }[can];
  const from = via === principal ? '' : `, through ${via}`;
  return [
    ...hang(`  ${mark}   `, `${principal} (${KINDS[kind]}${from}; statement ${statement.index})`, page),
    ...('through' in entry ? hang('      ', `by assuming ${entry.through.join(', then ')}`, page) : []),
    ...(isOpenDoor(entry, all) ? hang('      ', 'without a condition', page) : []),
    ...conditionsOf(conditions).flatMap((line) => hang('      ', line, page)),
    ...(why === null ? [] : hang('      ', why, page)),
  ];
};

const chainLines = (chains: readonly WhoChain[], page: Page): readonly string[] =>
  chains.length === 0
    ? []
    : ['  who can become one of these roles, and so this one:', ...chains.flatMap((entry) => entryLines(entry, chains, page))];

const rewriterLines = ({ principal, actions, can }: Rewriter, page: Page): readonly string[] =>
  hang(`  ${can === 'yes' ? '✓' : '?'}   `, `${principal} (${actions.join(' and ')})`, page);

const differenceLines = (difference: WhoDifference | null, page: Page): readonly string[] => {
  if (difference === null) return [];
  const { missing, unexpected } = difference;
  const { paint } = page;
  if (missing.length + unexpected.length === 0) return [`  ${paint.green('✓')} as expected`];
  return [
    `  ${paint.red('✗')} other than expected:`,
    ...missing.flatMap((name) => hang('    - ', `${name} is expected, and cannot`, page)),
    ...unexpected.flatMap((name) => hang('    + ', `${name} can, and is not expected`, page)),
  ];
};

export const renderWho = (who: WhoAnswer & { readonly expected: WhoDifference | null }, page: Page): string => {
  const { paint } = page;
  const lines = [
    ...wrap(printable(`who can become ${who.role}:`), page.width).map((line) => paint.bold(line)),
    ...(who.principals.length === 0 ? ['  nobody'] : who.principals.flatMap((entry) => entryLines(entry, who.principals, page))),
    ...chainLines(who.chains, page),
    '  who can let others in, by rewriting it:',
    ...who.rewriters.flatMap((rewriter) => rewriterLines(rewriter, page)),
    ...differenceLines(who.expected, page),
    ...renderUnread(who.unread, page, true),
  ];
  return `${lines.join('\n')}\n`;
};
