/**
 * Commands that change a trust policy which was not read: IAM takes only whole documents, so the one that is there is fetched and passed
 * through jq. Pure.
 */
import type { Statement } from '#domain/policy-document.ts';
import { shellWord } from '#domain/shell-word.ts';

/** `filter` is jq's. */
const command = (roleName: string, filter: string): string => {
  const read = `aws iam get-role --role-name ${roleName} --query Role.AssumeRolePolicyDocument --output json`;
  return `aws iam update-assume-role-policy --role-name ${roleName} --policy-document "$(${read} | jq -c ${shellWord(filter)})"`;
};

const STATEMENTS = '[.Statement] | flatten';

/** Ids of those who were deleted go: IAM takes back no document that holds one. */
const LIVING =
  'map(if .Principal.AWS? // false then .Principal.AWS |= ([.] | flatten | map(select(test("^A(ID|RO)A[A-Z0-9]{12,}$") | not))) else . end | select((.Principal.AWS? // 0) != []))';

export const appendTrustCommand = (roleName: string, ...statements: readonly Statement[]): string =>
  command(roleName, `.Statement = (${STATEMENTS} | ${LIVING}) + ${JSON.stringify(statements)}`);

const ASSUMES =
  '.Effect == "Allow" and (.Principal.AWS? // false) and any([.Action] | flatten[]; test("^([*]|sts:([*]|assume[*]|assumerole))$"; "i"))';
const CARRIED =
  '[[.Action] | flatten[] | if test("[*]") then "sts:TagSession", "sts:SetSourceIdentity" else select(test("^sts:assumerole$"; "i") | not) end] | unique';
const CONDITION =
  '(.Condition // {}) | map_values(with_entries(select(.key | test("^sts:externalid$"; "i") | not))) | with_entries(select(.value != {}))';

/** The external ID in every statement that lets AWS principals in; what cannot carry one goes into a statement of its own. */
export const tightenTrustCommand = (roleName: string, externalId: string): string => {
  const id = JSON.stringify(externalId);
  const asking = `(.Action = "sts:AssumeRole" | .Condition = $kept | .Condition.StringEquals["sts:ExternalId"] = ${id})`;
  const carrying =
    '(select($carried != []) | del(.Sid) | .Action = $carried | if $kept == {} then del(.Condition) else .Condition = $kept end)';
  const each = `if ${ASSUMES} then (${CARRIED}) as $carried | (${CONDITION}) as $kept | ${asking}, ${carrying} else . end`;
  return command(roleName, `.Statement = [${STATEMENTS} | .[] | ${each}]`);
};
