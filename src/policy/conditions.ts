/**
 * Condition blocks: every operator and key must hold; several wanted values are alternatives, and none may match a negated operator.
 * Source: IAM User Guide, "Conditions with multiple context keys or values" and "Set operators for multivalued context keys".
 */
import { parseOperatorName, type OperatorName } from '#domain/condition-operator.ts';
import { listOf, type ConditionBlock } from '#domain/policy-document.ts';
import type { Context } from './context.ts';
import { OPERATORS, type Test } from './operators.ts';

export interface Condition {
  /** As written, for explanations. */
  readonly operator: string;
  readonly key: string;
  readonly wanted: readonly string[];
  readonly holds: (context: Context) => boolean;
}

type Check = Condition['holds'];

const valuesOf = (context: Context, key: string): readonly string[] | undefined => {
  const value = context.get(key);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return [value];
  return value.length === 0 ? undefined : value;
};

const nullCheck =
  (key: string, wanted: readonly string[]): Check =>
  (context) =>
    wanted.includes(valuesOf(context, key) === undefined ? 'true' : 'false');

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
    const passes = (value: string): boolean => tests.some((test) => test(value, context)) !== isNegated;
    // Without a set operator a multivalued key is read as AWS reads it: any value for a positive, every value for a negated operator.
    const needsAll = name.quantifier === 'ForAllValues' || (name.quantifier === null && isNegated);
    return needsAll ? actual.every(passes) : actual.some(passes);
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

/** The values that a key has in this request; undefined when it is absent. */
export const actualValues = (context: Context, key: string): readonly string[] | undefined =>
  valuesOf(context, key.toLowerCase());
