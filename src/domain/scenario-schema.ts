/** The form of a Scenario that comes as JSON: every key and its type. What the values mean to AWS is the evaluator's to judge. */
import * as v from 'valibot';

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const expected =
  (what: string) =>
  ({ received }: { readonly received: string }): string =>
    `${what} is expected, not ${received}`;

const text = v.string(expected('text'));
const flag = v.boolean(expected('true or false'));
const number = v.number(expected('a number'));
const texts = v.array(text, expected('a list of texts'));

/** A map with exactly these keys; valibot alone takes a list for one. */
const section = <T extends v.ObjectEntries>(entries: T, what: string) =>
  v.pipe(v.custom<Record<string, unknown>>(isMap, expected(what)), v.strictObject(entries));

/** Any names to texts. `v.record` would drop `constructor` and `prototype` without a word. */
const textMap = v.custom<Readonly<Record<string, string>>>(
  (value) => isMap(value) && Object.values(value).every((item) => typeof item === 'string'),
  expected('a map of names to texts'),
);

/**
 * A document as an object or as JSON text, or `{name, document}`. What the document says is not judged here: a malformed one is a decision
 * of its own, with its place.
 */
const isPolicy = (value: unknown): value is string | object =>
  typeof value === 'string' ||
  (isMap(value) && (!('document' in value) || value['name'] === undefined || typeof value['name'] === 'string'));

const POLICY = 'a policy (an object, JSON text, or {name, document})';
const policy = v.custom<string | object>(isPolicy, expected(`${POLICY}, or "unknown",`));
const policyList = v.array(v.custom<string | object>(isPolicy, expected(POLICY)));
const UNKNOWN = 'unknown';

/** A list, each item judged at its own place, or the word for what could not be read. */
const listOrUnknown = <T extends v.GenericSchema>(list: T, what: string) =>
  v.lazy((value) => (Array.isArray(value) ? list : v.literal(UNKNOWN, expected(`${what}, or "unknown",`))));

const levels = listOrUnknown(
  v.array(section({ level: text, name: v.exactOptional(text), policies: policyList }, 'a level {level, policies}')),
  'a list of levels',
);

/** JSON as JSON.parse makes it. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const CALLER_KINDS = ['user', 'role', 'assumed-role', 'root', 'federated-user', 'service', 'web-identity'] as const;

const caller = {
  arn: text,
  kind: v.picklist(CALLER_KINDS, expected(`one of ${CALLER_KINDS.join(', ')}`)),
  roleArn: v.exactOptional(text),
  uniqueId: v.exactOptional(text),
  identityPolicies: v.exactOptional(listOrUnknown(policyList, 'a list of policies')),
  boundary: v.exactOptional(policy),
  scps: v.exactOptional(levels),
  sessionPolicy: v.exactOptional(v.lazy((value) => (Array.isArray(value) ? policyList : policy))),
  orgId: v.exactOptional(text),
  orgPath: v.exactOptional(text),
  tags: v.exactOptional(textMap),
  mfa: v.exactOptional(flag),
  mfaAge: v.exactOptional(number),
  sourceIp: v.exactOptional(text),
  temporaryCredentials: v.exactOptional(flag),
  sourceIdentity: v.exactOptional(text),
  transitiveTagKeys: v.exactOptional(texts),
  managementAccount: v.exactOptional(flag),
  sourceAccount: v.exactOptional(text),
  claims: v.exactOptional(v.custom<Readonly<Record<string, Json>>>(isMap, expected('a map of claims'))),
};

const role = {
  arn: text,
  trustPolicy: policy,
  maxSessionDuration: v.exactOptional(number),
  tags: v.exactOptional(textMap),
  uniqueId: v.exactOptional(text),
  orgId: v.exactOptional(text),
  rcps: v.exactOptional(levels),
  scps: v.exactOptional(levels),
};

const request = {
  externalId: v.exactOptional(text),
  sessionName: v.exactOptional(text),
  tags: v.exactOptional(textMap),
  transitiveTagKeys: v.exactOptional(texts),
  sourceIdentity: v.exactOptional(text),
  durationSeconds: v.exactOptional(number),
  region: v.exactOptional(text),
  policy: v.exactOptional(policy),
};

const top = {
  id: v.exactOptional(text),
  time: v.exactOptional(text),
  caller: section(caller, 'a map'),
  role: section(role, 'a map'),
  request: section(request, 'a map'),
};

const scenario = section(top, 'a scenario, one JSON object,');

export type ScenarioInput = v.InferOutput<typeof scenario>;

/** One fault of a scenario; `path` is such as `caller.scps[0].level`, and empty for the scenario itself. */
export interface ScenarioFault {
  readonly path: string;
  readonly message: string;
  /** Of an unknown key: those that may stand there. */
  readonly known: readonly string[];
}

const pathText = (keys: readonly (string | number)[]): string =>
  keys.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${key}`)).join('');

const SECTIONS: Readonly<Record<string, object>> = { '': top, caller, role, request };

const knownAt = (keys: readonly (string | number)[]): readonly string[] =>
  Object.keys(SECTIONS[pathText(keys)] ?? { level: 0, name: 0, policies: 0 });

const faultOf = (issue: v.BaseIssue<unknown>): ScenarioFault => {
  const keys = (issue.path ?? []).map(({ key }) => key as string | number);
  const path = pathText(keys);
  const isOfMap = issue.type === 'strict_object';
  if (isOfMap && issue.expected === 'never') return { path, message: 'this key is unknown', known: knownAt(keys.slice(0, -1)) };
  const isMissing = issue.received === 'undefined';
  return { path, message: isMissing ? 'this key is missing' : issue.message, known: [] };
};

/** Every fault at once; none: the value is a scenario. */
export const checkScenario = (
  value: unknown,
): { readonly ok: true; readonly value: ScenarioInput } | { readonly ok: false; readonly faults: readonly ScenarioFault[] } => {
  const outcome = v.safeParse(scenario, value);
  return outcome.success ? { ok: true, value: outcome.output } : { ok: false, faults: outcome.issues.map(faultOf) };
};
