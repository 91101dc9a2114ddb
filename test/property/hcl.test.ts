/** Text in HCL: whatever it holds, it is one string, and Terraform reads the same text from it. The reader is written here, from the language's specification. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHcl, hcl } from '#emit/hcl.ts';

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences; throws on what would not be plain text. */
const readHcl = (source: string): string => {
  if (!/^".*"$/s.test(source) || source.length < 2) throw new Error('not quoted');
  const body = source.slice(1, -1);
  let text = '';
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at] ?? '';
    if (character === '"' || character === '\n' || character === '\r') throw new Error('the string ends too early');
    if (body.startsWith('$${', at) || body.startsWith('%%{', at)) {
      text += `${character}{`;
      at += 2;
    } else if (body.startsWith('${', at) || body.startsWith('%{', at)) throw new Error('an expression begins');
    else if (character !== '\\') text += character;
    else {
      const next = body[at + 1] ?? '';
      if (next === 'u') {
        text += String.fromCharCode(Number.parseInt(body.slice(at + 2, at + 6), 16));
        at += 5;
      } else {
        const plain = ESCAPED[next];
        if (plain === undefined) throw new Error(`\\${next} is no escape`);
        text += plain;
        at += 1;
      }
    }
  }
  return text;
};

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '"',
      '\\',
      '${',
      '%{',
      '$',
      '%',
      '{',
      '}',
      '\n',
      '\r',
      '\t',
      '\\u',
      'u0041',
      '\u0000',
      '\u0085',
      '\u2028',
      '\uFEFF',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

describe('a string in HCL', () => {
  test('is read back as the same text', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(readHcl(hcl(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('stays on one line and holds nothing that an editor or a terminal acts on', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(hcl(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
    );
  });

  test.each([
    ['plain', '"plain"'],
    ['a "b" \\ c', '"a \\"b\\" \\\\ c"'],
    ['${x} %{y} $${z} $ %', '"$${x} %%{y} $$${z} $ %"'],
    ['a\nb\tc', '"a\\nb\\tc"'],
    ['\u0000', '"\\u0000"'],
  ])('%j is %s', (text, source) => {
    expect(hcl(text)).toBe(source);
  });

  test('stands in lists and maps; numbers and booleans stand bare; anything else is a fault of the template', () => {
    expect(hcl(['a', 1, true, ['"']])).toBe('["a", 1, true, ["\\""]]');
    expect(formatHcl(hcl({ a: 1, 'b c': { d: ['x'], left: undefined }, none: {} }))).toBe(
      '{\n  a = 1\n  "b c" = {\n    d = ["x"]\n  }\n  none = {}\n}',
    );
    for (const wrong of [undefined, null, () => 1]) expect(() => hcl(wrong)).toThrow(/a template shows a value/);
  });
});

describe('alignment', () => {
  test('is that of terraform fmt: neighbours share a column, a block or an empty line ends it', () => {
    expect(
      formatHcl('a = 1\nlonger = "x = y"\n\nb = [1]\nblock {\n  c = 1\n  lists = [\n    1\n  ]\n  dd = 2\n}\n# e = 1\n'),
    ).toBe('a      = 1\nlonger = "x = y"\n\nb = [1]\nblock {\n  c = 1\n  lists = [\n    1\n  ]\n  dd = 2\n}\n# e = 1\n');
  });

  test('done twice is the same, and no value changes, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-z_]{1,8}$/), nasty)), (entries) => {
        const aligned = formatHcl(entries.map(([key, value]) => `${key} = ${hcl(value)}`).join('\n'));
        expect(formatHcl(aligned)).toBe(aligned);
        const lines = entries.length === 0 ? [] : aligned.split('\n');
        expect(lines.map((line) => [line.split(/ +=/)[0], readHcl(line.slice(line.indexOf('"')))])).toEqual(
          entries.map(([key, value]) => [key, value]),
        );
        expect(new Set(lines.map((line) => line.indexOf('='))).size).toBeLessThanOrEqual(1);
      }),
    );
  });
});
