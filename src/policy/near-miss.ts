/** Why no Allow of a set of policies applied: the statement that came closest, and the element of it that failed. */
import type { FailedElement, Reason } from '#domain/cause.ts';
import { listOf } from '#domain/policy-document.ts';
import type { CompiledStatement } from './compile.ts';
import { actualValues } from './conditions.ts';
import { grantIn, type ActionRequest, type PolicySet } from './layers.ts';
import { isUnstated } from './unstated.ts';

export interface NearMiss {
  readonly reason: Reason;
  /** Null when no single statement is to blame. */
  readonly at: { readonly policyIndex: number; readonly statement: CompiledStatement } | null;
  /** The element that failed; null with `at`. */
  readonly element: FailedElement | null;
  /** The same as one clause. */
  readonly clause: string;
}

interface Failure {
  readonly reason: Reason;
  /** It fails only if a fact that nobody stated is not as it wants it. */
  readonly isOpen?: boolean;
  readonly element: FailedElement;
  readonly clause: string;
}

const shown = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

/** As a policy would name the caller. */
export const nameOfCaller = ({ caller, facts }: ActionRequest): string => facts.principalArn ?? facts.provider?.arn ?? caller.arn;

const principalFailure = (statement: CompiledStatement, request: ActionRequest): Failure => {
  const { Principal } = statement.source;
  const wanted = typeof Principal === 'object' ? Object.values(Principal).flatMap((values) => listOf(values)) : [];
  const actual = nameOfCaller(request);
  const isElsewhere = wanted.includes(actual);
  return {
    reason: 'NO_MATCHING_PRINCIPAL',
    element: { element: 'Principal', wanted, actual: [actual] },
    clause: isElsewhere
      ? `its Principal is ${shown(wanted)}, which is no way in for this caller`
      : `its Principal is ${shown(wanted)}, and the caller is ${actual}`,
  };
};

const scopeFailure = (
  reason: Reason,
  [name, values]: readonly ['Action' | 'Resource', readonly string[]] | readonly ['NotAction' | 'NotResource', readonly string[]],
  asked: string,
): Failure => ({
  reason,
  element: { element: name, wanted: values, actual: [asked] },
  clause: name.startsWith('Not') ? `its ${name} excepts ${asked}` : `its ${name} is ${shown(values)}, and ${asked} was asked for`,
});

const actionFailure = ({ source: { Action, NotAction } }: CompiledStatement, { action }: ActionRequest): Failure =>
  scopeFailure(
    'NO_MATCHING_ACTION',
    Action === undefined ? ['NotAction', listOf(NotAction)] : ['Action', listOf(Action)],
    action,
  );

const resourceFailure = ({ source }: CompiledStatement, { resource }: ActionRequest): Failure => {
  const { Resource, NotResource } = source;
  return scopeFailure(
    'NO_MATCHING_RESOURCE',
    Resource === undefined ? ['NotResource', listOf(NotResource)] : ['Resource', listOf(Resource)],
    resource,
  );
};

/** Of AssumeRole alone: sts:TagSession and sts:SetSourceIdentity are checked apart, without them. */
const ONLY_OF_ASSUME_ROLE: ReadonlySet<string> = new Set(['sts:externalid', 'sts:rolesessionname']);

/** Whether the check of this action cannot have the key, whatever the call brings. */
export const isKeyOfAnotherCheck = (key: string, action: string): boolean =>
  ONLY_OF_ASSUME_ROLE.has(key.toLowerCase()) && !action.startsWith('sts:AssumeRole');

/** Two absences that surprise are said: a claim that AWS makes no key of, and a key that the call has but this check of it has not. */
const absence = (key: string, { action, caller, facts, context }: ActionRequest): string => {
  if (isUnstated(context.get(key.toLowerCase()))) return 'the value that the request has is not known';
  const prefix = `${facts.provider?.issuer ?? ''}:`;
  if (key.startsWith(prefix) && Object.hasOwn(caller.claims ?? {}, key.slice(prefix.length)))
    return 'AWS makes no condition key of that claim';
  if (isKeyOfAnotherCheck(key, action)) return `the check of ${action} has no such key: it needs a statement of its own`;
  return 'the request has no such key';
};

