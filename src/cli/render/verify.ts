/** A VerifyReport as ticks and crosses; a cross is followed by the cause, whose account it is, and the patch. */
import type { Actor } from '#domain/cause.ts';
import type { Check, VerifyCause, VerifyReport } from '#domain/verify-report.ts';
import type { Paint } from '#cli/paint.ts';
import { printable } from './printable.ts';
import { wrap } from './statement.ts';

const ACTORS: Readonly<Record<Actor, string>> = {
  you: 'you',
  'source-admin': "the source account's administrator",
  'target-admin': "the target account's administrator",
  'org-admin': "the organization's administrator",
  network: 'whoever runs the network',
};

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

const INDENT = 9;

const renderCause = (
  { explanation, code, actor, account, patch }: VerifyCause,
  paint: Paint,
  width: number,
): readonly string[] => {
  const row = (name: string, text: string): readonly string[] =>
    hang(`  ${paint.bold(name.padEnd(INDENT - 2))}`, text, width, INDENT);
  const lines = [...row('cause', `${explanation} [${code}]`), ...row('who', `${ACTORS[actor]}, in account ${account}`)];
  if (patch === null) return lines;
  lines.push(...row('fix', patch.summary));
  const margin = ' '.repeat(INDENT);
  if (patch.command !== null) lines.push(`${margin}${paint.command(printable(patch.command))}`);
  const document = patch.document === null ? [] : JSON.stringify(patch.document, null, 2).split('\n');
  return [...lines, ...document.map((line) => `${margin}${printable(line)}`)];
};

/** `width` in columns. */
export const renderVerify = (report: VerifyReport, paint: Paint, width: number, isVerbose = false): string => {
  const { target, source, checks, cause } = report;
  const lines = [
    paint.bold(printable(target.roleArn)),
    `  from ${printable(source.arn)} ${paint.dim(`(${printable(source.credentialSource)})`)}`,
    ...checks.flatMap((check) => renderCheck(check, paint, width, isVerbose)),
    ...(cause ? ['', ...renderCause(cause, paint, width)] : []),
  ];
  return `${lines.join('\n')}\n`;
};
