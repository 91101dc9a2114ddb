/**
 * When two policy documents mean the same. Order of statements and lists, scalar or list, `true` or `"true"`, an empty Sid, and
 * account id or root ARN make no difference, because IAM and Terraform treat them alike; a differing Sid or Version does.
 */
import { isAccountId, parseRootArn } from './arn.ts';
import {
  listOf,
  statementsOf,
  type ConditionBlock,
  type OneOrMany,
  type PolicyDocument,
  type PrincipalElement,
  type Statement,
} from './policy-document.ts';

const sortedSet = (values: readonly string[]): readonly string[] => [...new Set(values)].toSorted();

const texts = (value: OneOrMany<string | number | boolean>): readonly string[] => sortedSet(listOf(value).map(String));

/** IAM rewrites the short account form to the root ARN, so both are reduced to the id. Partitions never mix within one account. */
const canonicalAws = (value: string): string => (isAccountId(value) ? value : (parseRootArn(value)?.account ?? value));

const sortedEntries = <T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] =>
  entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

const canonicalPrincipal = (principal: PrincipalElement): unknown => {
  if (principal === '*') return '*';
  return sortedEntries(
    Object.entries(principal).map(([kind, values]) => [
      kind,
      sortedSet(listOf(values).map((value) => (kind === 'AWS' ? canonicalAws(value) : value))),
    ]),
  );
};

/** Key names are compared without case, as IAM does. */
const canonicalCondition = (block: ConditionBlock): unknown =>
  sortedEntries(
    Object.entries(block).map(([operator, keys]) => [
      operator,
      sortedEntries(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), texts(value)])),
    ]),
  );

/** Action names are compared without case, as IAM does. */
const canonicalActions = (actions: OneOrMany<string>): readonly string[] =>
  sortedSet(listOf(actions).map((action) => action.toLowerCase()));

/** One text for all statements that mean the same. */
export const canonicalStatement = (statement: Statement): string =>
  JSON.stringify([
    statement.Sid ?? '',
    statement.Effect,
    statement.Principal === undefined ? null : canonicalPrincipal(statement.Principal),
    statement.NotPrincipal === undefined ? null : canonicalPrincipal(statement.NotPrincipal),
    statement.Action === undefined ? null : canonicalActions(statement.Action),
    statement.NotAction === undefined ? null : canonicalActions(statement.NotAction),
    statement.Resource === undefined ? null : texts(statement.Resource),
    statement.NotResource === undefined ? null : texts(statement.NotResource),
    canonicalCondition(statement.Condition ?? {}),
  ]);

/** One text for all documents that mean the same; for comparison and digests, not a policy to send. */
export const canonicalPolicy = (document: PolicyDocument): string =>
  JSON.stringify([document.Version ?? '2008-10-17', statementsOf(document).map(canonicalStatement).toSorted()]);

export const policyEquals = (a: PolicyDocument, b: PolicyDocument): boolean => canonicalPolicy(a) === canonicalPolicy(b);
