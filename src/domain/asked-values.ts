/** What a trust policy that is there asks of its callers. */
import { listOf, statementsOf, type PolicyDocument, type Statement } from './policy-document.ts';

type Equal = NonNullable<NonNullable<Statement['Condition']>[string]>;

/** Names of keys know no case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html */
const valuesOf = (equal: Equal = {}, key: string): readonly string[] =>
  Object.entries(equal).flatMap(([name, values]) => (name.toLowerCase() === key.toLowerCase() ? listOf(values).map(String) : []));

/** The values, each once, that Allow statements demand of a key by StringEquals: `sts:ExternalId`, `aws:PrincipalOrgID`. */
export const askedValues = (trustPolicy: PolicyDocument, key: string): readonly string[] => [
  ...new Set(
    statementsOf(trustPolicy).flatMap(({ Effect, Condition }) =>
      Effect === 'Allow' ? valuesOf(Condition?.['StringEquals'], key) : [],
    ),
  ),
];
