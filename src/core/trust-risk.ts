/** What a change of a trust policy means for those who use the role. Pure. */
import type { Risk } from '#domain/plan.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';

/** The AWS principals that a trust policy names, in any statement that allows. */
export const trustedBy = (document: PolicyDocument): readonly string[] => {
  const allows = statementsOf(document).filter(({ Effect }) => Effect === 'Allow');
  const named = allows.flatMap(({ Principal = {} }) =>
    Principal === '*' ? ['*'] : Object.values(Principal).flatMap((names) => listOf(names)),
  );
  return [...new Set(named)].toSorted();
};

/** The external IDs that a statement takes; undefined when it asks for none. */
const externalIdsOf = ({ Condition }: Statement): readonly string[] | undefined => {
  const ids = Condition?.['StringEquals']?.['sts:ExternalId'];
  return ids === undefined ? undefined : listOf(ids).map(String);
};

/** A statement's conditions without its external IDs, as comparable text. */
const otherConditionsOf = ({ Condition = {} }: Statement): string => {
  const { StringEquals = {}, ...others } = Condition;
  const { 'sts:ExternalId': _, ...rest } = StringEquals;
  return JSON.stringify(Object.keys(rest).length > 0 ? { ...others, StringEquals: rest } : others);
};

const conditionsOf = (document: PolicyDocument): string =>
  JSON.stringify(statementsOf(document).map(({ Condition }) => Condition ?? null));

type ConditionChange = 'same' | 'wider' | 'dropped' | 'narrower';

/** How the conditions of the one statement that xacct writes differ; of any other document only equality is understood. */
const compareConditions = (before: PolicyDocument, after: PolicyDocument): ConditionChange => {
  if (conditionsOf(before) === conditionsOf(after)) return 'same';
  const [[was, ...wasMore], [is, ...isMore]] = [statementsOf(before), statementsOf(after)];
  if (was === undefined || is === undefined || wasMore.length > 0 || isMore.length > 0) return 'narrower';
  if (otherConditionsOf(was) !== otherConditionsOf(is)) return otherConditionsOf(is) === '{}' ? 'dropped' : 'narrower';
  const [ids, newIds] = [externalIdsOf(was), externalIdsOf(is)];
  if (newIds === undefined) return 'dropped';
  return ids?.every((id) => newIds.includes(id)) === true ? 'wider' : 'narrower';
};

/** What a trust policy allows beside sts:AssumeRole may be in use as well: sts:TagSession, sts:SetSourceIdentity. */
const actionsOf = (document: PolicyDocument): readonly string[] =>
  statementsOf(document).flatMap(({ Effect, Action }) =>
    Effect === 'Allow' ? listOf(Action ?? '*').map((action) => action.toLowerCase()) : [],
  );

/** Whoever can assume the role by `before` must still be able to by `after`; anything not understood counts as a loss. */
export const trustRiskOf = (before: PolicyDocument, after: PolicyDocument): Risk => {
  const kept = new Set(trustedBy(after));
  if (trustedBy(before).some((arn) => !kept.has(arn))) return 'removes access';
  const allowed = new Set(actionsOf(after));
  if (actionsOf(before).some((action) => !allowed.has(action))) return 'removes access';
  const conditions = compareConditions(before, after);
  if (conditions === 'narrower') return 'removes access';
  return conditions === 'dropped' ? 'drops a condition' : 'widens access';
};
