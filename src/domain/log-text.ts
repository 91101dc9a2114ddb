/** What a log puts around a message, taken off: colours, time stamps, borders and escapes. Line breaks stay, so that places hold. */

/** Colours and cursor movements (CSI), links and titles (OSC), and what else a terminal takes as an order. */
const ORDERS = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b\n]{0,2000}(?:\u0007|\u001b\\)|[ -/]+[0-~]|[@-Z\\^_])/g;
/** As GitHub Actions has it, and `gh run view --log` with the job and step before it. */
const TIME_STAMP = /^(?:[^\t\n]{0,200}\t){0,2}\uFEFF?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[ \t]+/;
/** Terraform draws a box around an error; other programs put their own prefix before it. */
const BORDER = /^[^│\n]{0,160}│ ?/;
const MARKER = /^##\[[a-z]+\]/;

const withoutRightBorder = (line: string): string => (line.endsWith('│') ? line.slice(0, -1).trimEnd() : line);

const stripLine = (line: string): string =>
  withoutRightBorder(line.replace(TIME_STAMP, '').replace(MARKER, '').replace(BORDER, '').trimEnd());

const ESCAPES: readonly (readonly [RegExp, string])[] = [
  [/\\+[nrt]/g, ' '],
  [/\\+"/g, '"'],
  [/&quot;|&#34;/g, '"'],
  [/&apos;|&#39;/g, "'"],
];

const unescaped = (text: string): string => ESCAPES.reduce((clean, [escape, meaning]) => clean.replaceAll(escape, meaning), text);

const stripLines = (lines: string): string =>
  unescaped(lines.replaceAll(ORDERS, '').replaceAll(/\r\n?/g, '\n').split('\n').map(stripLine).join('\n'));

/** A line that is longer is taken in pieces, each as it is. */
const LONGEST_LINE = 1 << 18;

export interface LogStripper {
  /** What is clean of the text so far, and was not handed over before. */
  take(part: string): string;
  end(): string;
}

/** The same number of lines, each with its message alone; the parts may end anywhere. */
export const logStripper = (): LogStripper => {
  let pending = '';
  return {
    take: (part) => {
      pending += part;
      const lineEnd = pending.lastIndexOf('\n') + 1;
      // The last line waits for its end; a word is never cut.
      const isEndless = lineEnd === 0 && pending.length > LONGEST_LINE;
      const cut = isEndless ? pending.lastIndexOf(' ') + 1 || pending.length : lineEnd;
      if (cut === 0) return '';
      const ready = pending.slice(0, cut);
      pending = pending.slice(cut);
      return isEndless ? unescaped(ready.replaceAll(ORDERS, '')) : stripLines(ready);
    },
    end: () => {
      const last = stripLines(pending);
      pending = '';
      return last;
    },
  };
};

/** Line ends from `start` up to `end`. */
export const countLines = (text: string, start: number, end: number): number => {
  let count = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};

/** Copied from a narrow terminal, words themselves are broken: the longest lines of a paragraph go on in the next one. */
export const joinBroken = (text: string): { readonly text: string; readonly originOf: (offset: number) => number } => {
  const pieces: string[] = [];
  /** Where in the result a line end was taken out. */
  const removed: number[] = [];
  let length = 0;
  const push = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
  };
  text.split('\n\n').forEach((paragraph, p) => {
    if (p > 0) push('\n\n');
    const lines = paragraph.split('\n');
    const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
    lines.forEach((line, i) => {
      push(line);
      if (i === lines.length - 1) return;
      if (line.length === width) removed.push(length);
      else push('\n');
    });
  });
  const originOf = (offset: number): number => {
    let [low, high] = [0, removed.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((removed[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  };
  return { text: pieces.join(''), originOf };
};
