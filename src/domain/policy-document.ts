/** IAM policy documents as data: the grammar's types, and parsing of untrusted JSON into them with a place for every fault. */

export type OneOrMany<T> = T | readonly T[];

/** `"*"` or a map of kind (`AWS`, `Service`, `Federated`, `CanonicalUser`) to values. */
export type PrincipalElement = '*' | Readonly<Record<string, OneOrMany<string>>>;

export type ConditionValue = OneOrMany<string | number | boolean>;

export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, ConditionValue>>>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: ConditionBlock;
}

export interface PolicyDocument {
  /** Absent means 2008-10-17: policy variables are then literal text. */
  readonly Version?: '2012-10-17' | '2008-10-17';
  readonly Id?: string;
  readonly Statement: OneOrMany<Statement>;
}

/** A scalar or a list, as a list. */
export const listOf = <T>(value: OneOrMany<T> | undefined): readonly T[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
};

export const statementsOf = (document: PolicyDocument): readonly Statement[] => listOf(document.Statement);
