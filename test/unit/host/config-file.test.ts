/** The YAML reader: the place of every key, and one value set without a change to the rest. */
import fc from 'fast-check';
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

describe('what is no YAML', () => {
  test('is told once where it is, however much follows from it', () => {
    expect(whyNot('['.repeat(20_000))).toEqual([
      expect.stringMatching(/^xacct\.yaml:1:\d+ INVALID_CONFIG xacct\.yaml is not YAML: it is nested too deeply$/),
    ]);
  });

  test('or is two documents', () => {
    expect(whyNot('a: 1\n---\nb: 2\n')).toEqual([expect.stringContaining('more than one document is in it')]);
  });

  test('is told in a few words, whatever stands there', () => {
    const [said] = whyNot(`a: "b" ${'c'.repeat(100_000)}\n`) as readonly [string];
    expect(said.length).toBeLessThan(400);
    const checked = configReader.check('c'.repeat(100_000), () => 'xacct.yaml');
    // Nothing of what stands there: with a link for xacct.yaml it is some other file.
    expect(checked.ok ? '' : checked.diagnostics[0]?.message).toBe('the file: a map is expected, not text');
  });

  test('is told as fast of a long file as its length', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join('');
    const begun = process.cpuUsage();
    expect(whyNot(`${keys}k7: 2\n`)).toEqual([expect.stringContaining('xacct.yaml:20001:1 INVALID_CONFIG')]);
    const { user } = process.cpuUsage(begun);
    // 15 s where each key is compared with each.
    expect(user / 1e6).toBeLessThan(5);
  });

  test('nested or in a list, a key stands once, too', () => {
    expect(whyNot('a:\n  - b: 1\n    c: { d: 1, d: 2 }\n    b: 2\n')).toEqual([
      expect.stringMatching(/^xacct\.yaml:3:16 .* map keys must be unique$/),
      expect.stringMatching(/^xacct\.yaml:4:5 .* map keys must be unique$/),
    ]);
  });

  test.each([
    ['targets: { 1: { account: a }, "1": { account: b } }', '1:31', 'map keys must be unique'],
    ['targets: { true: { account: a }, "true": { account: b } }', '1:34', 'map keys must be unique'],
    ['targets: { null: { account: a }, "": { account: b } }', '1:34', 'map keys must be unique'],
    ['targets:\n  &k dev: { account: a }\n  *k : { account: b }', '3:3', 'a key is written out, and is no alias'],
  ])('%s is told by what a key comes to', (text, at, why) => {
    expect(whyNot(text)).toEqual([`xacct.yaml:${at} INVALID_CONFIG xacct.yaml is not YAML: ${why}`]);
  });

  test('in many places is told for the first ten', () => {
    expect(whyNot('a: b: c\n'.repeat(500))).toHaveLength(10);
  });
});

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
    const changed = source.withValues([[['targets', 'account', 'role', 'externalId'], '0123']]).text;
    expect(changed).toBe(`${TEXT}    role:\n      externalId: "0123"\n`);
    expect(source.withValues([[['version'], '2']]).text).toBe(TEXT.replace('version: 1', 'version: "2"'));
    expect(read(changed).data).toMatchObject({ targets: { account: { role: { externalId: '0123' } } } });
  });
});

/** The text without the one line or piece that was put in. */
const without = (changed: string, before: string): string => {
  let start = 0;
  while (start < before.length && before[start] === changed[start]) start += 1;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === changed.at(-1 - end)) end += 1;
  return before.slice(start, before.length - end);
};

