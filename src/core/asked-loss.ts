/** Who names what is to go has said yes to just that: old external IDs that are retired, one that is dropped, somebody who is untrusted. Pure. */
import { compile } from '#domain/compile.ts';
import { askedValues } from '#domain/asked-values.ts';
import { isGrave, type Change, type Plan } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { isTrustLocked, lockTrust } from '#domain/role-lock.ts';
import type { Spec } from '#domain/spec.ts';
import { externalIdsOf } from '#domain/trust-policy.ts';
import { trustRiskOf } from './trust-risk.ts';

/** As if nobody had asked for anything to go: the external IDs that the role takes by now, and all who were trusted. */
const unasked = (spec: Spec, before: PolicyDocument): Spec => {
  const { role } = spec;
  const losesIds = role.externalIdChange?.kind === 'retire' || role.externalIdChange?.kind === 'drop';
  const [first, ...more] = [...new Set([...externalIdsOf(spec), ...(losesIds ? askedValues(before, 'sts:ExternalId') : [])])];
  return {
    ...spec,
    role: {
      ...role,
      trust: [...role.trust, ...(role.untrusted ?? [])],
      ...(losesIds && first !== undefined && { externalId: { kind: 'given', values: [first, ...more] } as const }),
    },
  };
};

const isAsked = ({ before, ...change }: Change, spec: Spec): boolean => {
  if (change.address !== `role/${spec.role.name}/trust` || change.action !== 'update') return false;
  const was = before as PolicyDocument;
  const { trustPolicy } = compile(unasked(spec, was)).role;
  const risk = trustRiskOf(was, isTrustLocked(was) ? lockTrust(trustPolicy) : trustPolicy);
  return !isGrave({ risk });
};

/** A change of the trust that loses anything else, too, is no change that was asked for. */
export const markAsked = (plan: Plan, spec: Spec): Plan => {
  const { externalIdChange, untrusted = [] } = spec.role;
  if ((externalIdChange === undefined || externalIdChange.kind === 'rotate') && untrusted.length === 0) return plan;
  const judge = (change: Change): Change => (isGrave(change) && isAsked(change, spec) ? { ...change, isAsked: true } : change);
  return { ...plan, changes: plan.changes.map(judge) };
};
