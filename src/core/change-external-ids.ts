/** A new external ID in front of the old ones, and the old ones gone: the two ends of a rotation. Pure. */
import { changesOf, type Plan } from '#domain/plan.ts';
import type { Spec } from '#domain/spec.ts';
import { externalIdsOf } from '#domain/trust-policy.ts';

/** What the role will ask for. A rotation is over once it is carried out; retiring what is gone changes nothing. */
export const changeExternalIds = (spec: Spec): Spec => {
  const { externalIdChange } = spec.role;
  if (externalIdChange === undefined) return spec;
  const [first, ...old] = externalIdsOf(spec);
  if (externalIdChange.kind === 'drop') return spec;
  if (externalIdChange.kind === 'retire')
    return first === undefined ? spec : { ...spec, role: { ...spec.role, externalId: { kind: 'given', values: [first] } } };
  // An id that this very run generates needs no other in front of it.
  const isNew = spec.role.externalId.kind === 'generate';
  const kept = first === undefined || isNew ? [] : [first, ...old];
  const { externalIdChange: _, ...role } = spec.role;
  return { ...spec, role: { ...role, externalId: { kind: 'given', values: [externalIdChange.fresh, ...kept] } } };
};

/** Whether carrying the plan out would take an external ID away. */
export const retires = (plan: Plan, spec: Spec): boolean =>
  spec.role.externalIdChange?.kind === 'retire' &&
  changesOf(plan).some(({ address }) => address === `role/${spec.role.name}/trust`);
