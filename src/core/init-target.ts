/** init for one target: settle, observe, plan, approve, apply; and then prove. The order of the stages, and nothing else. */
import { compile } from '#domain/compile.ts';
import type { Clock } from '#domain/clock.ts';
import type { Desired } from '#domain/desired.ts';
import { note, problem } from '#domain/diagnostic.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { changesOf, type Change, type Plan } from '#domain/plan.ts';
import type { Spec } from '#domain/spec.ts';
import type { Skippable, VerifyReport } from '#domain/verify-report.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { apply } from './apply.ts';
import { approve, heldBack, type Answer, type ApprovedPlan } from './approve.ts';
import type { LoadDiagnosis } from './diagnosis.ts';
import { diff } from './diff.ts';
import { identify } from './identify.ts';
import { keepExternalId } from './keep-external-id.ts';
import { observe, targetRoleOf, textOfObserved, type Observed, type ObserveIams } from './observe.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { OpenJournal } from './ports/journal.ts';
import type { Reporter } from './ports/reporter.ts';
import { expectAccount, expectTwoAccounts, settleSpec } from './settle-spec.ts';
import { verify } from './verify.ts';

/** What was put on disk, and how to take it back when everything else was. */
export interface Recorded {
  forget(): Promise<void>;
}

export interface InitPorts {
  readonly target: AwsSide;
  readonly source: AwsSide | undefined;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly diagnosis: LoadDiagnosis;
  /** Called once, right before the first write. */
  readonly openJournal: () => Promise<OpenJournal>;
  /** The plan goes to a person or to `--yes`; asked even when nothing changes, so that it can be shown. */
  readonly ask: (plan: Plan, desired: Desired) => Promise<Answer>;
  /** After the yes and before the first write: the desired state is put on disk, external id included. */
  readonly record: (spec: Spec) => Promise<Recorded>;
}

export interface InitOptions {
  readonly isDryRun: boolean;
  readonly skip: readonly Skippable[];
  /** Time that IAM gets to spread what was written. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

export interface InitReport {
  readonly desired: Desired;
  readonly plan: Plan;
  readonly applied: readonly string[];
  /** What stays although it is not wanted: it would take access away, and nobody said so. */
  readonly drift: readonly Change[];
}

const identities = async (request: SpecRequest, ports: InitPorts) => {
  const [target, source] = await Promise.all([
    identify('target', ports.target.sessions),
    ports.source && identify('source', ports.source.sessions),
  ]);
  expectAccount(target, request.targetAccount, 'target', '--target-profile');
  if (source) {
    expectAccount(source, request.sourceAccount, 'source', '--source-profile');
    expectTwoAccounts(source, target);
  }
  return { target, source };
};

const iamsOf = ({ target, source }: InitPorts): ObserveIams => ({ target: target.iam, source: source?.iam });

/** Throws XacctError: nothing is written before `ask` said yes; a failed apply has been taken back. */
export const initTarget = async (request: SpecRequest, ports: InitPorts, options: InitOptions): Promise<InitReport> => {
  const who = await identities(request, ports);
  const spec = await settleSpec(request, who, ports);
  const wanted = compile(spec);
  const observed = await observe(iamsOf(ports), wanted);
  const settled = keepExternalId(spec, targetRoleOf(observed, wanted).state);
  const desired = compile(settled);
  const planned = diff(desired, observed);
  if (!planned.ok) throw XacctError.of(planned.diagnostics);
  const plan = planned.value;
  const askedAt = ports.clock.now();
  const answer = await ports.ask(plan, desired);
  if (options.isDryRun) return { desired, plan, applied: [], drift: heldBack(plan) };
  const approved = approve(plan, answer);
  if (approved === undefined) throw new XacctError(note('DECLINED', 'nothing was changed'));
  const isLate = ports.clock.now() - askedAt > PLAN_KEEPS_MS;
  const expected = isLate ? { observed, desired } : undefined;
  const applied = await carryOut(approved, settled, expected, ports, options);
  return { desired, plan, applied, drift: answer === 'yes-prune' ? [] : heldBack(plan) };
};

/** What init made, proved from the source; undefined when its credentials were not given. */
export const proveTarget = async (
  { desired, applied }: InitReport,
  ports: InitPorts,
  options: InitOptions,
): Promise<VerifyReport | undefined> => {
  if (ports.source === undefined || options.isDryRun) return undefined;
  return verify(
    desired.access,
    { sessions: ports.source.sessions, clock: ports.clock, reporter: ports.reporter, diagnosis: ports.diagnosis },
    {
      skip: options.skip,
      waitMs: options.waitMs,
      justChanged: applied.length > 0,
      allowSameAccount: false,
      sourceAccount: undefined,
      ...(options.signal && { signal: options.signal }),
    },
  );
};

/** A plan that somebody looked at for longer than this may have been overtaken. */
const PLAN_KEEPS_MS = 5000;

interface Expected {
  readonly observed: Observed;
  readonly desired: Desired;
}

const expectUnchanged = async ({ observed, desired }: Expected, iams: ObserveIams): Promise<void> => {
  if (textOfObserved(await observe(iams, desired)) === textOfObserved(observed)) return;
  throw new XacctError(
    problem('STALE', `account ${desired.targetAccount} has changed since the plan was made`, {
      hints: [{ text: 'look at the new plan', command: 'xacct init --dry-run' }],
    }),
  );
};

/**
 * Under the folder's lock: the file first, so that a generated external ID is never lost, then AWS. A run that made nothing in the end
 * leaves no file behind either; where something remains, the file says what was wanted.
 */
const carryOut = async (
  approved: ApprovedPlan,
  spec: Spec,
  expected: Expected | undefined,
  ports: InitPorts,
  options: InitOptions,
): Promise<readonly string[]> => {
  if (changesOf(approved).length === 0) {
    await ports.record(spec);
    return [];
  }
  const journal = await ports.openJournal();
  try {
    if (expected) await expectUnchanged(expected, iamsOf(ports));
    const recorded = await ports.record(spec);
    try {
      return (await apply(approved, { iams: iamsOf(ports), journal, reporter: ports.reporter }, options.signal)).applied;
    } catch (error) {
      if (!isXacctError(error) || error.code !== 'PARTIAL') await recorded.forget();
      throw error;
    }
  } finally {
    await journal.close();
  }
};
