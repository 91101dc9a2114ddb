/** A Fix as a person reads it: who has to act, in which account, what, and the same as JSON, as a command and as HCL. */
import type { Fix } from '#domain/cause.ts';
import type { Paint } from '#cli/paint.ts';
import { ACTORS } from './actors.ts';
import { printable, printableLine } from './printable.ts';
import { wrap } from './statement.ts';

export interface Page {
  readonly paint: Paint;
  /** In columns. */
  readonly width: number;
}

const INDENT = 11;

/** `  label    text`, with the lines after the first below it. */
export const labelled = (label: string, text: string, { paint, width }: Page): readonly string[] =>
  wrap(printableLine(text), width - INDENT).map((line, i) =>
    i === 0 ? `  ${paint.bold(label)}${' '.repeat(INDENT - 2 - label.length)}${line}` : `${' '.repeat(INDENT)}${line}`,
  );

/** Whole lines, to be copied. */
const copied = (label: string, text: string, { paint }: Page, colour: (line: string) => string): readonly string[] =>
  printable(text)
    .split('\n')
    .map((line, i) =>
      i === 0
        ? `  ${paint.bold(label)}${' '.repeat(INDENT - 2 - label.length)}${colour(line)}`
        : `${' '.repeat(INDENT)}${colour(line)}`,
    );

const same = (line: string): string => line;

const jsonOf = ({ change }: Fix): string | null =>
  change === null || change.kind === 'change-request' ? null : JSON.stringify(change.statement, null, 2);

export const renderFix = (fix: Fix, page: Page, label = 'fix'): readonly string[] => {
  const { actor, account, summary, command, xacct, hcl, message } = fix;
  const json = jsonOf(fix);
  return [
    ...labelled('who', `${ACTORS[actor]}${account === null ? '' : `, in account ${account}`}`, page),
    ...labelled(label, summary, page),
    ...(json === null ? [] : copied('JSON', json, page, same)),
    ...(command === null ? [] : copied('command', command, page, (line) => page.paint.cyan(line))),
    ...(xacct === undefined ? [] : copied('xacct', xacct, page, (line) => page.paint.command(line))),
    ...(hcl === null ? [] : copied('HCL', hcl, page, same)),
    ...(message === null ? [] : copied('message', message, page, same)),
  ];
};
