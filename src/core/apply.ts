/** The only writer: carries out an approved plan phase by phase, journals every step, and takes back what it made when one fails. */
import { note, problem, type Diagnostic, type Hint } from '#domain/diagnostic.ts';
import type { Clock, Random } from '#domain/clock.ts';
import type { SideName } from '#domain/desired.ts';
import { PHASES, type Step } from '#domain/plan.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { ApprovedPlan } from './approve.ts';
import { expectTrustSeen, expectTrustWritten } from './expect-trust.ts';
import { createPatience, type Patience } from './patience.ts';
import type { Journal } from './ports/journal.ts';
import type { Reporter } from './ports/reporter.ts';
import { refusalOf } from './ports/sessions.ts';
import type { AccountIam } from './ports/account-iam.ts';
import { withHints } from './with-hints.ts';
import { isMade, send, write } from './write.ts';

export interface ApplyPorts {
  /** The source's is missing where no step is of the source. */
  readonly iams: Readonly<Record<SideName, AccountIam | undefined>>;
  readonly journal: Journal;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly random: Random;
}

export interface ApplyOptions {
  /**
   * `undo`, the default: what was made is taken back. `keep`: it stays, and is listed. `forward`: of a removal and a lock nothing is
   * taken back; what is not done yet is listed, for the next run.
   */
  readonly onFailure?: 'undo' | 'keep' | 'forward';
  /** Stops between steps. */
  readonly signal?: AbortSignal;
  /** Called before each phase, with all that is left to do. */
  readonly onPhase?: (left: readonly Step[]) => void;
  /** What this run has done before, for this plan and others. */
  readonly before?: readonly Step[];
  /** What else there is to do where this step is refused. */
  readonly wayOut?: (step: Step) => readonly Hint[];
}

export interface ApplyReport {
  /** In the plan's order. */
  readonly applied: readonly Step[];
}

/** IAM throttles per account: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const PARALLEL = 4;

const iamOf = ({ iams }: ApplyPorts, side: SideName): AccountIam => {
  const iam = iams[side];
  if (iam === undefined) throw new XacctError(problem('BUG', `a step of the ${side}, and no way to its account`));
  return iam;
};

const isUnknown = (error: unknown): boolean => isXacctError(error) && error.code === 'UNREACHABLE';

/** A plan that was overtaken is no refusal of AWS: the next plan will say what to do. */
const staleOr = (error: unknown, step: Step): unknown => {
  if (refusalOf(error)?.code !== 'EntityAlreadyExists') return error;
  return new XacctError(
    problem('STALE', `${step.id}: it exists now, and did not when the plan was made`, {
      hints: [{ text: 'look at the new plan', command: 'xacct init --dry-run' }],
    }),
  );
};

/** What a run has done so far. */
interface Progress {
  readonly done: Step[];
  /** Those, after what was done before. */
  readonly known: Step[];
  /** Those of `done` whose end nobody knows. */
  readonly unsure: Set<Step>;
  readonly patience: Patience;
  readonly wayOut: NonNullable<ApplyOptions['wayOut']>;
}

const perform = async (step: Step, ports: ApplyPorts, { known, done, unsure, patience, wayOut }: Progress): Promise<void> => {
  const { journal, reporter } = ports;
  const iam = iamOf(ports, step.side);
  await expectTrustSeen(iam, step);
  await journal.begin(step);
  reporter.progress({ kind: 'started', id: step.id, title: step.id });
  try {
    await patience.keepTrying(step, known, () => write(iam, step.write));
    done.push(step);
    known.push(step);
  } catch (error) {
    // Without an answer it may have been done all the same, and taking back what was not done changes nothing.
    if (isUnknown(error)) {
      done.push(step);
      known.push(step);
      unsure.add(step);
    }
    await journal.end(step, 'failed').catch(() => undefined);
    reporter.progress({ kind: 'finished', id: step.id, title: step.id, status: 'failed' });
    throw withHints(staleOr(error, step), wayOut(step));
  }
  await journal.end(step, 'done');
  reporter.progress({ kind: 'finished', id: step.id, title: step.id, status: 'done' });
};

/** Nothing came of it, as far as this run is concerned: what stands there by now somebody else has made. */
const isOfNobody = async (step: Step, ports: ApplyPorts): Promise<boolean> =>
  step.write.kind.startsWith('create-') && !(await isMade(iamOf(ports, step.side), step.write));

