/**
 * The order of authorisation: an explicit deny wins, then every layer that has to allow is asked.
 * Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic"; a role's trust policy must always allow.
 */
import type { Confidence, LayerAnswer } from '#domain/cause.ts';
import { explicitDenyFinding, implicitDenyFinding, malformedFinding, type Finding } from './explain.ts';
import { findAllow, findDeny, policyRefOf, setsOf, type ActionRequest, type Hit, type Layers, type PolicySet } from './layers.ts';
import type { Grant } from './principal.ts';

/** What the caller's own policies still have to allow, by how the role's trust policy named the caller. */
const OWN_LAYERS: Readonly<Record<Grant, readonly ('identity' | 'boundary' | 'session')[]>> = {
  account: ['identity', 'boundary', 'session'],
  role: ['boundary', 'session'],
  user: ['session'],
  session: [],
  anyone: [],
  service: [],
  federated: [],
};

const answerOf = (set: PolicySet, action: string, answer: LayerAnswer['answer'], hit?: Hit): LayerAnswer => {
  const { kind: layer, level } = set;
  const policy = hit === undefined ? null : policyRefOf(set, hit.policyIndex);
  const statement = hit === undefined ? null : hit.statement.ref;
  return level === null ? { layer, action, answer, policy, statement } : { layer, level, action, answer, policy, statement };
};

/** An explicit deny anywhere is final. */
const firstDeny = (layers: Layers, request: ActionRequest): Finding | undefined => {
  const sets = setsOf(layers);
  for (const [i, set] of sets.entries()) {
    const hit = findDeny(set, request);
    if (hit === undefined) continue;
    const before = sets.slice(0, i).map((earlier) => answerOf(earlier, request.action, 'no-deny'));
    return { ...explicitDenyFinding(hit, request), before };
  }
  return undefined;
};

/** Asks one layer for its Allow; a refusal is the finding, anything else goes into the answers. */
const askLayer = (set: PolicySet, request: ActionRequest, answers: LayerAnswer[]): Finding | Hit | undefined => {
  const hit = findAllow(set, request);
  if (hit === undefined && !set.isUnreadable) return { ...implicitDenyFinding(set, request), before: [...answers] };
  answers.push(answerOf(set, request.action, hit === undefined ? 'unreadable' : 'allows', hit));
  return hit;
};

const isFinding = (answer: Finding | Hit | undefined): answer is Finding => answer !== undefined && 'verdict' in answer;

/** In the order organization, resource, caller: the first layer that has to allow and does not. */
const firstMissingAllow = (
  layers: Layers,
  request: ActionRequest,
  isSameAccount: boolean,
  answers: LayerAnswer[],
): Finding | undefined => {
  for (const sets of [layers.rcps, layers.scps])
    for (const set of sets) {
      const answer = askLayer(set, request, answers);
      if (isFinding(answer)) return answer;
    }
  let grant: Grant = 'account';
  let isGrantKnown = true;
  if (layers.trust !== null) {
    const answer = askLayer(layers.trust, request, answers);
    if (isFinding(answer)) return answer;
    grant = answer?.grant ?? 'account';
    isGrantKnown = !layers.trust.isUnreadable || !isSameAccount;
  }
  for (const layer of OWN_LAYERS[isSameAccount ? grant : 'account']) {
    const set = layers[layer];
    if (set === null) continue;
    const answer = askLayer(set, request, answers);
    // A trust policy of the caller's own account that could not be read may name the caller, who then needs no Allow here.
    if (isFinding(answer)) return isGrantKnown ? answer : { ...answer, confidence: 'low' };
  }
  return undefined;
};

/** What stands against one action; undefined when nothing does. `answers` gathers what the layers on the way said. */
export const authorise = (
  layers: Layers,
  request: ActionRequest,
  isSameAccount: boolean,
  answers: LayerAnswer[],
): Finding | undefined => firstDeny(layers, request) ?? firstMissingAllow(layers, request, isSameAccount, answers);

/** A document that AWS would not have stored decides nothing. */
export const firstMalformed = (
  sets: readonly PolicySet[],
): { readonly finding: Finding; readonly message: string } | undefined => {
  for (const set of sets)
    for (const [index, policy] of set.policies.entries()) {
      const finding = malformedFinding(set, index);
      if (finding !== undefined) return { finding, message: policy.faults[0]?.detail ?? '' };
    }
  return undefined;
};

/** What could not be read was taken to allow. */
export const confidenceOf = (layers: Layers): Confidence => (setsOf(layers).some((set) => set.isUnreadable) ? 'low' : 'high');
