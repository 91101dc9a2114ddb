/** The command that adds a statement to a trust policy that was not read: IAM takes only whole documents, so the old one is fetched first. Pure. */
import type { Statement } from '#domain/policy-document.ts';
import { shellWord } from '#domain/shell-word.ts';

export const appendTrustCommand = (roleName: string, statement: Statement): string => {
  const read = `aws iam get-role --role-name ${roleName} --query Role.AssumeRolePolicyDocument --output json`;
  const filter = `.Statement = ([.Statement] | flatten) + [${JSON.stringify(statement)}]`;
  return `aws iam update-assume-role-policy --role-name ${roleName} --policy-document "$(${read} | jq -c ${shellWord(filter)})"`;
};
