/**
 * Condition blocks: every operator and key must hold; several wanted values are alternatives, and none may match a negated operator.
 * Source: IAM User Guide, "Conditions with multiple context keys or values" and "Set operators for multivalued context keys".
 */
import { parseOperatorName, type OperatorName } from '#domain/condition-operator.ts';
import { listOf, type ConditionBlock } from '#domain/policy-document.ts';
import type { Context } from './context.ts';
import { OPERATORS, type Test } from './operators.ts';
import { allOf, anyOf, not, type Truth } from './truth.ts';
import { isUnstated, type Unstated } from './unstated.ts';

export interface Condition {
  /** As written, for explanations. */
  readonly operator: string;
  readonly key: string;
  readonly wanted: readonly string[];
  readonly holds: (context: Context) => Truth;
}

type Check = Condition['holds'];

const valuesOf = (context: Context, key: string): readonly (string | Unstated)[] | undefined => {
  const value = context.get(key);
  if (value === undefined) return undefined;
  if (typeof value === 'string' || isUnstated(value)) return [value];
  return value.length === 0 ? undefined : value;
};

const mayBeAbsent = (context: Context, key: string): boolean => {
  const value = context.get(key);
  return isUnstated(value) && !value.isPresent;
};

const nullCheck =
  (key: string, wanted: readonly string[]): Check =>
  (context) => {
    const isWanted = (isAbsent: boolean): boolean => wanted.includes(String(isAbsent));
    if (mayBeAbsent(context, key)) return isWanted(true) === isWanted(false) ? isWanted(true) : 'maybe';
    return isWanted(valuesOf(context, key) === undefined);
  };

/** A missing key: IfExists holds; ForAllValues holds, ForAnyValue does not; else only a negated operator holds. */
const holdsWhenMissing = ({ quantifier, ifExists }: OperatorName, isNegated: boolean): boolean => {
  if (ifExists || quantifier === 'ForAllValues') return true;
  return quantifier === null && isNegated;
};

const comparison = (name: OperatorName, key: string, tests: readonly Test[], isNegated: boolean): Check => {
  const whenMissing = holdsWhenMissing(name, isNegated);
  return (context) => {
    const actual = valuesOf(context, key);
    if (actual === undefined) return whenMissing;
    const passes = (value: string | Unstated): Truth => {
      const matches = anyOf(tests, (test) => test(value, context));
      return isNegated ? not(matches) : matches;
    };
    // Without a set operator a multivalued key is read as AWS reads it: any value for a positive, every value for a negated operator.
    const needsAll = name.quantifier === 'ForAllValues' || (name.quantifier === null && isNegated);
    const whenPresent = needsAll ? allOf(actual, passes) : anyOf(actual, passes);
    return whenPresent !== whenMissing && mayBeAbsent(context, key) ? 'maybe' : whenPresent;
  };
};

const checkOf = (operator: string, key: string, wanted: readonly string[], hasVariables: boolean): Check => {
  const name = parseOperatorName(operator);
  // An unknown operator never gets here: the grammar refuses it.
  if (name === undefined) return () => false;
  if (name.operator === 'Null')
    return nullCheck(
      key,
      wanted.map((value) => value.toLowerCase()),
    );
  const { isNegated, compile } = OPERATORS[name.operator];
  return comparison(
    name,
    key,
    wanted.map((value) => compile(value, hasVariables)),
    isNegated,
  );
};

export const compileConditions = (block: ConditionBlock | undefined, hasVariables: boolean): readonly Condition[] =>
  Object.entries(block ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => {
      const wanted = listOf(value).map(String);
      return { operator, key, wanted, holds: checkOf(operator, key.toLowerCase(), wanted, hasVariables) };
    }),
  );

/** The values that a key has in this request; undefined when it is absent or not stated. */
export const actualValues = (context: Context, key: string): readonly string[] | undefined => {
  const values = valuesOf(context, key.toLowerCase())?.filter((value) => typeof value === 'string');
  return values?.length === 0 ? undefined : values;
};
