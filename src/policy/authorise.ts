/**
 * The order of authorisation: an explicit deny wins, then every layer that has to allow is asked.
 * Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic"; a role's trust policy must always allow.
 */
import type { Confidence, LayerAnswer } from '#domain/cause.ts';
import { explicitDenyFinding, implicitDenyFinding, malformedFinding, type Finding } from './explain.ts';
import { findAllow, findDeny, policyRefOf, type ActionRequest, type Hit, type Layers, type PolicySet } from './layers.ts';
import { strongerGrant, type Grant } from './principal.ts';

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

/** Those that must allow beside the trust policy, which named the caller so. */
export const ownLayers = (layers: Layers, grant: Grant, isSameAccount: boolean): readonly PolicySet[] =>
  OWN_LAYERS[isSameAccount ? grant : 'account'].flatMap((layer) => layers[layer] ?? []);

const answerOf = (set: PolicySet, action: string, answer: LayerAnswer['answer'], hit?: Hit): LayerAnswer => {
  const { kind: layer, level } = set;
  const policy = hit === undefined ? null : policyRefOf(set, hit.policyIndex);
  const statement = hit === undefined ? null : hit.statement.ref;
  return level === null ? { layer, action, answer, policy, statement } : { layer, level, action, answer, policy, statement };
};

/** An explicit deny anywhere is final. One that hangs on what nobody stated is taken to apply, unless another certainly does. */
const firstDeny = (sets: readonly PolicySet[], request: ActionRequest): Finding | undefined => {
  let possible: Finding | undefined;
  for (const [i, set] of sets.entries()) {
    const hit = findDeny(set, request);
    if (hit === undefined || (possible !== undefined && !hit.isCertain)) continue;
    const before = sets.slice(0, i).map((earlier) => answerOf(earlier, request.action, 'no-deny'));
    const finding: Finding = { ...explicitDenyFinding(hit, request), before };
    if (hit.isCertain) return finding;
    possible = finding;
  }
  return possible;
};

/** What the layers on the way said, and the first of them that allows only if a fact which nobody stated is as it wants it. */
interface Progress {
  readonly answers: LayerAnswer[];
  doubt: Finding | undefined;
}

interface Allowed {
  readonly hit: Hit | undefined;
  /** An Allow that names the caller more strongly, if what nobody stated is as it wants it. */
  readonly possible: Hit | undefined;
}

/** Asks one layer for its Allow; a refusal is the finding, anything else goes into the answers. */
const askLayer = (set: PolicySet, request: ActionRequest, progress: Progress): Finding | Allowed => {
  const { certain, possible } = findAllow(set, request);
  const hit = certain ?? possible;
  if (hit === undefined && !set.isUnreadable) return { ...implicitDenyFinding(set, request), before: [...progress.answers] };
  if (hit?.isCertain === false && !set.isUnreadable)
    progress.doubt ??= { ...implicitDenyFinding(set, request), confidence: 'low', before: [...progress.answers] };
  progress.answers.push(answerOf(set, request.action, hit === undefined ? 'unreadable' : 'allows', hit));
  return { hit, possible };
};

const isFinding = (answer: Finding | Allowed): answer is Finding => 'verdict' in answer;

/** In the order organization, resource, caller: the first layer that has to allow and does not. */
const firstMissingAllow = (
  layers: Layers,
  request: ActionRequest,
  isSameAccount: boolean,
  progress: Progress,
): Finding | undefined => {
  for (const sets of [layers.rcps, layers.scps])
    for (const set of sets) {
      const answer = askLayer(set, request, progress);
      if (isFinding(answer)) return answer;
    }
  let grant: Grant = 'account';
  let isGrantKnown = true;
  if (layers.trust !== null) {
    const answer = askLayer(layers.trust, request, progress);
    if (isFinding(answer)) return answer;
    grant = answer.hit?.grant ?? 'account';
    const isUnclear = layers.trust.isUnreadable || strongerGrant(grant, answer.possible?.grant) !== grant;
    isGrantKnown = !isUnclear || !isSameAccount;
  }
  for (const set of ownLayers(layers, grant, isSameAccount)) {
    const answer = askLayer(set, request, progress);
    // A trust policy of the caller's own account that could not be read may name the caller, who then needs no Allow here.
    if (isFinding(answer)) return isGrantKnown ? answer : { ...answer, confidence: 'low' };
  }
  return undefined;
};

/**
 * What stands against one action; undefined when nothing does. `answers` gathers what the layers on the way said. What certainly refuses
 * comes before what may: only where nothing else does is the decision `low`, and then it is a refusal.
 */
export const authorise = (
  layers: Layers,
  request: ActionRequest,
  isSameAccount: boolean,
  answers: LayerAnswer[],
): Finding | undefined => {
  const denied = firstDeny(layers.all, request);
  if (denied?.confidence === 'high') return denied;
  const progress: Progress = { answers, doubt: denied };
  return firstMissingAllow(layers, request, isSameAccount, progress) ?? progress.doubt;
};

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
export const confidenceOf = (layers: Layers): Confidence => (layers.all.some((set) => set.isUnreadable) ? 'low' : 'high');
