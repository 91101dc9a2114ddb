/** xacct init: asks or reads, plans, confirms, applies, proves. */
import type { PlannedTarget } from '#domain/plan-file.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import type { Spec } from '#domain/spec.ts';
import { NOTHING_GIVEN } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { initTarget, proveTarget, type InitOptions, type InitPorts } from '#core/init-target.ts';
import { planSpec, planTarget, type Planned } from '#core/plan-target.ts';
import { createSharedSource, type SharedSource } from '#core/shared-source.ts';
import { commandLine, equivalentCommand, withAnswers } from '#cli/answers.ts';
import { withGrantee } from '#cli/ask-grant.ts';
import { askPlan, mayAsk } from '#cli/ask-plan.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type TargetOutcome } from '#cli/each-target.ts';
import { provingAtOnce, provingSoon, whyUnprovableHere } from '#cli/early-proof.ts';
import { holdOf, loadConfig, projectOf } from '#cli/file-spec.ts';
import { directionOf, expectNoOther, grantStepOf, writeHandOff } from '#cli/hand-off.ts';
import { handOverRole } from '#cli/hand-off-role.ts';
import { initOutcome, leavesDoor, tellInstances, tellMade } from '#cli/init-outcome.ts';
import { openDiagnosis } from '#cli/open-diagnosis.ts';
import { openAccounts, type Accounts } from '#cli/open-accounts.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { ADOPT, ALL, PRUNE, REACHING_AWS, SKIP, TIMEOUT } from '#cli/options.ts';
import { checkPairs } from '#cli/check-pairs.ts';
import { expectOneHandOff, inTurn, type Word } from '#cli/pair-run.ts';
import { expectPlanned, expectSame, readPlanFile } from '#cli/plan-file.ts';
import { accessFlags, proveBy } from '#cli/prove-command.ts';
import { saveProof } from '#cli/proof-file.ts';
import { createRecorder, type Recorder } from '#cli/save-config.ts';
import { SPEC_OPTIONS } from '#cli/spec-options.ts';
import { tellCutOff } from '#cli/tell-cut-off.ts';
import { readTargets, type Target, type Targets } from '#cli/targets.ts';
import { askForInit, saysAll } from '#cli/wizard.ts';
import { skipsOf, waitMsOf } from '#cli/verify-target.ts';
import { readWish } from '#cli/wish.ts';

/** A new role is usable everywhere after seconds, rarely a minute. */
const WAIT_SECONDS = 60;
/** Which targets the one provider.tf is for: those of this run, where a file with several needs their names. Halves of a pair are never used together. */
const namesOfNext = ({ input, pair }: Target, { loaded, targets }: Targets, isAll: boolean): readonly string[] => {
  if (pair !== undefined) return [input.name];
  if (targets.length > 1) return isAll ? ['--all'] : targets.map((one) => one.input.name);
  return (loaded?.targets.length ?? 0) > 1 ? [input.name] : [];
};

const nextCommand = ({ target, targets, input }: Run): string =>
  `${commandLine(['emit-tf', ...namesOfNext(target, targets, input.isSet('all'))])} > provider.tf`;

/** A first run writes the file that has it. */
const verifyCommand = ({ target, targets, input }: Run, { spec, desired }: Planned): string => {
  const isInFile = target.inFile !== undefined || targets.loaded === undefined;
  return proveBy(spec, isInFile ? namesOfNext(target, targets, input.isSet('all')) : accessFlags(desired.access));
};

/** What is the same for all targets of a run. */
interface All {
  readonly targets: Targets;
  readonly shared: SharedSource;
  readonly record: Recorder;
  readonly input: Input;
  readonly context: Context;
}

interface Run extends All {
  readonly target: Target;
}

const allOf = (targets: Targets, input: Input, context: Context): All => ({
  targets,
  shared: createSharedSource(),
  record: createRecorder({ project: targets, input, context }),
  input,
  context,
});

