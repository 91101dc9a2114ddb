/** A Plan as Terraform shows one: + ~ - with addresses, what changes by statement, and who will be let in. */
import { changesOf, isGrave, type Change, type Plan } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { sayLock } from '#domain/lock-state.ts';
import { trustedBy } from '#core/trust-risk.ts';
import type { Paint } from '#cli/paint.ts';
import { printableLine } from './printable.ts';
import { saidByPolicy, wrap, type Said } from './statement.ts';

const isDocument = (value: unknown): value is PolicyDocument =>
  typeof value === 'object' && value !== null && 'Statement' in value;

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, item]) => `${key}=${String(item)}`)
    .join(', ');
};

const said = (line: string): Said => ({ key: line, line });

/** What a state says, a line each; the same keys before and after are no change. */
const linesOf = (value: unknown, address: string): readonly Said[] => {
  if (isDocument(value)) return saidByPolicy(value);
  // An attachment is its address; a boundary is not.
  if (typeof value === 'string') return address.endsWith(`/${value}`) ? [] : [said(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    isDocument(item) ? saidByPolicy(item) : [said(`${key}: ${textOf(item)}`)],
  );
};

/** Says nothing that the address has said. */
const isTold = (line: string, address: string): boolean =>
  line.startsWith('name: ') && address.endsWith(line.slice('name: '.length));

export interface DiffLines {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** What a change takes away and what it brings, as words. */
export const diffLines = ({ before, after, address }: Pick<Change, 'before' | 'after' | 'address'>): DiffLines => {
  const was = linesOf(before, address);
  const is = linesOf(after, address).filter(({ line }) => !isTold(line, address));
  const without = (all: readonly Said[], others: readonly Said[]): readonly string[] =>
    all.filter(({ key }) => !others.some((other) => other.key === key)).map(({ line }) => line);
  return { removed: without(was, is), added: without(is, was) };
};

const INDENT = '      ';

const block = (lines: readonly string[], mark: string, width: number, colour: (text: string) => string): readonly string[] =>
  lines.flatMap((line) =>
    wrap(printableLine(line), width - INDENT.length - 2).map(
      (part, index) => `${INDENT}${colour(index === 0 ? `${mark} ${part}` : `  ${part}`)}`,
    ),
  );

const renderChange = (change: Change, paint: Paint, width: number): readonly string[] => {
  const marks = {
    create: () => paint.green('+'),
    adopt: () => paint.yellow('~'),
    update: () => paint.yellow('~'),
    delete: () => paint.red('-'),
    none: () => ' ',
  };
  const isWider = change.action === 'update' && change.risk === 'widens access';
  const mild = change.isAsked ? `(${change.risk}, as asked)` : isWider ? '(widens access)' : '';
  const risk = isGrave(change) ? ` ${paint.red(`(${change.risk})`)}` : mild === '' ? '' : ` ${paint.yellow(mild)}`;
  const { removed, added } = diffLines(change);
  return [
    `  ${marks[change.action]()} ${paint.bold(printableLine(change.address))}${change.action === 'adopt' ? ' (adopted)' : ''}${risk}`,
    ...block(change.notes ?? [], '!', width, (text) => paint.yellow(text)),
    ...block(removed, '-', width, (text) => paint.red(text)),
    ...block(added, '+', width, (text) => paint.green(text)),
  ];
};

const unreadLines = ({ unread }: Plan, width: number): readonly string[] =>
  unread.length === 0
    ? []
    : [
        '  not read:',
        ...block(
          unread.map(({ what, reason }) => `${what}: ${reason}`),
          '?',
          width,
          (text) => text,
        ),
      ];

const warningLines = ({ warnings }: Plan, paint: Paint, width: number): readonly string[] =>
  (warnings ?? []).flatMap(({ code, message }) =>
    wrap(printableLine(`${message} [${code}]`), width - INDENT.length - 8).map((line, i) =>
      i === 0 ? `  ${paint.yellow('warning')} ${line}` : `${INDENT}${line}`,
    ),
  );

const lockLines = ({ lock }: Plan, paint: Paint, width: number): readonly string[] =>
  lock === undefined
    ? []
    : wrap(
        sayLock(lock, (text) => text),
        width - 4,
      ).map((line, index) => (index === 0 ? `  ${paint.red('!')} ${line}` : `    ${line}`));

/** A change that a plain yes leaves out leaves those in whom it would have put out, too. */
export const trustedThen = ({ trustList, changes }: Plan, prunes: boolean): readonly string[] => {
  const held = changes.find((change) => /^role\/[^/]+\/trust$/.test(change.address) && isGrave(change));
  if (held === undefined || prunes || !isDocument(held.before)) return trustList;
  const now = trustedBy(held.before);
  return [
    ...now.map((name) => (trustList.includes(name) ? name : `${name} (goes with --prune only)`)),
    ...trustList.filter((name) => !now.includes(name)).map((name) => `${name} (comes with --prune only)`),
  ];
};

/** Of the source's side alone nothing is known of whom the role trusts. */
const trustLines = (names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : ['  who may assume the role then:', ...names.map((name) => `      ${printableLine(name)}`)];

/** How many of them need nothing, in words. */
export const sayRest = (count: number): string => (count === 1 ? '1 as it should be' : `${count} as they should be`);
export const sayAll = (count: number): string =>
  count === 0 ? '' : count === 1 ? 'the one part is as it should be' : `all ${count} parts are as they should be`;

export interface PlanView {
  /** Of the target, where there are several: two of them may be of one account. */
  readonly name?: string | undefined;
  /** In columns. */
  readonly width: number;
  /** What is marked will be done, too. */
  readonly prunes?: boolean;
}

export const renderPlan = (plan: Plan, paint: Paint, { width, name, prunes = false }: PlanView): string => {
  const changes = changesOf(plan);
  const rest = plan.changes.length - changes.length;
  const account = paint.bold(`Plan for ${name === undefined ? '' : `${name}, `}account ${plan.targetAccount}`);
  const unread = [...lockLines(plan, paint, width), ...warningLines(plan, paint, width), ...unreadLines(plan, width)];
  if (changes.length === 0)
    return `${[`${account}: nothing to do${rest > 0 ? `, ${sayAll(rest)}` : ''}`, ...unread].join('\n')}\n`;
  return `${[
    `${account}: ${changes.length} to change${rest > 0 ? `, ${sayRest(rest)}` : ''}`,
    ...changes.flatMap((change) => renderChange(change, paint, width)),
    ...unread,
    ...trustLines(trustedThen(plan, prunes)),
  ].join('\n')}\n`;
};
