/** Causes that the caller can remove alone, by calling otherwise: with an external ID, tags, MFA, from another place, to another region, later. */
import { parseArn } from '#domain/arn.ts';
import type { PolicyKind } from '#domain/cause.ts';
import { parseOperatorName } from '#domain/condition-operator.ts';
import { actionsOf } from './actions.ts';
import { changeRequest } from './apply-fix.ts';
import type { Condition } from './conditions.ts';
import { buildAssumeRoleContext, type Context } from './context.ts';
import type { ActionRequest, Call, PolicySet } from './layers.ts';
import type { Obstacle } from './obstacles.ts';
import { proposalFor, setting, type RequestChange } from './request-proposals.ts';
import type { Scenario } from './scenario.ts';
import { parseTemplate, resolveText } from './template.ts';

const filledPattern = (text: string, any: string): string => text.replace(/(?<!\$\{)\*/g, any).replace(/(?<!\$\{)\?/g, 'x');

/** For a pattern the shortest text that fits, and one that is longer where that is too short for a parameter. */
const textsOf = ({ operator, wanted }: Condition, request: ActionRequest): readonly string[] => {
  const base = parseOperatorName(operator)?.operator;
  if (base === 'Null') return [];
  const isPattern = base?.includes('Like') === true;
  const plain = isPattern ? ['', 'x'].flatMap((any) => wanted.map((text) => filledPattern(text, any))) : wanted;
  return plain.flatMap((text) => {
    const filled = resolveText(parseTemplate(text), request.context);
    return typeof filled === 'string' ? [filled] : [];
  });
};

/** The ways of calling that concern the key of a condition; what all conditions of the statement say of that key is proposed. */
const proposalsFor = (
  condition: Condition,
  all: readonly Condition[],
  request: ActionRequest,
  scenario: Scenario,
): readonly RequestChange[] => {
  const name = condition.key.toLowerCase();
  const alike = [condition, ...all.filter(({ key }) => key.toLowerCase() === name)];
  const texts = [...new Set(alike.flatMap((one) => textsOf(one, request)))];
  return proposalFor(name, request)?.({ texts, request, scenario }, condition.key) ?? [];
};

/** Who calls otherwise knows what is sent: nothing of it is a guess any more. */
const contextAfter = (change: RequestChange, scenario: Scenario, { action, facts, resource }: ActionRequest): Context => {
  const { isGuess: _, ...known } = facts;
  return buildAssumeRoleContext(changeRequest(scenario, change), action, known, parseArn(resource)?.account ?? '');
};

const joined = (a: RequestChange, b: RequestChange): RequestChange =>
  setting({ ...a.set, ...b.set }, [...new Set([...a.unset, ...b.unset])]);

/** Who gives way to whom where two statements want opposite calls: the caller's own policies to the role's, these to the organization's. */
const PRECEDENCE: readonly PolicyKind[] = ['rcp', 'scp', 'trust', 'identity', 'boundary', 'session-policy'];

/** Whether a call made so is worth proposing. */
type Fits = (asked: Scenario) => boolean;

/**
 * A call that is refused elsewhere for what it was changed in helps nobody, and two statements that want opposite calls would send the
 * caller to and fro. So it may bring on no obstacle; failing that, only such as give way to the policy of this kind. That tags or a
 * source identity need an action of their own allowed is none: it is asked for next.
 */
const fitting = (kind: PolicyKind, { scenario, obstaclesTo }: Call): Readonly<Record<'free' | 'yielding', Fits>> => {
  const before = obstaclesTo(scenario) ?? [];
  const known = new Set(before.map(({ key }) => key));
  const actions = new Set(actionsOf(scenario));
  const broughtBy = (asked: Scenario): readonly Obstacle[] | undefined =>
    obstaclesTo(asked)?.filter(({ key, isDeny, action }) => !known.has(key) && (isDeny || actions.has(action)));
  const own = PRECEDENCE.indexOf(kind);
  return {
    free: (asked) => broughtBy(asked)?.length === 0,
    yielding: (asked) => broughtBy(asked)?.every((one) => PRECEDENCE.indexOf(one.kind) > own) === true,
  };
};

interface Met {
  readonly change: RequestChange | undefined;
  /** Every condition of the statement. */
  readonly isWhole: boolean;
}

/** Meets as many conditions as the caller can, and lets none go that holds. */
const meet = (conditions: readonly Condition[], request: ActionRequest, { scenario }: Call, fits: Fits): Met => {
  let change: RequestChange | undefined;
  let now: Context = request.context;
  for (const condition of conditions) {
    if (condition.holds(now) === true) continue;
    const asked = change === undefined ? scenario : changeRequest(scenario, change);
    const kept = conditions.filter((one) => one.holds(now) === true);
    const proposal = proposalsFor(condition, conditions, request, asked).find((one) => {
      const after = contextAfter(one, asked, request);
      const isMet = condition.holds(after) === true && kept.every((other) => other.holds(after) === true);
      return isMet && fits(changeRequest(asked, one));
    });
    if (proposal === undefined) continue;
    now = contextAfter(proposal, asked, request);
    change = change === undefined ? proposal : joined(change, proposal);
  }
  return { change, isWhole: conditions.every((condition) => condition.holds(now) === true) };
};

/** How to call so that the conditions of an Allow hold, as many as can be met; undefined where it is none. */
export const meetConditions = (
  conditions: readonly Condition[],
  kind: PolicyKind,
  request: ActionRequest,
): RequestChange | undefined => {
  const { call } = request;
  if (call === undefined) return undefined;
  const { free, yielding } = fitting(kind, call);
  const freely = meet(conditions, request, call, free);
  if (freely.isWhole) return freely.change;
  // What others have to give way to must be worth it.
  const met = meet(conditions, request, call, yielding);
  return met.isWhole ? met.change : freely.change;
};

/** Escapes a Deny by failing one of its conditions, with what an Allow of the same policies takes where there is such a value. */
export const escapeConditions = (
  conditions: readonly Condition[],
  { kind, policies }: PolicySet,
  request: ActionRequest,
): RequestChange | undefined => {
  const { call } = request;
  if (call === undefined) return undefined;
  const { scenario } = call;
  const taken = policies.flatMap(({ byEffect }) => byEffect.Allow.flatMap((statement) => statement.conditions));
  const ways = conditions.flatMap((condition) =>
    proposalsFor(condition, taken, request, scenario).filter(
      (one) => condition.holds(contextAfter(one, scenario, request)) === false,
    ),
  );
  const { free, yielding } = fitting(kind, call);
  return ways.find((one) => free(changeRequest(scenario, one))) ?? ways.find((one) => yielding(changeRequest(scenario, one)));
};
