/** Findings become decisions: the layer, policy and statement to blame, and one sentence that says why. */
import type { Confidence, Decision, Fix, Layer, LayerAnswer, Reason } from '#domain/cause.ts';
import type { CompiledPolicy } from './compile.ts';
import { fixExplicitDeny, fixMalformed, fixMissingAllow } from './fix.ts';
import { policyRefOf, type ActionRequest, type Hit, type PolicySet } from './layers.ts';
import { findNearMiss, wordsOf } from './near-miss.ts';

/** A decision that does not know yet whose it is, nor which action it was about. */
export type Finding = Omit<Decision, 'id' | 'action'>;

const nameOf = (policy: CompiledPolicy | undefined): string => (policy?.name == null ? '' : ` (${policy.name})`);

const statementWords = ({ sid, index }: { readonly sid: string | null; readonly index: number }): string =>
  sid === null ? `statement ${index}` : `statement ${index} "${sid}"`;

export const allowedFinding = (
  explanation: string,
  confidence: Confidence = 'high',
  before: readonly LayerAnswer[] = [],
): Finding => ({
  verdict: 'allowed',
  layer: null,
  policy: null,
  statement: null,
  reason: 'ALLOWED',
  confidence,
  explanation,
  element: null,
  before,
  fix: null,
});

/** A refusal that no policy is to blame for. */
export const plainFinding = (
  verdict: 'denied' | 'invalid',
  layer: Layer,
  reason: Reason,
  explanation: string,
  fix: Fix | null = null,
): Finding => ({
  verdict,
  layer,
  policy: null,
  statement: null,
  reason,
  confidence: 'high',
  explanation,
  element: null,
  before: [],
  fix,
});

/** A condition key of the statement whose value nobody stated, and on which it hangs. */
const openKeyOf = ({ statement }: Hit, { context }: ActionRequest): string | undefined =>
  statement.conditions.find((condition) => condition.holds(context) === 'maybe')?.key;

export const explicitDenyFinding = (hit: Hit, request: ActionRequest): Finding => {
  const { set, policyIndex, statement } = hit;
  const where = `${statementWords(statement.ref)} of ${wordsOf(set)}${nameOf(set.policies[policyIndex])}`;
  const explanation = hit.isCertain
    ? `${where} denies ${request.action}`
    : `${where} may deny ${request.action}: that hangs on ${openKeyOf(hit, request) ?? 'its Resource'}, whose value is not known`;
  return {
    ...plainFinding('denied', set.kind, 'EXPLICIT_DENY', explanation),
    confidence: hit.isCertain ? 'high' : 'low',
    policy: policyRefOf(set, policyIndex),
    statement: statement.ref,
    fix: fixExplicitDeny(hit, request, where),
  };
};

export const implicitDenyFinding = (set: PolicySet, request: ActionRequest): Finding => {
  const miss = findNearMiss(set, request);
  const blamed = miss.at?.policyIndex ?? (set.policies.length === 1 ? 0 : null);
  const closest =
    miss.at === null
      ? ''
      : `${statementWords(miss.at.statement.ref)}${nameOf(set.policies[miss.at.policyIndex])} comes closest: `;
  const explanation = `nothing in ${wordsOf(set)} allows ${request.action} on ${request.resource}; ${closest}${miss.clause}`;
  return {
    ...plainFinding('denied', set.kind, miss.reason, explanation),
    policy: blamed === null ? null : policyRefOf(set, blamed),
    statement: miss.at?.statement.ref ?? null,
    element: miss.element,
    fix: fixMissingAllow(set, miss, request),
  };
};

/** The first fault of a malformed document, with its place; undefined when it is well-formed. */
export const malformedFinding = (set: PolicySet, policyIndex: number): Finding | undefined => {
  const policy = set.policies[policyIndex];
  const [fault, ...more] = policy?.faults ?? [];
  if (fault === undefined) return undefined;
  const place = fault.path === undefined ? '' : `${fault.path} `;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const explanation = `in ${wordsOf(set)}${nameOf(policy)}, document ${policyIndex} is malformed: ${place}${fault.message}${rest}`;
  return {
    ...plainFinding('invalid', 'policy-syntax', 'MALFORMED_POLICY', explanation),
    policy: policyRefOf(set, policyIndex),
    statement: policy?.faultAt ?? null,
    fix: fixMalformed(set.kind, `${place}${fault.message}`),
  };
};
