/** What would change for one target: settle, observe, diff. Reads only; init and plan begin with it, and accept where it makes a role. */
import { compile } from '#domain/compile.ts';
import type { Desired } from '#domain/desired.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import type { Plan } from '#domain/plan.ts';
import { ok } from '#domain/result.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { markAsked } from './asked-loss.ts';
import { changeExternalIds } from './change-external-ids.ts';
import { diff, type DiffOptions } from './diff.ts';
import type { EarlyEntry, Settled } from './early-entry.ts';
import { identify } from './identify.ts';
import { judgeBoundary } from './judge-boundary.ts';
import { judgeSourceBoundaries } from './judge-source-boundary.ts';
import { keepExternalId } from './keep-external-id.ts';
import { byOrganization, readSharedOrganization, tellOrganization } from './shared-organization.ts';
import { observe, type Observed, type ObserveIams, type ObserveOptions } from './observe.ts';
import { readAhead, type Ahead } from './read-ahead.ts';
import type { AccountIam } from './ports/account-iam.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { Reporter } from './ports/reporter.ts';
import type { CallerIdentity } from './ports/sessions.ts';
import { knowing, ownOf, planSource, sharedOf, type SharedSource, type SourcePlan } from './shared-source.ts';
import { expectAccount, expectTwoAccounts, settleSpec } from './settle-spec.ts';
import { distinct } from './unread.ts';

export interface PlanOptions extends ObserveOptions, DiffOptions {
  /** By all that is known on this side the role is there, as it should be: what hangs on it is read at once. */
  readonly isEstablished?: boolean;
  /** The first question of the proof; absent where nobody will prove. */
  readonly entry?: EarlyEntry;
}

interface Begun {
  /** Of both accounts; undefined where it was not asked for, too. */
  readonly organization?: Promise<string | undefined>;
  /** The target's, with what was read ahead. */
  readonly reads: AccountIam;
  readonly who: Identities;
}

export interface PlanPorts {
  readonly target: AwsSide;
  /** Absent when nobody gave the source's credentials. */
  readonly source: AwsSide | undefined;
  /** Of the run: what its targets have in common. */
  readonly shared: SharedSource;
  readonly reporter: Reporter;
}

/** A plan with all that it was made from. */
export interface Planned extends Settled {
  /** Of the source what is this target's own. */
  readonly observed: Observed;
  /** The rest of it; its changes are in the plan, too. */
  readonly source: SourcePlan;
  readonly plan: Plan;
}

export const iamsOf = ({ target, source }: Pick<PlanPorts, 'target' | 'source'>): ObserveIams => ({
  target: target.iam,
  source: source?.iam,
});

interface Identities {
  readonly target: CallerIdentity;
  readonly source: CallerIdentity | undefined;
}

/** Throws XacctError when one of them is not of the account that is expected. */
export const identifySides = async (
  expected: { readonly targetAccount: string | undefined; readonly sourceAccount: string | undefined },
  ports: Pick<PlanPorts, 'target' | 'source'>,
): Promise<Identities> => {
  const [target, source] = await Promise.all([
    identify('target', ports.target.sessions),
    ports.source && identify('source', ports.source.sessions),
  ]);
  expectAccount(target, expected.targetAccount, 'target', '--target-profile');
  if (source) {
    expectAccount(source, expected.sourceAccount, 'source', '--source-profile');
    expectTwoAccounts(source, target);
  }
  return { target, source };
};

/** Without what other targets want of the source, too. */
export const aloneOf = (desired: Desired): Desired => ({ ...desired, source: ownOf(desired.source) });

/** One plan to be shown and said yes to; what the role stands on comes first. */
const withSource = (plan: Plan, { changes, unread }: SourcePlan): Plan => ({
  ...plan,
  changes: [...changes, ...plan.changes],
  unread: distinct([...plan.unread, ...unread]),
});

const planFrom = async (spec: Spec, begun: Begun, ports: PlanPorts, options: PlanOptions): Promise<Planned> => {
  const wanted = compile(spec);
  const iam = ports.source?.iam;
  const observing = observe({ target: begun.reads, source: iam }, aloneOf(wanted), options);
  const shared = sharedOf(wanted.source);
  const sharing = ports.shared.plan(shared, async () => {
    const planned = await planSource(shared, iam, knowing(options, wanted));
    return planned.ok ? ok({ ...planned.value, changes: markAsked(planned.value.changes, spec) }) : planned;
  });
  // Their failures are met below, after that of the role alone.
  observing.catch(() => undefined);
  sharing.catch(() => undefined);
  const judging = judgeBoundary(spec, begun.reads);
  judging.catch(() => undefined);
  const judgingSource = judgeSourceBoundaries(spec, wanted, { planned: sharing, iam, shared: ports.shared });
  judgingSource.catch(() => undefined);
  const state = await begun.reads.readRole(wanted.role.name);
  const kept = byOrganization(keepExternalId(spec, state), state, await begun.organization);
  const settled = changeExternalIds(kept);
  const desired = compile(settled);
  const found = { spec: settled, desired, ...(begun.who.source && { caller: begun.who.source }) };
  options.entry?.found(found, state);
  const observed = await observing;
  if (kept.role.externalId.kind === 'none') tellOrganization(spec, kept, ports.reporter);
  const boundary = await judging;
  if (boundary.some(({ severity }) => severity === 'error')) throw XacctError.of(boundary);
  const bounds = await judgingSource;
  const warnings = [...desired.warnings, ...boundary, ...bounds.warnings];
  const own = diff({ ...aloneOf(desired), warnings }, observed, options);
  const source = await sharing;
  if (!own.ok || !source.ok) throw XacctError.of([own, source].flatMap((result) => (result.ok ? [] : result.diagnostics)));
  const plan = { ...own.value, changes: markAsked(own.value.changes, settled) };
  const seen = { ...source.value, unread: distinct([...source.value.unread, ...bounds.unread]) };
  return { ...found, observed, source: seen, plan: withSource(plan, seen) };
};

const beginReads = (ahead: Ahead, { target }: PlanPorts, { isEstablished = false }: PlanOptions): AccountIam =>
  readAhead(target.iam, ahead, isEstablished);

/** Of a Spec that is settled. Throws XacctError: NOT_OURS for what others made. */
export const planSpec = async (spec: Spec, ports: PlanPorts, options: PlanOptions = {}): Promise<Planned> => {
  const reads = beginReads(spec, ports, options);
  const who = await identifySides(spec, ports);
  return planFrom(spec, { reads, who }, ports, options);
};

export const planTarget = async (request: SpecRequest, ports: PlanPorts, options: PlanOptions = {}): Promise<Planned> => {
  // Both answer while the accounts are identified: they take no time of their own.
  const organization = readSharedOrganization(request, ports);
  const reads = beginReads(request, ports, options);
  const who = await identifySides(request, ports);
  return planFrom(await settleSpec(request, who, ports), { organization, reads, who }, ports, options);
};
