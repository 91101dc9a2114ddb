/** Options that several commands share; each is defined once. */
import { SKIPPABLE } from '#domain/verify-report.ts';
import type { OptionDefinition } from './command.ts';

export const EVERYWHERE: readonly OptionDefinition[] = [
  { flags: '-c, --config <file>', about: 'the file of the set-up (default: xacct.yaml here or in a parent folder)' },
  { flags: '--json', about: 'print exactly one JSON object on stdout' },
  { flags: '-y, --yes', about: 'answer every confirmation with yes; ask nothing' },
  { flags: '--no-input', about: 'ask nothing; fail where a question would be needed' },
  { flags: '-q, --quiet', about: 'no progress, only results, warnings and errors' },
  { flags: '-v, --verbose', about: 'more of what AWS said' },
  { flags: '--debug', about: 'stack traces of errors' },
  { flags: '--no-color', about: 'no colours' },
];

export const REACHING_AWS: readonly OptionDefinition[] = [
  { flags: '--region <region>', about: "the region of STS and of the emitted provider (default: AWS_REGION or the profile's)" },
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
export const PRUNE: OptionDefinition = { flags: '--prune', about: 'carry out, too, what removes access' };
export const SOURCE_ACCOUNT: OptionDefinition = { flags: '--source-account <id>', about: 'the account that the source must be' };
export const TARGET_ACCOUNT: OptionDefinition = { flags: '--target-account <id>', about: 'the account that the target must be' };
export const ROLE_ARN: OptionDefinition = { flags: '--role-arn <arn>', about: 'the role in the target account' };
export const ALL: OptionDefinition = { flags: '--all', about: 'every target of xacct.yaml' };

export const SESSION: readonly OptionDefinition[] = [
  { flags: '--session-name <name>', about: 'the name of the session in CloudTrail (default: terraform)' },
  { flags: '--duration <duration>', about: 'how long a session lasts: 1h, 90m, 3600 (default: 1h)' },
];

export const SKIP: OptionDefinition = {
  flags: '--skip <check>',
  about: 'a check to leave out; negative is all that must be refused (for endpoints that enforce nothing)',
  isRepeatable: true,
  choices: SKIPPABLE,
};

export const TIMEOUT: OptionDefinition = { flags: '--timeout <duration>', about: 'how long to wait for IAM to spread a change' };
