/** Lines of a terminal: broken between words, with what follows the first one indented. A word that is too long stays whole, and so does a command. */
// oxlint-disable-next-line no-control-regex -- colours take no columns
const COLOUR = /\u001B\[[0-9;]*m/g;

const columnsOf = (text: string): number => text.replaceAll(COLOUR, '').length;

/** What stands between backticks is typed as it is. */
const wordsOf = (text: string): readonly string[] => text.match(/(?:`[^`]*`|[^\s`]|`)+/g) ?? [];

/** `first` begins the first line; `columns` may be Infinity. */
export const hang = (first: string, text: string, { indent, columns }: { readonly indent: string; readonly columns: number }) => {
  if (columnsOf(first) + columnsOf(text) <= columns) return `${first}${text}`;
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of wordsOf(text)) {
    if (!isEmpty && columnsOf(line) + 1 + columnsOf(word) > columns) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
};

/** What is said to a person: a line, which goes on below where the terminal ends. */
export const told = (text: string, { columns = Infinity }: { readonly columns?: number }): string =>
  `${hang('', text, { indent: '  ', columns })}\n`;

/** The same with a command to it. */
export const toldCommand = (text: string, command: string, { columns = Infinity }: { readonly columns?: number }): string =>
  `${hangCommand('', [text, command], { indent: '  ', columns })}\n`;

/** A text, and the command to it: beside it where there is room, else on a line of its own. */
export const hangCommand = (
  first: string,
  [text, command]: readonly [text: string, command: string],
  layout: { readonly indent: string; readonly columns: number },
): string => {
  const beside = `${first}${text}: ${command}`;
  if (columnsOf(beside) <= layout.columns) return beside;
  return `${hang(first, `${text}:`, layout)}\n${layout.indent}${command}`;
};
