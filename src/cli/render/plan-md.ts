/** A Plan for a pull request: what would change in a table, each difference folded away below, and who will be let in. */
import { changesOf, isGrave, type Change, type Plan } from '#domain/plan.ts';
import { sayLock } from '#domain/lock-state.ts';
import { diffLines, sayAll, sayRest, trustedThen } from './plan.ts';
import { printableLine } from './printable.ts';

const MARKS = { create: '➕ create', adopt: '✍️ adopt', update: '✏️ update', delete: '➖ delete', none: '' } as const;

/** A cell and a code span both end at these. */
const cell = (text: string): string => printableLine(text).replaceAll('|', '\\|').replaceAll('`', "'");

const row = (change: Change): string => {
  const { action, address, risk } = change;
  const said = risk === 'none' ? '' : isGrave(change) ? `⚠️ **${risk}**` : change.isAsked ? `${risk}, as asked` : risk;
  return `| ${MARKS[action]} | \`${cell(address)}\` | ${said} |`;
};

/** A fence that no line of the text can end. */
const fenced = (lines: readonly string[]): readonly string[] => [
  '```diff',
  ...lines.map((line) => printableLine(line).replaceAll('```', "'''")),
  '```',
];

const details = (change: Change): readonly string[] => {
  const { removed, added } = diffLines(change);
  const notes = (change.notes ?? []).map((note) => `- ${printableLine(note)}`);
  const lines = [...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
  if (lines.length + notes.length === 0) return [];
  return [
    `#### \`${cell(change.address)}\``,
    '',
    ...notes,
    ...(notes.length > 0 ? [''] : []),
    ...(lines.length > 0 ? fenced(lines) : []),
    '',
  ];
};

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `name` is the target's. */
export const renderPlanMarkdown = (name: string, plan: Plan, prunes = false): string => {
  const changes = changesOf(plan);
  const warnings = (plan.warnings ?? []).flatMap(({ code, message }) => [
    '',
    `> **Warning** ${printableLine(message)} (\`${code}\`)`,
  ]);
  const rest = plan.changes.length - changes.length;
  const locked = plan.lock ? `\n\n🔒 **${upperFirst(sayLock(plan.lock, (text) => `\`${text}\``))}.**` : '';
  const title = `### xacct plan: ${cell(name)} (account ${plan.targetAccount})`;
  const unread =
    plan.unread.length === 0
      ? []
      : ['', '**Not read:**', '', ...plan.unread.map(({ what, reason }) => `- ${printableLine(`${what}: ${reason}`)}`)];
  if (changes.length === 0)
    return `${[title, '', `Nothing to do${rest > 0 ? `: ${sayAll(rest)}` : ''}.${locked}`, ...warnings, ...unread].join('\n')}\n`;
  const differences = changes.flatMap(details);
  return `${[
    title,
    '',
    `${changes.length} to change, ${sayRest(rest)}.${locked}`,
    ...warnings,
    '',
    '| | what | risk |',
    '|---|---|---|',
    ...changes.map(row),
    '',
    ...(differences.length > 0 ? ['<details><summary>differences</summary>', '', ...differences, '</details>', ''] : []),
    '**Who may assume the role then:**',
    '',
    ...trustedThen(plan, prunes).map((who) => `- \`${cell(who)}\``),
    ...unread,
  ].join('\n')}\n`;
};
