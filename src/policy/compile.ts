/** Policies are parsed and compiled once, then decide any number of requests. */
import type { PolicyKind, StatementRef } from '#domain/cause.ts';
import type { Diagnostic } from '#domain/diagnostic.ts';
import { readJson } from '#domain/json-text.ts';
import {
  listOf,
  parsePolicyDocument,
  statementsOf,
  type OneOrMany,
  type PolicyDocument,
  type Statement,
} from '#domain/policy-document.ts';
import { COMPILED_POLICY } from '#domain/scenario-schema.ts';
import { compileConditions, type Condition } from './conditions.ts';
import type { Context } from './context.ts';
import { asArnPattern, compileGlob, globMatches } from '#domain/glob.ts';
import { compilePrincipals, type Principals } from './principal.ts';
import type { PolicySource } from './scenario.ts';
import { parseTemplate, plainTemplate, prepare, resolveGlob } from './template.ts';
import { anyOf, not, type Truth } from './truth.ts';
import { isUnstated } from './unstated.ts';

export interface CompiledStatement {
  readonly ref: StatementRef;
  readonly effect: 'Allow' | 'Deny';
  /** Null where the kind of policy has no principal: it speaks of whoever it is attached to. */
  readonly principals: Principals | null;
  /** `action` in lower case. */
  readonly coversAction: (action: string) => boolean;
  readonly coversResource: (resource: string, context: Context) => Truth;
  readonly conditions: readonly Condition[];
  /** As written, for explanations. */
  readonly source: Statement;
}

export interface CompiledPolicy {
  readonly [COMPILED_POLICY]: true;
  readonly name: string | null;
  /** Not empty: the document is malformed, and the statements are empty. */
  readonly faults: readonly Diagnostic[];
  /** The statement of the first fault. */
  readonly faultAt: StatementRef | null;
  readonly statements: readonly CompiledStatement[];
  /** The statements again, by what they do: each question is about one effect. */
  readonly byEffect: Readonly<Record<CompiledStatement['effect'], readonly CompiledStatement[]>>;
  /** As written, for fixes; null when it is malformed or was not read. */
  readonly document: PolicyDocument | null;
}

const isCompiled = (source: PolicySource): source is CompiledPolicy => typeof source === 'object' && COMPILED_POLICY in source;

const actionsLike = (patterns: readonly string[]): ((action: string) => boolean) => {
  const globs = patterns.map((pattern) => compileGlob(pattern.toLowerCase()));
  return (action) => {
    for (const glob of globs) if (globMatches(glob, action)) return true;
    return false;
  };
};

const actionTest = (statement: Statement): CompiledStatement['coversAction'] => {
  if (statement.Action !== undefined) return actionsLike(listOf(statement.Action));
  const isExcepted = actionsLike(listOf(statement.NotAction));
  return (action) => !isExcepted(action);
};

/** Variables are live only after the fifth colon. Source: IAM User Guide, "Policy variables", where you can use them. */
const resourcePattern = (text: string, hasVariables: boolean, whenUnresolved: boolean): CompiledStatement['coversResource'] => {
  if (text === '*') return () => true;
  const head = /^(?:[^:]*:){5}/.exec(text)?.[0] ?? text;
  const isLive = hasVariables && !head.includes('${');
  const globIn = prepare(isLive ? parseTemplate(text) : plainTemplate(text), (template, context) => {
    const glob = resolveGlob(template, context);
    return glob === undefined || isUnstated(glob) ? glob : asArnPattern(glob);
  });
  return (resource, context) => {
    const glob = globIn(context);
    if (glob === undefined) return whenUnresolved;
    return isUnstated(glob) ? 'maybe' : globMatches(glob, resource);
  };
};

/** A variable without a value matches nothing, and so neither lets an Allow in by Resource nor by NotResource. */
const resourceTest = (statement: Statement, hasVariables: boolean): CompiledStatement['coversResource'] => {
  const { Resource, NotResource, Effect } = statement;
  const isExcepted = Resource === undefined && Effect === 'Allow';
  const tests = listOf(Resource ?? NotResource).map((text) => resourcePattern(text, hasVariables, isExcepted));
  if (Resource !== undefined) return (resource, context) => anyOf(tests, (test) => test(resource, context));
  // Also a trust policy, which has neither element: nothing is excepted.
  return (resource, context) => not(anyOf(tests, (test) => test(resource, context)));
};

const compileStatement = (statement: Statement, index: number, hasVariables: boolean): CompiledStatement => ({
  ref: { sid: statement.Sid === undefined || statement.Sid === '' ? null : statement.Sid, index },
  effect: statement.Effect,
  principals: statement.Principal === undefined ? null : compilePrincipals(statement.Principal, statement.Effect),
  coversAction: actionTest(statement),
  coversResource: resourceTest(statement, hasVariables),
  conditions: compileConditions(statement.Condition, hasVariables),
  source: statement,
});

const compileDocument = (document: PolicyDocument): readonly CompiledStatement[] =>
  statementsOf(document).map((statement, index) => compileStatement(statement, index, document.Version === '2012-10-17'));

interface Named {
  readonly name: string;
  readonly document: string | object;
}

const isNamed = (source: object): source is Named => 'document' in source && !('Statement' in source);

const STATEMENT_PATH = /^Statement\[(\d+)\]/;

const faultAtOf = (document: unknown, [first]: readonly Diagnostic[]): StatementRef | null => {
  const place = STATEMENT_PATH.exec(first?.path ?? '')?.[1];
  if (place === undefined) return null;
  const reading = typeof document === 'string' ? readJson(document) : { ok: true as const, value: document };
  const { Statement } = (reading.ok ? reading.value : {}) as {
    readonly Statement?: OneOrMany<{ readonly Sid?: unknown } | null>;
  };
  const sid = listOf(Statement)[Number(place)]?.Sid;
  return { sid: typeof sid === 'string' && sid !== '' ? sid : null, index: Number(place) };
};

const EMPTY: CompiledPolicy = {
  [COMPILED_POLICY]: true,
  name: null,
  faults: [],
  faultAt: null,
  statements: [],
  byEffect: { Allow: [], Deny: [] },
  document: null,
};

/** Holds the place of a policy that exists and could not be read. */
export const UNREADABLE_POLICY: CompiledPolicy = EMPTY;

/** A malformed document is an answer too: it compiles to its faults. A compiled policy compiles to itself. */
export const compilePolicy = (source: PolicySource, kind: PolicyKind): CompiledPolicy => {
  if (isCompiled(source)) return source;
  const { name, document } = typeof source === 'object' && isNamed(source) ? source : { name: null, document: source };
  const parsed = parsePolicyDocument(document, kind === 'trust' || kind === 'rcp' ? kind : 'identity');
  if (!parsed.ok) return { ...EMPTY, name, faults: parsed.diagnostics, faultAt: faultAtOf(document, parsed.diagnostics) };
  const statements = compileDocument(parsed.value);
  const byEffect = {
    Allow: statements.filter(({ effect }) => effect === 'Allow'),
    Deny: statements.filter(({ effect }) => effect === 'Deny'),
  };
  return { ...EMPTY, name, statements, byEffect, document: parsed.value };
};
