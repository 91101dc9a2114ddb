/** For the vitest configurations: with XACCT_REPORT set (by .ci/run), the run's result is also left in that file. */
const file = process.env['XACCT_REPORT'];

export const reporters: (string | [string, { outputFile: string }])[] =
  file === undefined ? ['default'] : ['default', ['json', { outputFile: file }]];
