/** Strict JSON with a place for every fault, and with duplicate keys noticed, which JSON.parse silently drops. */

export interface JsonFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface DuplicateKey extends JsonFault {
  /** Such as `Statement[0].Action`. */
  readonly path: string;
}

export type JsonReading =
  | { readonly ok: true; readonly value: unknown; readonly duplicates: readonly DuplicateKey[] }
  | { readonly ok: false; readonly fault: JsonFault };

/** Deeper nesting than any policy has; it keeps a hostile text from exhausting the stack. */
const MAX_DEPTH = 64;
const SPACE = /[ \t\r\n]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class Fault extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const placeOf = (text: string, offset: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

const shown = (text: string, offset: number): string =>
  offset >= text.length ? 'the end of the text' : `"${String.fromCodePoint(text.codePointAt(offset) ?? 0)}"`;

interface Reader {
  readonly text: string;
  offset: number;
  readonly duplicates: DuplicateKey[];
}

const take = (reader: Reader, pattern: RegExp): string | undefined => {
  pattern.lastIndex = reader.offset;
  const match = pattern.exec(reader.text)?.[0];
  if (match !== undefined) reader.offset += match.length;
  return match;
};

const expected = (reader: Reader, what: string): Fault =>
  new Fault(`expected ${what}, found ${shown(reader.text, reader.offset)}`, reader.offset);

const takeMark = (reader: Reader, mark: string): boolean => {
  take(reader, SPACE);
  if (reader.text[reader.offset] !== mark) return false;
  reader.offset++;
  return true;
};

const readString = (reader: Reader): string => {
  const start = reader.offset;
  const raw = take(reader, STRING);
  if (raw === undefined) throw new Fault('a string is not closed, or has a bad escape or control character', start);
  return JSON.parse(raw) as string;
};

const readObject = (reader: Reader, path: string, depth: number): Record<string, unknown> => {
  const entries = new Map<string, unknown>();
  if (takeMark(reader, '}')) return {};
  do {
    take(reader, SPACE);
    const start = reader.offset;
    if (reader.text[start] !== '"') throw expected(reader, 'a key in double quotes');
    const key = readString(reader);
    const keyPath = path === '' ? key : `${path}.${key}`;
    if (entries.has(key))
      reader.duplicates.push({ message: `the key "${key}" stands twice`, path: keyPath, ...placeOf(reader.text, start) });
    if (!takeMark(reader, ':')) throw expected(reader, '":"');
    entries.set(key, readValue(reader, keyPath, depth + 1));
  } while (takeMark(reader, ','));
  if (!takeMark(reader, '}')) throw expected(reader, '"," or "}"');
  return Object.fromEntries(entries);
};

const readArray = (reader: Reader, path: string, depth: number): readonly unknown[] => {
  const items: unknown[] = [];
  if (takeMark(reader, ']')) return items;
  do items.push(readValue(reader, `${path}[${items.length}]`, depth + 1));
  while (takeMark(reader, ','));
  if (!takeMark(reader, ']')) throw expected(reader, '"," or "]"');
  return items;
};

const readValue = (reader: Reader, path: string, depth: number): unknown => {
  if (depth > MAX_DEPTH) throw new Fault(`more than ${MAX_DEPTH} levels of nesting`, reader.offset);
  if (takeMark(reader, '{')) return readObject(reader, path, depth);
  if (takeMark(reader, '[')) return readArray(reader, path, depth);
  if (reader.text[reader.offset] === '"') return readString(reader);
  const scalar = take(reader, SCALAR);
  if (scalar === undefined) throw expected(reader, 'a value');
  return JSON.parse(scalar) as unknown;
};

export const readJson = (text: string): JsonReading => {
  const reader: Reader = { text, offset: 0, duplicates: [] };
  try {
    const value = readValue(reader, '', 0);
    take(reader, SPACE);
    if (reader.offset < text.length) throw expected(reader, 'the end of the text');
    return { ok: true, value, duplicates: reader.duplicates };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, fault: { message: error.message, ...placeOf(text, error.offset) } };
  }
};
