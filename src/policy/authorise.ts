/**
 * The order of authorisation: an explicit deny wins, then every layer that has to allow is asked.
 * Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic"; a role's trust policy must always allow.
 */
import type { Confidence } from '#domain/cause.ts';
import { explicitDenyFinding, implicitDenyFinding, malformedFinding, type Finding } from './explain.ts';
import { findAllow, findDeny, setsOf, type ActionRequest, type Layers, type PolicySet } from './layers.ts';
import type { Grant } from './principal.ts';

/** What the caller's own policies still have to allow, by how the role's trust policy named the caller. */
const OWN_LAYERS: Readonly<Record<Grant, readonly ('identity' | 'boundary' | 'session')[]>> = {
  account: ['identity', 'boundary', 'session'],
  role: ['boundary', 'session'],
  user: ['session'],
  session: [],
  anyone: [],
  service: [],
};

/** An explicit deny anywhere is final. */
export const firstDeny = (layers: Layers, request: ActionRequest): Finding | undefined => {
  for (const set of setsOf(layers)) {
    const hit = findDeny(set, request);
    if (hit !== undefined) return explicitDenyFinding(hit, request);
  }
  return undefined;
};

/** In the order organization, resource, caller: the first layer that has to allow and does not. */
export const firstMissingAllow = (layers: Layers, request: ActionRequest, isSameAccount: boolean): Finding | undefined => {
  const lacks = (set: PolicySet | null): set is PolicySet =>
    set !== null && !set.isUnreadable && findAllow(set, request) === undefined;
  for (const set of [...layers.rcps, ...layers.scps]) if (lacks(set)) return implicitDenyFinding(set, request);
  let grant: Grant = 'account';
  if (layers.trust !== null) {
    const allow = findAllow(layers.trust, request);
    if (allow === undefined && !layers.trust.isUnreadable) return implicitDenyFinding(layers.trust, request);
    grant = allow?.grant ?? 'account';
  }
  for (const layer of OWN_LAYERS[isSameAccount ? grant : 'account']) {
    const set = layers[layer];
    if (lacks(set)) return implicitDenyFinding(set, request);
  }
  return undefined;
};

/** A document that AWS would not have stored decides nothing. */
export const firstMalformed = (
  sets: readonly PolicySet[],
): { readonly finding: Finding; readonly message: string } | undefined => {
  for (const set of sets)
    for (const [index, policy] of set.policies.entries()) {
      const finding = malformedFinding(set, index);
      if (finding !== undefined) return { finding, message: policy.faults[0]?.detail ?? '' };
    }
  return undefined;
};

/** What could not be read was taken to allow. */
export const confidenceOf = (layers: Layers): Confidence => (setsOf(layers).some((set) => set.isUnreadable) ? 'low' : 'high');
