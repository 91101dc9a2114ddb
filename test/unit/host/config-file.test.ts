/** The YAML reader: the place of every key, and one value set without a change to the rest. */
import { describe, expect, test } from 'vitest';
import { isXacctError } from '#domain/xacct-error.ts';
import { configReader } from '#host/config-file.ts';

const TEXT = `# mine
version: 1
targets:
  # the first
  targets:
    account: "222222222222" # B
    role: { name: x, trust: [ self, "1" ] }
  account:
    account: "333333333333"
`;

const read = (text: string) => configReader.parse(text, '/home/me/xacct.yaml');

const whyNot = (text: string): unknown => {
  try {
    return read(text).data;
  } catch (error) {
    return isXacctError(error) ? error.diagnostics.map(({ code, message, path }) => `${path} ${code} ${message}`) : error;
  }
};

describe('a place', () => {
  test.each<readonly [path: readonly (string | number)[], place: string]>([
    [['version'], 'xacct.yaml:2:1'],
    [['targets'], 'xacct.yaml:3:1'],
    [['targets', 'targets'], 'xacct.yaml:5:3'],
    [['targets', 'targets', 'account'], 'xacct.yaml:6:5'],
    [['targets', 'account', 'account'], 'xacct.yaml:9:5'],
    [['targets', 'targets', 'role', 'name'], 'xacct.yaml:7:13'],
    [['targets', 'targets', 'role', 'trust', 1], 'xacct.yaml:7:37'],
    [['targets', 'targets', 'role', 'absent'], 'xacct.yaml:7:11'],
    [[], 'xacct.yaml:2:1'],
  ])('of %j is %s', (path, place) => {
    expect(read(TEXT).locate(path)).toBe(place);
  });

  test('of an empty file is the file', () => {
    expect(read('').locate(['version'])).toBe('xacct.yaml');
  });
});

describe('a value that is set', () => {
  test('leaves comments and all else as they were, and the source too', () => {
    const source = read(TEXT);
    const changed = source.withValue(['targets', 'account', 'role', 'externalId'], '0123');
    expect(changed).toBe(`${TEXT}    role:\n      externalId: "0123"\n`);
    expect(source.withValue(['version'], '2')).toBe(TEXT.replace('version: 1', 'version: "2"'));
    expect(read(changed).data).toMatchObject({ targets: { account: { role: { externalId: '0123' } } } });
  });
});

describe('what is not YAML', () => {
  test.each([
    ['version: 1\nrole: [\n', /^xacct\.yaml:3:1 INVALID_CONFIG xacct\.yaml is not YAML: /],
    ['a: 1\na: 2\n', /^xacct\.yaml:2:1 INVALID_CONFIG xacct\.yaml is not YAML: map keys must be unique/],
    ['a: "x', /INVALID_CONFIG/],
  ])('%j is said with its place', (text, said) => {
    expect(whyNot(text)).toEqual([expect.stringMatching(said)]);
  });

  test('an alias bomb does not run away', () => {
    const lines = ['a0: &a0 [x, x]', ...Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`)];
    expect(whyNot(lines.join('\n'))).toEqual([expect.stringContaining('INVALID_CONFIG')]);
  });
});
