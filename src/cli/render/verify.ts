/** A VerifyReport as ticks and crosses; a cross is followed by the cause, whose account it is, and the patch. */
import { formatDuration } from '#domain/duration.ts';
import type { Check, VerifyCause, VerifyReport } from '#domain/verify-report.ts';
import type { Paint } from '#cli/paint.ts';
import { labelled, renderFix, type Page } from './fix.ts';
import { renderUnread } from './unread.ts';
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

const renderCause = (
  { explanation, code, actor, account, patch, unread = [] }: VerifyCause,
  page: Page,
  isVerbose: boolean,
): readonly string[] => [
  ...labelled('cause', `${explanation} [${code}]`, page),
  ...renderFix({ actor, account, ...patch }, page),
  ...renderUnread(unread, page, isVerbose),
];

const KINDS = { regional: 'regional', global: 'global', fips: 'FIPS', custom: 'custom endpoint' } as const;

/** Where it was asked, and through whom. */
const renderPlace = ({ source, sts }: VerifyReport, paint: Paint): readonly string[] => [
  `  from ${printable(source.arn)} ${paint.dim(`(${printable(source.credentialSource)})`)}`,
  ...source.through.map((arn) => `  through ${printable(arn)}`),
  paint.dim(`  by STS of ${sts.region} (${KINDS[sts.kind]}, ${printable(sts.url)})`),
];

/** How long things last: the session, and the run that renews it. */
const renderTimes = (report: VerifyReport, paint: Paint): readonly string[] => {
  const { maxSessionSeconds, isMaxSessionMeasured, longestRun } = report;
  if (maxSessionSeconds === null) return [];
  const session = `${formatDuration(maxSessionSeconds)}${isMaxSessionMeasured ? ', the longest that STS gives' : ', as declared'}`;
  return [paint.dim(`  sessions last ${session}; runs: ${printable(longestRun.reason)}`)];
};

/** `width` in columns. */
export const renderVerify = (report: VerifyReport, paint: Paint, width: number, isVerbose = false): string => {
  const { target, checks, cause } = report;
  const lines = [
    paint.bold(printable(target.roleArn)),
    ...renderPlace(report, paint),
    ...checks.flatMap((check) => renderCheck(check, paint, width, isVerbose)),
    ...renderTimes(report, paint),
    ...(cause ? ['', ...renderCause(cause, { paint, width }, isVerbose)] : []),
  ];
  return `${lines.join('\n')}\n`;
};