const conditionFailure = (statement: CompiledStatement, request: ActionRequest): Failure | undefined => {
  const { conditions } = statement;
  const refused = conditions.find((condition) => condition.holds(request.context) === false);
  const failed = refused ?? conditions.find((condition) => condition.holds(request.context) === 'maybe');
  if (failed === undefined) return undefined;
  const { operator, key, wanted } = failed;
  const actual = actualValues(request.context, key);
  const had = actual === undefined ? absence(key, request) : `the request has ${shown(actual)}`;
  return {
    reason: 'CONDITION_NOT_MET',
    isOpen: refused === undefined,
    element: { element: 'Condition', operator, key, wanted, actual: actual ?? null },
    clause: `its condition ${operator} ${key} wants ${shown(wanted)}, and ${had}`,
  };
};

/** Every element that failed, the principal last: who is named elsewhere is the least telling. */
const failuresOf = (statement: CompiledStatement, request: ActionRequest): readonly Failure[] =>
  [
    conditionFailure(statement, request),
    statement.coversResource(request.resource, request.context) === true ? undefined : resourceFailure(statement, request),
    statement.coversAction(request.action.toLowerCase()) ? undefined : actionFailure(statement, request),
    grantIn(statement, request) === undefined ? principalFailure(statement, request) : undefined,
  ].filter((failure) => failure !== undefined);

const ORDER: readonly Reason[] = ['CONDITION_NOT_MET', 'NO_MATCHING_RESOURCE', 'NO_MATCHING_ACTION', 'NO_MATCHING_PRINCIPAL'];

/** What is open is closer than what has failed. */
const rankOf = ({ reason, isOpen = false }: Failure): number => (isOpen ? -1 : ORDER.indexOf(reason));

const WORDS: Readonly<Record<PolicySet['kind'], string>> = {
  trust: 'the trust policy',
  identity: "the caller's identity policies",
  boundary: "the caller's permissions boundary",
  'session-policy': "the caller's session policy",
  scp: 'the service control policies',
  rcp: 'the resource control policies',
};

/** Such as `the service control policies of level "Root"`. */
export const wordsOf = (set: PolicySet): string => WORDS[set.kind] + (set.level === null ? '' : ` of level "${set.level}"`);

const nobody = (reason: Reason, clause: string): NearMiss => ({ reason, at: null, element: null, clause });

/** Only a statement with a single failing element is blamed; a failing condition is more telling than a failing resource, and so on. */
export const findNearMiss = (set: PolicySet, request: ActionRequest): NearMiss => {
  const allows = set.policies.flatMap((policy, policyIndex) =>
    policy.statements.filter(({ effect }) => effect === 'Allow').map((statement) => ({ policyIndex, statement })),
  );
  if (allows.length === 0)
    return nobody(set.policies.length === 0 ? 'NO_POLICY' : 'NO_MATCHING_STATEMENT', 'nothing in it allows anything');
  const misses = allows.map((at) => ({ at, failures: failuresOf(at.statement, request) }));
  const single = misses
    .flatMap(({ at, failures: [first, ...more] }) => (first === undefined || more.length > 0 ? [] : [{ ...first, at }]))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
  if (single[0] !== undefined) return single[0];
  const isNamed = misses.some(({ failures }) => failures.every(({ reason }) => reason !== 'NO_MATCHING_PRINCIPAL'));
  if (isNamed) return nobody('NO_MATCHING_STATEMENT', 'no statement of it fits the request');
  return nobody('NO_MATCHING_PRINCIPAL', `no statement of it names ${nameOfCaller(request)}`);
};
