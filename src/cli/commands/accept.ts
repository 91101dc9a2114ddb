/** xacct accept: the other administrator's side of a hand-off. One step, checked, shown and asked about; nothing else in the file counts. */
import { problem, warning } from '#domain/diagnostic.ts';
import { parseHandOff, type GrantStep, type MakeRoleStep } from '#domain/hand-off.ts';
import { inputOfStep } from '#domain/hand-off-input.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { changesOf, type Plan } from '#domain/plan.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import type { ValueName } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { approve, heldBack, type ApprovedPlan } from '#core/approve.ts';
import { carryOut } from '#core/carry-out.ts';
import { identify } from '#core/identify.ts';
import { planGrant } from '#core/plan-grant.ts';
import { planTarget } from '#core/plan-target.ts';
import type { Hold } from '#core/ports/journal.ts';
import { profileOf } from '#core/declared-trust.ts';
import { expectAccount } from '#core/settle-spec.ts';
import { createSharedSource } from '#core/shared-source.ts';
import { commandLine } from '#cli/answers.ts';
import { applyJournaled } from '#cli/apply-journaled.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import { askConsent } from '#cli/consent.ts';
import type { Context } from '#cli/context.ts';
import { holdOf, projectOf } from '#cli/file-spec.ts';
import { specInputFromFlags } from '#cli/flag-spec.ts';
import { openAccounts } from '#cli/open-accounts.ts';
import { optionsOf, REACHING_AWS, SOURCE_PROFILE, TARGET_PROFILE } from '#cli/options.ts';
import { planEntry } from '#cli/plan-entry.ts';
import { renderPlan } from '#cli/render/plan.ts';
import { proveBy } from '#cli/prove-command.ts';
import { chooseCredentials, openSide } from '#cli/sides.ts';
import { tellCutOff } from '#cli/tell-cut-off.ts';

interface Accepting {
  readonly file: string;
  readonly sha256: string;
  readonly hold: Hold;
  readonly input: Input;
  readonly context: Context;
}

/** `undefined`: everything is as the file wants it, so nothing is asked. */
const ask = async (plan: Plan, { sha256, input, context }: Accepting) => {
  context.say(renderPlan(plan, context.paint, context));
  if (input.isSet('dry-run') || changesOf(plan).length === 0) return undefined;
  const message = `Make this change in account ${plan.targetAccount}?`;
  const why = `Only if the other administrator reads the same SHA-256 to you: ${sha256}`;
  await askConsent({ command: 'accept', message, why, word: undefined }, input, context);
  return approve(plan, 'yes');
};

const sideProblem = (flag: string, text: string): XacctError =>
  new XacctError(problem('USAGE', text, { path: `--${flag}`, hints: [{ text: 'leave it out, or name the other side' }] }));

const acceptGrant = async (step: GrantStep, accepting: Accepting): Promise<Outcome> => {
  const { hold, input, context } = accepting;
  if (input.text('target-profile')) throw sideProblem('target-profile', 'this hand-off is carried out in the source');
  const credentials = await chooseCredentials({ side: 'source', hint: undefined, isMain: true }, input, context);
  const source = await openSide(credentials ?? { kind: 'default' }, input.text('region')?.value, input, context);
  const account = step.principal.split(':')[4];
  expectAccount(await identify('source', source.sessions), account, 'source', '--source-profile');
  const plan = await planGrant(step, source);
  const approved = await ask(plan, accepting);
  if (approved) {
    await applyJournaled(approved, { iams: { source: source.iam, target: undefined }, hold }, context);
    context.say(`${step.principal} may assume ${step.roleArn}\n`);
  }
  const proof = commandLine([
    'verify',
    '--role-arn',
    step.roleArn,
    '--external-id',
    'ID',
    '--source-profile',
    profileOf([step.principal]),
  ]);
  context.say(
    `whoever runs Terraform proves it, with the external ID that the target's administrator names (none: without that flag):\n  ${context.paint.command(proof)}\n`,
  );
  return outcomeOf(step, plan, approved, accepting);
};

/** What the role may do is the accepting administrator's to say, and how its account is entered. */
const OWN = [
  'viaRole',
  'policies',
  'policyArns',
  'presets',
  'allowAdmin',
  'permissions',
  'permissionsBoundary',
  'description',
  'tags',
  'region',
] as const satisfies readonly ValueName[];