const portsOf = ({ target: side, source }: Accounts, { target, targets, shared, record, input, context }: Run): InitPorts => ({
  target: side,
  source,
  shared,
  reporter: context.reporter,
  clock: context.clock,
  diagnosis: openDiagnosis({ source: source ?? side, target: async () => side }, context),
  random: context.random,
  hold: holdOf(targets, context),
  ask: askPlan(input, context),
  record: (wanted) => record(wanted, target),
});

const optionsOf = (input: Input, context: Context): InitOptions => ({
  isDryRun: input.isSet('dry-run'),
  onFailure: input.isSet('keep') ? 'keep' : 'undo',
  findsLoose: input.isSet('prune'),
  adopts: input.isSet('adopt'),
  skip: skipsOf(input),
  waitMs: waitMsOf(input, WAIT_SECONDS),
  calmWaitMs: waitMsOf(input, 0),
  signal: context.signal,
});

/** `options` are those that the plan was made with. */
const finish = async (planned: Planned, ports: InitPorts, options: InitOptions, run: Run): Promise<TargetOutcome> => {
  const { target, targets, input, context } = run;
  const unprovable = whyUnprovableHere(target, planned);
  const report = await initTarget(planned, ports, options);
  // Said before the proof, which may take a minute: whoever stops it knows what is there.
  tellMade(report, input, context);
  if (report.applied.length > 0) tellInstances(planned.spec.source.instances, context);
  const proof = unprovable === undefined && !leavesDoor(report) ? await proveTarget(report, ports, options) : undefined;
  const proved = proof && { name: target.input.name, access: report.desired.access, report: proof };
  if (proved) await saveProof(proved, targets, context);
  const next = planned.spec.role.conditions.mfa ? undefined : nextCommand(run);
  return initOutcome({ report, proof, unprovable, next, verify: verifyCommand(run, planned) }, input, context);
};

/** A plan, and the doing of it. */
interface Begun {
  readonly spec: Spec;
  readonly carryOn: () => Promise<TargetOutcome>;
}

const begin = async (asked: Run, word: Word | undefined): Promise<Begun> => {
  const { input, context } = asked;
  const options = optionsOf(input, context);
  const wish = await readWish(asked.target, { word, isMade: !options.isDryRun, input, context });
  const run = { ...asked, target: wish.target };
  const ports = portsOf(wish.accounts, run);
  const request = await withGrantee(wish.request, input, context);
  const early = await provingAtOnce(options, request, ports, run);
  const planned = await planTarget(request, ports, early);
  return { spec: planned.spec, carryOn: () => finish(planned, ports, early, run) };
};

/** The target's side is made here, and the source's is written down: its credentials, if a file hints at some, are left alone. */
const handOver = async (file: Given<string>, asked: Run): Promise<TargetOutcome> => {
  const { input, context } = asked;
  if (directionOf(asked.target, input) === 'make-role') return handOverRole(asked.target, file, asked);
  const options = optionsOf(input, context);
  const wish = await readWish(asked.target, { word: undefined, isMade: !options.isDryRun, input, context });
  const run = { ...asked, target: wish.target };
  const request = await withGrantee(wish.request, input, context);
  const alone = { ...portsOf(wish.accounts, run), source: undefined };
  const planned = await planTarget({ ...request, source: { ...request.source, isGranted: false } }, alone, options);
  const step = grantStepOf(request, planned.spec);
  await expectNoOther(file, context);
  const outcome = await finish(planned, alone, options, run);
  if (options.isDryRun) return outcome;
  const handoff = await writeHandOff(step, file, context);
  return { ...outcome, entry: { ...outcome.entry, handoff } };
};

/** A plan that was made before: what it says is done, and nothing else. */
const beginAgain = async ({ spec, ...expected }: PlannedTarget, run: Run): Promise<Begun> => {
  const { input, context } = run;
  const accounts = await openAccounts(run.target, spec.region, input, context);
  const ports = portsOf(accounts, run);
  const options = provingSoon(optionsOf(input, context), ports, run.target);
  const planned = await planSpec(spec, ports, options);
  expectSame(planned, expected, context);
  const madeAt = context.clock.now();
  return { spec, carryOn: () => finish(planned, ports, { ...options, madeAt }, run) };
};

