/** The smallest statement that would let the caller's side or the role's side allow. */
import { parseArn } from '#domain/arn.ts';
import type { Fix, PolicyKind, Reason } from '#domain/cause.ts';
import type { Statement } from '#domain/policy-document.ts';
import type { ActionRequest } from './layers.ts';

const ABSENT: ReadonlySet<Reason> = new Set([
  'NO_POLICY',
  'NO_MATCHING_STATEMENT',
  'NO_MATCHING_PRINCIPAL',
  'NO_MATCHING_ACTION',
  'NO_MATCHING_RESOURCE',
]);

/** The external id that the caller already sends becomes a condition; TagSession and SetSourceIdentity cannot carry one. */
const trustStatement = (request: ActionRequest): Statement => {
  const externalId = request.context.get('sts:externalid');
  const { caller, facts } = request;
  return {
    Effect: 'Allow',
    Principal: caller.kind === 'service' ? { Service: caller.arn } : { AWS: facts.principalArn ?? caller.arn },
    Action: request.action,
    ...(typeof externalId === 'string' ? { Condition: { StringEquals: { 'sts:ExternalId': externalId } } } : {}),
  };
};

/** Null where adding a statement is not the answer. */
export const fixMissingAllow = (kind: PolicyKind, reason: Reason, request: ActionRequest): Fix | null => {
  if (!ABSENT.has(reason)) return null;
  if (kind === 'trust')
    return {
      actor: 'target-admin',
      account: parseArn(request.resource)?.account ?? null,
      summary: `add a statement to the trust policy of ${request.resource} that allows ${request.action} to the caller`,
      add: { kind, statement: trustStatement(request) },
    };
  if (kind !== 'identity') return null;
  return {
    actor: 'source-admin',
    account: request.facts.account ?? null,
    summary: `give the caller a policy that allows ${request.action} on ${request.resource}`,
    add: { kind, statement: { Effect: 'Allow', Action: request.action, Resource: request.resource } },
  };
};