const inputOf = async (step: MakeRoleStep, { file, input, context }: Accepting): Promise<SpecInput> => {
  const flags = await specInputFromFlags(input, context);
  const own = Object.fromEntries(OWN.map((name) => [name, flags[name]])) as Partial<SpecInput>;
  return { ...inputOfStep(step, file), ...own };
};

const acceptRole = async (step: MakeRoleStep, accepting: Accepting): Promise<Outcome> => {
  const { hold, input, context } = accepting;
  if (input.text('source-profile')) throw sideProblem('source-profile', 'this hand-off is carried out in the target');
  const values = await inputOf(step, accepting);
  const request = parseSpecRequest(values, '');
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const target = { input: values, flags: values, pair: undefined, inFile: undefined, sourceProfile: undefined };
  const { target: side, region } = await openAccounts(target, request.value.region, input, context);
  const ports = { target: side, source: undefined, shared: createSharedSource(), reporter: context.reporter };
  const planned = await planTarget({ ...request.value, region }, ports);
  const approved = await ask(planned.plan, accepting);
  if (approved) {
    const { clock, random } = context;
    const record = async () => ({ forget: async () => undefined });
    await carryOut(
      approved,
      planned,
      { ...ports, clock, random, hold, record },
      { isLate: true, onFailure: 'undo', signal: context.signal },
    );
    if (changesOf(approved).length > 0) context.say(`made ${planned.desired.role.arn}\n`);
    // A hand-off makes, and takes nothing from whom the role let in before it.
    for (const { address, risk } of heldBack(planned.plan))
      context.reporter.tell(
        warning('HELD_BACK', `${address} stays as it is, because the change ${risk}`, [
          { text: 'if that is meant, change the role from a folder of yours', command: 'xacct init --prune' },
        ]),
      );
  }
  context.say(`the source proves it, from its own folder: ${context.paint.command(proveBy(planned.spec, []))}\n`);
  return outcomeOf(step, planned.plan, approved, accepting);
};

const outcomeOf = (
  { kind }: GrantStep | MakeRoleStep,
  plan: Plan,
  approved: ApprovedPlan | undefined,
  { file, sha256, input }: Accepting,
): Outcome => ({
  status: 0,
  text: '',
  result: {
    targets: [
      {
        name: file,
        step: kind,
        sha256,
        plan: planEntry(plan),
        applied: approved ? changesOf(approved).map(({ address }) => address) : [],
        isDryRun: input.isSet('dry-run'),
      },
    ],
  },
});

const run = async (input: Input, context: Context): Promise<Outcome> => {
  const [file] = input.targets;
  const text = file === undefined ? undefined : await context.files.read(context.files.resolve(context.cwd, file));
  if (file === undefined || text === undefined)
    throw new XacctError(
      problem('FILE_UNREADABLE', file === undefined ? 'which file? none was named' : `there is no file ${file}`, {
        hints: [{ text: 'the other administrator writes it', command: 'xacct init --handoff FILE' }],
      }),
    );
  const step = parseHandOff(text, file);
  if (!step.ok) throw XacctError.of(step.diagnostics);
  const sha256 = context.digest(text);
  context.say(`${file}\n  SHA-256 ${sha256}\n`);
  const project = projectOf(undefined, input, context);
  if (!input.isSet('dry-run')) await tellCutOff(project, context);
  const accepting = { file, sha256, hold: holdOf(project, context), input, context };
  return step.value.kind === 'grant' ? acceptGrant(step.value, accepting) : acceptRole(step.value, accepting);
};

export const acceptCommand: CommandDefinition = {
  options: [
    SOURCE_PROFILE,
    TARGET_PROFILE,
    ...optionsOf(...OWN.filter((name) => name !== 'region')),
    { flags: '--dry-run', about: 'show the plan and stop' },
    ...REACHING_AWS,
  ],
  examples: [
    ['xacct accept grant.json --source-profile admin-a', 'in the source: lets one user or role assume one role'],
    [
      'xacct accept role.json --target-profile admin-b --preset read-only',
      'in the target: makes that role, with permissions of yours',
    ],
  ],
  run,
};
