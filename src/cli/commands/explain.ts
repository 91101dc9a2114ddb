/** xacct explain: why a role may not be assumed, and who can become it; from AWS, from a scenario, or from AWS's own words. Never writes. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { CommandDefinition, Input, OptionDefinition } from '#cli/command.ts';
import { explainCaller, explainEverybody } from '#cli/explain-aws.ts';
import { explainMessages, explainScenarios } from '#cli/explain-text.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { option, REACHING_AWS, ROLE_ARN, SESSION, SOURCE_ACCOUNT, SOURCE_PROFILE, TARGET_ACCOUNT } from '#cli/options.ts';

/** What cannot be asked together, as it was typed: variables of the environment only stand in. */
const EXCLUSIVE: readonly (readonly [flag: string, others: readonly string[]])[] = [
  ['scenario', ['message', 'who', 'as', 'expect', 'role-arn']],
  ['message', ['who', 'as', 'expect', 'role-arn']],
  ['who', ['as']],
];

const refuseMixtures = (input: Input): void => {
  const has = (flag: string): boolean => input.isTyped(flag);
  for (const [flag, others] of EXCLUSIVE) {
    const other = has(flag) ? others.find(has) : undefined;
    if (other !== undefined)
      throw new XacctError(
        problem('USAGE', `--${flag} and --${other} ask for different things`, {
          path: `--${other}`,
          hints: [{ text: 'leave one out' }],
        }),
      );
  }
  const textual = ['message', 'scenario'].find(has);
  if (textual !== undefined && input.targets.length > 0)
    throw new XacctError(
      problem('USAGE', `--${textual} takes one argument, and "${input.targets[0]}" came after it`, {
        hints: [{ text: 'put the whole text in quotes' }],
      }),
    );
  if (has('expect') && !input.isSet('who'))
    throw new XacctError(
      problem('USAGE', '--expect compares the list that --who makes', { path: '--expect', hints: [{ text: 'add --who' }] }),
    );
};

/** What only AWS sees of a call: nothing of it can be read. */
const CALL_FACTS: readonly OptionDefinition[] = [
  { flags: '--source-ip <address>', about: 'the address that the call comes from, for conditions on aws:SourceIp' },
  { flags: '--mfa <yes|no>', about: 'whether the caller signed in with MFA', choices: ['yes', 'no'] },
  { flags: '--org <id>', about: "the caller's organization, for conditions on aws:PrincipalOrgID" },
  {
    flags: '--principal-tag <key=value>',
    about: "a tag of the caller's session, for conditions on aws:PrincipalTag",
    isRepeatable: true,
  },
  { flags: '--time <instant>', about: 'when the call is made, in ISO 8601 (default: now)' },
];

export const explainCommand: CommandDefinition = {
  options: [
    ...under(
      'What is asked',
      ROLE_ARN,
      {
        flags: '--as <principal>',
        about: 'the caller: a user, role or session ARN, sso:NAME, github:OWNER/REPO:ref=REF, … (default: self)',
      },
      { flags: '--who', about: 'list everyone who can become the role, and who can rewrite its trust policy' },
      { flags: '--expect <principal>', about: 'with --who: exit 1 unless the list is exactly this', isRepeatable: true },
      { flags: '--message <text>', about: "AWS's refusal, or a log that holds it; - reads standard input" },
      { flags: '--scenario <file>', about: 'decide scenarios in JSON, one a line; - reads standard input' },
    ),
    ...under('The call', option('externalId', 'the external ID that the call sends; none: send none'), ...SESSION, ...CALL_FACTS),
    ...under(
      HEADINGS.accounts,
      SOURCE_PROFILE,
      { flags: '--target-profile <name>', about: 'credentials that may read the role in the target account' },
      SOURCE_ACCOUNT,
      TARGET_ACCOUNT,
      ...REACHING_AWS,
    ),
  ],
  examples: [
    [
      'xacct explain --role-arn arn:aws:iam::222222222222:role/xacct-terraform --target-profile admin-b',
      'with the credentials at hand as the caller, and both accounts read',
    ],
    ['xacct explain --message - < terraform.log', 'every refusal in a log, without credentials'],
  ],
  run: async (input, context) => {
    refuseMixtures(input);
    // What was typed wins over a variable that stands for another question.
    const isLive = ['who', 'as', 'role-arn'].some((flag) => input.isTyped(flag)) || input.targets.length > 0;
    const asked = (flag: string, other: string) =>
      isLive || (input.isTyped(other) && !input.isTyped(flag)) ? undefined : input.text(flag);
    const scenario = asked('scenario', 'message');
    const message = asked('message', 'scenario');
    if (scenario) return explainScenarios(scenario, context);
    if (message) return explainMessages(message, context);
    const isForAll = input.isSet('who') && (input.isTyped('who') || !input.isTyped('as'));
    return isForAll ? explainEverybody(input, context) : explainCaller(input, context);
  },
};
