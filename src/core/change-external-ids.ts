/** A new external ID in front of the old ones, and the old ones gone: the two ends of a rotation. Pure. */
import { changesOf, type Change, type Plan } from '#domain/plan.ts';
import type { PolicyDocument, Statement } from '#domain/policy-document.ts';
import { listOf, statementsOf } from '#domain/policy-document.ts';
import type { Spec } from '#domain/spec.ts';
import { externalIdsOf } from '#domain/trust-policy.ts';
import { trustRiskOf } from './trust-risk.ts';

/** What the role will ask for. A rotation is over once it is carried out; retiring what is gone changes nothing. */
export const changeExternalIds = (spec: Spec): Spec => {
  const { externalIdChange } = spec.role;
  if (externalIdChange === undefined) return spec;
  const [first, ...old] = externalIdsOf(spec);
  if (externalIdChange.kind === 'retire')
    return first === undefined ? spec : { ...spec, role: { ...spec.role, externalId: { kind: 'given', values: [first] } } };
  // An id that this very run generates needs no other in front of it.
  const isNew = spec.role.externalId.kind === 'generate';
  const kept = first === undefined || isNew ? [] : [first, ...old];
  const { externalIdChange: _, ...role } = spec.role;
  return { ...spec, role: { ...role, externalId: { kind: 'given', values: [externalIdChange.fresh, ...kept] } } };
};

const KEY = 'sts:ExternalId';

/** As if the statement had never taken any ID but those that stay. */
const withOnly = (statement: Statement, stays: readonly string[]): Statement => {
  const equals = statement.Condition?.['StringEquals'];
  const ids = equals?.[KEY];
  if (equals === undefined || ids === undefined) return statement;
  const kept = listOf(ids).filter((id) => stays.includes(String(id)));
  return { ...statement, Condition: { ...statement.Condition, StringEquals: { ...equals, [KEY]: kept.map(String) } } };
};

/** Who asks for the old IDs to be retired has said yes to just that: a change of the trust that loses nothing else is no other loss. */
export const withoutRetiredRisk = (plan: Plan, spec: Spec): Plan => {
  if (spec.role.externalIdChange?.kind !== 'retire') return plan;
  const stays = externalIdsOf(spec);
  const address = `role/${spec.role.name}/trust`;
  const judge = (change: Change): Change => {
    if (change.address !== address || change.action !== 'update') return change;
    const [before, after] = [change.before, change.after] as [PolicyDocument, PolicyDocument];
    const statements = statementsOf(before).map((statement) => withOnly(statement, stays));
    return { ...change, risk: trustRiskOf({ ...before, Statement: statements }, after) };
  };
  return { ...plan, changes: plan.changes.map(judge) };
};

/** Whether carrying the plan out would take an external ID away. */
export const retires = (plan: Plan, spec: Spec): boolean =>
  spec.role.externalIdChange?.kind === 'retire' &&
  changesOf(plan).some(({ address }) => address === `role/${spec.role.name}/trust`);
