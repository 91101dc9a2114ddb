/** As much of JSON Schema as our own schemas use; a keyword that it does not know is an error, so that nothing passes unread. */

export interface Schema {
  readonly [keyword: string]: unknown;
}

const ANNOTATIONS = ['$schema', '$id', '$defs', 'title', 'description'];

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeOf(value) === 'object';

/** Every fault as `path: what is wrong`. */
export const schemaFaults = (root: Schema, value: unknown, schema: Schema = root, path = '$'): readonly string[] => {
  const at = (part: Schema, inner: unknown, place: string): readonly string[] => schemaFaults(root, inner, part, place);
  const checks: Readonly<Record<string, (argument: unknown) => readonly string[]>> = {
    $ref: (name) =>
      at((root['$defs'] as Readonly<Record<string, Schema>>)[String(name).replace('#/$defs/', '')] ?? {}, value, path),
    type: (type) =>
      [type].flat().some((one) => typeOf(value) === one || (one === 'integer' && Number.isInteger(value)))
        ? []
        : [`${path}: ${typeOf(value)} is not ${String(type)}`],
    pattern: (pattern) =>
      typeof value !== 'string' || new RegExp(String(pattern)).test(value) ? [] : [`${path}: "${value}" has another form`],
    minProperties: (least) =>
      !isRecord(value) || Object.keys(value).length >= Number(least) ? [] : [`${path}: has too few keys`],
    propertyNames: (names) =>
      isRecord(value) ? Object.keys(value).flatMap((key) => at(names as Schema, key, `${path}.${key}`)) : [],
    enum: (values) =>
      (values as readonly unknown[]).includes(value) ? [] : [`${path}: ${JSON.stringify(value)} is not in the list`],
    const: (wanted) => (value === wanted ? [] : [`${path}: ${JSON.stringify(value)} is not ${JSON.stringify(wanted)}`]),
    minimum: (least) => (Number(value) >= Number(least) ? [] : [`${path}: less than ${String(least)}`]),
    anyOf: (options) => {
      const outcomes = (options as readonly Schema[]).map((option) => at(option, value, path));
      return outcomes.some((faults) => faults.length === 0) ? [] : outcomes.flat();
    },
    items: (item) => (Array.isArray(value) ? value.flatMap((inner, i) => at(item as Schema, inner, `${path}[${i}]`)) : []),
    properties: (known) =>
      isRecord(value)
        ? Object.entries(known as Readonly<Record<string, Schema>>).flatMap(([key, part]) =>
            key in value ? at(part, value[key], `${path}.${key}`) : [],
          )
        : [],
    required: (keys) =>
      isRecord(value) ? (keys as readonly string[]).flatMap((key) => (key in value ? [] : [`${path}: ${key} is missing`])) : [],
    additionalProperties: (rest) => {
      if (!isRecord(value)) return [];
      const others = Object.keys(value).filter((key) => !Object.hasOwn((schema['properties'] as object | undefined) ?? {}, key));
      if (rest === false) return others.map((key) => `${path}: ${key} is unknown`);
      return others.flatMap((key) => at(rest as Schema, value[key], `${path}.${key}`));
    },
  };
  return Object.entries(schema).flatMap(([keyword, argument]) => {
    if (ANNOTATIONS.includes(keyword)) return [];
    const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined;
    if (check === undefined) throw new Error(`the keyword ${keyword} is unknown here`);
    return check(argument);
  });
};
