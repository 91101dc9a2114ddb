/** Findings become decisions: the layer, policy and statement to blame, and one sentence that says why. */
import type { Confidence, Decision, Layer, Reason } from '#domain/cause.ts';
import type { CompiledPolicy } from './compile.ts';
import { fixMissingAllow } from './fix.ts';
import { policyRefOf, type ActionRequest, type Hit, type PolicySet } from './layers.ts';
import { findNearMiss, wordsOf } from './near-miss.ts';

/** A decision that does not know yet whose it is. */
export type Finding = Omit<Decision, 'id'>;

const nameOf = (policy: CompiledPolicy | undefined): string => (policy?.name == null ? '' : ` (${policy.name})`);

const statementWords = ({ sid, index }: { readonly sid: string | null; readonly index: number }): string =>
  sid === null ? `statement ${index}` : `statement ${index} "${sid}"`;

export const allowedFinding = (explanation: string, confidence: Confidence): Finding => ({
  verdict: 'allowed',
  layer: null,
  policy: null,
  statement: null,
  reason: 'ALLOWED',
  confidence,
  explanation,
  fix: null,
});

/** A refusal that no policy is to blame for. */
export const plainFinding = (verdict: 'denied' | 'invalid', layer: Layer, reason: Reason, explanation: string): Finding => ({
  verdict,
  layer,
  policy: null,
  statement: null,
  reason,
  confidence: 'high',
  explanation,
  fix: null,
});

export const explicitDenyFinding = ({ set, policyIndex, statement }: Hit, request: ActionRequest): Finding => ({
  verdict: 'denied',
  layer: set.kind,
  policy: policyRefOf(set, policyIndex),
  statement: statement.ref,
  reason: 'EXPLICIT_DENY',
  confidence: 'high',
  explanation: `${statementWords(statement.ref)} of ${wordsOf(set)}${nameOf(set.policies[policyIndex])} denies ${request.action}`,
  fix: null,
});

export const implicitDenyFinding = (set: PolicySet, request: ActionRequest): Finding => {
  const miss = findNearMiss(set, request);
  const blamed = miss.at?.policyIndex ?? (set.policies.length === 1 ? 0 : null);
  const closest =
    miss.at === null
      ? ''
      : `${statementWords(miss.at.statement.ref)}${nameOf(set.policies[miss.at.policyIndex])} comes closest: `;
  return {
    verdict: 'denied',
    layer: set.kind,
    policy: blamed === null ? null : policyRefOf(set, blamed),
    statement: miss.at?.statement.ref ?? null,
    reason: miss.reason,
    confidence: 'high',
    explanation: `nothing in ${wordsOf(set)} allows ${request.action} on ${request.resource}; ${closest}${miss.clause}`,
    fix: fixMissingAllow(set.kind, miss.reason, request),
  };
};

/** The first fault of a malformed document, with its place; undefined when it is well-formed. */
export const malformedFinding = (set: PolicySet, policyIndex: number): Finding | undefined => {
  const policy = set.policies[policyIndex];
  const [fault, ...more] = policy?.faults ?? [];
  if (fault === undefined) return undefined;
  const place = fault.path === undefined ? '' : `${fault.path} `;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return {
    verdict: 'invalid',
    layer: 'policy-syntax',
    policy: policyRefOf(set, policyIndex),
    statement: policy?.faultAt ?? null,
    reason: 'MALFORMED_POLICY',
    confidence: 'high',
    explanation: `in ${wordsOf(set)}${nameOf(policy)}, document ${policyIndex} is malformed: ${place}${fault.message}${rest}`,
    fix: null,
  };
};
