/** Scenarios from text: which forms are taken, and every fault with its line and key. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkScenario } from '#policy/check-scenario.ts';
import { parseScenarios } from '#core/parse-scenarios.ts';
import { schemaFaults, type Schema } from '../../support/json-schema.ts';

const CASES = path.join(import.meta.dirname, '../../cases/policy');

const files = readdirSync(CASES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

const valid = {
  caller: { arn: 'arn:aws:iam::111111111111:user/jane', kind: 'user' },
  role: { arn: 'arn:aws:iam::222222222222:role/ci', trustPolicy: '{}' },
  request: {},
};

const faults = (...lines: readonly unknown[]): readonly string[] => {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const parsed = parseScenarios(text, 'file');
  return parsed.ok ? [] : parsed.diagnostics.map(({ path: place, message }) => `${place} ${message}`);
};

const changed = (part: 'caller' | 'role' | 'request', more: object): object => ({
  ...valid,
  [part]: { ...valid[part], ...more },
});

test.each(files)('the golden case %s comes through as it is', (name) => {
  const { scenario } = JSON.parse(readFileSync(path.join(CASES, name), 'utf8')) as { scenario: unknown };
  expect(parseScenarios(JSON.stringify(scenario), 'file')).toEqual({ ok: true, value: [scenario] });
});

describe('the text is', () => {
  const one = JSON.stringify(valid);
  test.each([
    ['one line', one, 1],
    ['one object over several lines', JSON.stringify(valid, null, 2), 1],
    ['a line for each, with blank lines and Windows line ends between', `${one}\r\n\r\n${one}\n \n${one}\n`, 3],
    ['with a byte order mark', `\uFEFF${one}`, 1],
  ])('%s', (_, text, count) => {
    const parsed = parseScenarios(text, 'file');
    expect(parsed).toEqual({ ok: true, value: Array.from({ length: count }, () => valid) });
  });
});

test('every kind of policy source is taken', () => {
  const sources = ['{}', 'unknown', {}, { Statement: [] }, { name: 'a', document: {} }, { name: 'a', document: '{}' }];
  const levels = [{ level: 'root', policies: sources }];
  const all = [
    changed('caller', { identityPolicies: sources, scps: levels, sessionPolicy: sources }),
    changed('caller', { identityPolicies: 'unknown', scps: 'unknown', boundary: 'unknown', sessionPolicy: 'unknown' }),
    ...sources.map((trustPolicy) => changed('role', { trustPolicy, rcps: levels, scps: levels })),
    ...sources.map((boundary) => changed('caller', { boundary, sessionPolicy: boundary })),
  ];
  expect(faults(...all)).toEqual([]);
});

test.each<readonly [title: string, lines: readonly unknown[], expected: readonly string[]]>([
  ['nothing', [''], ['file there is no scenario: the text is empty']],
  ['no JSON', ['x'], ['file:1 not JSON at column 1: expected a value, found "x"']],
  ['a bad second line', [valid, '{"a":}'], ['file:2 not JSON at column 6: expected a value, found "}"']],
  [
    'several lines that are no object',
    ['{', '"caller": 1,', ']'],
    ['file:3 not JSON at column 1: expected a key in double quotes, found "]"'],
  ],
  ['a list', [[valid]], ['file:1 this is a list: write one scenario a line']],
  ['a text', ['"x"'], ['file:1 a scenario, one JSON object, is expected, not "x"']],
  ['null', ['null'], ['file:1 a scenario, one JSON object, is expected, not null']],
  [
    'an empty object',
    [{}],
    ['file:1 caller: this key is missing', 'file:1 role: this key is missing', 'file:1 request: this key is missing'],
  ],
  ['an unknown key at the top', [{ ...valid, extra: 1 }], ['file:1 extra: this key is unknown']],
  ['an unknown key of the caller', [changed('caller', { arnn: 'x' })], ['file:1 caller.arnn: this key is unknown']],
  [
    'an unknown kind',
    [changed('caller', { kind: 'robot' })],
    ['file:1 caller.kind: one of user, role, assumed-role, root, federated-user, service, web-identity is expected, not "robot"'],
  ],
  ['a number for a text', [changed('request', { externalId: 1 })], ['file:1 request.externalId: text is expected, not 1']],
  [
    'a text for a number',
    [changed('request', { durationSeconds: '900' })],
    ['file:1 request.durationSeconds: a number is expected, not "900"'],
  ],
  [
    'null for an absent value',
    [changed('caller', { boundary: null })],
    ['file:1 caller.boundary: a policy (an object, JSON text, or {name, document}), or "unknown", is expected, not null'],
  ],
  ['tags as a list', [changed('request', { tags: [] })], ['file:1 request.tags: a map of names to texts is expected, not Array']],
  [
    'tags of numbers',
    [changed('request', { tags: { a: 1 } })],
    ['file:1 request.tags: a map of names to texts is expected, not Object'],
  ],
  [
    'a policy for a list',
    [changed('caller', { identityPolicies: 'all' })],
    ['file:1 caller.identityPolicies: a list of policies, or "unknown", is expected, not "all"'],
  ],
  [
    'a number in a list of policies',
    [changed('caller', { identityPolicies: [1] })],
    ['file:1 caller.identityPolicies[0]: a policy (an object, JSON text, or {name, document}) is expected, not 1'],
  ],
  [
    'a level without its name',
    [changed('caller', { scps: [{ policies: [] }] })],
    ['file:1 caller.scps[0].level: this key is missing'],
  ],
  [
    'a level with a key too many',
    [changed('role', { rcps: [{ level: 'r', policies: [], x: 1 }] })],
    ['file:1 role.rcps[0].x: this key is unknown'],
  ],
  [
    'a time that is none',
    [{ ...valid, time: 'noon' }],
    ['file:1 time: "noon" is no time in ISO 8601, such as 2026-01-31T12:00:00Z'],
  ],
  [
    'a key that stands twice',
    ['{"caller":{"arn":"a","arn":"b","kind":"user"},"role":{"arn":"r","trustPolicy":"{}"},"request":{}}'],
    ['file:1 caller.arn: this key stands twice'],
  ],
  [
    'several faults in several lines',
    [{ ...valid, a: 1 }, valid, { ...valid, b: 1, id: 2 }],
    ['file:1 a: this key is unknown', 'file:3 id: text is expected, not 2', 'file:3 b: this key is unknown'],
  ],
])('%s is told with line and key', (_, lines, expected) => {
  expect(faults(...lines)).toEqual(expected);
});

test('a key that stands twice is told with its own line', () => {
  expect(
    faults(
      '{"caller": {\n  "arn": "a",\n  "arn": "b", "kind": "user"},\n"role": {"arn": "r", "trustPolicy": "{}"}, "request": {}}',
    ),
  ).toEqual(['file:3 caller.arn: this key stands twice']);
});

/** The schema that ships says the same of a scenario as the command line does. */
test('the JSON Schema takes and refuses the same', () => {
  const schema = JSON.parse(
    readFileSync(path.join(import.meta.dirname, '../../../schemas/scenario.schema.json'), 'utf8'),
  ) as Schema;
  const values: readonly unknown[] = [
    valid,
    {},
    null,
    [],
    { ...valid, extra: 1 },
    { ...valid, id: 1 },
    ...[
      'arn',
      'kind',
      'tags',
      'mfa',
      'mfaAge',
      'claims',
      'identityPolicies',
      'boundary',
      'scps',
      'sessionPolicy',
      'transitiveTagKeys',
    ].flatMap((key) =>
      [1, 'unknown', true, {}, [], { a: 1 }, [1], [{ level: 'a', policies: [] }], [{ policies: [] }]].map((value) =>
        changed('caller', { [key]: value }),
      ),
    ),
    ...['trustPolicy', 'maxSessionDuration', 'rcps', 'tags'].flatMap((key) =>
      [1, 'x', {}, [], { name: 'a', document: {} }, { document: {} }].map((value) => changed('role', { [key]: value })),
    ),
    ...['externalId', 'durationSeconds', 'tags', 'policy', 'other'].flatMap((key) =>
      [1, 'x', {}, [], { a: 'b' }].map((value) => changed('request', { [key]: value })),
    ),
  ];
  const differ = values.filter((value) => checkScenario(value).ok !== (schemaFaults(schema, value).length === 0));
  expect(differ).toEqual([]);
});
