/** From an approved plan to accounts that are as it says: the lock, a last look, the file, apply. */
import type { Clock, Random } from '#domain/clock.ts';
import { changesOf, type Change, type Step } from '#domain/plan.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { apply, endFailed, type ApplyOptions } from './apply.ts';
import type { ApprovedPlan } from './approve.ts';
import { explainRefusal } from './rule-behind.ts';
import { observe, type ObserveOptions } from './observe.ts';
import { aloneOf, iamsOf, type Planned, type PlanPorts } from './plan-target.ts';
import type { Hold } from './ports/journal.ts';
import { knowing, planSource } from './shared-source.ts';
import { expectStill } from './stale.ts';

/** What was put on disk, and how to take it back when everything else was. */
export interface Recorded {
  forget(): Promise<void>;
}

/** What is wanted, and who the source's credentials are, where they are at hand. */
export type Wanted = Pick<Planned, 'spec' | 'caller'>;

export interface CarryOutPorts extends PlanPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Of the folder; from right before the first write on. */
  readonly hold: Hold;
  /** After the yes and before the first write: the desired state is put on disk, external id included. Holds the folder while it writes. */
  readonly record: (planned: Wanted) => Promise<Recorded>;
}

export interface CarryOutOptions extends Omit<ApplyOptions, 'before'>, ObserveOptions {
  readonly onFailure: 'undo' | 'keep';
  /** The plan has waited for an answer: somebody may have been faster. */
  readonly isLate: boolean;
}

const expectUnchanged = async ({ observed, desired }: Planned, ports: PlanPorts, options: ObserveOptions): Promise<void> => {
  expectStill(desired.targetAccount, observed, await observe(iamsOf(ports), aloneOf(desired), options));
};

/** What is to be made there is looked at when it is made: other targets of this run may have made it since the plan. */
const standsAsItIs = ({ source }: Planned): boolean => changesOf(source).length === 0;

const expectSourceUnchanged = async (
  { source: { wanted, observed }, desired }: Planned,
  ports: PlanPorts,
  options: ObserveOptions,
) => {
  const now = await planSource(wanted, ports.source?.iam, knowing(options, desired));
  if (!now.ok) throw XacctError.of(now.diagnostics);
  expectStill(wanted.account, { source: observed }, { source: now.value.observed });
};

/** The approved changes of what the targets share, and those of this target alone. */
const parted = (approved: ApprovedPlan, { source }: Planned) => {
  const isShared = (change: Change): boolean => source.changes.includes(change);
  return {
    common: { wanted: source.wanted, changes: changesOf(approved).filter(isShared) },
    own: { ...approved, changes: approved.changes.filter((change) => !isShared(change)) },
  };
};

/** The file first, so that a generated external ID is never lost; where the work left nothing behind, it goes again. */
export const recordFirst = async <T>(record: () => Promise<Recorded>, work: () => Promise<T>): Promise<T> => {
  const recorded = await record();
  try {
    return await work();
  } catch (error) {
    if (!isXacctError(error) || error.code !== 'PARTIAL') await recorded.forget();
    throw error;
  }
};

/**
 * Under the folder's lock: the file, then AWS. A run that made nothing in the end leaves no file behind either; where something remains, the
 * file says what was wanted. Resolves to the steps.
 */
export const carryOut = async (
  approved: ApprovedPlan,
  planned: Planned,
  ports: CarryOutPorts,
  options: CarryOutOptions,
): Promise<readonly Step[]> => {
  if (changesOf(approved).length === 0) {
    await ports.record(planned);
    return [];
  }
  const { common, own } = parted(approved, planned);
  return ports.hold(async (journal) => {
    if (options.isLate) await expectUnchanged(planned, ports, options);
    if (options.isLate && standsAsItIs(planned)) await expectSourceUnchanged(planned, ports, options);
    const applyPorts = { ...ports, iams: iamsOf(ports), journal };
    const { onPhase: _, ...making } = options;
    const made: Step[] = [];
    const write = async (): Promise<readonly Step[]> => {
      const { applied } = await ports.shared.standOn(common, {
        make: async (changes) => {
          if (options.isLate) await expectSourceUnchanged(planned, ports, options);
          made.push(...(await apply({ ...approved, changes }, applyPorts, making)).applied);
          return made;
        },
        work: (before) => apply(own, applyPorts, { ...options, before }),
        undo: (error, steps) => endFailed(error, steps, { ports: applyPorts, onFailure: options.onFailure }),
      });
      return [...made, ...applied];
    };
    try {
      return await recordFirst(() => ports.record(planned), write);
    } catch (error) {
      throw await explainRefusal(error, { ...ports, spec: planned.spec });
    }
  });
};
