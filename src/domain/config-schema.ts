/** The shape of xacct.yaml, made from the table of values: what the reader accepts, and the JSON Schema that editors complete by. */
import * as v from 'valibot';
import { TARGET_NAME } from './config.ts';
import type { Kind, ValueDefinition } from './value-definition.ts';
import { definitionOf, describeValue, VALUE_NAMES } from './values.ts';

/** A section's keys: a value of some kind, or a section of its own. */
export interface Section {
  readonly [key: string]: Entry;
}

/** What is said of one key. */
type Leaf = Pick<ValueDefinition, 'kind' | 'about' | 'default' | 'choices'>;

export type Entry = Leaf | { readonly kind: 'section'; readonly about: string; readonly section: Section };

/** What the command line has no value for: names of one machine. */
const MORE: readonly (readonly [key: string, leaf: Leaf])[] = [
  ['source.profile', { kind: 'text', about: "a hint: the name of the source's credentials on one machine" }],
  ['profile', { kind: 'text', about: "a hint: the name of the target administrator's credentials on one machine" }],
];

const ABOUT_SECTION: Readonly<Record<string, string>> = {
  source: 'the account that runs Terraform',
  role: 'the role in the target account, and who may assume it',
  'role.conditions': 'what callers must bring beside being named',
  permissions: 'what the role may do',
  terraform: 'how Terraform asks for its sessions',
};

/** In a target alone: another target is another account. */
const OF_TARGET = new Set(['account', 'profile']);

const put = (section: Section, path: readonly string[], entry: Entry, above: string): Section => {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return { ...section, [key]: entry };
  const place = above === '' ? key : `${above}.${key}`;
  const here = section[key];
  const inner = here?.kind === 'section' ? here.section : {};
  return { ...section, [key]: { kind: 'section', about: ABOUT_SECTION[place] ?? '', section: put(inner, rest, entry, place) } };
};

const ENTRIES: readonly (readonly [key: string, leaf: Leaf])[] = [
  ...MORE,
  ...VALUE_NAMES.flatMap((name) => {
    const { key, ...leaf } = definitionOf(name);
    return key === undefined ? [] : [[key, leaf] as const];
  }),
];

const ORDER = ['account', 'profile', 'viaRole', 'source', 'role', 'permissions', 'terraform'];

/** The keys of a target: all that the top has, and its own. */
export const TARGET_SECTION: Section = Object.fromEntries(
  Object.entries(ENTRIES.reduce<Section>((section, [key, leaf]) => put(section, key.split('.'), leaf, ''), {})).toSorted(
    ([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b),
  ),
);

export const SHARED_SECTION: Section = Object.fromEntries(Object.entries(TARGET_SECTION).filter(([key]) => !OF_TARGET.has(key)));

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
export const sectionOf = <T extends v.ObjectEntries>(entries: T) =>
  v.pipe(
    v.custom<Record<string, unknown>>(
      isMap,
      ({ received }) => `a map is expected, not ${received.startsWith('"') ? 'text' : received}`,
    ),
    v.strictObject(entries),
  );

/** Any names to one kind of value. `v.record` would drop `constructor` and `prototype` without a word. */
export const mapOf = <T extends v.GenericSchema>(value: T, expected: string) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isMap, ({ received }) => `${expected} is expected, not ${received}`),
    v.check((map) => !Object.hasOwn(map, '__proto__'), '"__proto__" is no name that can be kept'),
    v.lazy((map) => v.strictObject(Object.fromEntries(Object.keys(map as object).map((name) => [name, value])))),
  );

const VALIDATORS: Readonly<Record<Kind, v.GenericSchema>> = {
  account: accountId,
  text,
  file: text,
  /** `1h`, or seconds, which people write without quotes. */
  duration: v.pipe(v.union([v.string(), v.number()], 'a duration is expected: 1h, 90m or seconds'), v.transform(String)),
  switch: v.boolean(({ received }) => `true or false is expected, not ${received}`),
  list: texts,
  'one-or-list': v.union([text, texts], 'text, or a list of texts, is expected'),
  map: mapOf(text, 'a map of names to texts'),
  files: mapOf(text, 'a map of names to files'),
  tags: mapOf(
    v.nullable(v.string(({ received }) => `text, or nothing for any value, is expected, not ${received}`)),
    'a map of names to texts',
  ),
};

export const validatorsOf = (section: Section): Record<string, v.GenericSchema> =>
  Object.fromEntries(
    Object.entries(section).map(([key, entry]): [string, v.GenericSchema] => [
      key,
      entry.kind === 'section' ? v.optional(sectionOf(validatorsOf(entry.section))) : v.optional(VALIDATORS[entry.kind]),
    ]),
  );

/** The validator of a target's own account, which must be there. */
export const ACCOUNT = accountId;

type Json = Readonly<Record<string, unknown>>;

const TEXT: Json = { type: 'string' };
const TEXTS: Json = { type: 'array', items: TEXT };

const JSON_KINDS: Readonly<Record<Kind, Json>> = {
  account: { type: 'string', pattern: '^[0-9]{12}$' },
  text: TEXT,
  file: TEXT,
  duration: { type: ['string', 'number'] },
  switch: { type: 'boolean' },
  list: TEXTS,
  'one-or-list': { anyOf: [TEXT, TEXTS] },
  map: { type: 'object', additionalProperties: TEXT },
  files: { type: 'object', additionalProperties: TEXT },
  tags: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
};

const jsonOfLeaf = (leaf: Leaf): Json => ({
  description: describeValue(leaf),
  ...JSON_KINDS[leaf.kind],
  ...(leaf.choices && { enum: leaf.choices }),
});

const jsonOf = (section: Section, required: readonly string[] = []): Json => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length > 0 && { required }),
  properties: Object.fromEntries(
    Object.entries(section).map(([key, entry]) => [
      key,
      entry.kind === 'section' ? { description: entry.about, ...jsonOf(entry.section) } : jsonOfLeaf(entry),
    ]),
  ),
});

/** https://json-schema.org/draft/2020-12 */
export const configJsonSchema = (): Json => {
  const shared = jsonOf(SHARED_SECTION) as { readonly properties: Json };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'xacct.yaml',
    description: 'The set-up that xacct makes, proves and hands to Terraform',
    type: 'object',
    additionalProperties: false,
    required: ['version', 'targets'],
    properties: {
      version: { const: 1 },
      ...shared.properties,
      targets: {
        description: 'every target by its name: its account, and what differs from the rest of the file',
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: TARGET_NAME },
        additionalProperties: jsonOf(TARGET_SECTION, ['account']),
      },
    },
  };
};