/** The targets of a plan, as the file names them; flags of the set-up have no say. */
const runPlanned = async (name: string, input: Input, context: Context): Promise<Outcome> => {
  const loaded = await loadConfig(input, context, true);
  const project = projectOf(loaded, input, context);
  await tellCutOff(project, context);
  const file = await readPlanFile(name, loaded, context);
  expectPlanned(name, file.targets, input);
  const planned = file.targets.map((expected) => {
    const { pair, spec } = expected;
    const inFile = loaded?.targets.find(({ name }) => name === (pair?.undivided.name ?? spec.name));
    const target: Target = {
      input: { ...NOTHING_GIVEN, ...expected.input },
      flags: { ...NOTHING_GIVEN, ...expected.flags },
      pair: pair && { ...pair, fresh: '' },
      inFile,
      sourceProfile: inFile?.sourceProfile ?? loaded?.targets[0]?.sourceProfile,
    };
    return { target, expected };
  });
  const all = allOf({ ...project, targets: planned.map(({ target }) => target) }, input, context);
  const begun = new Map<Target, Promise<Begun>>();
  // All of them before the first is carried out: what they share in the source is in the plan of each.
  for (const { target, expected } of planned) {
    const beginning = beginAgain(expected, { ...all, target });
    begun.set(target, beginning);
    await beginning.catch(() => undefined);
  }
  return eachTarget(all.targets.targets, context, async (target) => {
    const plan = await begun.get(target);
    if (plan === undefined) throw new XacctError(problem('BUG', `the plan has no target ${target.input.name}`));
    return plan.carryOn();
  });
};

/** The wizard comes only where there is no file, and somebody to ask. */
const readOrAsk = async (input: Input, context: Context): Promise<readonly [Targets, Input]> => {
  const command = { name: 'init', needs: 'spec', mayBeNew: true } as const;
  const targets = await readTargets(input, context, command);
  if (targets.loaded !== undefined || !mayAsk(input, context) || saysAll(input)) return [targets, input];
  const answers = await askForInit(input, context);
  const answered = withAnswers(input, answers);
  context.say(
    `${context.paint.dim('the same without questions:')} ${context.paint.command(equivalentCommand(input.typed, answers))}\n`,
  );
  return [await readTargets(answered, context, command), answered];
};

export const initCommand: CommandDefinition = {
  options: [
    ...SPEC_OPTIONS,
    ...under(
      HEADINGS.action,
      { flags: '--save', about: 'write what the flags say into xacct.yaml, too' },
      {
        flags: '--handoff <file>',
        about: "write down what the other account's administrator is to do: in the target the grant, in the source the role",
      },
      { flags: '--dry-run', about: 'show the plan and stop' },
      PRUNE,
      ADOPT,
      { flags: '--plan <file>', about: 'carry out exactly this plan of `xacct plan --out`, or exit 5' },
      { flags: '--keep', about: 'when it fails, leave what was made instead of taking it back' },
      { flags: '--require-proof', about: 'exit 1 when the role was made but could not be proved' },
      SKIP,
      TIMEOUT,
      ALL,
    ),
    ...under(HEADINGS.accounts, ...REACHING_AWS),
  ],
  examples: [
    ['xacct init', 'asks everything; with an xacct.yaml: makes it so'],
    [
      'xacct init --target-profile admin-b --source-profile ci --policy s3=./s3.json --yes',
      'no questions: trusts the identity of profile ci, generates an external ID',
    ],
  ],
  run: async (input, context) => {
    const plan = input.text('plan');
    if (plan) return runPlanned(plan.value, input, context);
    const [targets, answered] = await readOrAsk(input, context);
    checkPairs(targets.targets, context);
    if (!answered.isSet('dry-run')) await tellCutOff(targets, context);
    const all = allOf(targets, answered, context);
    const handoff = answered.text('handoff');
    if (handoff) expectOneHandOff(targets.targets.map((target) => target.input.name));
    const inOrder = inTurn((target, word) => begin({ ...all, target }, word));
    return eachTarget(targets.targets, context, async (target) =>
      handoff ? handOver(handoff, { ...all, target }) : (await inOrder(target)).carryOn(),
    );
  },
};
