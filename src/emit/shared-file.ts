/** Files that people have too: what is ours stands between two lines, and only that is ever replaced. */
import { problem } from '#domain/diagnostic.ts';
import { fail, ok, type Result } from '#domain/result.ts';

export interface Markers {
  readonly begin: string;
  readonly end: string;
}

/** The lines that mark what a command makes as ours. */
export const markersOf = (command: string): Markers => ({
  begin: `# Made by xacct ${command}: change its source and emit it again.`,
  end: `# End of what xacct ${command} made.`,
});

/** undefined for any other text. */
export const jsonObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
};

const occurrences = (lines: readonly string[], marker: string): readonly number[] =>
  lines.flatMap((line, index) => (line.trim() === marker ? [index] : []));

const notOurs = (file: string, reason: string): Result<never> =>
  fail(
    problem('NOT_OURS', `${file} ${reason}`, {
      path: '--out',
      hints: [{ text: 'write another file, or overwrite this one whole with --force' }],
    }),
  );

/** `content` is ours and begins and ends with the markers; `before` is what the file holds. */
export const mergeBetween = (file: string, before: string, content: string, { begin, end }: Markers): Result<string> => {
  const lines = before.split(/\r?\n/);
  const starts = occurrences(lines, begin);
  const ends = occurrences(lines, end);
  const [start = -1] = starts;
  const [last = -1] = ends;
  if (starts.length === 0 && ends.length === 0) return notOurs(file, 'was not made by xacct');
  if (starts.length !== 1 || ends.length !== 1 || last < start)
    return notOurs(file, `does not have "${begin}" and "${end}" once each, in this order`);
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  return ok([...lines.slice(0, start), ...content.trimEnd().split('\n'), ...lines.slice(last + 1)].join(eol));
};

/** A whole file of ours that cannot be shared: `mark` is somewhere in it. */
export const replaceWhole = (file: string, before: string, content: string, mark: string): Result<string> =>
  before === content || before.includes(mark) ? ok(content) : notOurs(file, 'was not made by xacct');

/** A file of values, where no mark can be: it is ours where every value of it is one of `own`. */
export const replaceValues = (file: string, before: string, content: string, own: readonly string[]): Result<string> => {
  const values = jsonObject(before);
  if (before === content) return ok(content);
  if (values === undefined || own.length === 0) return notOurs(file, 'was not made by xacct');
  const theirs = Object.keys(values).filter((name) => !own.includes(name));
  return theirs.length === 0 ? ok(content) : notOurs(file, `holds what xacct did not put there: ${theirs.join(', ')}`);
};
