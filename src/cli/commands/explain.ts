/** xacct explain: why a role may not be assumed, and who can become it; from AWS, from a scenario, or from AWS's own words. Never writes. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { CommandDefinition, Input } from '#cli/command.ts';
import { explainMessages, explainScenarios } from '#cli/explain-text.ts';
import { REACHING_AWS, ROLE_ARN, SESSION, SOURCE_ACCOUNT, SOURCE_PROFILE, TARGET_ACCOUNT } from '#cli/options.ts';

const nothingAsked = (): XacctError => new XacctError(problem('USAGE', 'explain what? Name a role, a scenario or a message'));

export const explainCommand: CommandDefinition = {
  name: 'explain',
  about: 'Says why a role may not be assumed, who must change what, and who can become the role',
  takesTargets: true,
  options: [
    ROLE_ARN,
    { flags: '--message <text>', about: "AWS's refusal, or a log that holds it; - reads standard input" },
    { flags: '--scenario <file>', about: 'decide scenarios in JSON, one a line; - reads standard input' },
    ...SESSION,
    SOURCE_PROFILE,
    { flags: '--target-profile <name>', about: 'credentials that may read the role in the target account' },
    SOURCE_ACCOUNT,
    TARGET_ACCOUNT,
    ...REACHING_AWS,
  ],
  examples: [
    [
      'xacct explain --role-arn arn:aws:iam::222222222222:role/xacct-terraform --target-profile admin-b',
      'with the credentials at hand as the caller, and both accounts read',
    ],
    ['xacct explain --message - < terraform.log', 'every refusal in a log, without credentials'],
  ],
  run: async (input: Input, context) => {
    const scenario = input.text('scenario');
    const message = input.text('message');
    if (scenario) return explainScenarios(scenario, context);
    if (message) return explainMessages(message, context);
    throw nothingAsked();
  },
};
