/** The options that say what a set-up is to be, and whose credentials reach it: init and plan share them. */
import type { OptionDefinition } from './command.ts';
import { SESSION, SOURCE_ACCOUNT, SOURCE_PROFILE, TARGET_ACCOUNT, TARGET_PROFILE } from './options.ts';

export const SPEC_OPTIONS: readonly OptionDefinition[] = [
  TARGET_PROFILE,
  SOURCE_PROFILE,
  TARGET_ACCOUNT,
  SOURCE_ACCOUNT,
  {
    flags: '--trust <principal>',
    about: 'who may assume the role: self, an account id, or the ARN of a root, user or role',
    isRepeatable: true,
  },
  {
    flags: '--external-id <id>',
    about: 'generate (the default), none, or a value; given twice, the first is sent and all are accepted',
    isRepeatable: true,
  },
  {
    flags: '--policy <[name=]file>',
    about: 'a JSON policy that the role gets, made as a customer-managed policy',
    isRepeatable: true,
  },
  { flags: '--policy-arn <arn>', about: 'a managed policy that exists', isRepeatable: true },
  { flags: '--permissions <none>', about: 'none: a role without permissions', choices: ['none'] },
  { flags: '--role-name <name>', about: 'default: xacct-terraform' },
  { flags: '--path <path>', about: 'the path of the role and its policies (default: /)' },
  { flags: '--description <text>', about: 'the description of the role' },
  { flags: '--max-session-duration <duration>', about: "the role's maximum, 1h to 12h (default: 1h)" },
  { flags: '--tag <key=value>', about: 'a tag of the role and its policies', isRepeatable: true },
  ...SESSION,
];
