/**
 * The rule that IAM applies when a trust policy is written: an issuer that many customers share may be trusted only together with a
 * condition on the claim that tells them apart. No part of the grammar: roles that were made before keep working, and are decided as
 * they stand. Source: IAM User Guide, "Identity-provider controls for shared OIDC providers",
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
import { parseOperatorName } from './condition-operator.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from './policy-document.ts';

/** Issuer to its tenancy claim. Self-hosted issuers (EKS, one's own GitLab or GitHub server) are not shared. */
const TENANCY_CLAIM: Readonly<Record<string, 'sub' | 'aud'>> = {
  'token.actions.githubusercontent.com': 'sub',
  'vstoken.actions.githubusercontent.com': 'sub',
  'oidc-configuration.audit-log.githubusercontent.com': 'sub',
  'gitlab.com': 'sub',
  'agent.buildkite.com': 'sub',
  'app.terraform.io': 'sub',
  'oidc.codefresh.io': 'sub',
  'studio.datachain.ai/api': 'sub',
  'scalr.io': 'sub',
  'tokens.cloud.shisho.dev': 'sub',
  'proidc.upbound.io': 'sub',
  'api.pulumi.com/oidc': 'aud',
  'sandboxes.cloud': 'aud',
  'oidc.vercel.com': 'aud',
  'cognito-identity.amazonaws.com': 'aud',
};

const issuerOf = (principal: string): string => principal.split(':oidc-provider/').at(-1) ?? principal;

const sharedIssuers = ({ Principal }: Statement): readonly string[] =>
  (typeof Principal === 'object' ? listOf(Principal['Federated']) : [])
    .map(issuerOf)
    .filter((issuer) => Object.hasOwn(TENANCY_CLAIM, issuer));

const POSITIVE: ReadonlySet<string> = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']);

/** A positive operator that a missing claim does not satisfy. */
const isScoping = (operator: string): boolean => {
  const name = parseOperatorName(operator);
  return name !== undefined && POSITIVE.has(name.operator) && !name.ifExists && name.quantifier !== 'ForAllValues';
};

const isScoped = ({ Condition = {} }: Statement, key: string): boolean =>
  Object.entries(Condition).some(([operator, keys]) =>
    Object.entries(keys).some(
      ([name, value]) =>
        isScoping(operator) && name.toLowerCase() === key && listOf(value).every((text) => !/^[*?]*$/.test(String(text))),
    ),
  );

/** What IAM would refuse to store, with the place of each statement. */
export const checkSharedIssuers = (trust: PolicyDocument): readonly Diagnostic[] =>
  statementsOf(trust).flatMap((statement, index) =>
    (statement.Effect === 'Allow' ? sharedIssuers(statement) : []).flatMap((issuer) => {
      const key = `${issuer}:${TENANCY_CLAIM[issuer]}`;
      if (isScoped(statement, key)) return [];
      const message = `trusts ${issuer}, which others share, without a condition on ${key} that is more than a wildcard`;
      return [problem('INVALID_POLICY', message, { path: `Statement[${index}].Condition` })];
    }),
  );
