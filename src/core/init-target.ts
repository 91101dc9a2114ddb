/** init for one target: plan, approve, carry out; and then prove. The order of the stages, and nothing else. */
import type { Desired } from '#domain/desired.ts';
import { note, problem } from '#domain/diagnostic.ts';
import { changesOf, type Change, type Plan, type Step } from '#domain/plan.ts';
import type { Skippable, VerifyReport } from '#domain/verify-report.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { approve, heldBack, type Answer } from './approve.ts';
import { retires } from './change-external-ids.ts';
import { identify } from './identify.ts';
import { carryOut, type CarryOutOptions, type CarryOutPorts } from './carry-out.ts';
import { targetRoleOf } from './observe.ts';
import type { Planned, PlanOptions } from './plan-target.ts';
import type { CallerIdentity } from './ports/sessions.ts';
import { verify } from './verify.ts';
import type { VerifyPorts } from './verify-options.ts';
import { enter } from './way-in.ts';

export interface InitPorts extends CarryOutPorts {
  /** Called when the proof failed and somebody wants the cause. */
  readonly diagnosis: VerifyPorts['diagnosis'];
  /** The plan goes to a person or to `--yes`; asked even when nothing changes, so that it can be shown. */
  readonly ask: (plan: Plan, desired: Desired) => Promise<Answer>;
}

export interface InitOptions extends PlanOptions {
  readonly isDryRun: boolean;
  readonly onFailure: CarryOutOptions['onFailure'];
  readonly skip: readonly Skippable[];
  /** Time that IAM gets to spread what was written. */
  readonly waitMs: number;
  /** The same, where this run wrote nothing and the role is no new one: there is nothing left to spread. */
  readonly calmWaitMs: number;
  /** When the plan was made, where that was not just now. */
  readonly madeAt?: number;
  readonly signal?: AbortSignal;
}

export interface InitReport {
  readonly desired: Desired;
  readonly plan: Plan;
  readonly applied: readonly Step[];
  /** What stays although it is not wanted: it would take access away, and nobody said so. */
  readonly drift: readonly Change[];
  /** Who the source's credentials are, where they are at hand. */
  readonly caller: CallerIdentity | undefined;
  /** The role was made in the last minutes. */
  readonly isNew: boolean;
  /** When all of this was so. */
  readonly endedAt: number;
}

/** Long after IAM has spread a role. */
const ROLE_IS_NEW_MS = 5 * 60_000;

const isNewRole = ({ observed, desired }: Planned, now: number): boolean => {
  const createdAt = targetRoleOf(observed, desired).state?.createdAt;
  return createdAt !== undefined && now - createdAt < ROLE_IS_NEW_MS;
};

/** A plan that somebody looked at for longer than this, or that waited its turn, may have been overtaken; and an answer from before is an old one. */
const KEEPS_MS = 5000;

/** The old IDs go only when the source gets in with the new one. */
const proveBeforeRetiring = async (planned: Planned, ports: InitPorts, options: InitOptions): Promise<void> => {
  const { plan, desired, spec } = planned;
  if (options.isDryRun || !retires(plan, spec)) return;
  if (ports.source === undefined)
    throw new XacctError(
      problem('NO_CREDENTIALS', 'only the source can prove that the new external ID works, and its credentials were not given', {
        path: '--retire-external-id',
        hints: [{ text: 'name them: --source-profile NAME' }],
      }),
    );
  const { sessions } = ports.source;
  const caller = planned.caller ?? (await identify('source', sessions));
  const answer = await enter(desired.access, { caller, sessions }, { ...ports, sessions }, options.signal);
  if (answer.kind === 'assumed') return;
  throw new XacctError(
    problem('AWS_REFUSED', `the source does not get in with the first external ID: ${answer.message}`, {
      path: '--retire-external-id',
      hints: [{ text: 'find out why, and retire the old one then', command: 'xacct verify' }],
    }),
  );
};

/** Throws XacctError: nothing is written before `ask` said yes; a failed apply has been taken back. */
export const initTarget = async (planned: Planned, ports: InitPorts, options: InitOptions): Promise<InitReport> => {
  const { desired, plan, caller } = planned;
  await proveBeforeRetiring(planned, ports, options);
  const { entry, madeAt = ports.clock.now() } = options;
  const known = { desired, plan, caller, isNew: isNewRole(planned, ports.clock.now()) };
  const answer = await ports.ask(plan, desired);
  if (options.isDryRun) return { ...known, applied: [], drift: heldBack(plan), endedAt: ports.clock.now() };
  const approved = approve(plan, answer);
  if (approved === undefined) throw new XacctError(note('DECLINED', 'nothing was changed'));
  const isLate = ports.clock.now() - madeAt > KEEPS_MS;
  const onPhase = (left: readonly Step[]): void => entry?.left(planned, left);
  if (isLate) entry?.forget();
  onPhase(changesOf(approved).flatMap(({ steps }) => steps));
  const applied = await carryOut(approved, planned, ports, { ...options, isLate, onPhase });
  return { ...known, applied, drift: answer === 'yes-prune' ? [] : heldBack(plan), endedAt: ports.clock.now() };
};

/** What this run left in the trust policy, no time will take out. */
const leavesTrust = ({ drift, desired }: InitReport): boolean =>
  drift.some(({ address }) => address === `role/${desired.role.name}/trust`);

/** What init made, proved from the source, who is `caller`; undefined when its credentials were not given. */
export const proveTarget = async (
  report: InitReport,
  ports: InitPorts,
  options: InitOptions,
): Promise<VerifyReport | undefined> => {
  const { desired, applied, plan, caller, isNew, endedAt } = report;
  // A locked role lets nobody in, which proves nothing of the rest.
  if (ports.source === undefined || options.isDryRun || plan.lock) return undefined;
  const entry = ports.clock.now() - endedAt > KEEPS_MS ? undefined : options.entry?.answerOf(desired.access);
  return verify(
    desired.access,
    { sessions: ports.source.sessions, clock: ports.clock, reporter: ports.reporter, diagnosis: ports.diagnosis },
    {
      skip: options.skip,
      waitMs: applied.length > 0 || isNew ? options.waitMs : options.calmWaitMs,
      justChanged: applied.length > 0 && !leavesTrust(report),
      isSourceSettled: applied.every(({ side }) => side === 'target'),
      allowSameAccount: false,
      sourceAccount: undefined,
      declared: { hasNoId: desired.access.externalIds.length === 0 },
      asked: { ...(caller && { source: caller }), ...(entry && { entry }) },
      ...(options.signal && { signal: options.signal }),
    },
  );
};
