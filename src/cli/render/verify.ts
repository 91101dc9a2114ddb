/** A VerifyReport as ticks and crosses; a cross is followed by the cause, whose account it is, and the patch. */
import type { Actor } from '#domain/cause.ts';
import type { Check, VerifyCause, VerifyReport } from '#domain/verify-report.ts';
import type { Paint } from '#cli/paint.ts';

const ACTORS: Readonly<Record<Actor, string>> = {
  you: 'you',
  'source-admin': "the source account's administrator",
  'target-admin': "the target account's administrator",
  'org-admin': "the organization's administrator",
  network: 'whoever runs the network',
};

const renderCheck = (check: Check, paint: Paint, isVerbose: boolean): readonly string[] => {
  const mark = { pass: paint.green('✓'), fail: paint.red('✗'), skip: paint.yellow('-') }[check.status];
  const time = check.status === 'skip' ? '' : paint.dim(` ${check.ms} ms`);
  const reason = check.status === 'skip' ? paint.dim(` (skipped: ${check.reason ?? ''})`) : '';
  const lines = [`  ${mark} ${check.title}${reason}${time}`];
  if (check.observed !== null && (isVerbose || check.status === 'fail')) lines.push(`      ${paint.dim(check.observed)}`);
  return lines;
};

const renderCause = (cause: VerifyCause, paint: Paint): readonly string[] => {
  const lines = [
    `  ${paint.bold('cause')}  ${cause.explanation} ${paint.dim(`[${cause.code}]`)}`,
    `  ${paint.bold('who')}    ${ACTORS[cause.actor]}, in account ${cause.account}`,
  ];
  if (cause.patch) {
    lines.push(`  ${paint.bold('fix')}    ${cause.patch.summary}`);
    if (cause.patch.command !== null) lines.push(`         ${paint.cyan(cause.patch.command)}`);
    if (cause.patch.document !== null)
      lines.push(
        ...JSON.stringify(cause.patch.document, null, 2)
          .split('\n')
          .map((line) => `         ${line}`),
      );
  }
  return lines;
};

export const renderVerify = (report: VerifyReport, paint: Paint, isVerbose = false): string => {
  const lines = [
    paint.bold(report.target.roleArn),
    `  from ${report.source.arn} ${paint.dim(`(${report.source.credentialSource})`)}`,
    ...report.checks.flatMap((check) => renderCheck(check, paint, isVerbose)),
    ...(report.cause ? ['', ...renderCause(report.cause, paint)] : []),
  ];
  return `${lines.join('\n')}\n`;
};
