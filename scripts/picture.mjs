/**
 * Makes docs/demo.svg from a real run of `xacct demo` in a terminal of 100 columns: what it printed, in its own colours, as a static picture
 * that is readable on light and dark pages. Needs util-linux's `script`. Another command: `node scripts/picture.mjs OUT.svg -- ARGUMENT…`.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const COLUMNS = 100;
const CHARACTER = { width: 8.43, height: 19 };
const MARGIN = 18;
const BAR = 34;
const FOREGROUND = '#d4d7dd';
const BACKGROUND = '#1b1f27';
/** The sixteen colours, normal then bright, chosen to be read on BACKGROUND. */
const PALETTE = [
  ...['#6b7280', '#f2777a', '#7fc98b', '#e5c07b', '#7aa7f0', '#c792ea', '#67c7c7', '#d4d7dd'],
  ...['#8a93a2', '#ff9a9d', '#9fe0aa', '#f5d99b', '#9cc0ff', '#dcb3f7', '#8fe3e3', '#ffffff'],
];

/** @typedef {{color?: string, bold?: boolean, dim?: boolean, italic?: boolean, underline?: boolean}} Style */
/** @typedef {{text: string, style: Style}} Cell */

const root = path.resolve(import.meta.dirname, '..');

/** Runs the built command line in a terminal of its own. @param {string[]} args @returns {Promise<string>} what it sent to the terminal */
const record = async (args) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'xacct-picture-'));
  const quoted = [process.execPath, path.join(root, 'bin/xacct.js'), ...args].map(
    (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  const line = `stty cols ${COLUMNS} rows 60; exec ${quoted.join(' ')}`;
  const env = {
    PATH: process.env['PATH'],
    // As npx starts it, so that the commands in the picture are those that a reader of the README types.
    npm_command: 'exec',
    HOME: folder,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    FORCE_COLOR: '1',
    SHELL: '/bin/sh',
  };
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn('script', ['-q', '-e', '-c', line, '/dev/null'], {
        cwd: folder,
        env,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
      child.on('error', reject);
      child.on('close', (status) =>
        status === 0 ? resolve(output) : reject(new Error(`xacct ${args.join(' ')} ended with ${status}\n${output}`)),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** @param {Style} style @param {number[]} codes @returns {Style} */
const restyle = (style, codes) => {
  let next = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 3) next = { ...next, italic: true };
    else if (code === 4) next = { ...next, underline: true };
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 23) next = { ...next, italic: false };
    else if (code === 24) next = { ...next, underline: false };
    else if (code >= 30 && code <= 37) next = { ...next, color: PALETTE[code - 30] ?? FOREGROUND };
    else if (code >= 90 && code <= 97) next = { ...next, color: PALETTE[code - 82] ?? FOREGROUND };
    else if (code === 38 && codes[at + 1] === 5) {
      next = { ...next, color: PALETTE[codes[at + 2] ?? 7] ?? FOREGROUND };
      at += 2;
    } else if (code === 38 && codes[at + 1] === 2) {
      next = { ...next, color: `rgb(${codes.slice(at + 2, at + 5).join(',')})` };
      at += 4;
    } else if (code === 39) next = { ...next, color: FOREGROUND };
  }
  return next;
};

/** A terminal's screen without scrolling: text, colours, and the cursor movements that progress lines use. @param {string} output */
const screenOf = (output) => {
  /** @type {Cell[][]} */
  const rows = [[]];
  /** @type {Style} */
  let style = {};
  let row = 0;
  let column = 0;
  const pattern = /\u001B\[([?\d;]*)([A-Za-z])|\u001B[=>78]|\u001B\][^\u0007]*\u0007|\r|\n|[^\u001B\r\n]/gu;
  for (const [token, parameters = '', action] of output.matchAll(pattern)) {
    const count = Number(parameters || 1);
    const line = (rows[row] ??= []);
    if (token === '\n') row += 1;
    else if (token === '\r') column = 0;
    else if (action === 'm') style = restyle(style, parameters.split(';').map(Number));
    else if (action === 'A') row = Math.max(0, row - count);
    else if (action === 'B') row += count;
    else if (action === 'C') column += count;
    else if (action === 'D') column = Math.max(0, column - count);
    else if (action === 'G') column = count - 1;
    else if (action === 'K') line.length = parameters === '2' ? 0 : Math.min(line.length, column);
    else if (action === 'J') rows.splice(row, rows.length, line.slice(0, column));
    else if (!token.startsWith('\u001B')) {
      while (line.length < column) line.push({ text: ' ', style: {} });
      line[column] = { text: token, style };
      column += 1;
      if (column === COLUMNS) [row, column] = [row + 1, 0];
    }
  }
  while (rows.length > 0 && !rows.at(-1)?.some(({ text }) => text.trim() !== '')) rows.pop();
  return Array.from(rows, (line) => line ?? []);
};

/** @param {string} text */
const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param {Style} style */
const attributes = ({ color, bold, dim, italic, underline }) =>
  [
    color && color !== FOREGROUND ? ` fill="${color}"` : '',
    bold ? ' font-weight="bold"' : '',
    dim ? ' opacity="0.65"' : '',
    italic ? ' font-style="italic"' : '',
    underline ? ' text-decoration="underline"' : '',
  ].join('');

/** Runs of one style, each put at its column, so that a font of another width cannot shift them. @param {Cell[]} cells @param {number} y */
const lineSvg = (cells, y) => {
  /** @type {{at: number, text: string, style: string}[]} */
  const runs = [];
  cells.forEach(({ text, style }, at) => {
    const last = runs.at(-1);
    if (last && last.style === attributes(style)) last.text += text;
    else runs.push({ at, text, style: attributes(style) });
  });
  return runs
    .filter(({ text }) => text.trim() !== '')
    .map(({ at, text, style }) => {
      const x = (MARGIN + at * CHARACTER.width).toFixed(1);
      const width = (text.length * CHARACTER.width).toFixed(1);
      return `<text x="${x}" y="${y}"${style} textLength="${width}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escapeXml(text)}</text>`;
    })
    .join('\n');
};

/** @param {string} command @param {Cell[][]} rows */
const pictureOf = (command, rows) => {
  const prompt = `$ ${command}`.split('').map((text, at) => ({
    text,
    style: at < 2 ? { color: PALETTE[2] ?? FOREGROUND } : { bold: true },
  }));
  const lines = [prompt, ...rows];
  const width = Math.ceil(COLUMNS * CHARACTER.width + 2 * MARGIN);
  const height = BAR + lines.length * CHARACTER.height + 2 * MARGIN;
  const text = lines.map((cells, at) => lineSvg(cells, BAR + MARGIN + at * CHARACTER.height + 10)).filter((line) => line !== '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(command)}</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="${BACKGROUND}" stroke="#59606d"/>
<g>${['#f2777a', '#e5c07b', '#7fc98b'].map((color, at) => `<circle cx="${22 + at * 20}" cy="19" r="6" fill="${color}"/>`).join('')}</g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${FOREGROUND}">
${text.join('\n')}
</g>
</svg>
`;
};

const split = process.argv.indexOf('--');
const args = split > 0 ? process.argv.slice(split + 1) : ['demo'];
const out = split > 2 ? process.argv[2] : path.join(root, 'docs/demo.svg');
await writeFile(out ?? '', pictureOf(`npx xacct ${args.join(' ')}`, screenOf(await record(args))));
process.stdout.write(`${out}\n`);
