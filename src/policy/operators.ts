/**
 * The table of condition operators: how one wanted value is compared with one actual value.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
import type { ConditionOperator } from '#domain/condition-operator.ts';
import { isInBlock, parseAddress, parseBlock } from './address.ts';
import type { Context } from './context.ts';
import { globMatches, matchesAllAfter, splitArnGlob } from '#domain/glob.ts';
import { parseInstant } from './instants.ts';
import { parseTemplate, plainTemplate, prepare, resolveGlob, resolveText, type Template } from './template.ts';
import type { Truth } from './truth.ts';
import { isUnstated, type Unstated } from './unstated.ts';

export type Test = (actual: string | Unstated, context: Context) => Truth;

/** What is not stated may compare either way. */
const whenStated =
  (test: (actual: string, context: Context) => Truth): Test =>
  (actual, context) =>
    typeof actual === 'string' ? test(actual, context) : 'maybe';

export interface Operator {
  /** True for the operators that hold when no value matches, and so when the key is missing. */
  readonly isNegated: boolean;
  /** Compiles one wanted value; variables are live only in a document of version 2012-10-17. */
  readonly compile: (wanted: string, hasVariables: boolean) => Test;
}

const templated =
  (build: (template: Template) => Test): Operator['compile'] =>
  (wanted, hasVariables) =>
    build(hasVariables ? parseTemplate(wanted) : plainTemplate(wanted));

const equals = templated((template) => {
  const wantedIn = prepare(template, resolveText);
  return whenStated((actual, context) => {
    const wanted = wantedIn(context);
    return isUnstated(wanted) ? 'maybe' : wanted === actual;
  });
});

const resolveLowerCase = (template: Template, context: Context): string | Unstated | undefined => {
  const text = resolveText(template, context);
  return typeof text === 'string' ? text.toLowerCase() : text;
};

const equalsIgnoringCase = templated((template) => {
  const wantedIn = prepare(template, resolveLowerCase);
  return whenStated((actual, context) => {
    const wanted = wantedIn(context);
    return isUnstated(wanted) ? 'maybe' : wanted === actual.toLowerCase();
  });
});

const like = templated((template) => {
  const globIn = prepare(template, resolveGlob);
  return (actual, context) => {
    const glob = globIn(context);
    if (glob === undefined) return false;
    if (isUnstated(glob)) return 'maybe';
    return isUnstated(actual) ? matchesAllAfter(glob, actual.startsWith) || 'maybe' : globMatches(glob, actual);
  };
});

/** Field by field; the sixth takes the rest. What is not an ARN matches nothing. */
const arnLike = templated((template) => {
  const fieldsIn = prepare(template, (it, context) => {
    const glob = resolveGlob(it, context);
    return glob === undefined || isUnstated(glob) ? glob : splitArnGlob(glob);
  });
  return whenStated((actual, context) => {
    const wanted = fieldsIn(context);
    if (isUnstated(wanted)) return 'maybe';
    const fields = actual.split(':');
    if (wanted === undefined || fields.length < 6) return false;
    return wanted.every((glob, i) => globMatches(glob, i < 5 ? (fields[i] ?? '') : fields.slice(5).join(':')));
  });
});

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
const parseNumber = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined);

type Comparison = (actual: number, wanted: number) => boolean;

/** A value that cannot be read as a number or an instant matches nothing. */
const compared =
  (parse: (text: string) => number | undefined, compare: Comparison): Operator['compile'] =>
  (wanted) => {
    const right = parse(wanted);
    return whenStated((actual) => {
      const left = parse(actual);
      return left !== undefined && right !== undefined && compare(left, right);
    });
  };

const bool = templated((template) => {
  const wantedIn = prepare(template, resolveLowerCase);
  return whenStated((actual, context) => {
    const wanted = wantedIn(context);
    if (isUnstated(wanted)) return 'maybe';
    return (wanted === 'true' || wanted === 'false') && wanted === actual.toLowerCase();
  });
});

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const binary: Operator['compile'] = (wanted) =>
  whenStated((actual) => BASE64.test(wanted) && BASE64.test(actual) && wanted.replaceAll('=', '') === actual.replaceAll('=', ''));

const ipAddress: Operator['compile'] = (wanted) => {
  const block = parseBlock(wanted);
  return whenStated((actual) => {
    const address = parseAddress(actual);
    return block !== undefined && address !== undefined && isInBlock(address, block);
  });
};

const same: Comparison = (a, b) => a === b;
const less: Comparison = (a, b) => a < b;
const atMost: Comparison = (a, b) => a <= b;
const more: Comparison = (a, b) => a > b;
const atLeast: Comparison = (a, b) => a >= b;

const plain = (compile: Operator['compile']): Operator => ({ isNegated: false, compile });
const negated = (compile: Operator['compile']): Operator => ({ isNegated: true, compile });

/** Null is no comparison: conditions.ts decides it by presence. */
export const OPERATORS: Readonly<Record<Exclude<ConditionOperator, 'Null'>, Operator>> = {
  StringEquals: plain(equals),
  StringNotEquals: negated(equals),
  StringEqualsIgnoreCase: plain(equalsIgnoringCase),
  StringNotEqualsIgnoreCase: negated(equalsIgnoringCase),
  StringLike: plain(like),
  StringNotLike: negated(like),
  ArnEquals: plain(arnLike),
  ArnLike: plain(arnLike),
  ArnNotEquals: negated(arnLike),
  ArnNotLike: negated(arnLike),
  NumericEquals: plain(compared(parseNumber, same)),
  NumericNotEquals: negated(compared(parseNumber, same)),
  NumericLessThan: plain(compared(parseNumber, less)),
  NumericLessThanEquals: plain(compared(parseNumber, atMost)),
  NumericGreaterThan: plain(compared(parseNumber, more)),
  NumericGreaterThanEquals: plain(compared(parseNumber, atLeast)),
  DateEquals: plain(compared(parseInstant, same)),
  DateNotEquals: negated(compared(parseInstant, same)),
  DateLessThan: plain(compared(parseInstant, less)),
  DateLessThanEquals: plain(compared(parseInstant, atMost)),
  DateGreaterThan: plain(compared(parseInstant, more)),
  DateGreaterThanEquals: plain(compared(parseInstant, atLeast)),
  Bool: plain(bool),
  BinaryEquals: plain(binary),
  IpAddress: plain(ipAddress),
  NotIpAddress: negated(ipAddress),
};
