/** The only writer: carries out an approved plan phase by phase, journals every step, and takes back what it made when one fails. */
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { PHASES, type Step, type Write } from '#domain/plan.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { ApprovedPlan } from './approve.ts';
import type { Journal } from './ports/journal.ts';
import type { Reporter } from './ports/reporter.ts';
import type { TargetIam } from './ports/target-iam.ts';

export interface ApplyPorts {
  readonly iam: TargetIam;
  readonly journal: Journal;
  readonly reporter: Reporter;
}

export interface ApplyReport {
  /** Ids of the steps that were done, in order. */
  readonly applied: readonly string[];
}

/** IAM throttles per account: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const PARALLEL = 4;

const carryOut = (iam: TargetIam, write: Write): Promise<void> => {
  switch (write.kind) {
    case 'create-role':
      return iam.createRole(write.role);
    case 'delete-role':
      return iam.deleteRole(write.roleName);
    case 'update-trust':
      return iam.updateTrust(write.roleName, write.trustPolicy);
    case 'update-role':
      return iam.updateRole(write.roleName, write.settings);
    case 'tag-role':
      return iam.tagRole(write.roleName, write.tags);
    case 'untag-role':
      return iam.untagRole(write.roleName, write.keys);
    case 'create-policy':
      return iam.createPolicy(write.policy);
    case 'update-policy':
      return iam.updatePolicy(write.arn, write.document);
    case 'delete-policy':
      return iam.deletePolicy(write.arn);
    case 'attach-policy':
      return iam.attachPolicy(write.roleName, write.policyArn);
    case 'detach-policy':
      return iam.detachPolicy(write.roleName, write.policyArn);
  }
};

const perform = async (step: Step, ports: ApplyPorts): Promise<void> => {
  const { iam, journal, reporter } = ports;
  await journal.begin(step);
  reporter.progress({ kind: 'started', id: step.id, title: step.id });
  try {
    await carryOut(iam, step.write);
  } catch (error) {
    await journal.end(step.id, 'failed');
    reporter.progress({ kind: 'finished', id: step.id, title: step.id, status: 'failed' });
    throw error;
  }
  await journal.end(step.id, 'done');
  reporter.progress({ kind: 'finished', id: step.id, title: step.id, status: 'done' });
};

/** Takes steps back in reverse; what cannot be taken back is said, and the rest is tried all the same. */
const takeBack = async (done: readonly Step[], ports: ApplyPorts): Promise<readonly Diagnostic[]> => {
  const remains: Diagnostic[] = [];
  for (const { id, undo } of done.toReversed()) {
    if (undo === undefined) continue;
    try {
      await carryOut(ports.iam, undo);
      await ports.journal.undo(id, undo, 'done');
      ports.reporter.progress({ kind: 'finished', id: `undo ${id}`, title: `undo ${id}`, status: 'done' });
    } catch (error) {
      await ports.journal.undo(id, undo, 'failed');
      const why = error instanceof Error ? error.message : String(error);
      remains.push(problem('PARTIAL', `this remains: ${id} could not be undone: ${why}`));
    }
  }
  return remains;
};

const failure = (cause: unknown, remains: readonly Diagnostic[]): unknown => {
  const [first, ...more] = remains;
  if (first === undefined) return cause;
  const why = isXacctError(cause) ? cause.diagnostics : [problem('BUG', cause instanceof Error ? cause.message : String(cause))];
  return new XacctError(first, ...more, ...why);
};

const inBatches = async (steps: readonly Step[], ports: ApplyPorts, done: Step[]): Promise<void> => {
  for (let start = 0; start < steps.length; start += PARALLEL) {
    const batch = steps.slice(start, start + PARALLEL);
    const outcomes = await Promise.allSettled(
      batch.map(async (step) => {
        await perform(step, ports);
        done.push(step);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
};

/** Throws what went wrong after taking back everything (its own status), or PARTIAL with what remains. `signal` stops between batches. */
export const apply = async (plan: ApprovedPlan, ports: ApplyPorts, signal?: AbortSignal): Promise<ApplyReport> => {
  const steps = plan.changes.flatMap((change) => change.steps);
  const done: Step[] = [];
  try {
    for (const phase of PHASES) {
      signal?.throwIfAborted();
      await inBatches(
        steps.filter((step) => step.phase === phase),
        ports,
        done,
      );
    }
    signal?.throwIfAborted();
  } catch (cause) {
    throw failure(cause, await takeBack(done, ports));
  }
  return { applied: done.map(({ id }) => id) };
};
