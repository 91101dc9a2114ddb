/** The statement that is missing: for this caller, action and resource, under the guards that others who come in that way have to pass. */
import type { PolicyKind } from '#domain/cause.ts';
import type { ConditionBlock, Statement } from '#domain/policy-document.ts';
import { actionsOf } from './actions.ts';
import type { ActionRequest, PolicySet } from './layers.ts';
import { isKeyOfAnotherCheck, nameOfCaller, type NearMiss } from './near-miss.ts';
import { isUnstated } from './unstated.ts';

const claimConditions = ({ facts, context }: ActionRequest): Statement['Condition'] => {
  const keys = ['aud', 'sub'].map((name) => `${facts.provider?.issuer}:${name}`);
  const found = keys.flatMap((key) => {
    const value = context.get(key.toLowerCase());
    return value === undefined || isUnstated(value) ? [] : [[key, value] as const];
  });
  return found.length === 0 ? undefined : { StringEquals: Object.fromEntries(found) };
};

/** The external id that the caller already sends becomes a condition; TagSession and SetSourceIdentity cannot carry one. */
const trustStatement = (request: ActionRequest): Statement => {
  const { caller, facts, action, context } = request;
  const externalId = context.get('sts:externalid');
  const Condition =
    facts.provider === undefined
      ? typeof externalId === 'string'
        ? { StringEquals: { 'sts:ExternalId': externalId } }
        : undefined
      : claimConditions(request);
  const named = nameOfCaller(request);
  const Principal =
    caller.kind === 'service' ? { Service: named } : facts.provider === undefined ? { AWS: named } : { Federated: named };
  return { Effect: 'Allow', Principal, Action: action, ...(Condition === undefined ? {} : { Condition }) };
};

const plainStatement = (kind: PolicyKind, request: ActionRequest): Statement => {
  if (kind === 'trust') return trustStatement(request);
  // AWS attaches its RCPFullAWSAccess to every level; no other RCP may allow.
  if (kind === 'rcp') return { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  return { Effect: 'Allow', Action: request.action, Resource: request.resource };
};

const speaksOfAws = (statement: Statement): boolean => typeof statement.Principal === 'object' && 'AWS' in statement.Principal;

/** The guards that the policy puts on others who come in this way hold for the caller too. */
const guardsOf = (set: PolicySet, { at }: NearMiss, { action, actionKey, facts }: ActionRequest): ConditionBlock => {
  const own = at?.statement.source.Condition ?? {};
  if (at?.statement.coversAction(actionKey) === true) return own;
  if (set.kind !== 'trust' || facts.principalArn === undefined || action !== 'sts:AssumeRole') return own;
  const model = set.policies
    .flatMap(({ byEffect }) => byEffect.Allow)
    .find(({ coversAction, source }) => coversAction('sts:assumerole') && speaksOfAws(source));
  return model?.source.Condition ?? own;
};

const withGuards = (statement: Statement, guards: ConditionBlock): Statement => {
  const guarded = new Set(Object.values(guards).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase())));
  const added = Object.entries(statement.Condition ?? {}).map(([operator, keys]) => {
    const kept = Object.entries(keys).filter(([key]) => !guarded.has(key.toLowerCase()));
    return [operator, { ...guards[operator], ...Object.fromEntries(kept) }] as const;
  });
  const Condition = { ...guards, ...Object.fromEntries(added.filter(([, keys]) => Object.keys(keys).length > 0)) };
  return Object.keys(Condition).length === 0 ? statement : { ...statement, Condition };
};

const withoutForeignKeys = (block: ConditionBlock, action: string): ConditionBlock =>
  Object.fromEntries(
    Object.entries(block)
      .map(([operator, keys]) => [operator, Object.entries(keys).filter(([key]) => !isKeyOfAnotherCheck(key, action))] as const)
      .filter(([, keys]) => keys.length > 0)
      .map(([operator, keys]) => [operator, Object.fromEntries(keys)]),
  );

/** A grant for the call is one for its tags and its source identity too; what it asks for of AssumeRole they could not meet. */
const forWholeCall = (statement: Statement, { action, call }: ActionRequest): Statement => {
  if (action !== 'sts:AssumeRole' || call === undefined || statement.Condition !== undefined) return statement;
  const actions = actionsOf(call.scenario);
  return actions.length === 1 ? statement : { ...statement, Action: actions };
};

export const missingStatement = (set: PolicySet, miss: NearMiss, request: ActionRequest): Statement => {
  const guards = set.kind === 'rcp' ? {} : guardsOf(set, miss, request);
  const statement = withGuards(plainStatement(set.kind, request), withoutForeignKeys(guards, request.action));
  return set.kind === 'identity' ? forWholeCall(statement, request) : statement;
};

/** A condition of the statement that came closest is given up: nothing else says what it wants. */
export const unguardedStatement = ({ kind }: PolicySet, request: ActionRequest): Statement => plainStatement(kind, request);
