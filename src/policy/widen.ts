/** An Allow that failed, made to fit this one request: the same statement for this caller, action and resource, every condition kept that holds. */
import { parseOperatorName } from '#domain/condition-operator.ts';
import {
  listOf,
  type ConditionBlock,
  type ConditionValue,
  type PolicyDocument,
  type Statement,
} from '#domain/policy-document.ts';
import { compilePolicy, type CompiledStatement } from './compile.ts';
import { actualValues, type Condition } from './conditions.ts';
import { formatInstant, parseInstant } from './instants.ts';
import type { ActionRequest, PolicySet } from './layers.ts';
import { nameOfCaller } from './near-miss.ts';

type Entry = readonly [operator: string, key: string, value: ConditionValue];

const entriesOf = (block: ConditionBlock | undefined): readonly Entry[] =>
  Object.entries(block ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => [operator, key, value] as const),
  );

/** Undefined when two entries claim the same place. */
const blockOf = (entries: readonly Entry[]): ConditionBlock | undefined => {
  const block: Record<string, Record<string, ConditionValue>> = {};
  for (const [operator, key, value] of entries) {
    const keys = (block[operator] ??= {});
    if (Object.hasOwn(keys, key)) return undefined;
    keys[key] = value;
  }
  return block;
};

const oneOrList = (values: readonly string[]): ConditionValue => (values.length === 1 ? (values[0] ?? '') : values);

/** The operator that is true for exactly the value that the request has. */
const exactOperator = (operator: string): string => {
  if (operator.startsWith('String')) return 'StringEquals';
  if (operator.startsWith('Arn')) return 'ArnEquals';
  if (operator === 'NotIpAddress') return 'IpAddress';
  return operator.replace(/(Less|Greater)Than(?:Equals)?$/, '$1ThanEquals').replace('NotEquals', 'Equals');
};

const DAY_MS = 86_400_000;

/** A limit of this very second would be over before anybody could set it: a day is given. */
const tomorrow = (operator: string, key: string, [now = '']: readonly string[]): string | undefined => {
  if (!operator.endsWith('LessThanEquals') || !/^aws:(?:currenttime|epochtime)$/i.test(key)) return undefined;
  const instant = parseInstant(now);
  if (instant === undefined) return undefined;
  return operator.startsWith('Date') ? formatInstant(instant + DAY_MS) : String((instant + DAY_MS) / 1000);
};

/** The condition true for exactly the values that the request has: or for exactly their absence. */
const exactEntry = ({ operator, key, wanted }: Condition, request: ActionRequest): Entry => {
  const actual = actualValues(request.context, key);
  const name = parseOperatorName(operator);
  if (name === undefined || name.operator === 'Null') return ['Null', key, wanted.includes('true') ? 'false' : 'true'];
  if (actual === undefined) return ['Null', key, 'true'];
  const prefix = actual.length > 1 ? 'ForAllValues:' : '';
  const exact = exactOperator(name.operator);
  return [`${prefix}${exact}`, key, tomorrow(exact, key, actual) ?? oneOrList(actual)];
};

const holdsIn = (
  statement: Statement,
  version: PolicyDocument['Version'],
  { kind }: PolicySet,
  request: ActionRequest,
): boolean => {
  const document = { ...(version === undefined ? {} : { Version: version }), Statement: [statement] };
  const [compiled] = compilePolicy(document, kind).statements;
  return compiled !== undefined && compiled.conditions.every((condition) => condition.holds(request.context) !== false);
};

/** The caller, where the element names more than the caller. A token is told apart by its conditions, a service by its name. */
const onlyThisCaller = (request: ActionRequest): readonly Entry[] =>
  request.facts.principalArn === undefined ? [] : [['ArnEquals', 'aws:PrincipalArn', request.facts.principalArn]];

const isPrincipalArn = ([operator, key]: Entry): boolean => operator === 'ArnEquals' && key.toLowerCase() === 'aws:principalarn';

/** The same statement, narrowed to this request and with these conditions exchanged for exact ones; undefined where that does not say it. */
export const widenFor = (
  { source, conditions }: CompiledStatement,
  set: PolicySet,
  request: ActionRequest,
): Statement | undefined => {
  const failed = conditions.filter((condition) => condition.holds(request.context) === false);
  const kept = entriesOf(source.Condition).filter(
    ([operator, key]) => !failed.some((condition) => condition.operator === operator && condition.key === key),
  );
  const exact = failed.map((condition) => exactEntry(condition, request));
  const named = set.kind === 'trust' ? onlyThisCaller(request) : [];
  const Condition = blockOf([
    ...kept.filter((entry) => named.length === 0 || !isPrincipalArn(entry)),
    ...exact.filter((entry) => named.length === 0 || !isPrincipalArn(entry)),
    ...named,
  ]);
  if (Condition === undefined) return undefined;
  const statement: Statement = {
    Effect: 'Allow',
    ...(source.Principal === undefined ? {} : { Principal: source.Principal }),
    Action: request.action,
    ...(set.kind === 'trust' ? {} : { Resource: request.resource }),
    Condition,
  };
  return holdsIn(statement, '2012-10-17', set, request) ? statement : undefined;
};

const LISTS: ReadonlySet<string> = new Set([
  'StringEquals',
  'StringEqualsIgnoreCase',
  'ArnEquals',
  'ArnLike',
  'IpAddress',
  'NumericEquals',
  'BinaryEquals',
]);

const namesOnly = (element: string | readonly string[] | undefined, name: string): boolean => {
  const values = listOf(element);
  return values.length === 1 && values[0] === name;
};

/** Whether the statement is about this caller, action and resource already, so that one more value opens it to nothing else. */
const isExact = ({ Principal, Action, Resource }: Statement, { kind }: PolicySet, request: ActionRequest): boolean => {
  if (!namesOnly(Action, request.action)) return false;
  if (kind !== 'trust') return namesOnly(Resource, request.resource) && Principal === undefined;
  const values = typeof Principal === 'object' ? Object.values(Principal).flatMap((value) => listOf(value)) : ['*'];
  return namesOnly(values, nameOfCaller(request));
};

/** One more value in the one condition that failed, where the statement is exact and the operator takes a list. */
export const addValue = (
  { source, conditions }: CompiledStatement,
  set: PolicySet,
  request: ActionRequest,
): Statement | undefined => {
  const [failed, ...more] = conditions.filter((condition) => condition.holds(request.context) === false);
  const name = failed === undefined ? undefined : parseOperatorName(failed.operator);
  const actual = failed === undefined ? undefined : actualValues(request.context, failed.key);
  if (failed === undefined || name === undefined || actual === undefined || more.length > 0) return undefined;
  if (!LISTS.has(name.operator) || !isExact(source, set, request)) return undefined;
  const Condition = {
    ...source.Condition,
    [failed.operator]: { ...source.Condition?.[failed.operator], [failed.key]: [...failed.wanted, ...actual] },
  };
  const statement = { ...source, Condition };
  return holdsIn(statement, '2012-10-17', set, request) ? statement : undefined;
};
