/** Why no Allow of a set of policies applied: the statement that came closest, and the element of it that failed. */
import type { Reason } from '#domain/cause.ts';
import { listOf } from '#domain/policy-document.ts';
import type { CompiledStatement } from './compile.ts';
import { actualValues } from './conditions.ts';
import { grantIn, type ActionRequest, type PolicySet } from './layers.ts';

export interface NearMiss {
  readonly reason: Reason;
  /** Null when no single statement is to blame. */
  readonly at: { readonly policyIndex: number; readonly statement: CompiledStatement } | null;
  /** The element that failed, with the value that it had and the value that it wanted; one clause. */
  readonly clause: string;
}

interface Failure {
  readonly reason: Reason;
  readonly clause: string;
}

const shown = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

const principalFailure = (statement: CompiledStatement, request: ActionRequest): Failure => {
  const { Principal } = statement.source;
  const named = typeof Principal === 'object' ? Object.values(Principal).flatMap((values) => listOf(values)) : [];
  return {
    reason: 'NO_MATCHING_PRINCIPAL',
    clause: `its Principal is ${shown(named)}, and the caller is ${request.facts.principalArn ?? request.caller.arn}`,
  };
};

const actionFailure = ({ source }: CompiledStatement, request: ActionRequest): Failure => ({
  reason: 'NO_MATCHING_ACTION',
  clause:
    source.Action === undefined
      ? `its NotAction excepts ${request.action}`
      : `its Action is ${shown(listOf(source.Action))}, and ${request.action} was asked for`,
});

const resourceFailure = ({ source }: CompiledStatement, request: ActionRequest): Failure => ({
  reason: 'NO_MATCHING_RESOURCE',
  clause:
    source.Resource === undefined
      ? `its NotResource excepts ${request.resource}`
      : `its Resource is ${shown(listOf(source.Resource))}, and ${request.resource} was asked for`,
});

const conditionFailure = (statement: CompiledStatement, request: ActionRequest): Failure | undefined => {
  const failed = statement.conditions.find((condition) => !condition.holds(request.context));
  if (failed === undefined) return undefined;
  const actual = actualValues(request.context, failed.key);
  const had = actual === undefined ? 'the request has no such key' : `the request has ${shown(actual)}`;
  return {
    reason: 'CONDITION_NOT_MET',
    clause: `its condition ${failed.operator} ${failed.key} wants ${shown(failed.wanted)}, and ${had}`,
  };
};

/** Every element that failed, the principal last: who is named elsewhere is the least telling. */
const failuresOf = (statement: CompiledStatement, request: ActionRequest): readonly Failure[] =>
  [
    conditionFailure(statement, request),
    statement.coversResource(request.resource, request.context) ? undefined : resourceFailure(statement, request),
    statement.coversAction(request.action.toLowerCase()) ? undefined : actionFailure(statement, request),
    grantIn(statement, request) === undefined ? principalFailure(statement, request) : undefined,
  ].filter((failure) => failure !== undefined);

const ORDER: readonly Reason[] = ['CONDITION_NOT_MET', 'NO_MATCHING_RESOURCE', 'NO_MATCHING_ACTION', 'NO_MATCHING_PRINCIPAL'];

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

/** Only a statement with a single failing element is blamed; a failing condition is more telling than a failing resource, and so on. */
export const findNearMiss = (set: PolicySet, request: ActionRequest): NearMiss => {
  const allows = set.policies.flatMap((policy, policyIndex) =>
    policy.statements.filter(({ effect }) => effect === 'Allow').map((statement) => ({ policyIndex, statement })),
  );
  if (allows.length === 0)
    return {
      reason: set.policies.length === 0 ? 'NO_POLICY' : 'NO_MATCHING_STATEMENT',
      at: null,
      clause: 'nothing in it allows anything',
    };
  const misses = allows.map((at) => ({ at, failures: failuresOf(at.statement, request) }));
  const single = misses
    .flatMap(({ at, failures: [first, ...more] }) => (first === undefined || more.length > 0 ? [] : [{ ...first, at }]))
    .toSorted((a, b) => ORDER.indexOf(a.reason) - ORDER.indexOf(b.reason));
  if (single[0] !== undefined) return single[0];
  const isNamed = misses.some(({ failures }) => failures.every(({ reason }) => reason !== 'NO_MATCHING_PRINCIPAL'));
  return {
    reason: isNamed ? 'NO_MATCHING_STATEMENT' : 'NO_MATCHING_PRINCIPAL',
    at: null,
    clause: isNamed
      ? 'no statement of it fits the request'
      : `no statement of it names ${request.facts.principalArn ?? request.caller.arn}`,
  };
};
