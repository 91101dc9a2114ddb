/**
 * Which chunks of code share a file: those that are mostly loaded together. Each chunk begins in a file of its own; then, as long as it makes
 * all processes together load less, two files become one. Loading costs the bytes, and something for each file.
 */

/** What finding, reading and compiling one more file takes (0.3 ms), in bytes of code. */
const FILE = 8000;

/**
 * `needs`: other chunks that it requires. `isFixed`: it gives its file a name, and no two such share one. `isAlone`: nobody may require its file.
 * @typedef {{bytes: number, needs: readonly string[], isFixed: boolean, isAlone: boolean}} Piece
 */
/** @typedef {{members: string[], bytes: number, needs: Set<number>, isFixed: boolean, isAlone: boolean, loaders: bigint}} Draft */

/** @param {bigint} set */
const sizeOf = (set) => {
  let size = 0;
  for (let rest = set; rest > 0n; rest &= rest - 1n) size += 1;
  return size;
};

/** What requiring a file loads, itself included. @param {ReadonlyMap<number, Draft>} drafts @param {Iterable<number>} from */
const closureOf = (drafts, from) => {
  /** @type {Set<number>} */
  const found = new Set();
  const add = (/** @type {number} */ id) => {
    if (found.has(id)) return;
    found.add(id);
    for (const needed of drafts.get(id)?.needs ?? []) add(needed);
  };
  for (const id of from) add(id);
  return found;
};

/** Requiring each other in a circle would run one before what it needs. */
const wouldCircle = (/** @type {ReadonlyMap<number, Draft>} */ drafts, /** @type {number} */ a, /** @type {number} */ b) => {
  const leadsTo = (/** @type {number} */ from, /** @type {number} */ to) =>
    closureOf(
      drafts,
      [...(drafts.get(from)?.needs ?? [])].filter((id) => id !== to),
    ).has(to);
  return leadsTo(a, b) || leadsTo(b, a);
};

/** How much more all processes together load when the two are one file; undefined where they may not be. */
const priceOf = (/** @type {ReadonlyMap<number, Draft>} */ drafts, /** @type {number} */ a, /** @type {number} */ b) => {
  const [one, other] = [drafts.get(a), drafts.get(b)];
  if (one === undefined || other === undefined || (one.loaders & other.loaders) === 0n || (one.isFixed && other.isFixed))
    return undefined;
  const loaders = one.loaders | other.loaders;
  let price =
    sizeOf(loaders & ~one.loaders) * one.bytes +
    sizeOf(loaders & ~other.loaders) * other.bytes -
    sizeOf(one.loaders & other.loaders) * FILE;
  if (price >= 0) return undefined;
  for (const id of closureOf(drafts, [a, b])) {
    const draft = drafts.get(id);
    if (id !== a && id !== b && draft !== undefined) price += sizeOf(loaders & ~draft.loaders) * (draft.bytes + FILE);
  }
  const required = [...drafts].some(([id, { needs }]) => id !== a && id !== b && (needs.has(a) || needs.has(b)));
  if (price >= 0 || ((one.isAlone || other.isAlone) && required) || wouldCircle(drafts, a, b)) return undefined;
  return price;
};

/**
 * @param {ReadonlyMap<string, Piece>} pieces
 * @param {readonly (readonly string[])[]} processes the pieces that each kind of process loads
 * @returns {readonly (readonly string[])[]} the pieces of each file
 */
export const shareFiles = (pieces, processes) => {
  const names = [...pieces.keys()];
  const ids = new Map(names.map((name, id) => [name, id]));
  const idsOf = (/** @type {readonly string[]} */ some) => some.flatMap((name) => ids.get(name) ?? []);
  /** @type {Map<number, Draft>} */
  const drafts = new Map();
  for (const [name, piece] of pieces)
    drafts.set(ids.get(name) ?? -1, { ...piece, members: [name], needs: new Set(idsOf(piece.needs)), loaders: 0n });
  const countLoaders = () => {
    for (const draft of drafts.values()) draft.loaders = 0n;
    const homes = new Map([...drafts].flatMap(([id, { members }]) => members.map((name) => /** @type {const} */ ([name, id]))));
    for (const [index, loaded] of processes.entries())
      for (const id of closureOf(
        drafts,
        loaded.flatMap((name) => homes.get(name) ?? []),
      )) {
        const draft = drafts.get(id);
        if (draft) draft.loaders |= 1n << BigInt(index);
      }
  };
  for (;;) {
    countLoaders();
    /** @type {{price: number, a: number, b: number} | undefined} */
    let best;
    const all = [...drafts.keys()];
    for (const [index, a] of all.entries())
      for (const b of all.slice(index + 1)) {
        const price = priceOf(drafts, a, b);
        if (price !== undefined && price < (best?.price ?? 0)) best = { price, a, b };
      }
    const [kept, gone] = best ? [drafts.get(best.a), drafts.get(best.b)] : [];
    if (best === undefined || kept === undefined || gone === undefined) break;
    const { a, b } = best;
    const moved = (/** @type {Iterable<number>} */ needs) => new Set([...needs].map((id) => (id === b ? a : id)));
    drafts.delete(b);
    drafts.set(a, {
      members: [...kept.members, ...gone.members],
      bytes: kept.bytes + gone.bytes,
      needs: new Set([...kept.needs, ...gone.needs].filter((id) => id !== a && id !== b)),
      isFixed: kept.isFixed || gone.isFixed,
      isAlone: kept.isAlone || gone.isAlone,
      loaders: 0n,
    });
    for (const [id, draft] of drafts) if (id !== a && draft.needs.has(b)) draft.needs = moved(draft.needs);
  }
  return [...drafts.values()].map(({ members }) => members);
};
