/** xacct verify: from the source, proves that the role can be assumed and that what must be refused is refused. */
import { isProved } from '#domain/verify-report.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget } from '#cli/each-target.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import {
  ALL,
  option,
  REACHING_AWS,
  ROLE_ARN,
  SESSION,
  SKIP,
  SOURCE_ACCOUNT,
  SOURCE_PROFILE,
  TARGET_ACCOUNT,
  TIMEOUT,
} from '#cli/options.ts';
import { saveProof } from '#cli/proof-file.ts';
import { renderVerify } from '#cli/render/verify.ts';
import { renderGithub, renderJunit, renderStepSummary, renderVerifyTable, type Verified } from '#cli/render/verify-formats.ts';
import { readTargets } from '#cli/targets.ts';
import { tryBeside } from '#cli/try-file.ts';
import { verifyTarget } from '#cli/verify-target.ts';

/** In GitHub Actions the summary of the step is a file that several steps append to. */
const summarise = async (verified: readonly Verified[], context: Context): Promise<void> => {
  const { env, files } = context;
  const path = env['GITHUB_STEP_SUMMARY'];
  if (!path) return;
  const append = async () => files.write(path, `${(await files.read(path)) ?? ''}${renderStepSummary(verified)}`);
  await tryBeside('the summary of the step is not written', append, context);
};

/** A build reads the report, whatever became of the run. */
const isForMachines = (input: Input): boolean => ['junit', 'github'].includes(input.text('format')?.value ?? '');

const formatted = async (outcome: Outcome, input: Input, context: Context): Promise<Outcome> => {
  const { targets } = outcome.result as { readonly targets: readonly Verified[] };
  switch (input.text('format')?.value) {
    case 'junit':
      return { ...outcome, text: renderJunit(targets) };
    case 'github':
      await summarise(targets, context);
      return { ...outcome, text: renderGithub(targets) };
    default:
      return targets.length > 1 ? { ...outcome, text: `${outcome.text}\n${renderVerifyTable(targets)}` } : outcome;
  }
};

export const verifyCommand: CommandDefinition = {
  hasJsonFormat: true,
  options: [
    ...under(
      HEADINGS.entry,
      ROLE_ARN,
      option('externalId', 'the external ID that the trust policy asks for; none: send none'),
      ...SESSION,
    ),
    ...under(
      HEADINGS.accounts,
      SOURCE_PROFILE,
      { flags: '--target-profile <name>', about: 'credentials of the target account: after a failure its policies are read' },
      {
        flags: '--source <kind>',
        about: 'ec2: the credentials of this instance from its metadata, and nothing else',
        choices: ['ec2'],
      },
      {
        flags: '--mfa-serial <arn>',
        about: "the MFA device of the source's user, where its profile names none; its code is asked for where MFA is declared",
      },
      SOURCE_ACCOUNT,
      TARGET_ACCOUNT,
      { flags: '--same-account', about: 'the role is meant to be assumed from its own account' },
      ...REACHING_AWS,
    ),
    ...under(
      HEADINGS.action,
      { flags: '--thorough', about: 'every proof, not the default ones alone' },
      { flags: '--outsider <profile>', about: 'credentials of somebody who must not get in' },
      { flags: '--expect-run <duration>', about: 'fail when the source credentials end before a run of 3h, 90m, …' },
      { flags: '--measure-duration', about: 'look for the longest session that STS gives' },
      SKIP,
      TIMEOUT,
      ALL,
    ),
    ...under(HEADINGS.output, {
      flags: '--format <format>',
      about: 'human (default), json, junit (XML), github (annotations and a step summary)',
      choices: ['human', 'json', 'junit', 'github'],
    }),
  ],
  examples: [
    [
      'xacct verify --role-arn arn:aws:iam::222222222222:role/xacct-terraform --external-id 7f3c…',
      'from flags alone, with the credentials at hand',
    ],
    ['xacct verify dev --source-profile ci', 'a target of xacct.yaml, as the profile ci'],
  ],
  run: async (input, context) => {
    const project = await readTargets(input, context, {
      name: 'verify',
      needs: input.isSet('thorough') ? 'spec' : 'access',
    });
    const outcome = await eachTarget(
      project.targets,
      context,
      async (target, its) => {
        const proved = await verifyTarget(target, input, its);
        if (target.inFile !== undefined) await saveProof(proved, project, its);
        const { report } = proved;
        const text = renderVerify(report, context.paint, context.width, input.isSet('verbose'));
        return { status: isProved(report) ? 0 : 1, text, entry: report };
      },
      { isAtOnce: true, isAlwaysListed: isForMachines(input) },
    );
    return formatted(outcome, input, context);
  },
};
