/** The YAML reader: text to plain data, with the line of every key. Loaded only when there is a file. */
import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { ConfigReader } from '#core/ports/config-file.ts';

/** The key's own node where there is one, else the value: a missing key is shown at its parent. */
const nodeAt = (root: Node | null, path: readonly (string | number)[]): Node | null => {
  let here = root;
  for (const part of path) {
    let next: unknown;
    if (isMap(here)) {
      const pair = here.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return here;
      next = part === path.at(-1) ? pair.key : pair.value;
    } else if (isSeq(here)) next = here.items[Number(part)];
    if (!isNode(next) || isPair(next)) return here;
    here = next;
  }
  return here;
};

export const configReader: ConfigReader = {
  parse: (text, path) => {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const name = path.slice(path.lastIndexOf('/') + 1);
    const place = (offset: number): string => {
      const { line, col } = lines.linePos(offset);
      return `${name}:${line}:${col}`;
    };
    const [first, ...more] = document.errors.map((error) =>
      problem('INVALID_CONFIG', `${name} is not YAML: ${error.message.toLowerCase()}`, { path: place(error.pos[0]) }),
    );
    if (first) throw new XacctError(first, ...more);
    return {
      path,
      data: document.toJS({ maxAliasCount: 100 }) as unknown,
      locate: (keys) => {
        const offset = nodeAt(document.contents, keys)?.range?.[0];
        return offset === undefined ? name : place(offset);
      },
      withValue: (keys, value) => {
        const copy = document.clone();
        copy.setIn(keys, value);
        return copy.toString({ lineWidth: 0 });
      },
    };
  },
};
