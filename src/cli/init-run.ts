/** init of one target: planned, carried out, and proved at the end; what is asked, found and shared by all targets of the run is handed in. */
import type { PlannedTarget } from '#domain/plan-file.ts';
import type { Hint } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import type { Spec } from '#domain/spec.ts';
import type { VerifyReport } from '#domain/verify-report.ts';
import { initTarget, proveTarget, type InitOptions, type InitPorts, type InitReport } from '#core/init-target.ts';
import { planSpec, planTarget, type Planned } from '#core/plan-target.ts';
import { createSharedSource, type SharedSource } from '#core/shared-source.ts';
import { again, namesFor, type Asked } from './again.ts';
import { commandLine } from './answers.ts';
import { withGrantee } from './ask-grant.ts';
import { askPlan, OF_INIT } from './ask-plan.ts';
import type { Input } from './command.ts';
import { askingFlags, completeCause, targetProfile } from './complete-patch.ts';
import type { Context } from './context.ts';
import type { TargetOutcome, Unproved } from './each-target.ts';
import { provingAtOnce, provingSoon, whyUnprovableHere } from './early-proof.ts';
import { holdOf } from './file-spec.ts';
import { directionOf, expectNoOther, grantStepOf, writeHandOff } from './hand-off.ts';
import { handOverRole } from './hand-off-role.ts';
import { initEntry, initOutcome, leavesDoor, tellInstances, tellMade } from './init-outcome.ts';
import { openDiagnosis } from './open-diagnosis.ts';
import { openAccounts, type Accounts } from './open-accounts.ts';
import type { Word } from './pair-word.ts';
import { expectSame } from './plan-file.ts';
import { accessFlags } from './access-flags.ts';
import { proveBy } from './prove-command.ts';
import { saveProof } from './proof-file.ts';
import { createRecorder, type Recorder } from './save-config.ts';
import { grantsOf, type Target, type Targets } from './targets.ts';
import { tryLast } from './try-file.ts';
import { unsavedFlags } from './unsaved.ts';
import { skipsOf, waitMsOf } from './verify-target.ts';
import { readWish } from './wish.ts';

/** A new role is usable everywhere after seconds, rarely a minute. */
const WAIT_SECONDS = 60;
/** Which targets the one provider.tf is for: those of this run, where a file with several needs their names. Halves of a pair are never used together. */
const namesOfNext = ({ input, pair }: Target, { loaded, targets }: Targets, isAll: boolean): readonly string[] => {
  if (pair !== undefined) return [input.name];
  if (targets.length > 1) return isAll ? ['--all'] : targets.map((one) => one.input.name);
  return (loaded?.targets.length ?? 0) > 1 ? [input.name] : [];
};

/** Another name for the file than the one that is found by itself. */
const configOf = (input: Input): readonly string[] => {
  const config = input.text('config');
  return config?.place === '--config' ? ['--config', config.value] : [];
};

/** The target, or targets, as the file and what it does not say describe them. */
const describedBy = ({ target, targets, input, context }: Run, planned: Planned): readonly string[] => [
  ...namesOfNext(target, targets, input.isSet('all')),
  ...configOf(input),
  ...(input.isSet('save') ? [] : unsavedFlags(target, planned, targets, context)),
];

const nextCommand = (run: Run, planned: Planned): string =>
  `${commandLine(['emit-tf', ...describedBy(run, planned)])} > provider.tf`;

/** A first run writes the file that has it. */
const verifyCommand = (run: Run, planned: Planned): string => {
  const isInFile = run.target.inFile !== undefined || run.targets.loaded === undefined;
  return proveBy(planned.spec, isInFile ? describedBy(run, planned) : accessFlags(planned.desired.access));
};

/** What is the same for all targets of a run. */
export interface All {
  readonly targets: Targets;
  readonly shared: SharedSource;
  readonly record: Recorder;
  readonly input: Input;
  readonly context: Context;
}

export interface Run extends All {
  readonly target: Target;
}

const askedOf = ({ target, targets, input }: Run): Asked => ({ verb: 'init', input, names: namesFor(target, targets, input) });

export const allOf = (targets: Targets, input: Input, context: Context): All => ({
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
  ask: askPlan(input, context, { ...OF_INIT, name: targets.targets.length > 1 ? target.input.name : undefined }),
  record: (wanted) => record(wanted, target),
});

const optionsOf = ({ targets, input, context }: All): InitOptions => ({
  isDryRun: input.isSet('dry-run'),
  onFailure: input.isSet('keep') ? 'keep' : 'undo',
  findsLoose: input.isSet('prune'),
  adopts: input.isSet('adopt'),
  grants: grantsOf(targets, input),
  skip: skipsOf(input),
  waitMs: waitMsOf(input, WAIT_SECONDS),
  calmWaitMs: waitMsOf(input, 0),
  signal: context.signal,
});

