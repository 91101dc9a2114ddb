/** xacct accept: the other administrator's side of a hand-off. One step, checked, shown and asked about; nothing else in the file counts. */
/** xacct accept: the other administrator's side of a hand-off. One step, checked, shown and asked about; nothing else in the file counts. */
import { problem, type Diagnostic, type Hint } from '#domain/diagnostic.ts';
import { parseHandOff, type GrantStep, type MakeRoleStep } from '#domain/hand-off.ts';
import { inputOfStep } from '#domain/hand-off-input.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { changesOf } from '#domain/plan.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import type { ValueName } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { carryOut } from '#core/carry-out.ts';
import { identify } from '#core/identify.ts';
import { planGrant } from '#core/plan-grant.ts';
import { planTarget } from '#core/plan-target.ts';
import { profileOf } from '#core/declared-trust.ts';
import { expectAccount } from '#core/settle-spec.ts';
import { createSharedSource } from '#core/shared-source.ts';
import { acceptOutcome, approved, askedOf, expectDigest, type Accepting } from '#cli/accepting.ts';
import { saidAgain } from '#cli/again.ts';
import { commandLine } from '#cli/answers.ts';
import { applyJournaled } from '#cli/apply-journaled.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { NOT_GENERATED } from '#cli/external-id.ts';
import { holdOf, projectOf } from '#cli/file-spec.ts';
import { specInputFromFlags } from '#cli/flag-spec.ts';
import { openAccounts } from '#cli/open-accounts.ts';
import { optionsOf, PRUNE, REACHING_AWS, SOURCE_PROFILE, TARGET_PROFILE } from '#cli/options.ts';
import { proveBy } from '#cli/prove-command.ts';
import { told, toldCommand } from '#cli/render/hang.ts';
import { chooseCredentials, DEFAULT_CHAIN, openSide } from '#cli/sides.ts';
import { targetOf } from '#cli/targets.ts';
import { tellCutOff } from '#cli/tell-cut-off.ts';

const sideProblem = (flag: string, text: string): XacctError =>
  new XacctError(problem('USAGE', text, { path: `--${flag}`, hints: [{ text: 'leave it out, or name the other side' }] }));

const acceptGrant = async (step: GrantStep, accepting: Accepting): Promise<Outcome> => {
  const { hold, input, context } = accepting;
  if (input.text('target-profile')) throw sideProblem('target-profile', 'this hand-off is carried out in the source');
  const credentials = await chooseCredentials({ side: 'source', hint: undefined }, input, context);
  const source = await openSide(credentials ?? DEFAULT_CHAIN, input.text('region')?.value, input, context);
  const account = step.principal.split(':')[4];
  expectAccount(await identify('source', source.sessions), account, 'source', '--source-profile');
  const plan = await planGrant(step, source);
  const agreed = await approved(plan, accepting);
  if (agreed) {
    await applyJournaled(agreed, { iams: { source: source.iam, target: undefined }, hold }, context);
    context.say(told(`${step.principal} may assume ${step.roleArn}`, context));
  }
  const how = ['--external-id', 'ID', '--source-profile', profileOf([step.principal])];
  const proof = context.paint.command(commandLine(['verify', '--role-arn', step.roleArn, ...how]));
  const who =
    "whoever runs Terraform proves it, with the external ID that the target's administrator names (none: without that flag)";
  const after = `${told(`${who}:`, context)}  ${proof}\n`;
  return acceptOutcome(step, { plan, agreed, after }, accepting);
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

/** The rules of a role are init's, and so are their hints: here the same flags belong to accept. */
const ofAccept = (diagnostics: readonly Diagnostic[], accepting: Accepting): unknown => {
  const here = ({ command, ...hint }: Hint): Hint =>
    command === undefined ? hint : { ...hint, command: command.replace(/^xacct init (?=--)/, 'xacct accept ') };
  const renamed = diagnostics.map((diagnostic) => ({ ...diagnostic, hints: diagnostic.hints.map(here) }));
  return saidAgain(XacctError.of(renamed), askedOf(accepting));
};

const inputOf = async (step: MakeRoleStep, { file, input, context }: Accepting): Promise<SpecInput> => {
  const flags = await specInputFromFlags(input, context);
  const own = Object.fromEntries(OWN.map((name) => [name, flags[name]])) as Partial<SpecInput>;
  return { ...inputOfStep(step, file), ...own };
};

const acceptRole = async (step: MakeRoleStep, accepting: Accepting): Promise<Outcome> => {
  const { hold, input, context } = accepting;
  if (input.text('source-profile')) throw sideProblem('source-profile', 'this hand-off is carried out in the target');
  const values = await inputOf(step, accepting);
  const request = parseSpecRequest(values, NOT_GENERATED);
  if (!request.ok) throw ofAccept(request.diagnostics, accepting);
  const target = targetOf({ input: values, pair: undefined }, values, {});
  const { target: side, region } = await openAccounts(target, request.value.region, input, context);
  const ports = { target: side, source: undefined, shared: createSharedSource(), reporter: context.reporter };
  const options = { findsLoose: input.isSet('prune') };
  const planned = await planTarget({ ...request.value, region }, ports, options);
  const agreed = await approved(planned.plan, accepting);
  if (agreed) {
    const { clock, random, signal } = context;
    const record = async () => ({ forget: async () => undefined });
    const making = { ...options, isLate: true, onFailure: 'undo', signal } as const;
    await carryOut(agreed, planned, { ...ports, clock, random, hold, record }, making);
    if (changesOf(agreed).length > 0) context.say(`made ${planned.desired.role.arn}\n`);
  }
  const after = toldCommand(
    'the source proves it, from its own folder',
    context.paint.command(proveBy(planned.spec, [])),
    context,
  );
  return acceptOutcome(step, { plan: planned.plan, agreed, after }, accepting);
};

const run = async (input: Input, context: Context): Promise<Outcome> => {
  const [file] = input.targets;
  const text = file === undefined ? undefined : await context.files.read(context.files.resolve(context.cwd, file));
  if (file === undefined || text === undefined)
    throw new XacctError(
      problem('FILE_UNREADABLE', file === undefined ? 'which file? none was named' : `there is no file ${file}`, {
        hints: [{ text: 'the other administrator writes it', command: 'xacct init --handoff FILE' }],
      }),
    );
  const sha256 = context.digest(text);
  context.say(`${file}\n  SHA-256 ${context.paint.bold(sha256)}\n`);
  expectDigest(input.text('sha256'), sha256, file);
  const step = parseHandOff(text, file);
  if (!step.ok) throw XacctError.of(step.diagnostics);
  const project = projectOf(undefined, input, context);
  if (!input.isSet('dry-run')) await tellCutOff(project, context);
  const accepting = { file, sha256, hold: holdOf(project, context), input, context };
  return step.value.kind === 'grant' ? acceptGrant(step.value, accepting) : acceptRole(step.value, accepting);
};

export const acceptCommand: CommandDefinition = {
  options: [
    ...under(HEADINGS.accounts, SOURCE_PROFILE, TARGET_PROFILE, ...optionsOf('viaRole'), ...REACHING_AWS),
    ...under(
      HEADINGS.permissions,
      ...optionsOf('policies', 'policyArns', 'presets', 'allowAdmin', 'permissions', 'permissionsBoundary'),
    ),
    ...under(HEADINGS.role, ...optionsOf('description', 'tags')),
    ...under(
      HEADINGS.action,
      { flags: '--sha256 <hex>', about: 'take no other file than the one with this SHA-256, or exit 5' },
      PRUNE,
      { flags: '--dry-run', about: 'show the plan and stop' },
    ),
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