describe('a value that is put into a text', () => {
  const KEYS = ['targets', 'dev', 'role', 'externalId'];
  test.each([
    ['a block', 'targets:\n  dev:\n    role:\n      trust: [self]  # who\n  # the next\n  prod: {}\n'],
    ['a block at the end, without a line break', 'targets:\n  dev:\n    role:\n      name: x # last'],
    ['a block with a block text', 'targets:\n  dev:\n    role:\n      description: |\n        long\n        text\n\n# end\n'],
    ['a flow map', 'targets: {dev: {role: {name: x , trust: [self]}}} # all\n'],
    ['an empty flow map', 'targets:\n  dev:\n    role: {}\n'],
    ['lines of Windows', 'targets:\r\n  dev:\r\n    role: # mine\r\n      name: x\r\n\r\n  prod: {}\r\n'],
    ['a target without a role', 'targets:\n  dev:\n    account: "1"   # one\n\n\n  prod: [a,b]\n'],
    ['a target without anything but a comment after it', 'targets:\n  dev: { account: "1" }\n# end\n'],
    ['items of a list', 'targets:\n  dev:\n    role:\n      trust:\n      - self\n      - "1" # b\n'],
  ])('in %s leaves all else byte for byte', (_where, text) => {
    const changed = read(text).withValues([[KEYS, '0123']]).text;
    expect(read(changed).data).toMatchObject({ targets: { dev: { role: { externalId: '0123' } } } });
    expect(without(changed, text)).toBe('');
    expect(changed.split('\n').filter((line) => line.endsWith('\r'))).toHaveLength(
      text.includes('\r') ? changed.split('\n').length - 1 : 0,
    );
  });

  test.each([
    ['externalId: old # kept\n', 'externalId: new # kept\n'],
    ['externalId:\n', 'externalId: new\n'],
    ["{ externalId: 'old' , x: [ a,b ]}\n", '{ externalId: new , x: [ a,b ]}\n'],
    ['externalId: &x old\n', 'externalId: &x new\n'],
    ['externalId: [old] # kept\n', 'externalId: new # kept\n'],
  ])('in the place of another: %j', (text, changed) => {
    expect(read(text).withValues([[['externalId'], 'new']]).text).toBe(changed);
  });

  test.each([
    ['externalId: old # kept\nb: [a]\n', 'externalId: [new, "2"] # kept\nb: [a]\n'],
    ['{ b: [a] }\n', '{ b: [a], externalId: [new, "2"] }\n'],
    ['externalId:\n  - old\n', 'externalId: [ new, "2" ]\n'],
  ])('may be a list: %j', (text, changed) => {
    const source = read(text);
    expect(source.withValues([[['externalId'], ['new', '2']]]).text).toBe(changed);
  });

  test('of any form and into any layout says what it should', () => {
    const layout = fc.record({
      comment: fc.constantFrom('', '  # why', ' # "{['),
      flow: fc.constantFrom('[self]', '[ self, "1" ]', '{a: 1}', '"x, y"', '!!str 1'),
      gap: fc.constantFrom('', '\n', '# between\n', '\n  # inside\n'),
      end: fc.constantFrom('\n', '\r\n'),
      isNested: fc.boolean(),
    });
    fc.assert(
      fc.property(layout, fc.string(), ({ comment, flow, gap, end, isNested }, value) => {
        const role = isNested ? `    role:${comment}\n      trust: ${flow}${comment}\n` : '';
        const text = `# top\na: ${flow}\ntargets:\n  dev:${comment}\n    account: "1"${comment}\n${role}${gap}  prod: ${flow}${comment}\n`;
        const before = text.replaceAll('\n', end);
        const source = read(before);
        const changed = source.withValues([[KEYS, value]]).text;
        expect(read(changed).data).toMatchObject({ targets: { dev: { role: { externalId: value } } } });
        expect(without(changed, before)).toBe('');
      }),
    );
  });
});

describe('several values that are set at once', () => {
  const TARGETS =
    'a: 1 # one\ntargets:\n  dev:\n    account: "1" # dev\n    role:\n      name: x # last\n  prod: { account: "2" }\n';
  const VALUES = [
    [['a'], '2'],
    [['b'], 'new'],
    [['targets', 'dev', 'profile'], 'p'],
    [['targets', 'dev', 'role', 'name'], 'y'],
    [['targets', 'dev', 'role', 'tags', 'k'], 'v'],
    [['targets', 'dev', 'role', 'tags', 'l'], 'w'],
    [['targets', 'prod', 'role', 'tags', 'm'], ['u']],
    [['targets', 'prod', 'profile'], null],
  ] as const;
  const WANTED = {
    a: '2',
    b: 'new',
    targets: {
      dev: { account: '1', profile: 'p', role: { name: 'y', tags: { k: 'v', l: 'w' } } },
      prod: { account: '2', role: { tags: { m: ['u'] } }, profile: null },
    },
  };

  test('say what each alone would, in whatever order, with all comments', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...VALUES], { minLength: VALUES.length }), (values) => {
        const changed = read(TARGETS).withValues(values);
        expect(changed.data).toEqual(WANTED);
        expect(read(changed.text).data).toEqual(WANTED);
        for (const comment of ['# one', '# dev', '# last']) expect(changed.text).toContain(comment);
        expect(changed.has(['targets', 'dev', 'role', 'tags', 'k'])).toBe(true);
      }),
    );
  });

  test('of none is the same file', () => {
    expect(read(TARGETS).withValues([]).text).toBe(TARGETS);
  });

  test('take the time of a few readings of the file, however many they are', () => {
    const text = `targets:\n${Array.from({ length: 400 }, (_, i) => `  t${i}:\n    account: "${i}" # n\n    role:\n      name: r${i}\n`).join('')}`;
    const cpuOf = (work: () => unknown): number => {
      const before = process.cpuUsage().user;
      work();
      return process.cpuUsage().user - before;
    };
    const once = Math.min(...[1, 2, 3].map(() => cpuOf(() => read(text))));
    const source = read(text);
    const values = Array.from({ length: 60 }, (_, i) => [['targets', `t${i}`, 'role', 'externalId'], `id-${i}`] as const);
    expect(cpuOf(() => source.withValues(values)) / once).toBeLessThan(10);
  });
});

describe('what YAML itself would warn of', () => {
  test('is not printed', async () => {
    const warned: unknown[] = [];
    const listen = (warning: unknown): void => void warned.push(warning);
    process.on('warning', listen);
    const source = read('? [a, b]\n: 1\n? {c: d}\n: 2\ne: 1\n');
    expect(source.withValues([[['e'], 'x']]).text).toContain('e: x');
    await new Promise((resolve) => setImmediate(resolve));
    process.removeListener('warning', listen);
    expect(warned).toEqual([]);
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
