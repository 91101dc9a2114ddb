/** The exception that a Deny statement needs so that it no longer hits one caller, as narrow as the statement lets it be. */
import { listOf, type ConditionBlock, type Statement } from '#domain/policy-document.ts';
import type { ActionRequest, PolicySet } from './layers.ts';

interface Exception {
  readonly operator: string;
  readonly key: string;
  readonly value: string;
}

/** What tells this caller from all others in a condition; undefined for a token without a subject. */
const exceptionFor = ({ caller, facts, context }: ActionRequest): Exception | undefined => {
  if (facts.principalArn !== undefined) return { operator: 'ArnNotEquals', key: 'aws:PrincipalArn', value: facts.principalArn };
  if (caller.kind === 'service') return { operator: 'StringNotEquals', key: 'aws:PrincipalServiceName', value: caller.arn };
  const key = `${facts.provider?.issuer}:sub`;
  const value = context.get(key.toLowerCase());
  return typeof value === 'string' ? { operator: 'StringNotEquals', key, value } : undefined;
};

/** A negated operator that already has the key takes one more value, of which none may match. */
const withException = (block: ConditionBlock, { operator, key, value }: Exception): ConditionBlock => {
  const keys = block[operator] ?? {};
  const existing = Object.keys(keys).find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
  const values = [...listOf(keys[existing]).map(String), value];
  return { ...block, [operator]: { ...keys, [existing]: values.length === 1 ? value : values } };
};

/** Policies of the caller itself except the role; all others except the caller. */
const isOwn = (kind: PolicySet['kind']): boolean => kind === 'identity' || kind === 'boundary' || kind === 'session-policy';

/** The whole statement, changed; undefined where no condition can tell the caller apart. */
export const exempt = (statement: Statement, kind: PolicySet['kind'], request: ActionRequest): Statement | undefined => {
  const { Resource, NotResource, ...rest } = statement;
  if (isOwn(kind) && Resource === '*') return { ...rest, NotResource: request.resource };
  if (isOwn(kind) && NotResource !== undefined) return { ...rest, NotResource: [...listOf(NotResource), request.resource] };
  const exception = exceptionFor(request);
  if (exception === undefined) return undefined;
  return { ...statement, Condition: withException(statement.Condition ?? {}, exception) };
};
