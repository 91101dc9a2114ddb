/** Policy documents on their way into the model: the grammar, then the quotas, with the refusals that IAM gives. */
import { type PolicyDocument, parsePolicyDocument } from '#domain/policy-document.ts';
import { limitExceeded, malformedPolicy } from '#sandbox/errors.ts';
import type { PolicyHolder } from './account.ts';
import { QUOTAS } from './quotas.ts';

/** Parsed, or refused with MalformedPolicyDocument in AWS's words. */
export const parsedDocument = (text: string, kind: 'identity' | 'trust'): PolicyDocument => {
  const parsed = parsePolicyDocument(text, kind);
  if (parsed.ok) return parsed.value;
  const [first] = parsed.diagnostics;
  throw malformedPolicy(first?.detail ?? first?.message ?? 'Syntax errors in policy.');
};

/** "IAM doesn't count white space when calculating the size of a policy against these quotas" (IAM and STS quotas). */
const countedSize = (text: string): number => text.replace(/\s+/g, '').length;

export const assertTrustSize = (text: string): void => {
  if (countedSize(text) > QUOTAS.trustPolicySize)
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${QUOTAS.trustPolicySize}`);
};

/** A managed policy must say its version: https://github.com/wercker/step-s3sync/pull/25; inline policies may be older. */
export const assertManagedPolicy = (text: string): void => {
  if (parsedDocument(text, 'identity').Version !== '2012-10-17')
    throw malformedPolicy('Policy document must be version 2012-10-17 or greater.');
  if (countedSize(text) > QUOTAS.managedPolicySize)
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${QUOTAS.managedPolicySize}`);
};

const INLINE_QUOTAS = {
  role: QUOTAS.inlinePoliciesPerRole,
  user: QUOTAS.inlinePoliciesPerUser,
  group: QUOTAS.inlinePoliciesPerGroup,
} as const;

/** Inline policies share one quota for each principal; a policy that is overwritten does not count. */
export const assertInlineSize = (
  entity: PolicyHolder,
  kind: 'role' | 'user' | 'group',
  policyName: string,
  text: string,
): void => {
  const others = [...entity.inline].filter(([name]) => name !== policyName).map(([, other]) => countedSize(other));
  const total = others.reduce((sum, size) => sum + size, countedSize(text));
  const quota = INLINE_QUOTAS[kind];
  if (total > quota) throw limitExceeded(`Maximum policy size of ${quota} bytes exceeded for ${kind} ${entity.name}`);
};

/** As GetRole, GetPolicyVersion and the like answer: percent-encoded by RFC 3986. */
export const encodeDocument = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
