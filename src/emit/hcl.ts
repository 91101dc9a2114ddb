/** Values as HCL: every string quoted and escaped, so that nothing in a name, tag or path can end its string or start an expression. */

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Control characters, and the separators that some readers take for line ends. */
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g;

/** https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences */
const hclString = (text: string): string => {
  const escaped = text
    .replaceAll(/[\\"\n\r\t]/g, (character) => ESCAPES[character] ?? character)
    .replaceAll(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    // A template marker is doubled: `${` and `%{` would otherwise start an interpolation or a directive.
    .replaceAll(/[$%](?=\{)/g, (marker) => marker + marker);
  return `"${escaped}"`;
};

/** Strings, numbers, booleans and lists of them. Anything else in a template is a fault of the template. */
export const hcl = (value: unknown): string => {
  if (typeof value === 'string') return hclString(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(hcl).join(', ')}]`;
  throw new TypeError(
    `a template shows a value that is ${value === undefined ? 'undefined' : typeof value}, not text, number or list`,
  );
};

interface Line {
  readonly lead: string;
  readonly value: string;
}

const ATTRIBUTE = /^(\s*[A-Za-z_][\w-]*)\s*=\s+(.*)$/;
const OPENS = /[[{(]\s*$/;

const split = (line: string): Line | undefined => {
  const parts = ATTRIBUTE.exec(line);
  const [, lead, value] = parts ?? [];
  return lead === undefined || value === undefined || OPENS.test(value) ? undefined : { lead, value };
};

/** Aligns the `=` of neighbouring single-line attributes as `terraform fmt` does; all else stays as it is. */
export const alignHcl = (text: string): string => {
  const lines = text.split('\n');
  const out: string[] = [];
  let run: Line[] = [];
  const flush = (): void => {
    const width = Math.max(0, ...run.map(({ lead }) => lead.length));
    out.push(...run.map(({ lead, value }) => `${lead.padEnd(width)} = ${value}`));
    run = [];
  };
  for (const line of lines) {
    const attribute = split(line);
    if (attribute) run.push(attribute);
    else {
      flush();
      out.push(line);
    }
  }
  flush();
  return out.join('\n');
};