/** The journal may be what failed: taking back goes on without it. Steps go in reverse; what cannot be taken back is said, and the rest is tried all the same. */
const takeBack = async (
  done: readonly Step[],
  ports: ApplyPorts,
  unsure: ReadonlySet<Step> | undefined,
): Promise<readonly Diagnostic[]> => {
  const remains: Diagnostic[] = [];
  const undone: string[] = [];
  for (const step of done.toReversed()) {
    const { id, side, undo } = step;
    if (undo === undefined) continue;
    try {
      if (unsure?.has(step) && (await isOfNobody(step, ports))) continue;
      const iam = iamOf(ports, side);
      await expectTrustWritten(iam, step);
      await send(iam, undo);
      undone.push(id);
      await ports.journal.undo(step, 'done').catch(() => undefined);
      ports.reporter.progress({ kind: 'finished', id: `undo ${id}`, title: `undo ${id}`, status: 'done' });
    } catch (error) {
      await ports.journal.undo(step, 'failed').catch(() => undefined);
      const why = error instanceof Error ? error.message : String(error);
      remains.push(problem('PARTIAL', `this remains: ${id} could not be undone: ${why}`));
    }
  }
  if (undone.length > 0 && remains.length === 0)
    ports.reporter.tell(note('TAKEN_BACK', `what this run had made is taken back: ${undone.join(', ')}`));
  return remains;
};

const listed = (steps: readonly Step[], how: string): readonly Diagnostic[] =>
  steps.map(({ id }) => problem('PARTIAL', `${how}: ${id}`));

const failure = (cause: unknown, remains: readonly Diagnostic[]): unknown => {
  const [first, ...more] = remains;
  if (first === undefined) return cause;
  const why = isXacctError(cause) ? cause.diagnostics : [problem('BUG', cause instanceof Error ? cause.message : String(cause))];
  return new XacctError(first, ...more, ...why);
};

interface Ending {
  readonly ports: ApplyPorts;
  readonly onFailure: 'undo' | 'keep';
  /** Those of the steps whose end nobody knows. */
  readonly unsure?: ReadonlySet<Step>;
}

/** The error of a run that failed, when what it did has been taken back, or stays as asked. */
export const endFailed = async (cause: unknown, done: readonly Step[], { ports, onFailure, unsure }: Ending): Promise<unknown> =>
  failure(cause, onFailure === 'undo' ? await takeBack(done, ports, unsure) : listed(done, 'this remains, as asked'));

/** The steps of one phase, a few at a time in each account; once one failed no other begins, and those that run are waited for. */
const inParallel = async (steps: readonly Step[], ports: ApplyPorts, progress: Progress, signal?: AbortSignal): Promise<void> => {
  const failures: unknown[] = [];
  const work = async (queue: Step[]): Promise<void> => {
    for (let step = queue.shift(); step !== undefined && failures.length === 0; step = queue.shift()) {
      try {
        signal?.throwIfAborted();
        await perform(step, ports, progress);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const queues = (['source', 'target'] as const).map((side) => steps.filter((step) => step.side === side));
  await Promise.all(queues.flatMap((queue) => Array.from({ length: Math.min(PARALLEL, queue.length) }, () => work(queue))));
  if (failures.length > 0) throw failures[0];
};

/** Throws what went wrong after taking back everything (its own status), or PARTIAL with what remains. */
export const apply = async (
  plan: ApprovedPlan,
  ports: ApplyPorts,
  { signal, onFailure = 'undo', onPhase, before = [], wayOut = () => [] }: ApplyOptions = {},
): Promise<ApplyReport> => {
  const all = plan.changes.flatMap((change) => change.steps);
  const phases = PHASES.map((phase) => all.filter((step) => step.phase === phase));
  const patience = createPatience(ports, signal);
  const progress: Progress = { done: [], known: [...before], unsure: new Set(), patience, wayOut };
  const { done, unsure } = progress;
  try {
    for (const [at, steps] of phases.entries()) {
      onPhase?.(phases.slice(at).flat());
      await inParallel(steps, ports, progress, signal);
    }
    signal?.throwIfAborted();
  } catch (cause) {
    if (onFailure !== 'forward') throw await endFailed(cause, done, { ports, onFailure, unsure });
    const left = all.filter((step) => !done.includes(step) || unsure.has(step));
    throw failure(cause, left.length === all.length ? [] : listed(left, 'this was not done; run the same command again'));
  }
  return { applied: phases.flat() };
};
