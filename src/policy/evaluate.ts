/** The two questions of this room: may a caller assume a role, and may it do anything else. Pure: time comes with the question. */
import { isAccountId, parseArn } from '#domain/arn.ts';
import type { Decision, LayerAnswer } from '#domain/cause.ts';
import { authorise, confidenceOf, firstMalformed } from './authorise.ts';
import { actionsOf, callOf } from './actions.ts';
import { requestFor, type Situation } from './call.ts';
import { checkCaller, contradicted } from './callers.ts';
import { buildAccessContext } from './context.ts';
import { allowedFinding, plainFinding, type Finding } from './explain.ts';
import { judgementOf, refused, type Judgement } from './judgement.ts';
import { buildLayers, requestedPolicySet, type ActionRequest, type Layers } from './layers.ts';
import { checkParameters } from './parameters.ts';
import type { RequestFault } from './request-fault.ts';
import { checkDuration, checkSourceIdentity } from './session-limits.ts';
import { describeCaller, hasOwnPolicies, type CallerFacts, type IsGuess } from './principal.ts';
import type { AccessQuery, Scenario } from './scenario.ts';
import { weighPath } from './session-path.ts';
import { readToken } from './web-identity.ts';

const faulty = (scenario: Scenario, fault: RequestFault): Judgement => {
  const { id, caller, role } = scenario;
  const finding = plainFinding(fault.verdict, fault.layer, fault.reason, fault.explanation, fault.fix);
  if (fault.awsCode === 'AccessDenied') return refused(id, finding, caller, 'sts:SetSourceIdentity', role.arn);
  return judgementOf(id, finding, callOf(scenario), { status: 400, code: fault.awsCode, message: fault.awsMessage });
};

const judgePolicies = (situation: Situation, answers: LayerAnswer[]): Judgement | undefined => {
  const { scenario, isSameAccount, layers } = situation;
  const { caller, role, id } = scenario;
  let doubtful: Judgement | undefined;
  for (const action of actionsOf(scenario)) {
    const finding = authorise(layers, requestFor(situation, action), isSameAccount, answers);
    const refusal = finding === undefined ? undefined : refused(id, finding, caller, action, role.arn);
    if (finding?.confidence === 'high') return refusal;
    doubtful ??= refusal;
  }
  return doubtful;
};

const judgeSituation = (situation: Situation): Judgement => {
  const { scenario, facts, target, layers } = situation;
  const { caller, role, request, id } = scenario;
  const action = callOf(scenario);
  const malformed = firstMalformed(layers.all) ?? firstMalformed(requestedPolicySet(request.policy));
  if (malformed !== undefined) {
    const answer = { status: 400, code: 'MalformedPolicyDocument', message: malformed.message } as const;
    return judgementOf(id, malformed.finding, action, answer);
  }
  const turnedAway = checkCaller(scenario, facts, target);
  if (turnedAway !== undefined) return refused(id, turnedAway, caller, action, role.arn);
  const answers: LayerAnswer[] = [];
  const denied = judgePolicies(situation, answers);
  if (denied !== undefined) return denied;
  const late = checkSourceIdentity(scenario) ?? checkDuration(scenario, facts);
  if (late !== undefined) return faulty(scenario, late);
  const confidence = confidenceOf(layers);
  const explanation =
    confidence === 'high'
      ? `${caller.arn} may assume ${role.arn}: its trust policy allows it, and nothing on the caller's side stands against it`
      : `${caller.arn} may assume ${role.arn} unless a policy that could not be read stands against it`;
  return judgementOf(id, allowedFinding(explanation, confidence, answers), action, null);
};

const judge = (scenario: Scenario, isGuess?: IsGuess): Judgement => {
  const parameters = checkParameters(scenario);
  if (!parameters.ok) return faulty(scenario, parameters.fault);
  const { target } = parameters;
  const described = describeCaller(scenario.caller, target);
  const facts = isGuess === undefined ? described : { ...described, isGuess };
  const isSameAccount = facts.account === target.account;
  const layers = buildLayers(scenario.caller, facts, scenario.role, isSameAccount);
  return judgeSituation({ scenario, facts, target, isSameAccount, layers });
};

/** May the caller assume the role, and what would AWS answer? Policies given compiled are not compiled again. */
export const judgeAssumeRole = (asked: Scenario): Judgement => {
  const scenario = readToken(asked);
  const judgement = judge(scenario);
  const decision = weighPath(judgement.decision, scenario, (other) => judge(other).decision);
  return decision === judgement.decision ? judgement : { ...judgement, decision };
};

/**
 * May the caller assume the role, and if not, why? Pure, and safe to call with policies of any origin.
 * Source: IAM User Guide, "Policy evaluation logic", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const decideAssumeRole = (scenario: Scenario): Decision => judgeAssumeRole(scenario).decision;

/**
 * The same where more is not known than a scenario can leave out: `isGuess` tells the condition keys (in lower case) that may have any
 * value, or none. What refuses whatever they are is blamed first; what is allowed only as the scenario has them is a guess.
 */
export const decideByGuess = (
  asked: Scenario,
  isGuess: IsGuess,
): { readonly decision: Decision; readonly isDoubtful: boolean } => {
  const decision = decideAssumeRole(asked);
  if (decision.verdict === 'invalid') return { decision, isDoubtful: false };
  const careful = judge(readToken(asked), isGuess).decision;
  const isDoubtful = careful.verdict === 'denied' && careful.confidence === 'low';
  if (decision.verdict === 'denied') return { decision: careful, isDoubtful };
  return { decision: isDoubtful ? { ...decision, confidence: 'low' } : decision, isDoubtful };
};

/** GetCallerIdentity needs no permission and no deny stops it. Source: AWS STS API Reference, GetCallerIdentity. */
const ALWAYS_ALLOWED = 'sts:getcalleridentity';

/** Source: AWS STS API Reference, GetFederationToken: such a session can call no IAM operation, and of STS only GetCallerIdentity. */
const isClosedToFederatedUsers = (action: string): boolean => /^(?:iam|sts):/i.test(action);

const accessFinding = (query: AccessQuery, facts: CallerFacts, layers: Layers): Finding | undefined => {
  const { caller, action, resource } = query;
  const contradiction = contradicted(caller, facts);
  if (contradiction !== undefined) return contradiction;
  if (!hasOwnPolicies(caller))
    return plainFinding(
      'denied',
      'caller',
      'CALLER_NOT_AN_ARN',
      `${caller.arn} has no policies of its own that could allow ${action}`,
    );
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
  const context = buildAccessContext(query, facts);
  const request: ActionRequest = { caller, facts, action, actionKey: action.toLowerCase(), resource, context };
  return authorise(layers, request, true, []);
};

/** May an identity do an action other than assuming a role, by its own policies and its organization's? */
export const judgeAccess = (query: AccessQuery): Judgement => {
  const { id, caller, action, resource } = query;
  const facts = describeCaller(caller);
  if (action.toLowerCase() === ALWAYS_ALLOWED)
    return judgementOf(id, allowedFinding('GetCallerIdentity needs no permission'), action, null);
  const layers = buildLayers(caller, facts, undefined, true);
  const malformed = firstMalformed(layers.all)?.finding;
  const finding = malformed ?? accessFinding(query, facts, layers);
  if (finding !== undefined) return refused(id, finding, caller, action, resource);
  const explanation = `${caller.arn} may do ${action} on ${resource}: its own policies allow it`;
  return judgementOf(id, allowedFinding(explanation, confidenceOf(layers)), action, null);
};

export const decideAccess = (query: AccessQuery): Decision => judgeAccess(query).decision;
