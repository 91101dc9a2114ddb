/** Reports of verify for machines: JUnit XML, and GitHub's annotations with a step summary. Pure. */
import type { Check, VerifyCause, VerifyReport } from '#domain/verify-report.ts';

interface Failed {
  readonly code: string;
  readonly message: string;
  readonly cause?: VerifyCause;
}

/** What came of one target: a report, or the error that left none. */
export type Verified = ({ readonly name: string } & VerifyReport) | { readonly name: string; readonly error: Failed };

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

const xml = (text: string): string =>
  text
    .replaceAll(CONTROL, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const causeText = (cause: VerifyCause | null): string =>
  cause === null
    ? ''
    : `${cause.explanation} [${cause.code}]; ${cause.actor}, ${cause.account ?? 'account unknown'}: ${cause.patch.summary}`;

/** An error's explanation ends with its own message. */
const errorText = ({ code, message, cause }: Failed): string => (cause ? causeText(cause) : `${message} [${code}]`);

/** The cause is that of the first check that failed. */
const reasonOf = (check: Check, report: VerifyReport): string => {
  const isFirst = report.checks.find(({ status }) => status === 'fail') === check;
  return (isFirst ? causeText(report.cause) : '') || check.reason || check.observed || '';
};

const testCase = (check: Check, report: VerifyReport, suite: string): string => {
  const head = `    <testcase classname="xacct.${xml(suite)}" name="${xml(`${check.id}: ${check.title}`)}" time="${seconds(check.ms)}"`;
  if (check.status === 'pass') return `${head}/>`;
  const inner =
    check.status === 'skip'
      ? `<skipped message="${xml(check.reason ?? '')}"/>`
      : `<failure type="${xml(check.id)}" message="${xml(reasonOf(check, report))}">${xml(check.observed ?? '')}</failure>`;
  return `${head}>${inner}</testcase>`;
};

const countOf = ({ checks }: VerifyReport, status: Check['status']): number =>
  checks.filter((check) => check.status === status).length;

const suiteOf = (verified: Verified): readonly string[] => {
  const { name } = verified;
  if ('error' in verified)
    return [
      `  <testsuite name="${xml(name)}" tests="1" failures="0" errors="1" skipped="0" time="0.000">`,
      `    <testcase classname="xacct.${xml(name)}" name="verify" time="0.000"><error type="${xml(verified.error.code)}" message="${xml(errorText(verified.error))}"/></testcase>`,
      '  </testsuite>',
    ];
  const time = seconds(verified.checks.reduce((sum, { ms }) => sum + ms, 0));
  return [
    `  <testsuite name="${xml(name)}" tests="${verified.checks.length}" failures="${countOf(verified, 'fail')}" errors="0" skipped="${countOf(verified, 'skip')}" time="${time}">`,
    ...verified.checks.map((check) => testCase(check, verified, name)),
    '  </testsuite>',
  ];
};

/** As CI systems read it: https://github.com/testmoapp/junitxml */
export const renderJunit = (targets: readonly Verified[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="xacct verify">',
    ...targets.flatMap(suiteOf),
    '</testsuites>',
    '',
  ].join('\n');

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const annotate = (kind: 'error' | 'notice', title: string, text: string): string =>
  `::${kind} title=${property(title)}::${data(text)}\n`;

/** Annotations: one for each check that failed, one for a target that is proved. */
export const renderGithub = (targets: readonly Verified[]): string =>
  targets
    .map((verified) => {
      const title = `xacct verify ${verified.name}`;
      if ('error' in verified) return annotate('error', title, errorText(verified.error));
      const failed = verified.checks.filter(({ status }) => status === 'fail');
      if (failed.length === 0)
        return annotate('notice', title, `${verified.target.roleArn}: ${countOf(verified, 'pass')} proved`);
      return failed.map((check) => annotate('error', title, `${check.title}: ${reasonOf(check, verified)}`)).join('');
    })
    .join('');

const MARKS = { pass: '✅', fail: '❌', skip: '➖' } as const;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');

/** Markdown for $GITHUB_STEP_SUMMARY. */
export const renderStepSummary = (targets: readonly Verified[]): string => {
  const rows = targets.flatMap((verified) =>
    'error' in verified
      ? [`| ${cell(verified.name)} | ❌ | ${cell(errorText(verified.error))} | ${verified.error.code} |`]
      : verified.checks.map(
          (check) =>
            `| ${cell(verified.name)} | ${MARKS[check.status]} | ${cell(check.title)} | ${check.status === 'pass' ? '' : cell(check.status === 'fail' ? reasonOf(check, verified) : (check.reason ?? ''))} |`,
        ),
  );
  return ['### xacct verify', '', '| target | | check | |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
};

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** One line a target, for whoever proved several. */
export const renderVerifyTable = (targets: readonly Verified[]): string => {
  const rows = targets.map((verified) =>
    'error' in verified
      ? [verified.name, 'error', '', verified.error.cause?.code ?? verified.error.code]
      : [
          verified.name,
          verified.cause === null && countOf(verified, 'fail') === 0 ? 'proved' : 'FAILED',
          `${countOf(verified, 'pass')} of ${countOf(verified, 'pass') + countOf(verified, 'fail')}`,
          verified.cause?.code ?? '',
        ],
  );
  return `${columns([['target', 'result', 'checks', 'cause'], ...rows])}\n`;
};
