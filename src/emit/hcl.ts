/** Values as HCL: every string quoted and escaped, so that nothing in a name, tag or path can end its string or start an expression. */
import { escapeUnseen } from './unseen.ts';

/** An expression that stands as it is: `var.role_arn`. A class, so that no map of a person's tags can be taken for one. */
export class Expression {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  get text(): string {
    return this.#text;
  }
  toString(): string {
    return this.#text;
  }
}

/** A document that Terraform wants as JSON text. */
export class JsonText {
  readonly #document: object;
  constructor(document: object) {
    this.#document = document;
  }
  get document(): object {
    return this.#document;
  }
}

/** What an argument of Terraform can be set to. An entry that is undefined is left out of its map. */
export type Value =
  | string
  | number
  | boolean
  | Expression
  | JsonText
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A template marker is doubled: `${` and `%{` would otherwise start an interpolation or a directive, in JSON files of Terraform too. */
export const doubleMarkers = (text: string): string => text.replaceAll(/[$%](?=\{)/g, (marker) => marker + marker);

const unicodeEscape = (character: string): string => {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
};

/** https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences */
const hclString = (text: string): string => {
  const escaped = escapeUnseen(text.replaceAll(/[\\"\n\r\t]/g, (character) => ESCAPES[character] ?? character));
  return `"${doubleMarkers(escaped)}"`;
};

/** Letters that take one column each, for `terraform fmt`, whatever the version of Unicode that the two of us know. */
const NOT_ONE_COLUMN =
  /[^\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u0386-\u03ff\u0400-\u0482\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]/gu;

/** `{ for` would begin an expression. */
const hclKey = (key: string): string =>
  /^[A-Za-z_][\w-]*$/.test(key) && !/^(for|true|false|null)$/.test(key)
    ? key
    : hclString(key).replaceAll(NOT_ONE_COLUMN, unicodeEscape);

const LONGEST_LIST = 100;

/** A map or a list of maps has a line for each entry; `formatHcl` indents them. */
export const hcl = (value: unknown): string => {
  if (typeof value === 'string') return hclString(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Expression) return value.text;
  if (value instanceof JsonText) return `jsonencode(${hcl(value.document)})`;
  if (Array.isArray(value)) {
    const items = value.map(hcl);
    const line = `[${items.join(', ')}]`;
    return line.length <= LONGEST_LIST && !line.includes('\n') ? line : `[\n${items.map((item) => `${item},\n`).join('')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    return entries.length === 0 ? '{}' : `{\n${entries.map(([key, entry]) => `${hclKey(key)} = ${hcl(entry)}\n`).join('')}}`;
  }
  throw new TypeError(`a template shows a value that is ${value === null ? 'null' : typeof value}`);
};

/** The line without its strings and its comment, in which brackets and signs would not count. */
const skeleton = (line: string): string => line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replace(/(#|\/\/).*$/, '');

const netBrackets = (line: string): number => {
  const code = skeleton(line);
  return (code.match(/[[{(]/g)?.length ?? 0) - (code.match(/[\]})]/g)?.length ?? 0);
};

/** `terraform fmt` indents by lines: brackets that one line opens count as one step, until as many have been closed. */
const indented = (lines: readonly string[]): readonly string[] => {
  const open: number[] = [];
  return lines.map((line) => {
    const text = line.trim();
    const net = netBrackets(text);
    let closing = -net;
    while (closing > 0 && open.length > 0) {
      const last = open.pop() ?? 0;
      if (last > closing) open.push(last - closing);
      closing -= last;
    }
    const lead = text === '' ? '' : '  '.repeat(open.length);
    if (net > 0) open.push(net);
    return lead + text;
  });
};

interface Attribute {
  readonly lead: string;
  readonly value: string;
}

const ATTRIBUTE = /^(\s*(?:[A-Za-z_][\w-]*|"(?:[^"\\]|\\.)*"))\s*=\s+(.*)$/;

/** A value that goes on in the next line is aligned with nothing. */
const attributeOf = (line: string): Attribute | undefined => {
  const [, lead, value] = ATTRIBUTE.exec(line) ?? [];
  return lead === undefined || value === undefined || netBrackets(line) !== 0 ? undefined : { lead, value };
};

const columns = (text: string): number => Array.from(text).length;

/** Neighbouring attributes share the column of their `=`. */
const aligned = (lines: readonly string[]): readonly string[] => {
  const out: string[] = [];
  let run: Attribute[] = [];
  const flush = (): void => {
    const width = Math.max(0, ...run.map(({ lead }) => columns(lead)));
    out.push(...run.map(({ lead, value }) => `${lead}${' '.repeat(width - columns(lead))} = ${value}`));
    run = [];
  };
  for (const line of lines) {
    const attribute = attributeOf(line);
    if (attribute) {
      run.push(attribute);
      continue;
    }
    flush();
    out.push(line);
  }
  flush();
  return out;
};

/** Indents and aligns as `terraform fmt` does. A text with a heredoc stays as it is: its lines are its value. */
export const formatHcl = (text: string): string =>
  text.split('\n').some((line) => /<<-?[A-Za-z]/.test(skeleton(line))) ? text : aligned(indented(text.split('\n'))).join('\n');
