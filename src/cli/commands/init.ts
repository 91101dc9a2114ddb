/** xacct init: asks or reads, plans, confirms, applies, proves. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { parseSpecRequest, type SpecRequest } from '#domain/parse-spec.ts';
import { NOTHING_GIVEN } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { initTarget, proveTarget, type InitOptions, type InitPorts } from '#core/init-target.ts';
import { planSpec, planTarget, type Planned } from '#core/plan-target.ts';
import { createSharedSource, type SharedSource } from '#core/shared-source.ts';
import { commandLine, equivalentCommand, withAnswers } from '#cli/answers.ts';
import { withExisting } from '#cli/adopt.ts';
import { withGrantee } from '#cli/ask-grant.ts';
import { askPlan, mayAsk } from '#cli/ask-plan.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { eachTarget, type TargetOutcome } from '#cli/each-target.ts';
import { provingAtOnce, provingSoon, whyUnprovableHere } from '#cli/early-proof.ts';
import { loadConfig } from '#cli/file-spec.ts';
import { knowGithubIds } from '#cli/github-ids.ts';
import { directionOf, expectNoOther, grantStepOf, writeHandOff } from '#cli/hand-off.ts';
import { handOverRole } from '#cli/hand-off-role.ts';
import { initOutcome, tellInstances, tellMade } from '#cli/init-outcome.ts';
import { openDiagnosis } from '#cli/open-diagnosis.ts';
import { openAccounts } from '#cli/open-accounts.ts';
import { HEADINGS, under } from '#cli/headings.ts';
import { ADOPT, ALL, PRUNE, REACHING_AWS, SKIP, TIMEOUT } from '#cli/options.ts';
import { checkPairs } from '#cli/check-pairs.ts';
import { expectOneHandOff, freshFor, openShared, share, withShared } from '#cli/pair-run.ts';
import { expectSame, readPlanFile, saidFiles, type PlannedTarget } from '#cli/plan-file.ts';
import { saveProof } from '#cli/proof-file.ts';
import { configPath, saveConfig } from '#cli/save-config.ts';
import { SPEC_OPTIONS } from '#cli/spec-options.ts';
import { tellCutOff } from '#cli/tell-cut-off.ts';
import { readTargets, type Target, type Targets } from '#cli/targets.ts';
import { askForInit, saysAll } from '#cli/wizard.ts';
import { skipsOf, waitMsOf } from '#cli/verify-target.ts';

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

interface Run {
  readonly target: Target;
  readonly targets: Targets;
  /** Of all targets of the run. */
  readonly shared: SharedSource;
  readonly input: Input;
  readonly context: Context;
}

const portsOf = async (region: string | undefined, { target, targets: { loaded }, shared, input, context }: Run) => {
  const accounts = await openAccounts(target, region, input, context);
  const ports: InitPorts = {
    target: accounts.target,
    source: accounts.source,
    shared,
    reporter: context.reporter,
    clock: context.clock,
    diagnosis: openDiagnosis({ source: accounts.source ?? accounts.target, target: async () => accounts.target }, context),
    random: context.random,
    hold: (work) => context.hold(context.files.folderOf(configPath(loaded, input, context)), work),
    ask: askPlan(input, context),
    record: (wanted) => saveConfig(wanted, target, loaded, input, context),
  };
  return { ports, region: accounts.region };
};

const optionsOf = (input: Input, context: Context): InitOptions => ({
  isDryRun: input.isSet('dry-run'),
  onFailure: input.isSet('keep') ? 'keep' : 'undo',
  findsLoose: input.isSet('prune'),
  adopts: input.isSet('adopt'),
  skip: skipsOf(input),
  waitMs: waitMsOf(input, WAIT_SECONDS),
  signal: context.signal,
});

/** `options` are those that the plan was made with. */
const finish = async (planned: Planned, ports: InitPorts, given: InitOptions, run: Run): Promise<TargetOutcome> => {
  const { target, targets, input, context } = run;
  const unprovable = whyUnprovableHere(target, planned);
  const { entry, ...rest } = given;
  const options = { ...rest, ...(entry && unprovable === undefined && { entry }) };
  const report = await initTarget(planned, ports, options);
  // Said before the proof, which may take a minute: whoever stops it knows what is there.
  tellMade(report, input, context);
  if (report.applied.length > 0) tellInstances(planned.spec.source.instances, context);
  const proof = unprovable === undefined ? await proveTarget(report, ports, options) : undefined;
  const proved = proof && { name: target.input.name, access: report.desired.access, report: proof };
  if (proved) await saveProof(proved, configPath(targets.loaded, input, context), context);
  const next = planned.spec.role.conditions.mfa ? undefined : nextCommand(run);
  return initOutcome({ report, proof, unprovable, next }, input, context);
};

