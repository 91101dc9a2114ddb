/** xacct init: asks or reads, plans, confirms, applies, proves. */
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { initTarget, proveTarget, type InitPorts } from '#core/init-target.ts';
import { commandLine, equivalentCommand, withAnswers } from '#cli/answers.ts';
import { askPlan, mayAsk } from '#cli/ask-plan.ts';
import type { CommandDefinition, Input } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type TargetOutcome } from '#cli/each-target.ts';
import { initOutcome, NOT_GENERATED, tellMade } from '#cli/init-outcome.ts';
import { ALL, REACHING_AWS, SESSION, SKIP, SOURCE_ACCOUNT, SOURCE_PROFILE, TARGET_ACCOUNT, TIMEOUT } from '#cli/options.ts';
import { configPath, saveConfig } from '#cli/save-config.ts';
import { chooseCredentials, openSide } from '#cli/sides.ts';
import { readTargets, type Target, type Targets } from '#cli/targets.ts';
import { askForInit } from '#cli/wizard.ts';
import { skipsOf, waitMsOf } from './verify.ts';

/** A new role is usable everywhere after seconds, rarely a minute. */
const WAIT_SECONDS = 60;
/** 128 bits. */
const EXTERNAL_ID_BYTES = 16;

/** A file with several targets needs the name of the one. */
const nextCommand = ({ input }: Target, { loaded }: Targets): string =>
  `${commandLine(['emit-tf', ...((loaded?.targets.length ?? 0) > 1 ? [input.name] : [])])} > provider.tf`;

const initOne = async (target: Target, targets: Targets, input: Input, context: Context): Promise<TargetOutcome> => {
  const isDryRun = input.isSet('dry-run');
  const request = parseSpecRequest(target.input, isDryRun ? NOT_GENERATED : context.random.hex(EXTERNAL_ID_BYTES));
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const { inFile } = target;
  const { loaded } = targets;
  const targetCredentials = await chooseCredentials({ side: 'target', hint: inFile?.profile, isMain: true }, input, context);
  const sourceCredentials = await chooseCredentials(
    { side: 'source', hint: target.sourceProfile, isMain: false },
    input,
    context,
  );
  const credentials = targetCredentials ?? { kind: 'default' };
  const region = request.value.region ?? (await (await context.aws()).configuredRegion(credentials));
  const ports: InitPorts = {
    target: await openSide(credentials, region, input, context),
    source: sourceCredentials && (await openSide(sourceCredentials, region, input, context)),
    reporter: context.reporter,
    clock: context.clock,
    diagnosis: () => context.diagnosis(),
    openJournal: () => context.openJournal(context.files.folderOf(configPath(loaded, input, context))),
    ask: askPlan(input, context),
    record: (spec) => saveConfig(spec, target, loaded, input, context),
  };
  const options = { isDryRun, skip: skipsOf(input), waitMs: waitMsOf(input, WAIT_SECONDS), signal: context.signal };
  const report = await initTarget({ ...request.value, region }, ports, options);
  // Said before the proof, which may take a minute: whoever stops it knows what is there.
  tellMade(report, input, context);
  const proof = await proveTarget(report, ports, options);
  return initOutcome({ report, proof, next: nextCommand(target, targets) }, input, context);
};

/** The wizard comes only where there is no file, and somebody to ask. */
const readOrAsk = async (input: Input, context: Context): Promise<readonly [Targets, Input]> => {
  const command = { name: 'init', needs: 'spec', mayBeNew: true } as const;
  const targets = await readTargets(input, context, command);
  if (targets.loaded !== undefined || !mayAsk(input, context)) return [targets, input];
  const answers = await askForInit(input, context);
  const answered = withAnswers(input, answers);
  context.say(
    `${context.paint.dim('the same without questions:')} ${context.paint.command(equivalentCommand(input.typed, answers))}\n`,
  );
  return [await readTargets(answered, context, command), answered];
};

export const initCommand: CommandDefinition = {
  name: 'init',
  about: 'Makes the role in the target account: asks or reads, plans, confirms, applies, proves',
  takesTargets: true,
  options: [
    { flags: '--target-profile <name>', about: 'credentials that administer the target account (default: the default chain)' },
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
    { flags: '--dry-run', about: 'show the plan and stop' },
    { flags: '--prune', about: 'carry out, too, what removes access' },
    { flags: '--require-proof', about: 'exit 1 when the role was made but could not be proved' },
    SKIP,
    TIMEOUT,
    ...REACHING_AWS,
    ALL,
  ],
  examples: [
    ['xacct init', 'asks everything; with an xacct.yaml: makes it so'],
    [
      'xacct init --target-profile admin-b --source-profile ci --policy s3=./s3.json --yes',
      'no questions: trusts the identity of profile ci, generates an external ID',
    ],
  ],
  run: async (input, context) => {
    const [targets, answered] = await readOrAsk(input, context);
    return eachTarget(targets.targets, context, (target) => initOne(target, targets, answered, context));
  },
};
