/** What a log puts around a message, taken off: colours, time stamps, borders and escapes. Line breaks stay, so that places hold. */

const COLOUR = /\u001b\[[0-9;?]*[A-Za-z]/g;
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

/** The same number of lines, each with its message alone. */
export const stripLog = (text: string): string => {
  const plain = text.replaceAll(COLOUR, '').replaceAll(/\r\n?/g, '\n').split('\n').map(stripLine).join('\n');
  return ESCAPES.reduce((clean, [escape, meaning]) => clean.replaceAll(escape, meaning), plain);
};

/** Counted from 1. */
export const lineAt = (text: string, offset: number): number => {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
};
