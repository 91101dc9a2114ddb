/** Who may enter the role, drawn as SVG: principals on the left, the role, its policies on the right. Colours are the page's. */
import { escapeHtml } from './html.ts';
import type { PageTarget } from './setup-page.ts';

const BOX = { width: 310, height: 48, gap: 34 };
const ROLE_X = 470;
const POLICY_X = 860;
const WIDTH = POLICY_X + BOX.width + 24;
const HEAD = 56;

/** As many characters as fit; the whole text is in the box's title. */
const short = (text: string, most: number): string => {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
};

interface Box {
  readonly x: number;
  readonly y: number;
  readonly kind: string;
  readonly title: string;
  readonly lines: readonly [string, string];
}

const box = ({ x, y, kind, title, lines: [first, second] }: Box): string =>
  `<g class="${kind}"><title>${escapeHtml(title)}</title><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>` +
  `<text x="${x + 12}" y="${y + 20}" class="strong">${escapeHtml(short(first, 30))}</text>` +
  `<text x="${x + 12}" y="${y + 38}" class="weak">${escapeHtml(short(second, 40))}</text></g>`;

const curve = (fromX: number, fromY: number, toX: number, toY: number, kind: string): string => {
  const middle = (fromX + toX) / 2;
  return `<path class="${kind}" d="M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}"/>`;
};

const rowY = (index: number, count: number, rows: number): number =>
  HEAD + ((rows - count) * (BOX.height + BOX.gap)) / 2 + index * (BOX.height + BOX.gap);

/** `id` is of this page alone. */
export const drawTrustGraph = (page: PageTarget, id: string): string => {
  const { principals, permissions } = page;
  const rows = Math.max(1, principals.length, permissions.length);
  const height = HEAD + rows * (BOX.height + BOX.gap);
  const roleY = rowY(0, 1, rows);
  const centre = BOX.height / 2;
  const who = principals.map((principal, index) => {
    const y = rowY(index, principals.length, rows);
    const conditions = principal.conditions.join(', ');
    return (
      curve(24 + BOX.width, y + centre, ROLE_X - 7, roleY + centre, 'enters') +
      box({
        x: 24,
        y,
        kind: 'principal',
        title: `${principal.name} (${principal.home})${conditions === '' ? '' : `: ${conditions}`}`,
        lines: [principal.label, principal.home],
      }) +
      (conditions === ''
        ? ''
        : `<text x="24" y="${y + BOX.height + 16}" class="condition">${escapeHtml(short(conditions, 52))}</text>`)
    );
  });
  const may = permissions.map(({ name, about }, index) => {
    const y = rowY(index, permissions.length, rows);
    const last = name.slice(name.lastIndexOf('/') + 1);
    return (
      curve(ROLE_X + BOX.width, roleY + centre, POLICY_X, y + centre, 'holds') +
      box({ x: POLICY_X, y, kind: 'policy', title: name, lines: [last, about] })
    );
  });
  const summary = principals.map(({ label, home }) => `${label} of ${home}`).join('; ');
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}-title ${id}-about" class="graph">` +
    `<title id="${id}-title">Who may enter ${escapeHtml(page.roleName)}</title>` +
    `<desc id="${id}-about">${escapeHtml(summary)}; the role has ${permissions.length} policies</desc>` +
    `<defs><marker id="${id}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>` +
    `<text x="24" y="30" class="column">May enter</text><text x="${ROLE_X}" y="30" class="column">Account ${escapeHtml(page.targetAccount)}</text>` +
    `<text x="${POLICY_X}" y="30" class="column">May do</text>` +
    (permissions.length === 0 ? `<text x="${POLICY_X}" y="${roleY + centre + 4}" class="weak">nothing</text>` : '') +
    [...who, ...may].join('').replaceAll('class="enters"', `class="enters" marker-end="url(#${id}-arrow)"`) +
    box({ x: ROLE_X, y: roleY, kind: 'role', title: page.roleArn, lines: [page.roleName, 'role'] }) +
    '</svg>'
  );
};
