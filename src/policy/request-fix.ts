/** Causes that the caller can remove alone, by calling otherwise: with an external ID, tags, MFA, from another place, to another region, later. */
import { parseArn } from '#domain/arn.ts';
import { parseOperatorName } from '#domain/condition-operator.ts';
import { changeRequest } from './apply-fix.ts';
import type { Condition } from './conditions.ts';
import { buildAssumeRoleContext, type Context } from './context.ts';
import type { ActionRequest } from './layers.ts';
import { proposalFor, setting, type RequestChange } from './request-proposals.ts';
import type { Scenario } from './scenario.ts';
import { parseTemplate, resolveText } from './template.ts';

/** For a pattern the shortest text that fits. */
const textsOf = ({ operator, wanted }: Condition, request: ActionRequest): readonly string[] => {
  const base = parseOperatorName(operator)?.operator;
  if (base === 'Null') return [];
  const isPattern = base?.includes('Like') === true;
  return wanted.flatMap((text) => {
    const plain = isPattern ? text.replace(/(?<!\$\{)\*/g, '').replace(/(?<!\$\{)\?/g, 'x') : text;
    const filled = resolveText(parseTemplate(plain), request.context);
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

/** Meets as many conditions as the caller can, and lets none go that holds; undefined where it can meet none. */
export const meetConditions = (conditions: readonly Condition[], request: ActionRequest): RequestChange | undefined => {
  const { scenario } = request;
  if (scenario === undefined) return undefined;
  let change: RequestChange | undefined;
  let now: Context = request.context;
  for (const condition of conditions) {
    if (condition.holds(now) === true) continue;
    const asked = change === undefined ? scenario : changeRequest(scenario, change);
    const kept = conditions.filter((one) => one.holds(now) === true);
    const proposal = proposalsFor(condition, conditions, request, asked).find((one) => {
      const after = contextAfter(one, asked, request);
      return condition.holds(after) === true && kept.every((other) => other.holds(after) === true);
    });
    if (proposal === undefined) continue;
    now = contextAfter(proposal, asked, request);
    change = change === undefined ? proposal : joined(change, proposal);
  }
  return change;
};

/** Escapes a Deny by failing one of its conditions. */
export const escapeConditions = (conditions: readonly Condition[], request: ActionRequest): RequestChange | undefined => {
  const { scenario } = request;
  if (scenario === undefined) return undefined;
  for (const condition of conditions) {
    const proposals = proposalsFor(condition, [], request, scenario);
    const change = proposals.find((one) => condition.holds(contextAfter(one, scenario, request)) === false);
    if (change !== undefined) return change;
  }
  return undefined;
};
