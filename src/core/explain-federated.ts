/** What a refusal of AssumeRoleWithWebIdentity or AssumeRoleWithSAML can mean: AWS names neither the caller nor the reason. Pure. */
import { parseArn } from '#domain/arn.ts';
import type { Fix } from '#domain/cause.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { RefusalExplanation } from './refusal-explanation.ts';

interface Shown {
  /** What the caller shows instead of credentials. */
  readonly what: string;
  readonly which: string;
  readonly compare: string;
  readonly missing: string;
  readonly list: string;
}

const TOKEN: Shown = {
  what: 'the token of a web identity (an OIDC provider such as GitHub Actions)',
  which: 'this token',
  compare:
    'compare the trust policy with the token: Federated must name the provider of this account, the condition on :aud must be sts.amazonaws.com, and the one on :sub must fit the repository and ref word for word',
  missing: 'make the OIDC provider where the account has none',
  list: 'aws iam list-open-id-connect-providers',
};

const ASSERTION: Shown = {
  what: 'the assertion of a SAML provider',
  which: 'this assertion',
  compare:
    'compare the trust policy with the assertion: Federated must name the SAML provider of this account, and the condition on SAML:aud must be https://signin.aws.amazon.com/saml',
  missing: 'make the SAML provider where the account has none',
  list: 'aws iam list-saml-providers',
};

export const explainFederated = (
  action: string,
  roleArn: string | null,
): Omit<RefusalExplanation, 'sentence' | 'line' | 'times'> => {
  const { what, which, compare, missing, list } = action.endsWith('SAML') ? ASSERTION : TOKEN;
  const account = roleArn === null ? null : (parseArn(roleArn)?.account ?? null);
  const name = shellWord(roleArn?.slice(roleArn.lastIndexOf('/') + 1) ?? 'ROLE_NAME');
  const fix = (summary: string, command: string): Fix => ({
    actor: 'target-admin',
    account,
    summary,
    change: null,
    command,
    hcl: null,
    message: null,
  });
  const where = roleArn === null ? '' : ` to ${roleArn}`;
  return {
    code: 'WEB_IDENTITY_REFUSED',
    caller: null,
    action,
    resource: roleArn,
    layer: 'trust',
    explanation: `${what} was not let in${where}: the role does not exist in that account, or no statement of its trust policy takes ${which}; AWS does not say which`,
    remedies: [
      fix(compare, `aws iam get-role --role-name ${name} --query Role.AssumeRolePolicyDocument`),
      fix('make the role, or correct its ARN, where there is none of that name', `aws iam get-role --role-name ${name}`),
      fix(missing, list),
    ],
  };
};
