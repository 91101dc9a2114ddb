/** What the pages say in tables and policies comes from the code and from docs/permissions; these fail when they part, or when a link leads nowhere. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES, EXIT_STATUS, type ErrorKind } from '#domain/error-codes.ts';
import { settlePermissions } from '#domain/permissions.ts';
import type { Preset } from '#domain/preset.ts';
import { exampleOf, formOf, PRESETS } from '#domain/presets.ts';

const root = path.resolve(import.meta.dirname, '../..');

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
  interrupted: 'Ctrl-C (143: SIGTERM, 129: the terminal was closed)',
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

/** Marker to the text that stands below it. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  'docs/permissions/verify-source.json': permissions('docs/permissions/verify-source.json'),
  'docs/permissions/explain-source.json': permissions('docs/permissions/explain-source.json'),
  'docs/permissions/explain-target.json': permissions('docs/permissions/explain-target.json'),
  'docs/permissions/explain-who.json': permissions('docs/permissions/explain-who.json'),
  'docs/permissions/organization.json': permissions('docs/permissions/organization.json'),
  'docs/permissions/init-target.json': permissions('docs/permissions/init-target.json'),
  'docs/permissions/init-source.json': permissions('docs/permissions/init-source.json'),
  'docs/permissions/plan-target.json': permissions('docs/permissions/plan-target.json'),
  'docs/permissions/destroy-target.json': permissions('docs/permissions/destroy-target.json'),
  'docs/permissions/lock-target.json': permissions('docs/permissions/lock-target.json'),
};

const presetText = (preset: Preset): string => {
  const place = { partition: 'aws', account: '222222222222', role: { name: 'xacct-terraform', path: '/' }, boundary: undefined };
  const request = { presets: [exampleOf(preset)], policies: [], policyArns: [], isAdminAllowed: true };
  const settled = settlePermissions(request, place);
  if (!settled.ok) throw new Error(`${preset.name} is refused`);
  const { policies, policyArns } = settled.value;
  const reasons = Object.entries(preset.unrecorded).map(
    ([action, reason]) => `- \`${action}\`, which no recorded run needed: ${reason}.`,
  );
  return [
    `## \`${formOf(preset)}\``,
    `${preset.about.charAt(0).toUpperCase()}${preset.about.slice(1)}.`,
    [...preset.notes.map((note) => `- ${note}`), ...reasons].join('\n'),
    ...policyArns.map((arn) => `Attached: \`${arn}\``),
    ...policies.map(({ document }) => `\`${exampleOf(preset)}\`:\n\n\`\`\`json\n${JSON.stringify(document, null, 2)}\n\`\`\``),
  ].join('\n\n');
};

const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/exit-statuses.md': { 'exit statuses': exitTable, 'error codes': codeTable },
  'docs/permissions.md': PERMISSIONS,
  'docs/presets.md': { presets: PRESETS.map(presetText).join('\n\n') },
};

const fill = (text: string, parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce((filled, [marker, part]) => {
    const start = `<!-- ${marker} -->\n`;
    const end = `<!-- end -->`;
    const from = filled.indexOf(start);
    const to = filled.indexOf(end, from);
    expect({ marker, from: from >= 0, to: to >= 0 }).toEqual({ marker, from: true, to: true });
    return `${filled.slice(0, from + start.length)}${part}\n${filled.slice(to)}`;
  }, text);

test.each(Object.entries(DOCUMENTS))('%s says what the code and docs/permissions say', (name, parts) => {
  const file = path.join(root, name);
  const text = readFileSync(file, 'utf8');
  const wanted = fill(text, parts);
  if (process.env['UPDATE_README'] === '1') writeFileSync(file, wanted);
  else expect(text).toBe(wanted);
});

describe('a link', () => {
  const pages = [
    'README.md',
    ...readdirSync(path.join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  /** As GitHub names the place of a heading. */
  const anchorsOf = (text: string): readonly string[] =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  const leadsNowhere = (page: string, link: string): boolean => {
    const [name = '', anchor] = link.split('#');
    const file = path.join(root, path.dirname(page), name === '' ? path.basename(page) : name);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
  };

  test.each(pages)('of %s leads to a file, and a heading, that is there', (page) => {
    const text = readFileSync(path.join(root, page), 'utf8').replaceAll(/^```.*?^```$/gms, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => leadsNowhere(page, link))).toEqual([]);
  });

  test('leads from the README to every page', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    // Templates are a part of what emit-tf does, and its page leads there.
    const unnamed = pages.filter((page) => page !== 'README.md' && page !== 'docs/templates.md' && !readme.includes(`(${page}`));
    expect(unnamed).toEqual([]);
  });
});