/** Its cause names commands for this command line. */
const proofOf = async (
  report: InitReport,
  ports: InitPorts,
  options: InitOptions,
  run: Run,
): Promise<VerifyReport | undefined> => {
  const proof = await proveTarget(report, ports, options);
  if (proof === undefined || proof.cause === null) return proof;
  const { target, input, context } = run;
  const asked = askedOf(run);
  const isInFile = target.inFile !== undefined || run.targets.loaded === undefined;
  const known = { access: report.desired.access, callerArn: proof.source.arn, name: isInFile ? target.input.name : null };
  const profile = await targetProfile(target, input, context);
  const cause = completeCause(proof.cause, { ...known, profile, asking: askingFlags(input), admin: profile });
  const granting = again('init', asked, ['--source-profile', 'NAME', '--grant-source']);
  const isGrantMissing = cause.code === 'SOURCE_GRANT_MISSING' && cause.patch.xacct === undefined;
  return { ...proof, cause: isGrantMissing ? { ...cause, patch: { ...cause.patch, xacct: granting } } : cause };
};

/** `options` are those that the plan was made with. */
const finish = async (planned: Planned, ports: InitPorts, options: InitOptions, run: Run): Promise<Unproved> => {
  const { target, targets, context } = run;
  const asked = askedOf(run);
  const unprovable = whyUnprovableHere(target, planned);
  const report = await initTarget(planned, ports, options);
  // Said before the proof, which may take a minute: whoever stops it knows what is there.
  tellMade(report, asked, context);
  if (report.applied.length > 0) tellInstances(planned.spec.source.instances, context);
  const prove = async (its: Context): Promise<TargetOutcome> => {
    const isProving = unprovable === undefined && !leavesDoor(report);
    const proof = isProving ? await proofOf(report, { ...ports, reporter: its.reporter }, options, run) : undefined;
    const proved = proof && { name: target.input.name, access: report.desired.access, report: proof };
    if (proved) await saveProof(proved, targets, its);
    const next = planned.spec.role.conditions.mfa ? undefined : nextCommand(run, planned);
    return initOutcome({ report, proof, unprovable, next, verify: verifyCommand(run, planned) }, asked, its);
  };
  return { entry: initEntry(report, undefined), prove };
};

/** A plan, and the doing of it. */
export interface Begun {
  readonly spec: Spec;
  readonly carryOn: () => Promise<Unproved>;
}

export const begin = async (asked: Run, word: Word | undefined): Promise<Begun> => {
  const { input, context } = asked;
  const options = optionsOf(asked);
  const wish = await readWish(asked.target, { word, isMade: !options.isDryRun, input, context });
  const run = { ...asked, target: wish.target };
  const ports = portsOf(wish.accounts, run);
  const request = await withGrantee(wish.request, input, context);
  const early = await provingAtOnce(options, request, ports, run);
  const planned = await planTarget(request, ports, early);
  return { spec: planned.spec, carryOn: () => finish(planned, ports, early, run) };
};

/** The target's side is made here, and the source's is written down: its credentials, if a file hints at some, are left alone. */
export const handOver = async (file: Given<string>, asked: Run): Promise<TargetOutcome> => {
  const { input, context } = asked;
  if (directionOf(asked.target, input) === 'make-role') return handOverRole(asked.target, file, asked);
  const options = optionsOf(asked);
  const wish = await readWish(asked.target, { word: undefined, isMade: !options.isDryRun, input, context });
  const run = { ...asked, target: wish.target };
  const request = await withGrantee(wish.request, input, context);
  const alone = { ...portsOf(wish.accounts, run), source: undefined };
  const planned = await planTarget({ ...request, source: { ...request.source, isGranted: false } }, alone, options);
  const step = grantStepOf(request, planned.spec);
  await expectNoOther(file, context);
  const { prove } = await finish(planned, alone, options, run);
  const outcome = await prove(context);
  if (options.isDryRun) return outcome;
  const write = async () => ({ ...outcome, entry: { ...outcome.entry, handoff: await writeHandOff(step, file, context) } });
  return tryLast(outcome, write, context);
};

/** A plan that was made before: what it says is done, and nothing else. */
export const beginAgain = async (expected: PlannedTarget, remade: Hint, run: Run): Promise<Begun> => {
  const { input, context } = run;
  const { spec } = expected;
  const accounts = await openAccounts(run.target, spec.region, input, context);
  const ports = portsOf(accounts, run);
  const options = provingSoon(optionsOf(run), ports, run.target);
  const planned = await planSpec(spec, ports, options);
  expectSame(planned, expected, remade, context);
  const madeAt = context.clock.now();
  return { spec, carryOn: () => finish(planned, ports, { ...options, madeAt }, run) };
};
