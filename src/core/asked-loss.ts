/** Who names what is to go has said yes to just that: old external IDs that are retired, one that is dropped, somebody who is untrusted. Pure. */
import { compile } from '#domain/compile.ts';
import { askedValues } from '#domain/asked-values.ts';
import { isGrave, type Change } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { isTrustLocked, lockTrust } from '#domain/role-lock.ts';
import type { Spec } from '#domain/spec.ts';
import { externalIdsOf } from '#domain/trust-policy.ts';
import { trustRiskOf } from './trust-risk.ts';

/** As if nobody had asked for anything to go: the external IDs that the role takes by now, and all who were trusted, by the hub too. */
const unasked = (spec: Spec, before: PolicyDocument): Spec => {
  const { role, source } = spec;
  const { untrusted = [] } = role;
  const losesIds = role.externalIdChange?.kind === 'retire' || role.externalIdChange?.kind === 'drop';
  const [first, ...more] = [...new Set([...externalIdsOf(spec), ...(losesIds ? askedValues(before, 'sts:ExternalId') : [])])];
  return {
    ...spec,
    source: { ...source, hub: source.hub && { ...source.hub, trust: [...source.hub.trust, ...untrusted] } },
    role: {
      ...role,
      trust: [...role.trust, ...untrusted],
      ...(losesIds && first !== undefined && { externalId: { kind: 'given', values: [first, ...more] } as const }),
    },
  };
};

/** The trust policies that a Spec asks for, by the addresses of their changes. */
const trustsOf = (spec: Spec): ReadonlyMap<string, PolicyDocument> => {
  const { role, source } = compile(spec);
  return new Map([
    [`role/${role.name}/trust`, role.trustPolicy],
    ...source.roles.map(({ name, trustPolicy }) => [`source/role/${name}/trust`, trustPolicy] as const),
  ]);
};

const isAsked = ({ before, address, action }: Change, spec: Spec): boolean => {
  const was = before as PolicyDocument;
  const after = action === 'update' && address.endsWith('/trust') ? trustsOf(unasked(spec, was)).get(address) : undefined;
  return after !== undefined && !isGrave({ risk: trustRiskOf(was, isTrustLocked(was) ? lockTrust(after) : after) });
};

/** A change of a trust that loses anything else, too, is no change that was asked for. */
export const markAsked = (changes: readonly Change[], spec: Spec): readonly Change[] => {
  const { externalIdChange, untrusted = [] } = spec.role;
  if ((externalIdChange === undefined || externalIdChange.kind === 'rotate') && untrusted.length === 0) return changes;
  return changes.map((change) => (isGrave(change) && isAsked(change, spec) ? { ...change, isAsked: true } : change));
};
