/** Values put into the text of a YAML file: everything else stays byte for byte, which the library's own writer does not promise. */
import { isMap, isScalar, isSeq, stringify, type Document, type Node, type YAMLMap } from 'yaml';
import type { PlacedValue } from '#core/ports/config-file.ts';
import type { ConfigPath, ConfigValue } from '#domain/config.ts';

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const lineEndOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** As YAML writes it on one line; the second way holds everywhere. */
export const waysToWrite = (value: ConfigValue | null): readonly [string, string] => {
  if (typeof value === 'boolean' || value === null) return [String(value), String(value)];
  if (Array.isArray(value)) {
    const items = (value as readonly string[]).map(waysToWrite);
    return [`[${items.map(([plain]) => plain).join(', ')}]`, `[${items.map(([, quoted]) => quoted).join(', ')}]`];
  }
  if (typeof value === 'object') {
    const items = Object.entries(value).map(([key, item]) => [waysToWrite(key), waysToWrite(item ?? null)] as const);
    const at = (way: 0 | 1): string => `{ ${items.map(([key, item]) => `${key[way]}: ${item[way]}`).join(', ')} }`;
    return items.length === 0 ? ['{}', '{}'] : [at(0), at(1)];
  }
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  const quoted = JSON.stringify(value);
  return [plain.includes('\n') ? quoted : plain, quoted];
};

/** The last node that was written, in a collection the last of its last. */
const lastOf = (node: unknown): Node | undefined => {
  if (isMap(node) && !node.flow) {
    const pair = node.items.at(-1);
    return lastOf(pair?.value) ?? lastOf(pair?.key);
  }
  if (isSeq(node) && !node.flow) return lastOf(node.items.at(-1));
  return (node as Node | null | undefined) ?? undefined;
};

/** Where the line after this map begins; without one, where the text ends. */
const nextLine = (text: string, map: YAMLMap): number | undefined => {
  const end = lastOf(map)?.range?.[1];
  if (end === undefined) return undefined;
  if (text[end - 1] === '\n') return end;
  const lineBreak = text.indexOf('\n', end);
  return lineBreak === -1 ? text.length : lineBreak + 1;
};

/** `a:`, `  b: value`, one line for each key, from `indent` on. */
const linesFor = (keys: ConfigPath, indent: string, value: string, end: string): string =>
  keys
    .map((key, depth) => {
      const isLast = depth === keys.length - 1;
      return `${indent}${'  '.repeat(depth)}${waysToWrite(String(key))[0]}:${isLast ? ` ${value}` : ''}${end}`;
    })
    .join('');

const inBlock = (text: string, map: YAMLMap, keys: ConfigPath, value: string): Edit | undefined => {
  const start = (map.items[0]?.key as Node | undefined)?.range?.[0];
  const at = nextLine(text, map);
  if (start === undefined || at === undefined) return undefined;
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const end = lineEndOf(text);
  const isOpen = at > 0 && text[at - 1] !== '\n';
  return { from: at, to: at, text: (isOpen ? end : '') + linesFor(keys, indent, value, end) };
};

const inFlow = (text: string, map: YAMLMap, keys: ConfigPath, value: string): Edit | undefined => {
  const close = (map.range?.[1] ?? 0) - 1;
  if (text[close] !== '}') return undefined;
  const nested = keys.reduceRight<string>(
    (inner, key, depth) => `${waysToWrite(String(key))[0]}: ${depth === keys.length - 1 ? inner : `{ ${inner} }`}`,
    value,
  );
  const last = lastOf(map.items.at(-1)?.value) ?? lastOf(map.items.at(-1)?.key);
  const at = last?.range?.[1];
  return at === undefined ? { from: close, to: close, text: ` ${nested} ` } : { from: at, to: at, text: `, ${nested}` };
};

const inPlace = (text: string, node: Node, value: string): Edit | undefined => {
  const isOnePiece = isScalar(node) || ((isSeq(node) || isMap(node)) && node.flow === true);
  if (!isOnePiece || !node.range) return undefined;
  const [from, to] = node.range;
  // A key without a value.
  if (from === to) return { from, to, text: text[from - 1] === ':' ? ` ${value}` : value };
  return isScalar(node) && node.type?.startsWith('BLOCK') ? undefined : { from, to, text: value };
};

/** What puts `value` to `keys`; undefined where that is no simple edit. */
const editFor = (document: Document, text: string, keys: ConfigPath, value: string): Edit | undefined => {
  let here: unknown = document.contents;
  for (const [index, key] of keys.entries()) {
    if (isSeq(here)) here = here.items[Number(key)];
    else if (isMap(here)) {
      const pair = here.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return (here.flow ? inFlow : inBlock)(text, here, keys.slice(index), value);
      here = pair.value;
    } else return undefined;
    if (index === keys.length - 1) return inPlace(text, here as Node, value);
  }
  return undefined;
};

/**
 * The text with all of them in it, each written by `write`; undefined where one is no simple edit, or two touch. The caller looks whether it
 * says what it should.
 */
export const splice = (
  document: Document,
  text: string,
  values: readonly PlacedValue[],
  write: (value: ConfigValue | null) => string,
): string | undefined => {
  const edits: Edit[] = [];
  for (const [keys, value] of values) {
    const edit = editFor(document, text, keys, write(value));
    if (edit === undefined) return undefined;
    edits.push(edit);
  }
  let [spliced, end] = ['', 0];
  for (const { from, to, text: written } of edits.toSorted((a, b) => a.from - b.from)) {
    if (from < end) return undefined;
    spliced += text.slice(end, from) + written;
    end = to;
  }
  return spliced + text.slice(end);
};
