/** What init writes into a new xacct.yaml, read again, is the same set-up: for every name, tag and path that a person may choose. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetsOf, type ConfigMap } from '#domain/config.ts';
import { parseConfig } from '#domain/parse-config.ts';
import { parseDuration } from '#domain/duration.ts';
import { namePrincipal } from '#domain/principal.ts';
import type { Spec } from '#domain/spec.ts';
import { documentOf, type FileHints } from '#domain/config-document.ts';
import { givenFile, type NamedFile } from '#domain/named-file.ts';
import { NOTHING_GIVEN } from '#domain/spec-input.ts';
import { emitXacctYaml } from '#emit/xacct-yaml.ts';
import { configReader } from '#host/config-file.ts';
import { SESSION_WISH, aSpec } from '../support/builders.ts';

const WORDS = [
  'true',
  'NO',
  'null',
  '~',
  'on',
  'y',
  '0x1f',
  '1e3',
  '.inf',
  '012',
  '- a',
  'a: b',
  '#',
  '*x',
  '&x',
  '!t',
  '{',
  '[',
  "'",
  '"',
  '\\',
  '%',
  '@',
  '`',
  '|',
  '>',
  '<<',
  '=',
  'prototype',
  'constructor',
  ' ',
  '',
];
const text = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const name = fc.oneof(
  fc.constantFrom('true', 'null', 'no', '012', '1e3', '-', '.', '=', '+1', '@a'),
  fc.stringMatching(/^[\w+=,.@-]{1,20}$/),
);
const latin = fc.oneof(fc.constantFrom(...WORDS), fc.stringMatching(/^[\t\n\r -~¡-ÿ]{0,30}$/));
const word = fc.oneof(
  fc.constantFrom('none', 'generate', '012', 'true', '1e3', 'a:b', '=='),
  fc.stringMatching(/^[\w+=,.@:/-]{2,30}$/),
);
const account = fc.stringMatching(/^[0-9]{12}$/);
const key = text.filter((candidate) => candidate !== '__proto__');

const spec: fc.Arbitrary<Spec> = fc
  .record({
    name: fc.oneof(
      fc.constantFrom('true', 'null', 'no', '12', '0x1f', '1e3', 'constructor', '0012'),
      fc.stringMatching(/^[A-Za-z0-9][\w-]{0,9}$/),
    ),
    sourceAccount: account,
    targetAccount: account,
    roleName: name,
    path: fc.constantFrom('/', '/ops/', '/a=b,c/d@e/'),
    description: latin,
    tags: fc.dictionary(key, text, { maxKeys: 4 }),
    ids: fc.array(word, { maxLength: 3 }),
    policyArns: fc.array(
      name.map((policy) => `arn:aws:iam::aws:policy/${policy}`),
      { maxLength: 2 },
    ),
    sessionName: name,
    seconds: fc.integer({ min: 3600, max: 43_200 }),
  })
  .map(({ ids: [first, ...rest], roleName, path, description, tags, seconds, sessionName, policyArns, ...other }) =>
    aSpec({
      ...other,
      role: {
        name: roleName,
        path,
        description,
        tags,
        maxSessionSeconds: seconds,
        externalId: first === undefined ? { kind: 'none' } : { kind: 'given', values: [first, ...rest] },
      },
      permissions: { policyArns },
      session: { ...SESSION_WISH, name: sessionName, seconds },
    }),
  );

interface Said extends FileHints {
  readonly policyFiles: readonly NamedFile[];
}

const hints: fc.Arbitrary<Said> = fc.record({
  sourceProfile: fc.option(text, { nil: undefined }),
  targetProfile: fc.option(text, { nil: undefined }),
  policyFiles: fc.uniqueArray(fc.record({ name: name.filter((candidate) => candidate !== '__proto__'), file: text }), {
    selector: (file) => file.name,
    maxLength: 3,
  }),
});

const idsOf = ({ role: { externalId } }: Spec): unknown => {
  if (externalId.kind !== 'given') return 'none';
  return externalId.values.length === 1 ? externalId.values[0] : externalId.values;
};

const fileOf = (wanted: Spec, given: Said): string => {
  const policies = given.policyFiles.map((file) => givenFile(file, { place: '--policy' }));
  return emitXacctYaml(documentOf({ ...NOTHING_GIVEN, name: wanted.name, policies }, wanted, given), '1.2.3');
};

describe('a new xacct.yaml', () => {
  test('says what was wanted', () => {
    fc.assert(
      fc.property(spec, hints, (wanted, given) => {
        const source = configReader.parse(fileOf(wanted, given), '/xacct.yaml');
        const config = parseConfig(source.data, (place) => source.locate(place));
        if (!config.ok) throw new Error(config.diagnostics.map(({ message }) => message).join('; '));
        const [target, ...others] = targetsOf(config.value);
        expect(others).toEqual([]);
        const { role = {}, terraform = {}, ...values } = (target?.values ?? {}) as Readonly<Record<string, ConfigMap>>;
        const { maxSessionDuration, ...ofRole } = role;
        const { duration, ...ofTerraform } = terraform;
        expect({
          ...target,
          values: { ...values, role: ofRole, terraform: ofTerraform },
          seconds: [maxSessionDuration, duration].map((said) => (typeof said === 'string' ? parseDuration(said) : said)),
        }).toEqual({
          name: wanted.name,
          account: wanted.targetAccount,
          profile: given.targetProfile,
          sourceProfile: given.sourceProfile,
          values: {
            account: wanted.targetAccount,
            ...(given.targetProfile !== undefined && { profile: given.targetProfile }),
            source: { account: wanted.sourceAccount, ...(given.sourceProfile !== undefined && { profile: given.sourceProfile }) },
            role: {
              name: wanted.role.name,
              path: wanted.role.path,
              description: wanted.role.description,
              trust: wanted.role.trust.map((principal) => namePrincipal(principal, wanted.sourceAccount)),
              externalId: idsOf(wanted),
              ...(Object.keys(wanted.role.tags).length > 0 && { tags: { ...wanted.role.tags } }),
            },
            permissions: {
              policies: Object.fromEntries(given.policyFiles.map((file) => [file.name, file.file])),
              policyArns: wanted.permissions.policyArns,
            },
            terraform: { region: wanted.region, sessionName: wanted.session.name },
          },
          seconds: [wanted.role.maxSessionSeconds, wanted.session.seconds],
        });
      }),
      { numRuns: 500 },
    );
  });

  test('is the same text for the same set-up', () => {
    fc.assert(
      fc.property(spec, hints, (wanted, given) => {
        expect(fileOf(wanted, given)).toBe(fileOf(structuredClone(wanted), given));
      }),
      { numRuns: 20 },
    );
  });
});
