/** Commands are named as they are typed where the program was started: behind a variable, behind another command, in a sentence. */
import { expect, test } from 'vitest';
import { paintFor, PLAIN } from '#cli/paint.ts';

const paint = paintFor(PLAIN, 'npx xacct');

test.each([
  ['xacct verify dev', 'npx xacct verify dev'],
  ['AWS_WEB_IDENTITY_TOKEN_FILE=PATH xacct verify dev', 'AWS_WEB_IDENTITY_TOKEN_FILE=PATH npx xacct verify dev'],
  ['curl x > t && A="$T/token" xacct verify', 'curl x > t && A="$T/token" npx xacct verify'],
  ['aws iam get-role --role-name xacct', 'aws iam get-role --role-name xacct'],
])('%s', (command, typed) => {
  expect(paint.command(command)).toBe(typed);
});

test('in backticks', () => {
  expect(paint.prose('by `xacct accept grant.json`, of role xacct x')).toBe('by `npx xacct accept grant.json`, of role xacct x');
});
