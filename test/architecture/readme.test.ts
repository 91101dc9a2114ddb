/** What README.md says in tables and policies comes from the code and from docs/permissions; this test fails when they part. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES, EXIT_STATUS, type ErrorKind } from '#domain/error-codes.ts';

const root = path.resolve(import.meta.dirname, '../..');
const readme = path.join(root, 'README.md');

const MEANINGS: Readonly<Record<ErrorKind, string>> = {
  negative: 'ran well, and the answer is no: a check failed',
  usage: 'usage, or an invalid value or file',
  credentials: 'no, expired or wrong-account credentials',
  refused: 'AWS refused a read or a write of init',
  conflict: 'exists but is not ours, or another run holds the lock',
  partial: 'a failed run could not undo everything',
  unreachable: 'no answer: network, TLS, throttled',
  declined: 'declined, or a question was needed without a terminal',
  bug: 'a fault in xacct',
  interrupted: 'Ctrl-C (143: SIGTERM)',
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const statuses = Object.entries(EXIT_STATUS).toSorted(([, a], [, b]) => a - b);

const exitTable = table(
  ['status', 'meaning'],
  [['0', 'done, or nothing to do'], ...statuses.map(([kind, status]) => [String(status), MEANINGS[kind as ErrorKind]])],
);

const codeTable = table(
  ['code', 'status', 'meaning'],
  Object.entries(ERROR_CODES).map(([code, { kind, meaning }]) => [`\`${code}\``, String(EXIT_STATUS[kind]), meaning]),
);

const permissions = (name: string): string => `\`\`\`json\n${readFileSync(path.join(root, name), 'utf8').trimEnd()}\n\`\`\``;

/** Marker to the text that stands below it, up to the next blank line after a table or the end of a code block. */
const PARTS: Readonly<Record<string, string>> = {
  'exit statuses': exitTable,
  'error codes': codeTable,
  'docs/permissions/verify-source.json': permissions('docs/permissions/verify-source.json'),
  'docs/permissions/explain-source.json': permissions('docs/permissions/explain-source.json'),
  'docs/permissions/explain-target.json': permissions('docs/permissions/explain-target.json'),
  'docs/permissions/explain-who.json': permissions('docs/permissions/explain-who.json'),
  'docs/permissions/init-target.json': permissions('docs/permissions/init-target.json'),
};

const fill = (text: string): string =>
  Object.entries(PARTS).reduce((filled, [marker, part]) => {
    const start = `<!-- ${marker} -->\n`;
    const end = `\n<!-- end -->`;
    const from = filled.indexOf(start);
    const to = filled.indexOf(end, from);
    expect({ marker, from: from >= 0, to: to >= 0 }).toEqual({ marker, from: true, to: true });
    return `${filled.slice(0, from + start.length)}${part}${filled.slice(to)}`;
  }, text);

test('README holds the tables of the code and the policies of docs/permissions', () => {
  const text = readFileSync(readme, 'utf8');
  const wanted = fill(text);
  if (process.env['UPDATE_README'] === '1') writeFileSync(readme, wanted);
  else expect(text).toBe(wanted);
});
