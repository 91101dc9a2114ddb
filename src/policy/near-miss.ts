/** Why no Allow of a set of policies applied: the statement that came closest, and the element of it that failed. */
import type { FailedElement, Reason } from '#domain/cause.ts';
import { listOf } from '#domain/policy-document.ts';
import type { CompiledStatement } from './compile.ts';
import { actualValues, type Condition } from './conditions.ts';
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

/** What a person is told of one element that failed. */
type Failure = Omit<NearMiss, 'at'>;

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

/** A condition that is not met, else one that hangs on a fact that nobody stated. */
const failedCondition = ({ conditions }: CompiledStatement, { context }: ActionRequest): Condition | undefined =>
  conditions.find((condition) => condition.holds(context) === false) ??
  conditions.find((condition) => condition.holds(context) === 'maybe');

const conditionFailure = ({ operator, key, wanted }: Condition, request: ActionRequest): Failure => {
  const actual = actualValues(request.context, key);
  const had = actual === undefined ? absence(key, request) : `the request has ${shown(actual)}`;
  return {
    reason: 'CONDITION_NOT_MET',
    element: { element: 'Condition', operator, key, wanted, actual: actual ?? null },
    clause: `its condition ${operator} ${key} wants ${shown(wanted)}, and ${had}`,
  };
};

type Element = 'Condition' | 'Resource' | 'Action' | 'Principal';

/** The one that is blamed first, first: who is named elsewhere is the least telling. */
const failedElements = (statement: CompiledStatement, request: ActionRequest): readonly Element[] => {
  const failed: Element[] = [];
  if (failedCondition(statement, request) !== undefined) failed.push('Condition');
  if (statement.coversResource(request.resource, request.context) !== true) failed.push('Resource');
  if (!statement.coversAction(request.actionKey)) failed.push('Action');
  if (grantIn(statement, request) === undefined) failed.push('Principal');
  return failed;
};

const RANKS: Readonly<Record<Element, number>> = { Condition: 0, Resource: 1, Action: 2, Principal: 3 };

/** A condition that fails only if a fact which nobody stated is not as it wants it is closer than what has failed. */
const rankOf = (element: Element, statement: CompiledStatement, request: ActionRequest): number =>
  element === 'Condition' && failedCondition(statement, request)?.holds(request.context) === 'maybe' ? -1 : RANKS[element];

const failureOf = (element: Element, statement: CompiledStatement, request: ActionRequest): Failure => {
  const condition = failedCondition(statement, request);
  if (element === 'Condition' && condition !== undefined) return conditionFailure(condition, request);
  if (element === 'Resource') return resourceFailure(statement, request);
  return element === 'Action' ? actionFailure(statement, request) : principalFailure(statement, request);
};

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

interface Candidate {
  readonly at: NonNullable<NearMiss['at']>;
  readonly element: Element;
  readonly rank: number;
}

/** Only a statement with a single failing element is blamed; a failing condition is more telling than a failing resource, and so on. */
export const findNearMiss = (set: PolicySet, request: ActionRequest): NearMiss => {
  let hasAllow = false;
  let isNamed = false;
  let closest: Candidate | undefined;
  for (const [policyIndex, policy] of set.policies.entries())
    for (const statement of policy.byEffect.Allow) {
      hasAllow = true;
      const failed = failedElements(statement, request);
      isNamed ||= !failed.includes('Principal');
      const [element] = failed;
      if (element === undefined || failed.length > 1) continue;
      const rank = rankOf(element, statement, request);
      if (closest === undefined || rank < closest.rank) closest = { at: { policyIndex, statement }, element, rank };
    }
  if (closest !== undefined) return { ...failureOf(closest.element, closest.at.statement, request), at: closest.at };
  if (!hasAllow)
    return nobody(set.policies.length === 0 ? 'NO_POLICY' : 'NO_MATCHING_STATEMENT', 'nothing in it allows anything');
  if (isNamed) return nobody('NO_MATCHING_STATEMENT', 'no statement of it fits the request');
  return nobody('NO_MATCHING_PRINCIPAL', `no statement of it names ${nameOfCaller(request)}`);
};
