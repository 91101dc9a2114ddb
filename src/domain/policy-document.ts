/** IAM policy documents as data: the grammar's types, and parsing of untrusted JSON into them with a place for every fault. */
import { problem, type Diagnostic } from './diagnostic.ts';
import { readJson } from './json-text.ts';
import { complainer, SYNTAX_ERROR, type GrammarKind } from './policy-fault.ts';
import { checkSids, checkStatement } from './policy-grammar.ts';
import { fail, ok, type Result } from './result.ts';
import { isRecord } from './record.ts';

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

/** AWS allows only these characters in a document: tab, newline, carriage return and U+0020 to U+00FF (botocore's pattern). */
const ALLOWED_TEXT = /^[\u0009\u000a\u000d\u0020-\u00ff]*$/;

const INVALID_JSON = 'This policy contains invalid Json';

const checkTop = (document: Readonly<Record<string, unknown>>, kind: GrammarKind): readonly Diagnostic[] => {
  const faults: Diagnostic[] = [];
  const complain = complainer(faults);
  for (const key of Object.keys(document))
    if (key !== 'Version' && key !== 'Id' && key !== 'Statement')
      complain(key, `"${key}" is no element of a policy`, SYNTAX_ERROR);
  const { Version, Id, Statement } = document as { Version?: unknown; Id?: unknown; Statement?: unknown };
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17')
    complain(
      'Version',
      `must be "2012-10-17" or "2008-10-17", not ${JSON.stringify(Version)}`,
      'The policy must contain a valid version string',
    );
  if (Id !== undefined && typeof Id !== 'string') complain('Id', 'must be text', SYNTAX_ERROR);
  const statements = Array.isArray(Statement) ? (Statement as readonly unknown[]) : Statement === undefined ? [] : [Statement];
  if (statements.length === 0) complain('Statement', 'is missing or empty', 'Could not parse the policy: Statement is empty!');
  for (const [i, statement] of statements.entries()) checkStatement(statement, `Statement[${i}]`, kind, complain);
  checkSids(statements, kind, complain);
  return faults;
};

const parseText = (text: string, kind: GrammarKind): Result<PolicyDocument> => {
  const reading = readJson(text);
  if (!reading.ok) {
    const { message, line, column } = reading.fault;
    return fail(problem('INVALID_POLICY', `not JSON at line ${line}, column ${column}: ${message}`, { detail: INVALID_JSON }));
  }
  const doubles = reading.duplicates.map(({ message, path, line, column }) =>
    problem('INVALID_POLICY', `${message} (line ${line}, column ${column})`, { path, detail: SYNTAX_ERROR }),
  );
  const parsed = parseObject(reading.value, kind);
  if (doubles.length === 0) return parsed;
  return fail(...doubles, ...(parsed.ok ? [] : parsed.diagnostics));
};

const parseObject = (value: unknown, kind: GrammarKind): Result<PolicyDocument> => {
  if (!isRecord(value)) return fail(problem('INVALID_POLICY', 'a policy must be a JSON object', { detail: SYNTAX_ERROR }));
  const faults = [...checkTop(value, kind)];
  if (!ALLOWED_TEXT.test(JSON.stringify(value)))
    faults.push(problem('INVALID_POLICY', 'has a character beyond U+00FF, which IAM refuses', { detail: SYNTAX_ERROR }));
  return faults.length === 0 ? ok(value as unknown as PolicyDocument) : fail(...faults);
};

/**
 * Takes an object, or JSON text (which alone can show duplicate keys and places in the text). Reports every fault at once:
 * `path` is the place in the document, `detail` what AWS says in its MalformedPolicyDocument error.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export const parsePolicyDocument = (input: unknown, kind: GrammarKind): Result<PolicyDocument> =>
  typeof input === 'string' ? parseText(input, kind) : parseObject(input, kind);
