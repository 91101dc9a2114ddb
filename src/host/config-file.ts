/** The YAML reader: text to plain data, with the line of every key. Loaded only when there is a file. */
import { isDeepStrictEqual } from 'node:util';
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { brief } from '#domain/brief.ts';
import { parseConfig } from '#domain/parse-config.ts';
import { parsePlanFile } from '#domain/planned-shape.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { ConfigReader, ConfigSource, PlacedValue } from '#core/ports/config-file.ts';
import { splice, waysToWrite } from './yaml-splice.ts';

/** The key's own node where there is one, else the value: a missing key is shown at its parent. */
const nodeAt = (root: Node | null, path: readonly (string | number)[]): Node | null => {
  let here = root;
  for (const [index, part] of path.entries()) {
    let next: unknown;
    if (isMap(here)) {
      const pair = here.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return here;
      next = index === path.length - 1 ? pair.key : pair.value;
    } else if (isSeq(here)) next = here.items[Number(part)];
    if (!isNode(next) || isPair(next)) return here;
    here = next;
  }
  return here;
};

/** What the keys and values are; a few lines of aliases may stand for more than fits into memory, and are refused. */
const dataOf = (document: ReturnType<typeof parseDocument>, name: string): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new XacctError(problem('INVALID_CONFIG', `${name} cannot be read: ${why.toLowerCase()}`, { path: name }));
  }
};

const isOverflow = ({ message }: YAMLError): boolean => /^maximum call stack/i.test(message);

/** One fault leads to others where it is, thousands of them in a text that somebody made for that. */
const firstOfEachPlace = (errors: readonly YAMLError[]): readonly YAMLError[] => {
  const overflow = errors.find(isOverflow);
  if (overflow !== undefined) return [overflow];
  const places = new Set<number>();
  return errors.filter(({ pos: [at] }) => places.size < MOST_ERRORS && !places.has(at) && places.add(at));
};
const MOST_ERRORS = 10;

const whyOf = (error: YAMLError): string => {
  if (isOverflow(error)) return 'it is nested too deeply';
  return error.code === 'MULTIPLE_DOCS'
    ? 'more than one document is in it, with --- between them'
    : brief(error.message).toLowerCase();
};

/** The library compares each key with each other, which takes minutes of a long map. */
const OPTIONS = { uniqueKeys: false, logLevel: 'error' } as const;

interface Fault {
  readonly at: number;
  readonly why: string;
}

/** Keys that are one in the data, however they are written: of two of them the last would count, and nobody would hear of the other. */
const keyFaults = (document: ReturnType<typeof parseDocument>): readonly Fault[] => {
  const faults: Fault[] = [];
  const open: unknown[] = [document.contents];
  while (open.length > 0) {
    const node = open.pop();
    if (isSeq(node)) for (const item of node.items) open.push(item);
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      open.push(key, value);
      if (isAlias(key)) faults.push({ at: key.range?.[0] ?? 0, why: 'a key is written out, and is no alias' });
      if (!isScalar(key)) continue;
      // As the library names it in plain data.
      const { value: plain } = key as Scalar<string | number | bigint | boolean | null>;
      const name = plain === null ? '' : String(plain);
      if (seen.has(name)) faults.push({ at: key.range?.[0] ?? 0, why: 'map keys must be unique' });
      seen.add(name);
    }
  }
  return faults.toSorted((left, right) => left.at - right.at).slice(0, MOST_ERRORS);
};

const faultsOf = (document: ReturnType<typeof parseDocument>): readonly Fault[] =>
  document.errors.length > 0
    ? firstOfEachPlace(document.errors).map((error) => ({ at: error.pos[0], why: whyOf(error) }))
    : keyFaults(document);

interface Parsed {
  readonly document: ReturnType<typeof parseDocument>;
  readonly text: string;
  readonly lines: LineCounter;
}

const parse = (text: string): Parsed => {
  const lines = new LineCounter();
  return { document: parseDocument(text, { ...OPTIONS, lineCounter: lines, prettyErrors: false }), text, lines };
};

/** As the library reads it when all of them are set. */
const saying = ({ document }: Parsed, values: readonly PlacedValue[]): ReturnType<typeof parseDocument> => {
  const changed = document.clone();
  for (const [keys, value] of values)
    changed.setIn(keys, typeof value === 'object' ? changed.createNode(value, { flow: true }) : value);
  return changed;
};

/** By edits of the text, which were read again: they say what is wanted, and nothing else. */
const edited = (parsed: Parsed, values: readonly PlacedValue[]): Parsed | undefined => {
  const wanted: unknown = saying(parsed, values).toJS({ maxAliasCount: 100 });
  for (const way of [0, 1] as const) {
    const text = splice(parsed.document, parsed.text, values, (value) => waysToWrite(value)[way]);
    const read = text === undefined ? undefined : parse(text);
    if (read && faultsOf(read.document).length === 0 && isDeepStrictEqual(read.document.toJS({ maxAliasCount: 100 }), wanted))
      return read;
  }
  return undefined;
};

/** All at once, which reads the text once; else one by one; and where the text has no simple place for one, as the library writes it. */
const withValues = (parsed: Parsed, values: readonly PlacedValue[]): Parsed => {
  const all = edited(parsed, values);
  if (all !== undefined || values.length === 0) return all ?? parsed;
  if (values.length > 1) return values.reduce((here, value) => withValues(here, [value]), parsed);
  return parse(saying(parsed, values).toString({ lineWidth: 0 }));
};

const sourceOf = (parsed: Parsed, path: string): ConfigSource => {
  const { document, text, lines } = parsed;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [first, ...more] = faultsOf(document).map(({ at, why }) =>
    problem('INVALID_CONFIG', `${name} is not YAML: ${why}`, { path: place(at) }),
  );
  if (first) throw new XacctError(first, ...more);
  return {
    path,
    text,
    data: dataOf(document, name),
    has: (keys) => document.hasIn(keys),
    locate: (keys) => {
      const offset = nodeAt(document.contents, keys)?.range?.[0];
      return offset === undefined ? name : place(offset);
    },
    withValues: (values) => sourceOf(withValues(parsed, values), path),
  };
};

export const configReader: ConfigReader = {
  parse: (text, path) => sourceOf(parse(text), path),
  check: parseConfig,
  parsePlan: parsePlanFile,
};
