/** Hints and next commands as this command line has to say them. */
import { expect, test } from 'vitest';
import { again, reaching, saidAgain } from '#cli/again.ts';
import type { Input } from '#cli/command.ts';
import { problem } from '#domain/diagnostic.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';

const inputOf = (targets: readonly string[], ...flags: readonly string[]): Input => ({
  targets,
  typed: [...targets, ...flags],
  text: () => undefined,
  list: () => undefined,
  isSet: () => false,
  isTyped: (flag) => flags.includes(`--${flag}`),
});

const PROFILES = ['--target-profile', 'admin b', '--source-profile', 'ci'];
const SAID = ['--preset', 'read-only', '--tag', 'a=1', '--tag', 'b=2'];

const asked = (...flags: readonly string[]) => ({ verb: 'init', input: inputOf(['dev'], ...flags), names: ['dev'] });

const hinted = (command: string, ...flags: readonly string[]): string | undefined => {
  const error = saidAgain(new XacctError(problem('STALE', 'changed', { hints: [{ text: 'look', command }] })), asked(...flags));
  return isXacctError(error) ? error.diagnostics[0]?.hints[0]?.command : undefined;
};

test('the same command is what was typed, with the flags that are said anew in place of the old ones', () => {
  expect(again('init', asked(...PROFILES, ...SAID, '--yes'), ['--prune'])).toBe(
    "xacct init dev --target-profile 'admin b' --source-profile ci --preset read-only --tag a=1 --tag b=2 --yes --prune",
  );
  expect(again('init', asked(...SAID), ['--preset', 'a b'])).toBe("xacct init dev --tag a=1 --tag b=2 --preset 'a b'");
});

test('its kin takes the description, and not what one run does; another command only the way to the accounts', () => {
  const flags = [...PROFILES, ...SAID, '--config', 'x.yaml', '--yes', '--timeout', '5s', '--all'];
  expect(again('plan', asked(...flags))).toBe(
    "xacct plan dev --target-profile 'admin b' --source-profile ci --preset read-only --tag a=1 --tag b=2 --config x.yaml",
  );
  const way = "dev --target-profile 'admin b' --source-profile ci --config x.yaml";
  expect(again('unlock', asked(...flags))).toBe(`xacct unlock ${way}`);
  expect(reaching('init', asked(...flags), ['--plan', 'p'])).toBe(`xacct init ${way} --plan p`);
});

test.for([
  ['xacct init --dry-run', 'xacct init dev --preset x --dry-run'],
  ['xacct init --preset s3-bucket:NAME', 'xacct init dev --yes --preset s3-bucket:NAME'],
  ['xacct plan', 'xacct plan dev --preset x'],
  ['xacct lock --role-name NAME', 'xacct lock dev --role-name NAME'],
  ['xacct verify', 'xacct verify dev'],
  // What names its target, or repeats what was typed, is whole; and what is no command of a set-up is none of ours.
  ['xacct verify --source-profile NAME', 'xacct verify --source-profile NAME'],
  ['xacct init prod --yes', 'xacct init prod --yes'],
  ['xacct init --preset x --prune', 'xacct init --preset x --prune'],
  ['xacct init --preset x-2', 'xacct init dev --yes --preset x-2'],
  ['xacct presets', 'xacct presets'],
  ['aws iam get-role', 'aws iam get-role'],
] as const)('a hint %s becomes %s', ([command, becomes]) => {
  expect(hinted(command, '--preset', 'x', '--yes')).toBe(becomes);
});

test('what is no error of ours stays what it is, and a cause that was named stays with its error', () => {
  const other = new TypeError('x');
  expect(saidAgain(other, asked())).toBe(other);
  const error = new XacctError(problem('STALE', 'changed'));
  error.cause = other;
  expect(saidAgain(error, asked())).toMatchObject({ code: 'STALE', cause: other });
});
