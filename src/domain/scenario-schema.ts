/**
 * The form of a Scenario: every key and its type. What the values mean to AWS is the evaluator's to judge. A table of its own, because the
 * library checks every scenario and decides a hundred thousand a second.
 */
const CALLER_KINDS = ['user', 'role', 'assumed-role', 'root', 'federated-user', 'service', 'web-identity'] as const;

/** One fault of a scenario; `path` is such as `caller.scps[0].level`, and empty for the scenario itself. */
export interface ScenarioFault {
  readonly path: string;
  readonly message: string;
  /** Of an unknown key: those that may stand there. */
  readonly known: readonly string[];
}

/** Marks what compilePolicy made. Lazily loaded bundles hold their own copy of this file, so the mark is shared by name. */
export const COMPILED_POLICY: unique symbol = Symbol.for('xacct.compiledPolicy');

type Check = (value: unknown, path: string, faults: ScenarioFault[]) => void;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nameOf = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'Array' : 'Object';
  return String(value);
};

const only =
  (isRight: (value: unknown) => boolean, what: string): Check =>
  (value, path, faults) => {
    if (!isRight(value)) faults.push({ path, message: `${what} is expected, not ${nameOf(value)}`, known: [] });
  };

const listOf =
  (check: Check, what: string): Check =>
  (value, path, faults) => {
    if (!Array.isArray(value)) only(() => false, what)(value, path, faults);
    else for (const [i, item] of (value as readonly unknown[]).entries()) check(item, `${path}[${i}]`, faults);
  };

/** A list, each item judged at its own place, or the word for what could not be read. */
const listOrUnknown =
  (check: Check, what: string): Check =>
  (value, path, faults) => {
    if (value !== 'unknown') listOf(check, `${what}, or "unknown",`)(value, path, faults);
  };

interface Section {
  readonly needs: Readonly<Record<string, Check>>;
  readonly takes: Readonly<Record<string, Check>>;
}

/** A map with these keys and no others; `undefined` is as good as absent. */
const section = ({ needs, takes }: Section, what: string): Check => {
  const isSection = only(isMap, what);
  const fields = Object.entries({ ...needs, ...takes });
  const known = new Set(fields.map(([name]) => name));
  return (value, path, faults) => {
    if (!isMap(value)) return isSection(value, path, faults);
    const place = (name: string): string => (path === '' ? name : `${path}.${name}`);
    for (const [name, check] of fields) {
      const item = Object.hasOwn(value, name) ? value[name] : undefined;
      if (item !== undefined) check(item, place(name), faults);
      else if (Object.hasOwn(needs, name)) faults.push({ path: place(name), message: 'this key is missing', known: [] });
    }
    for (const name of Object.keys(value))
      if (!known.has(name)) faults.push({ path: place(name), message: 'this key is unknown', known: [...known] });
  };
};

const text = only((value) => typeof value === 'string', 'text');
const flag = only((value) => typeof value === 'boolean', 'true or false');
const number = only((value) => typeof value === 'number' && !Number.isNaN(value), 'a number');
const texts = listOf(text, 'a list of texts');
const textMap = only(
  (value) => isMap(value) && Object.values(value).every((item) => typeof item === 'string'),
  'a map of names to texts',
);

/**
 * A document as an object or as JSON text, or `{name, document}`. What the document says is not judged here: a malformed one is a decision
 * of its own, with its place.
 */
const isPolicy = (value: unknown): boolean =>
  typeof value === 'string' ||
  (isMap(value) &&
    (COMPILED_POLICY in value || !('document' in value) || value['name'] === undefined || typeof value['name'] === 'string'));

const POLICY = 'a policy (an object, JSON text, or {name, document})';
const policy = only(isPolicy, `${POLICY}, or "unknown",`);
const policyOfList = only(isPolicy, POLICY);
const policies = listOf(policyOfList, 'a list of policies');
const level = section({ needs: { level: text, policies }, takes: { name: text } }, 'a level {level, policies}');
const levels = listOrUnknown(level, 'a list of levels');

const caller: Section = {
  needs: {
    arn: text,
    kind: only((value) => (CALLER_KINDS as readonly unknown[]).includes(value), `one of ${CALLER_KINDS.join(', ')}`),
  },
  takes: {
    roleArn: text,
    uniqueId: text,
    identityPolicies: listOrUnknown(policyOfList, 'a list of policies'),
    boundary: policy,
    scps: levels,
    sessionPolicy: (value, path, faults) => (Array.isArray(value) ? policies : policy)(value, path, faults),
    orgId: text,
    orgPath: text,
    tags: textMap,
    mfa: flag,
    mfaAge: number,
    sourceIp: text,
    temporaryCredentials: flag,
    sourceIdentity: text,
    transitiveTagKeys: texts,
    managementAccount: flag,
    sourceAccount: text,
    claims: only(isMap, 'a map of claims'),
    conditionKeys: textMap,
  },
};

const role: Section = {
  needs: { arn: text, trustPolicy: policy },
  takes: { maxSessionDuration: number, tags: textMap, uniqueId: text, orgId: text, rcps: levels, scps: levels },
};

const request: Section = {
  needs: {},
  takes: {
    externalId: text,
    sessionName: text,
    tags: textMap,
    transitiveTagKeys: texts,
    sourceIdentity: text,
    durationSeconds: number,
    region: text,
    policy,
  },
};

const scenario = section(
  {
    needs: { caller: section(caller, 'a map'), role: section(role, 'a map'), request: section(request, 'a map') },
    takes: { id: text, time: text },
  },
  'a scenario, one JSON object,',
);

/** Every fault at once; none: the value has the form of a scenario. */
export const faultsOfForm = (value: unknown): readonly ScenarioFault[] => {
  const faults: ScenarioFault[] = [];
  scenario(value, '', faults);
  return faults;
};