const initOne = async (asked: Run): Promise<TargetOutcome> => {
  const { input, context } = asked;
  const target = withShared(await withExisting(asked.target, input, context));
  const run = { ...asked, target };
  const options = optionsOf(input, context);
  const handoff = input.text('handoff');
  if (handoff && directionOf(target, input) === 'make-role') return handOverRole(target, run.targets, handoff, run);
  const request = parseSpecRequest(target.input, freshFor(target.pair, !options.isDryRun, context));
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const { ports, region } = await portsOf(request.value.region, run);
  const wanted = await withGrantee(knowGithubIds(request.value, context), input, context);
  const settled = { ...wanted, region };
  if (handoff !== undefined) return handOver(settled, handoff, ports, run);
  const early = await provingAtOnce(options, settled, ports, run);
  const planned = await planTarget(settled, ports, early);
  share(target.pair, planned.spec);
  return finish(planned, ports, early, run);
};

/** The target's side is made here, and the source's is written down: its credentials, if a file hints at some, are left alone. */
const handOver = async (request: SpecRequest, file: Given<string>, ports: InitPorts, run: Run): Promise<TargetOutcome> => {
  const { input, context } = run;
  const alone = { ...ports, source: undefined };
  const ungranted = { ...request, source: { ...request.source, isGranted: false } };
  const options = optionsOf(input, context);
  const planned = await planTarget(ungranted, alone, options);
  const step = grantStepOf(request, planned.spec);
  await expectNoOther(file, context);
  const outcome = await finish(planned, alone, options, run);
  if (input.isSet('dry-run')) return outcome;
  const handoff = await writeHandOff(step, file, context);
  return { ...outcome, entry: { ...outcome.entry, handoff } };
};

/** A plan that was made before: what it says is done, and nothing else. Resolves to the doing of it. */
const planAgain = async (expected: PlannedTarget, run: Run): Promise<() => Promise<TargetOutcome>> => {
  const { spec } = expected;
  const { ports } = await portsOf(spec.region, run);
  const options = provingSoon(optionsOf(run.input, run.context), ports, run.target);
  const planned = await planSpec(spec, ports, options);
  expectSame(planned, expected, run.context);
  const madeAt = run.context.clock.now();
  return () => finish(planned, ports, { ...options, madeAt }, run);
};

/** The targets of a plan, as the file names them; flags of the set-up have no say. */
const runPlanned = async (name: string, input: Input, context: Context): Promise<Outcome> => {
  const loaded = await loadConfig(input, context, true);
  await tellCutOff(loaded, input, context);
  const file = await readPlanFile(name, loaded, context);
  const shared = new Map<string, ReturnType<typeof openShared>>();
  const sharedOf = (name: string) => {
    const found = shared.get(name) ?? openShared();
    shared.set(name, found);
    return found;
  };
  const said = saidFiles(file);
  const planned = file.targets.map((expected) => {
    const { pair, spec } = expected;
    const inFile = loaded?.targets.find(({ name }) => name === (pair?.undivided.name ?? spec.name));
    const target: Target = {
      input: { ...NOTHING_GIVEN, name: expected.spec.name, ...said },
      flags: { ...NOTHING_GIVEN, name: expected.spec.name },
      pair: pair && { ...pair, shared: sharedOf(pair.undivided.name) },
      inFile,
      sourceProfile: inFile?.sourceProfile ?? loaded?.targets[0]?.sourceProfile,
    };
    return { target, expected };
  });
  const targets: Targets = { loaded, targets: planned.map(({ target }) => target) };
  const source = createSharedSource();
  const doings = new Map<Target, Promise<() => Promise<TargetOutcome>>>();
  // All of them before the first is carried out: what they share in the source is in the plan of each.
  for (const { target, expected } of planned) {
    const doing = planAgain(expected, { target, targets, shared: source, input, context });
    doings.set(target, doing);
    await doing.catch(() => undefined);
  }
  return eachTarget(targets.targets, context, async (target) => {
    const doing = await doings.get(target);
    if (doing === undefined) throw new XacctError(problem('BUG', `the plan has no target ${target.input.name}`));
    return doing();
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
    if (!answered.isSet('dry-run')) await tellCutOff(targets.loaded, answered, context);
    if (answered.text('handoff')) expectOneHandOff(targets.targets.map((target) => target.input.name));
    const shared = createSharedSource();
    return eachTarget(targets.targets, context, (target) => initOne({ target, targets, shared, input: answered, context }));
  },
};
