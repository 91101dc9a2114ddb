/** xacct.yaml: its schema, and each target's view of it. Text and places only; who reads the file and knows its lines is host/config-file.ts. */
import * as v from 'valibot';
import { problem, type Diagnostic } from './diagnostic.ts';
import { fail, ok, type Result } from './result.ts';

/** Account ids begin with zeros and exceed no number type by luck only; YAML reads an unquoted one as a number. */
const accountId = v.pipe(
  v.unknown(),
  v.check(
    (value) => typeof value === 'string',
    ({ input }) =>
      typeof input === 'number'
        ? `an account id is text: write "${String(input).padStart(12, '0')}" with the quotes`
        : 'an account id is text: write it with quotes, "222222222222"',
  ),
  v.transform(String),
);

const text = v.string(({ received }) => `text is expected, not ${received}`);
const texts = v.array(text, ({ received }) => `a list is expected, not ${received}`);
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A map with exactly these keys; valibot alone takes a list for one. */
const section = <T extends v.ObjectEntries>(entries: T) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isMap, ({ received }) => `a map is expected, not ${received}`),
    v.strictObject(entries),
  );

/** Any names to one kind of value. `v.record` would drop `constructor` and `prototype` without a word. */
const mapOf = <T extends v.GenericSchema>(value: T, expected: string) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isMap, ({ received }) => `${expected} is expected, not ${received}`),
    v.lazy((map) => v.strictObject(Object.fromEntries(Object.keys(map as object).map((name) => [name, value])))),
  );

const textMap = mapOf(text, 'a map of names to texts');

/** `1h`, or seconds, which people write without quotes. */
const duration = v.pipe(v.union([v.string(), v.number()], 'a duration is expected: 1h, 90m or seconds'), v.transform(String));

const sections = {
  source: { account: v.optional(accountId), profile: v.optional(text) },
  role: {
    name: v.optional(text),
    path: v.optional(text),
    description: v.optional(text),
    tags: v.optional(textMap),
    trust: v.optional(texts),
    externalId: v.optional(v.union([text, texts], 'text, or a list of texts, is expected')),
    maxSessionDuration: v.optional(duration),
  },
  permissions: { policies: v.optional(textMap), policyArns: v.optional(texts) },
  terraform: { region: v.optional(text), sessionName: v.optional(text), duration: v.optional(duration) },
};

const shared = {
  source: v.optional(section(sections.source)),
  role: v.optional(section(sections.role)),
  permissions: v.optional(section(sections.permissions)),
  terraform: v.optional(section(sections.terraform)),
};

const target = { account: accountId, profile: v.optional(text), ...shared };

export const isTargetName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name);

const top = {
  version: v.literal(1, ({ received }) => `the version is ${received}: this xacct reads version 1`),
  ...shared,
  targets: v.pipe(
    mapOf(section(target), 'a map of names to targets'),
    v.check((all) => Object.keys(all).length > 0, 'at least one target is needed'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const [name, value] of Object.entries(dataset.value)) {
        if (isTargetName(name)) continue;
        const message = `"${name}" is no name for a target: letters, digits, - and _ are allowed`;
        addIssue({ message, path: [{ type: 'object', origin: 'key', input: dataset.value, key: name, value }] });
      }
    }),
  ),
};

const schema = section(top);

export type Config = v.InferOutput<typeof schema>;

export type ConfigPath = readonly (string | number)[];

/** `xacct.yaml:12:5`, or the file's name when the place is unknown. */
export type Locate = (path: ConfigPath) => string;

/** One target, with what it inherits: maps merged, lists replaced. */
export interface ConfigTarget {
  readonly name: string;
  readonly account: string;
  readonly profile: string | undefined;
  readonly source: NonNullable<Config['source']>;
  readonly role: NonNullable<Config['role']>;
  /** undefined: the file says nothing about permissions. */
  readonly permissions: Config['permissions'];
  readonly terraform: NonNullable<Config['terraform']>;
}

/** The keys that the map at `path` may have. */
const knownKeys = (path: ConfigPath): string => {
  const [name] = path[0] === 'targets' ? path.slice(2) : path;
  if (name === undefined) return Object.keys(path.length === 0 ? top : target).join(', ');
  return Object.keys(sections[name as keyof typeof sections]).join(', ');
};

const unknownKey = 'strict_object';

/** Every problem at once, each with its line. */
export const parseConfig = (data: unknown, locate: Locate): Result<Config> => {
  const outcome = v.safeParse(schema, data);
  if (outcome.success) return ok(outcome.output);
  const problems = outcome.issues.map((issue): Diagnostic => {
    const path = (issue.path ?? []).map((item) => item.key as string | number);
    const isUnknownKey = issue.type === unknownKey && issue.expected === 'never';
    const isMissing = issue.type === unknownKey && issue.received === 'undefined';
    const key = path.join('.') || 'the file';
    const said = isUnknownKey
      ? `${key}: this key is unknown`
      : isMissing
        ? `${key}: this key is missing`
        : `${key}: ${issue.message}`;
    return problem('INVALID_CONFIG', said, {
      path: locate(path),
      hints: isUnknownKey ? [{ text: `known here: ${knownKeys(path.slice(0, -1))}` }] : [],
    });
  });
  const [first, ...more] = problems;
  return fail(first ?? problem('INVALID_CONFIG', 'the file is not valid'), ...more);
};

const merge = <T extends object>(lower: T | undefined, upper: T | undefined): T => {
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper ?? {})) {
    const below = merged[key];
    const areMaps = [value, below].every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
    merged[key] = areMaps ? { ...(below as object), ...(value as object) } : value;
  }
  return merged as T;
};

export const targetsOf = (config: Config): readonly ConfigTarget[] =>
  Object.entries(config.targets).map(([name, target]) => ({
    name,
    account: target.account,
    profile: target.profile,
    source: merge(config.source, target.source),
    role: merge(config.role, target.role),
    permissions: config.permissions || target.permissions ? merge(config.permissions, target.permissions) : undefined,
    terraform: merge(config.terraform, target.terraform),
  }));
