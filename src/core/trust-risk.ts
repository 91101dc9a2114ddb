/** What a new trust policy does to those who can assume the role by the old one. Pure; anything not understood counts as a loss. */
import { isOrphan } from '#domain/orphan.ts';
import type { Risk } from '#domain/plan.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';

/** One condition: operator and key, and the values that it takes. */
type Conditions = ReadonlyMap<string, readonly string[]>;

/** One principal's leave to do one thing. */
interface Grant {
  readonly of: string;
  readonly conditions: Conditions;
}

const principalsOf = ({ Principal = {} }: Statement): readonly string[] =>
  Principal === '*' ? ['*'] : Object.values(Principal).flatMap((names) => listOf(names));

export const orphansIn = (document: PolicyDocument): readonly string[] =>
  [...new Set(statementsOf(document).flatMap(principalsOf))].filter(isOrphan);

const conditionsOf = ({ Condition = {} }: Statement): Conditions =>
  new Map(
    Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => [`${operator} ${key.toLowerCase()}`, listOf(values).map(String)] as const),
    ),
  );

/** Of all whom an account's root stands for, or a provider's tokens, only some may be meant. */
const NARROWING = /^(arn(like|equals)|string(like|equals)) (aws:principalarn|.*:sub)$/i;

/** Whom a statement lets in, as narrowly as it says it. */
const namesOf = (statement: Statement): readonly string[] => {
  const narrowed = [...conditionsOf(statement)].find(([condition]) => NARROWING.test(condition));
  return narrowed === undefined ? principalsOf(statement) : narrowed[1];
};

/** Everyone whom a trust policy lets in, in any statement that allows. */
export const trustedBy = (document: PolicyDocument): readonly string[] => {
  const allows = statementsOf(document).filter(({ Effect }) => Effect === 'Allow');
  return [...new Set(allows.flatMap(namesOf))].toSorted();
};

/** Of a negated operator every further value keeps somebody out. */
const isNegated = (condition: string): boolean => /^(for\w+:)?(string|arn|numeric|date)not|^not|^null/i.test(condition);

/** STS asks for these two without an external ID or a session's name: a statement that wants one lets nobody do them. */
const isVain = (action: string, conditions: Conditions): boolean =>
  /^sts:(tagsession|setsourceidentity)$/.test(action) &&
  [...conditions.keys()].some((condition) => / sts:(externalid|rolesessionname)$/.test(condition) && !isNegated(condition));

const grantsOf = (document: PolicyDocument): readonly Grant[] =>
  statementsOf(document)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => {
      const conditions = conditionsOf(statement);
      const actions = listOf(statement.Action ?? '*')
        .map((action) => action.toLowerCase())
        .filter((action) => !isVain(action, conditions));
      return principalsOf(statement)
        .filter((who) => !isOrphan(who))
        .flatMap((who) => actions.map((action) => ({ of: JSON.stringify([who, action]), conditions })));
    });

const deniesOf = (document: PolicyDocument): ReadonlySet<string> =>
  new Set(
    statementsOf(document)
      .filter(({ Effect }) => Effect === 'Deny')
      .map((statement) => JSON.stringify({ ...statement, Sid: '' })),
  );

const takesAllOf = (condition: string, before: readonly string[], after: readonly string[]): boolean =>
  before.every((value) => after.includes(value)) && (!isNegated(condition) || before.length === after.length);

/** Whoever got in by `before` gets in by `after`, too. */
const covers = (after: Grant, before: Grant): boolean =>
  after.of === before.of &&
  [...after.conditions].every(([condition, values]) => {
    const was = before.conditions.get(condition);
    return was !== undefined && takesAllOf(condition, was, values);
  });

/** A way in that asks for less than every way of the same principal did. */
const dropsCondition = (after: Grant, before: readonly Grant[]): boolean => {
  const same = before.filter((grant) => grant.of === after.of);
  return same.length > 0 && same.every(({ conditions }) => [...conditions.keys()].some((key) => !after.conditions.has(key)));
};

export const trustRiskOf = (before: PolicyDocument, after: PolicyDocument): Risk => {
  const [was, is] = [grantsOf(before), grantsOf(after)];
  if (!was.every((grant) => is.some((candidate) => covers(candidate, grant)))) return 'removes access';
  const [denied, denies] = [deniesOf(before), deniesOf(after)];
  if ([...denies].some((statement) => !denied.has(statement))) return 'removes access';
  if ([...denied].some((statement) => !denies.has(statement))) return 'drops a condition';
  return is.some((grant) => dropsCondition(grant, was)) ? 'drops a condition' : 'widens access';
};
