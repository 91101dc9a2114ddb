/** A VerifyReport as ticks and crosses; a cross is followed by the cause, whose account it is, and the patch. */
import type { Check, VerifyCause, VerifyReport } from '#domain/verify-report.ts';
import type { Paint } from '#cli/paint.ts';
import { labelled, renderFix, type Page } from './fix.ts';
import { printable } from './printable.ts';
import { wrap } from './statement.ts';

/** Lines of at most `width` columns, those after the first indented like it. */
const hang = (first: string, text: string, width: number, indent: number): readonly string[] =>
  wrap(printable(text), width - indent).map((line, index) => `${index === 0 ? first : ' '.repeat(indent)}${line}`);

const renderCheck = (check: Check, paint: Paint, width: number, isVerbose: boolean): readonly string[] => {
  const mark = { pass: paint.green('✓'), fail: paint.red('✗'), skip: paint.yellow('-') }[check.status];
  if (check.status === 'skip') return hang(`  ${mark} `, `${check.title} (skipped: ${check.reason ?? ''})`, width, 4);
  const lines = [`  ${mark} ${check.title}${paint.dim(` ${check.ms} ms`)}`];
  if (check.observed !== null && (isVerbose || check.status === 'fail'))
    lines.push(...hang('      ', check.observed, width, 6).map((line) => paint.dim(line)));
  return lines;
};

const renderCause = ({ explanation, code, actor, account, patch }: VerifyCause, page: Page): readonly string[] => [
  ...labelled('cause', `${explanation} [${code}]`, page),
  ...renderFix({ actor, account, ...patch }, page),
];

/** `width` in columns. */
export const renderVerify = (report: VerifyReport, paint: Paint, width: number, isVerbose = false): string => {
  const { target, source, checks, cause } = report;
  const lines = [
    paint.bold(printable(target.roleArn)),
    `  from ${printable(source.arn)} ${paint.dim(`(${printable(source.credentialSource)})`)}`,
    ...checks.flatMap((check) => renderCheck(check, paint, width, isVerbose)),
    ...(cause ? ['', ...renderCause(cause, { paint, width })] : []),
  ];
  return `${lines.join('\n')}\n`;
};
