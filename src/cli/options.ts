/** Options that several commands share; each is defined once. */
import { SKIPPABLE } from '#domain/verify-report.ts';
import { definitionOf, describeValue, shapeOf, type ValueName } from '#domain/values.ts';
import type { OptionDefinition } from './command.ts';

/** The option of a value; `about` where a command means it in a way of its own. */
export const option = (name: ValueName, about?: string): OptionDefinition => {
  const definition = definitionOf(name);
  const { flag, takes, choices } = definition;
  return {
    flags: takes === undefined ? `--${flag}` : `--${flag} <${takes}>`,
    about: describeValue(about === undefined ? definition : { ...definition, about }),
    ...(shapeOf(name) === 'many' && { isRepeatable: true }),
    ...(choices && { choices }),
  };
};

export const optionsOf = (...names: readonly ValueName[]): readonly OptionDefinition[] => names.map((name) => option(name));

export const REACHING_AWS: readonly OptionDefinition[] = [
  option('region'),
  { flags: '--endpoint-url <url>', about: 'an AWS-compatible endpoint (default: AWS_ENDPOINT_URL, else AWS)' },
];

export const SOURCE_PROFILE: OptionDefinition = {
  flags: '--source-profile <name>',
  about: 'credentials of the account that runs Terraform',
};
export const TARGET_PROFILE: OptionDefinition = {
  flags: '--target-profile <name>',
  about: 'credentials that administer the target account (default: the default chain)',
};
export const ADOPT: OptionDefinition = {
  flags: '--adopt',
  about: 'take over a role or policy of that name that xacct did not make; without a file, one is written from what is there',
};
export const PRUNE: OptionDefinition = { flags: '--prune', about: 'carry out, too, what removes access' };
export const SOURCE_ACCOUNT = option('sourceAccount');
export const TARGET_ACCOUNT = option('targetAccount');
export const ROLE_ARN = option('roleArn');
export const ALL: OptionDefinition = { flags: '--all', about: 'every target of xacct.yaml' };

/** How a session is asked for. */
export const SESSION = [
  ...optionsOf('sessionName', 'duration', 'sessionTags', 'transitiveTags', 'sourceIdentity'),
  ...optionsOf('sessionPolicy', 'sessionPolicyArns'),
];

export const SKIP: OptionDefinition = {
  flags: '--skip <check>',
  about: 'a check to leave out; negative is all that must be refused (for endpoints that enforce nothing)',
  isRepeatable: true,
  choices: SKIPPABLE,
};

export const TIMEOUT: OptionDefinition = { flags: '--timeout <duration>', about: 'how long to wait for IAM to spread a change' };
