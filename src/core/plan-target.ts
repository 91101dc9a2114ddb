/** What would change for one target: settle, observe, diff. Reads only; init, plan and destroy begin with it. */
import { compile } from '#domain/compile.ts';
import type { Desired } from '#domain/desired.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import type { Plan } from '#domain/plan.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { changeExternalIds, withoutRetiredRisk } from './change-external-ids.ts';
import { diff, type DiffOptions } from './diff.ts';
import { identify } from './identify.ts';
import { keepExternalId } from './keep-external-id.ts';
import { byOrganization, readSharedOrganization, tellOrganization } from './shared-organization.ts';
import { observe, targetRoleOf, type Observed, type ObserveIams, type ObserveOptions } from './observe.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { Reporter } from './ports/reporter.ts';
import type { CallerIdentity } from './ports/sessions.ts';
import { expectAccount, expectTwoAccounts, settleSpec } from './settle-spec.ts';

export interface PlanOptions extends ObserveOptions, DiffOptions {}

interface Findings {
  /** Of both accounts; undefined where it was not asked for, too. */
  readonly organization: Promise<string | undefined>;
}

export interface PlanPorts {
  readonly target: AwsSide;
  /** Absent when nobody gave the source's credentials. */
  readonly source: AwsSide | undefined;
  readonly reporter: Reporter;
}

/** A plan with all that it was made from. */
export interface Planned {
  readonly spec: Spec;
  readonly desired: Desired;
  readonly observed: Observed;
  readonly plan: Plan;
  /** Who the source's credentials are, where they are at hand. */
  readonly caller?: CallerIdentity;
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

/** Of a Spec that is settled. Throws XacctError: NOT_OURS for what others made. */
export const planSpec = async (spec: Spec, ports: PlanPorts, options: PlanOptions & Partial<Findings> = {}): Promise<Planned> => {
  const wanted = compile(spec);
  const observed = await observe(iamsOf(ports), wanted, options);
  const { state } = targetRoleOf(observed, wanted);
  const kept = byOrganization(keepExternalId(spec, state), state, await options.organization);
  if (kept.role.externalId.kind === 'none') tellOrganization(spec, kept, ports.reporter);
  const settled = changeExternalIds(kept);
  const desired = compile(settled);
  const planned = diff(desired, observed, options);
  if (!planned.ok) throw XacctError.of(planned.diagnostics);
  return { spec: settled, desired, observed, plan: withoutRetiredRisk(planned.value, settled) };
};

export const planTarget = async (request: SpecRequest, ports: PlanPorts, options: PlanOptions = {}): Promise<Planned> => {
  // Answers while the accounts are identified and read: it takes no time of its own.
  const organization = readSharedOrganization(request, ports);
  const who = await identifySides(request, ports);
  const planned = await planSpec(await settleSpec(request, who, ports), ports, { ...options, organization });
  return { ...planned, ...(who.source && { caller: who.source }) };
};
