/** What a refusal that AWS wrote tells: who was refused what, by which layer, and who has to change what. Reads nothing, decides nothing. Pure. */
import { parseSessionArn } from '#domain/arn.ts';
import type { DeniedLayer } from '#domain/access-denied.ts';
import type { FoundRefusal } from '#domain/found-refusal.ts';
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
    remedies: remediesDespiteMasks(refused, remediesOf),
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
