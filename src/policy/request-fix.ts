/** Causes that the caller can remove alone, by asking otherwise: a condition on what the request brings, or a parameter out of bounds. */
import type { Change, FailedElement } from '#domain/cause.ts';
import { parseOperatorName } from '#domain/condition-operator.ts';
import { checkLimit, type LimitName } from '#domain/limits.ts';
import { parseBlock } from './address.ts';
import type { ActionRequest } from './layers.ts';

export type RequestChange = Extract<Change, { readonly kind: 'change-request' }>;

export const setting = (set: RequestChange['set'], unset: readonly string[] = []): RequestChange => ({
  kind: 'change-request',
  set,
  unset,
});

interface Parameter {
  readonly path: string;
  readonly limit: LimitName;
}

/** A map: condition keys are anybody's text, `constructor` and `__proto__` too. */
const PARAMETERS: ReadonlyMap<string, Parameter> = new Map([
  ['sts:externalid', { path: 'request.externalId', limit: 'externalId' }],
  ['sts:rolesessionname', { path: 'request.sessionName', limit: 'roleSessionName' }],
  ['sts:sourceidentity', { path: 'request.sourceIdentity', limit: 'sourceIdentity' }],
]);

const REQUEST_TAG = 'aws:requesttag/';

const parameterOf = (key: string, { caller, action }: ActionRequest): Parameter | undefined => {
  const name = key.toLowerCase();
  const isAssume = action.startsWith('sts:AssumeRole');
  if (caller.kind === 'web-identity') return name === 'sts:rolesessionname' && isAssume ? PARAMETERS.get(name) : undefined;
  if (name.startsWith(REQUEST_TAG)) return { path: `request.tags.${key.slice(REQUEST_TAG.length)}`, limit: 'tagValue' };
  if (name === 'sts:sourceidentity') return caller.sourceIdentity === undefined ? PARAMETERS.get(name) : undefined;
  return isAssume ? PARAMETERS.get(name) : undefined;
};

/** A value that the operator takes: for a pattern the shortest that fits, and none for a variable. */
const acceptedValue = (operator: string, wanted: readonly string[], limit: LimitName): string | undefined => {
  const isPattern = operator.includes('Like');
  return wanted
    .filter((text) => !text.includes('${'))
    .map((text) => (isPattern ? text.replaceAll('*', '').replaceAll('?', 'x') : text))
    .find((text) => checkLimit(limit, text) === undefined);
};

const POSITIVE_TEXT: ReadonlySet<string> = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']);

/** How the caller can meet the condition without anybody's help; undefined when it cannot. */
export const meetCondition = ({ operator, key, wanted }: FailedElement, request: ActionRequest): RequestChange | undefined => {
  if (operator === undefined || key === undefined) return undefined;
  const base = parseOperatorName(operator)?.operator;
  if (base === 'Bool' && key.toLowerCase() === 'aws:multifactorauthpresent' && wanted.includes('true'))
    return request.caller.kind === 'user' ? setting({ 'caller.mfa': true }) : undefined;
  if (base === 'IpAddress' && key.toLowerCase() === 'aws:sourceip') {
    const address = wanted.find((text) => parseBlock(text) !== undefined)?.split('/')[0];
    return address === undefined ? undefined : setting({ 'caller.sourceIp': address });
  }
  const parameter = parameterOf(key, request);
  if (base === undefined || !POSITIVE_TEXT.has(base) || parameter === undefined) return undefined;
  const value = acceptedValue(base, wanted, parameter.limit);
  return value === undefined ? undefined : setting({ [parameter.path]: value });
};
