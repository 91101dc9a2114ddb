/** xacct.yaml: its schema, and each target's view of it. Text and places only; who reads the file and knows its lines is host/config-file.ts. */
import * as v from 'valibot';
import {
  ACCOUNT,
  mapOf,
  sectionOf,
  SHARED_SECTION,
  TARGET_NAME,
  TARGET_SECTION,
  validatorsOf,
  type Section,
} from './config-schema.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import { fail, ok, type Result } from './result.ts';

export const isTargetName = (name: string): boolean => new RegExp(TARGET_NAME).test(name);

const top = {
  version: v.literal(1, ({ received }) => `the version is ${received}: this xacct reads version 1`),
  ...validatorsOf(SHARED_SECTION),
  targets: v.pipe(
    mapOf(sectionOf({ ...validatorsOf(TARGET_SECTION), account: ACCOUNT }), 'a map of names to targets'),
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

const schema = sectionOf(top);

/** A value of the file, of the kind that the table of values says. */
export type ConfigValue = string | boolean | readonly string[] | ConfigMap;

export interface ConfigMap {
  readonly [key: string]: ConfigValue | null | undefined;
}

/** A file that keeps to the schema. */
export interface Config extends ConfigMap {
  readonly targets: { readonly [name: string]: ConfigMap };
}

export type ConfigPath = readonly (string | number)[];

/** `xacct.yaml:12:5`, or the file's name when the place is unknown. */
export type Locate = (path: ConfigPath) => string;

/** One target, with what it inherits: maps merged, lists replaced. */
export interface ConfigTarget {
  readonly name: string;
  readonly account: string;
  readonly profile: string | undefined;
  readonly sourceProfile: string | undefined;
  /** All that holds for it, by the keys of a target. */
  readonly values: ConfigMap;
}

/** The value at `role.name` and the like. */
export const valueAt = (map: ConfigMap, key: string): ConfigValue | undefined => {
  let here: ConfigValue | null | undefined = map;
  for (const part of key.split('.')) {
    if (!isMap(here) || !Object.hasOwn(here, part)) return undefined;
    here = here[part];
  }
  return here ?? undefined;
};

/** The keys that the map at `path` may have. */
const knownKeys = (path: ConfigPath): string => {
  if (path.length === 0) return Object.keys(top).join(', ');
  const inTarget = path[0] === 'targets' ? path.slice(2) : path;
  const section = inTarget.reduce<Section>((here, key) => {
    const entry = Object.hasOwn(here, key) ? here[String(key)] : undefined;
    return entry?.kind === 'section' ? entry.section : {};
  }, TARGET_SECTION);
  return Object.keys(section).join(', ');
};

const unknownKey = 'strict_object';

/** Every problem at once, each with its line. */
export const parseConfig = (data: unknown, locate: Locate): Result<Config> => {
  const outcome = v.safeParse(schema, data);
  if (outcome.success) return ok(outcome.output as unknown as Config);
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

const isMap = (value: unknown): value is ConfigMap => typeof value === 'object' && value !== null && !Array.isArray(value);

const merge = (lower: ConfigMap, upper: ConfigMap): ConfigMap => {
  const merged: Record<string, ConfigValue | null | undefined> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = Object.hasOwn(lower, key) ? lower[key] : undefined;
    merged[key] = isMap(value) && isMap(below) ? merge(below, value) : value;
  }
  return merged;
};

export const textAt = (map: ConfigMap, key: string): string | undefined => {
  const value = valueAt(map, key);
  return typeof value === 'string' ? value : undefined;
};

export const targetsOf = (config: Config): readonly ConfigTarget[] => {
  const { targets, version: _, ...shared } = config;
  return Object.entries(targets).map(([name, target]) => {
    const values = merge(shared, target);
    return {
      name,
      account: textAt(values, 'account') ?? '',
      profile: textAt(values, 'profile'),
      sourceProfile: textAt(values, 'source.profile'),
      values,
    };
  });
};
