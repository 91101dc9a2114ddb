/**
 * The names of IAM's condition operators and how a name is put together: `[ForAllValues:|ForAnyValue:]Operator[IfExists]`.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
export const CONDITION_OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'ArnEquals',
  'ArnLike',
  'ArnNotEquals',
  'ArnNotLike',
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateEquals',
  'DateNotEquals',
  'DateLessThan',
  'DateLessThanEquals',
  'DateGreaterThan',
  'DateGreaterThanEquals',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddress',
  'Null',
] as const;

export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

export interface OperatorName {
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | null;
  readonly operator: ConditionOperator;
  readonly ifExists: boolean;
}

const NAME = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

const isOperator = (text: string | undefined): text is ConditionOperator =>
  (CONDITION_OPERATORS as readonly (string | undefined)[]).includes(text);

/** Undefined for anything that IAM would refuse; `Null` takes neither quantifier nor IfExists. */
export const parseOperatorName = (text: string): OperatorName | undefined => {
  const [, quantifier, operator, ifExists] = NAME.exec(text) ?? [];
  if (!isOperator(operator)) return undefined;
  if (operator === 'Null' && (quantifier !== undefined || ifExists !== undefined)) return undefined;
  return {
    quantifier: quantifier === 'ForAllValues' || quantifier === 'ForAnyValue' ? quantifier : null,
    operator,
    ifExists: ifExists !== undefined,
  };
};
