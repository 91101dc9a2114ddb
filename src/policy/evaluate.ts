/** The two questions of this room: may a caller assume a role, and may it do anything else. Pure: time comes with the question. */
import { ROOT_REFUSED, accessDeniedMessage } from '#domain/access-denied.ts';
import { isAccountId, parseArn, type RoleArn } from '#domain/arn.ts';
import type { Decision } from '#domain/cause.ts';
import { buildAccessContext, buildAssumeRoleContext } from './context.ts';
import { confidenceOf, firstDeny, firstMalformed, firstMissingAllow } from './authorise.ts';
import { allowedFinding, plainFinding, type Finding } from './explain.ts';
import { buildLayers, requestedPolicySet, setsOf, type ActionRequest, type Layers } from './layers.ts';
import { checkDuration, checkParameters, checkSourceIdentity, type RequestFault } from './parameters.ts';
import { describeCaller, type CallerFacts } from './principal.ts';
import type { AccessQuery, Scenario } from './scenario.ts';

/** A decision with what AWS would have answered, for whoever speaks AWS's protocol. */
export interface Judgement {
  readonly decision: Decision;
  /** The action that failed, which may be sts:TagSession of an AssumeRole; the one asked for when all are allowed. */
  readonly action: string;
  /** Null when allowed. */
  readonly answer: { readonly status: 400 | 403; readonly code: string; readonly message: string } | null;
}

const decisionOf = (id: string | undefined, finding: Finding): Decision => ({ id: id ?? null, ...finding });

const refused = (id: string | undefined, finding: Finding, callerArn: string, action: string, resource: string): Judgement => {
  const decision = decisionOf(id, finding);
  return {
    decision,
    action,
    answer: { status: 403, code: 'AccessDenied', message: accessDeniedMessage(decision, callerArn, action, resource) },
  };
};

const faulty = (scenario: Scenario, fault: RequestFault): Judgement => {
  const finding = plainFinding(fault.verdict, fault.layer, fault.reason, fault.explanation);
  const action = fault.awsCode === 'AccessDenied' ? 'sts:SetSourceIdentity' : 'sts:AssumeRole';
  if (fault.awsCode === 'AccessDenied') return refused(scenario.id, finding, scenario.caller.arn, action, scenario.role.arn);
  return {
    decision: decisionOf(scenario.id, finding),
    action,
    answer: { status: 400, code: fault.awsCode, message: fault.awsMessage },
  };
};

/** What is read from a scenario once and asked many times. */
interface Situation {
  readonly scenario: Scenario;
  readonly facts: CallerFacts;
  readonly target: RoleArn;
  readonly isSameAccount: boolean;
  readonly layers: Layers;
}

/** Callers that STS turns away whatever the policies say. */
const checkCaller = ({ scenario: { caller }, facts, target }: Situation): Finding | undefined => {
  if (caller.kind === 'service') return undefined;
  if (facts.account === undefined || !isAccountId(facts.account))
    return plainFinding('denied', 'caller', 'CALLER_NOT_AN_ARN', `"${caller.arn}" is not the ARN of a caller`);
  if (facts.partition !== target.partition)
    return plainFinding(
      'denied',
      'partition',
      'PARTITION_MISMATCH',
      `the caller is in partition ${facts.partition} and the role in ${target.partition}; roles trust only principals of their own partition`,
    );
  if (caller.kind === 'root')
    return plainFinding('denied', 'caller', 'ROOT_CALLER', ROOT_REFUSED.toLowerCase().replace(/\.$/, ''));
  if (caller.kind === 'federated-user')
    return plainFinding(
      'denied',
      'caller',
      'FEDERATED_USER_CALLER',
      'a federated user session may call nothing of STS but GetCallerIdentity',
    );
  return undefined;
};

/** Inherited transitive tags are set anew on the next session, so they need sts:TagSession too, though the request brings none. */
const bringsTags = ({ caller, request }: Scenario): boolean =>
  Object.keys(request.tags ?? {}).length > 0 || (caller.transitiveTagKeys ?? []).length > 0;

/** AssumeRole itself, and what its tags and source identity need besides. */
const actionsOf = (scenario: Scenario): readonly string[] => [
  'sts:AssumeRole',
  ...(bringsTags(scenario) ? ['sts:TagSession'] : []),
  ...((scenario.request.sourceIdentity ?? scenario.caller.sourceIdentity) === undefined ? [] : ['sts:SetSourceIdentity']),
];

