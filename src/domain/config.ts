/** What xacct.yaml says, and each target's view of it. Its schema is parse-config.ts; who reads the file and knows its lines is host/config-file.ts. */

/** For JSON Schema as well. */
export const TARGET_NAME = '^[A-Za-z0-9][A-Za-z0-9_-]*$';
export const isTargetName = (name: string): boolean => new RegExp(TARGET_NAME).test(name);

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
