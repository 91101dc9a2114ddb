/** xacct init: asks or reads, plans, confirms, applies, proves. */
import { problem, warning } from '#domain/diagnostic.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import { isProved } from '#domain/verify-report.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { heldBack, type Answer } from '#core/approve.ts';
import { initTarget, type InitReport } from '#core/init-target.ts';
import type { CommandDefinition, Input } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type TargetOutcome } from '#cli/each-target.ts';
import { ALL, REACHING_AWS, SESSION, SKIP, SOURCE_ACCOUNT, SOURCE_PROFILE, TARGET_ACCOUNT, TIMEOUT } from '#cli/options.ts';
import { renderPlan } from '#cli/render/plan.ts';
import { renderVerify } from '#cli/render/verify.ts';
import { configPath, saveConfig } from '#cli/save-config.ts';
import { chooseCredentials, openSide } from '#cli/sides.ts';
import { readTargets, type Target, type Targets } from '#cli/targets.ts';
import { equivalentCommand, withAnswers } from '#cli/answers.ts';
import { askForInit } from '#cli/wizard.ts';
import { skipsOf, waitMsOf } from './verify.ts';

/** A new role is usable everywhere after seconds, rarely a minute. */
const WAIT_SECONDS = 60;
/** 128 bits. */
const EXTERNAL_ID_BYTES = 16;

const mayAsk = (input: Input, context: Context): boolean => context.canAsk && !input.isSet('yes') && !input.isSet('no-input');

const needsAnswer = (): XacctError =>
  new XacctError(
    problem('QUESTION_WITHOUT_TERMINAL', 'the plan needs a yes, and there is nobody to ask', {
      hints: [
        { text: 'look at the plan first', command: 'xacct init --dry-run' },
        { text: 'then say yes', command: 'xacct init --yes' },
      ],
    }),
  );

const askPerson = async (plan: Plan, context: Context): Promise<Answer> => {
  const prompter = await context.prompter();
  if (heldBack(plan).length === 0) {
    const isYes = await prompter.confirm({
      message: `Make these changes in account ${plan.targetAccount}?`,
      why: '',
      default: true,
    });
    return isYes ? 'yes' : 'no';
  }
  return prompter.select<Answer>({
    message: `Make these changes in account ${plan.targetAccount}?`,
    why: 'What is marked "removes access" may lock somebody out.',
    default: 'no',
    choices: [
      { value: 'no', label: 'no, change nothing' },
      { value: 'yes', label: 'yes, but remove no access' },
      { value: 'yes-prune', label: 'yes, all of it' },
    ],
  });
};

const asking =
  (input: Input, context: Context) =>
  async (plan: Plan): Promise<Answer> => {
    if (!input.isSet('quiet') || !input.isSet('yes')) context.say(renderPlan(plan, context.paint, context.width));
    const agreed = input.isSet('prune') ? 'yes-prune' : 'yes';
    if (input.isSet('dry-run') || input.isSet('yes') || changesOf(plan).length === 0) return agreed;
    if (!mayAsk(input, context)) throw needsAnswer();
    const answer = await askPerson(plan, context);
    return answer === 'yes' ? agreed : answer;
  };

const tellRest = (report: InitReport, input: Input, context: Context): void => {
  for (const { address } of report.drift)
    context.reporter.tell(
      warning('HELD_BACK', `${address} stays as it is: changing it would remove access`, [
        { text: 'if that is meant', command: 'xacct init --prune' },
      ]),
    );
  if (report.verify || input.isSet('dry-run')) return;
  const { roleArn, externalId } = report.desired.access;
  context.reporter.tell({
    severity: 'note',
    code: 'NOT_PROVED',
    message: 'made, not proved: the credentials of the source were not given',
    hints: [
      {
        text: 'whoever runs Terraform proves it with',
        command: `xacct verify --role-arn ${roleArn}${externalId === undefined ? '' : ` --external-id ${externalId}`}`,
      },
    ],
  });
};

const outcomeOf = (report: InitReport, input: Input, context: Context): TargetOutcome => {
  const { desired, plan, applied, verify } = report;
  const isDryRun = input.isSet('dry-run');
  if (applied.length > 0)
    context.say(`made ${applied.length} change${applied.length === 1 ? '' : 's'} in account ${desired.targetAccount}\n`);
  tellRest(report, input, context);
  if (verify) context.say(renderVerify(verify, context.paint, input.isSet('verbose')));
  if (verify && isProved(verify)) context.say(`next: ${context.paint.cyan('xacct emit-tf > provider.tf')}\n`);
  const isUnproved = verify === undefined && input.isSet('require-proof') && !isDryRun;
  return {
    status: (verify && !isProved(verify)) || isUnproved ? 1 : 0,
    text: '',
    entry: {
      proved: verify !== undefined && isProved(verify),
      role: { arn: desired.role.arn, externalId: desired.access.externalId ?? null },
      plan: {
        changes: plan.changes.map(({ action, address, risk, before, after }) => ({ action, address, risk, before, after })),
      },
      applied,
      verify: verify ?? null,
    },
  };
};

const initOne = async (target: Target, { loaded }: Targets, input: Input, context: Context): Promise<TargetOutcome> => {
  const request = parseSpecRequest(target.input, context.random.hex(EXTERNAL_ID_BYTES));
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const { inFile } = target;
  const targetCredentials = await chooseCredentials({ side: 'target', hint: inFile?.profile, isMain: true }, input, context);
  const sourceCredentials = await chooseCredentials(
    { side: 'source', hint: inFile?.source.profile, isMain: false },
    input,
    context,
  );
  const credentials = targetCredentials ?? { kind: 'default' };
  const region = request.value.region ?? (await (await context.aws()).configuredRegion(credentials));
  const report = await initTarget(
    { ...request.value, region },
    {
      target: await openSide(credentials, region, input, context),
      source: sourceCredentials && (await openSide(sourceCredentials, region, input, context)),
      reporter: context.reporter,
      clock: context.clock,
      openJournal: () => context.openJournal(context.files.folderOf(configPath(loaded, input, context))),
      ask: asking(input, context),
      record: (spec) => saveConfig(spec, target, loaded, input, context),
    },
    { isDryRun: input.isSet('dry-run'), skip: skipsOf(input), waitMs: waitMsOf(input, WAIT_SECONDS), signal: context.signal },
  );
  return outcomeOf(report, input, context);
};

/** The wizard comes only where there is no file, and somebody to ask. */
const readOrAsk = async (input: Input, context: Context): Promise<readonly [Targets, Input]> => {
  const command = { name: 'init', needs: 'spec', mayBeNew: true } as const;
  const targets = await readTargets(input, context, command);
  if (targets.loaded !== undefined || !mayAsk(input, context)) return [targets, input];
  const answers = await askForInit(input, context);
  const answered = withAnswers(input, answers);
  context.say(
    `${context.paint.dim('the same without questions:')} ${context.paint.cyan(equivalentCommand(input.typed, answers))}\n`,
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