const judgePolicies = ({ scenario, facts, target, isSameAccount, layers }: Situation): Judgement | undefined => {
  for (const action of actionsOf(scenario)) {
    const context = buildAssumeRoleContext(scenario, action, facts, target.account);
    const request: ActionRequest = { caller: scenario.caller, facts, action, resource: scenario.role.arn, context };
    const finding = firstDeny(layers, request) ?? firstMissingAllow(layers, request, isSameAccount);
    if (finding !== undefined) return refused(scenario.id, finding, scenario.caller.arn, action, scenario.role.arn);
  }
  return undefined;
};

const judgeSituation = (situation: Situation): Judgement => {
  const { scenario, facts, layers } = situation;
  const { caller, role, request, id } = scenario;
  const malformed = firstMalformed([...setsOf(layers), ...requestedPolicySet(request.policy)]);
  if (malformed !== undefined)
    return {
      decision: decisionOf(id, malformed.finding),
      action: 'sts:AssumeRole',
      answer: { status: 400, code: 'MalformedPolicyDocument', message: malformed.message },
    };
  const turnedAway = checkCaller(situation);
  if (turnedAway !== undefined) return refused(id, turnedAway, caller.arn, 'sts:AssumeRole', role.arn);
  const denied = judgePolicies(situation);
  if (denied !== undefined) return denied;
  const late = checkSourceIdentity(scenario) ?? checkDuration(scenario, facts);
  if (late !== undefined) return faulty(scenario, late);
  const explanation = `${caller.arn} may assume ${role.arn}: its trust policy allows it, and nothing on the caller's side stands against it`;
  return { decision: decisionOf(id, allowedFinding(explanation, confidenceOf(layers))), action: 'sts:AssumeRole', answer: null };
};

/** May the caller assume the role, and what would AWS answer? Policies given compiled are not compiled again. */
export const judgeAssumeRole = (scenario: Scenario): Judgement => {
  const parameters = checkParameters(scenario);
  if (!parameters.ok) return faulty(scenario, parameters.fault);
  const { target } = parameters;
  const facts = describeCaller(scenario.caller);
  const isSameAccount = facts.account === target.account;
  const layers = buildLayers(scenario.caller, facts, scenario.role, isSameAccount);
  return judgeSituation({ scenario, facts, target, isSameAccount, layers });
};

export const decideAssumeRole = (scenario: Scenario): Decision => judgeAssumeRole(scenario).decision;

/** GetCallerIdentity needs no permission and no deny stops it. Source: AWS STS API Reference, GetCallerIdentity. */
const ALWAYS_ALLOWED = 'sts:getcalleridentity';

/** Source: AWS STS API Reference, GetFederationToken: such a session can call no IAM operation, and of STS only GetCallerIdentity. */
const isClosedToFederatedUsers = (action: string): boolean => /^(?:iam|sts):/i.test(action);

const accessFinding = (query: AccessQuery, facts: CallerFacts, layers: Layers): Finding | undefined => {
  const { caller, action, resource } = query;
  if (caller.kind === 'federated-user' && isClosedToFederatedUsers(action))
    return plainFinding('denied', 'caller', 'FEDERATED_USER_CALLER', `a federated user session may not call ${action}`);
  const account = parseArn(resource)?.account ?? '';
  if (isAccountId(account) && account !== facts.account)
    return plainFinding(
      'denied',
      'identity',
      'OTHER_ACCOUNT',
      `${resource} is in another account, and no policy of that account allows the caller`,
    );
  const request: ActionRequest = { caller, facts, action, resource, context: buildAccessContext(query, facts) };
  return firstDeny(layers, request) ?? firstMissingAllow(layers, request, true);
};

/** May an identity do an action other than assuming a role, by its own policies and its organization's? */
export const judgeAccess = (query: AccessQuery): Judgement => {
  const { id, caller, action, resource } = query;
  const facts = describeCaller(caller);
  if (action.toLowerCase() === ALWAYS_ALLOWED)
    return { decision: decisionOf(id, allowedFinding('GetCallerIdentity needs no permission', 'high')), action, answer: null };
  const layers = buildLayers(caller, facts, undefined, true);
  const malformed = firstMalformed(setsOf(layers))?.finding;
  const finding = malformed ?? accessFinding(query, facts, layers);
  if (finding !== undefined) return refused(id, finding, caller.arn, action, resource);
  const explanation = `${caller.arn} may do ${action} on ${resource}: its own policies allow it`;
  return { decision: decisionOf(id, allowedFinding(explanation, confidenceOf(layers))), action, answer: null };
};

export const decideAccess = (query: AccessQuery): Decision => judgeAccess(query).decision;
