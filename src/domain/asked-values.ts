/** What a trust policy that is there asks of its callers. */
import { listOf, statementsOf, type PolicyDocument } from './policy-document.ts';

/** The values, each once, that Allow statements demand of a key by StringEquals: `sts:ExternalId`, `aws:PrincipalOrgID`. */
export const askedValues = (trustPolicy: PolicyDocument, key: string): readonly string[] => [
  ...new Set(
    statementsOf(trustPolicy).flatMap(({ Effect, Condition }) =>
      Effect === 'Allow' ? listOf(Condition?.['StringEquals']?.[key]).map(String) : [],
    ),
  ),
];
