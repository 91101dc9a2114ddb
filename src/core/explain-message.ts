/** What a refusal that AWS wrote tells: who was refused what, by which layer, and who has to change what. Reads nothing, decides nothing. Pure. */
import { parseSessionArn } from '#domain/arn.ts';
import type { DeniedLayer } from '#domain/access-denied.ts';
import type { Fix } from '#domain/cause.ts';
import type { FoundRefusal } from '#domain/found-refusal.ts';
import { isSsoRole } from '#domain/principal.ts';
import { shellWord } from '#domain/shell-word.ts';
import { explainFederated } from './explain-federated.ts';
import { explainKnown } from './fill-cause.ts';
import { remediesDespiteMasks } from './masked-arns.ts';
import type { RefusalExplanation } from './refusal-explanation.ts';
import { remediesOf, type Refused } from './refusal-remedies.ts';

const LAYER_WORDS: Readonly<Record<DeniedLayer, string>> = {
  identity: "the caller's own policies",
  trust: 'the trust policy of the role',
  resource: "the resource's own policy",
  boundary: "the caller's permissions boundary",
  'session-policy': "the policy of the caller's session",
  scp: "a service control policy of the caller's organization",
  rcp: "a resource control policy of the resource's organization",
  'vpc-endpoint': 'the policy of the VPC endpoint that the call went through',
};

const whoOf = (callerArn: string): string => {
  const session = parseSessionArn(callerArn);
  return session === undefined ? callerArn : `the role ${session.roleName} of account ${session.account}`;
};

const sayRefusal = ({ callerArn, action, resource, reason, isExplicit }: Refused): string => {
  const what = `${whoOf(callerArn)} may not do ${action}${resource === undefined ? '' : ` on ${resource}`}`;
  if (reason === undefined)
    return isExplicit
      ? `${what}: a Deny statement hits it, and AWS does not say in which policy`
      : `${what}, and AWS does not say which side refused`;
  const where = LAYER_WORDS[reason.layer];
  const named = reason.policyArn === undefined ? '' : ` (${reason.policyArn})`;
  return reason.isExplicit ? `${what}: a Deny statement in ${where}${named} hits it` : `${what}: nothing in ${where} allows it`;
};

/** A trust policy names a role with its path, and the ARN of a session has none. Source: IAM User Guide, "IAM identifiers". */
const withPathNote = (remedy: Fix, callerArn: string): Fix => {
  const [, role] = /:assumed-role\/([^/]+)\//.exec(callerArn) ?? [];
  if (role === undefined || remedy.change?.kind !== 'add-statement' || remedy.change.to !== 'trust') return remedy;
  const note = isSsoRole(role)
    ? 'REGION stands for that of IAM Identity Center'
    : `the ARN of a session hides the path of its role, and none is assumed here: where it has one, name it by what this prints: aws iam get-role --role-name ${shellWord(role)} --query Role.Arn --output text`;
  return { ...remedy, summary: `${remedy.summary}; ${note}` };
};

type Place = Pick<RefusalExplanation, 'sentence' | 'line' | 'times'>;

const explainAccessDenied = (found: FoundRefusal & { readonly kind: 'access-denied' }): Omit<RefusalExplanation, keyof Place> => {
  const { said, isExplicit, hasEncoded } = found;
  const refused: Refused = { ...said, isExplicit };
  const encoded = hasEncoded ? '; the encoded message was left alone: `aws sts decode-authorization-message` reads it' : '';
  return {
    code: isExplicit ? 'EXPLICIT_DENY' : said.reason === undefined ? 'NOT_SAID' : 'NOT_ALLOWED',
    caller: said.callerArn,
    action: said.action,
    resource: said.resource ?? null,
    layer: said.reason?.layer ?? null,
    explanation: `${sayRefusal(refused)}${encoded}`,
    remedies: remediesDespiteMasks(refused, remediesOf).map((remedy) => withPathNote(remedy, said.callerArn)),
  };
};

export const explainRefusal = (found: FoundRefusal): RefusalExplanation => {
  const { sentence, line, times, roleArn } = found;
  const place = { sentence, line, times };
  switch (found.kind) {
    case 'access-denied':
      return { ...place, ...explainAccessDenied(found) };
    case 'web-identity':
      return { ...place, ...explainFederated(found.action, roleArn) };
    case 'known':
      return { ...place, ...explainKnown(found.code, found.subject, roleArn) };
  }
};
