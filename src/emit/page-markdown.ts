/** The set-up as Markdown with a Mermaid diagram, which GitHub and GitLab draw. */
import { escapeHtml } from './html.ts';
import type { PagePolicy, PageTarget } from './setup-page.ts';
import type { Markers } from './shared-file.ts';
import { escapeUnseen } from './unseen.ts';

export const PAGE_MARKERS: Markers = { begin: '<!-- xacct docs: begin -->', end: '<!-- xacct docs: end -->' };

/** Control characters mean nothing on a page. */
const line = (text: string): string => text.replaceAll(/[\u0000-\u001f]+/g, ' ');

/** Signs that are format inside a line, and HTML: https://spec.commonmark.org/0.31.2/#backslash-escapes */
const plain = (text: string): string =>
  line(text).replaceAll(/[\\`*_[\]|<>&~]/g, (sign) => (/[<>&]/.test(sign) ? `&#${sign.charCodeAt(0)};` : `\\${sign}`));

/** As code: a fence of backticks that the text does not have. */
const code = (text: string): string => {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${line(text).replaceAll('|', String.raw`\|`)}${space}${fence}`;
};

/** https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
const label = (text: string): string =>
  `"${escapeUnseen(text).replaceAll(/[^\w .,:@/=+-]/gu, (sign) => `#${sign.codePointAt(0)};`)}"`;

const diagram = (page: PageTarget): string => {
  const homes = [...new Set(page.principals.map(({ home }) => home))];
  const lines = homes.flatMap((home, at) => [
    `  subgraph home${at}[${label(home)}]`,
    ...page.principals.flatMap((principal, index) =>
      principal.home === home ? [`    who${index}[${label(principal.label)}]`] : [],
    ),
    '  end',
  ]);
  const policies = page.permissions.map(
    ({ name }, index) => `    policy${index}[${label(name.slice(name.lastIndexOf('/') + 1))}]`,
  );
  const edges = page.principals.map(({ conditions }, index) => {
    const text = conditions.length > 0 ? `|${label(conditions.join(', '))}|` : '';
    return `  who${index} -->${text} role`;
  });
  return [
    '```mermaid',
    'flowchart LR',
    ...lines,
    `  subgraph target[${label(`account ${page.targetAccount}`)}]`,
    `    role([${label(`role ${page.roleName}`)}])`,
    ...policies,
    '  end',
    ...edges,
    ...page.permissions.map((_, index) => `  role --- policy${index}`),
    '```',
  ].join('\n');
};

const policy = ({ name, about, document }: PagePolicy): string =>
  document === undefined
    ? `- ${code(name)}: ${plain(about)}`
    : `<details>\n<summary>${escapeHtml(line(name))}: ${escapeHtml(line(about))}</summary>\n\n\`\`\`json\n${JSON.stringify(document, null, 2)}\n\`\`\`\n\n</details>`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const section = (page: PageTarget): string =>
  [
    `## ${plain(page.name)}: ${plain(page.roleName)} in account ${page.targetAccount}`,
    diagram(page),
    table(
      ['', ''],
      page.facts.map(([term, value]) => [plain(term), code(value)]),
    ),
    '### Who may enter',
    table(
      ['Principal', 'From', 'Must bring'],
      page.principals.map(({ name, home, conditions }) => [
        code(name),
        plain(home),
        conditions.map(plain).join('<br>') || 'nothing',
      ]),
    ),
    '### What the role may do',
    page.permissions.length === 0 ? 'Nothing.' : page.permissions.map(policy).join('\n\n'),
    '### The other documents',
    page.documents.map(policy).join('\n\n'),
    '### Proof',
    plain(page.proof),
    ...(page.reasons.length > 0
      ? [
          '### Why it is so',
          table(
            ['What', 'Why'],
            page.reasons.map((cells) => cells.map(plain)),
          ),
        ]
      : []),
  ].join('\n\n');

/** Between two lines that are not seen, so that it can be put into a README and be replaced there. */
export const emitMarkdown = (pages: readonly PageTarget[]): string =>
  `${PAGE_MARKERS.begin}\n\n${escapeUnseen(pages.map(section).join('\n\n'))}\n\n${PAGE_MARKERS.end}\n`;
