/**
 * Wildcard patterns of IAM: `*` any run, `?` any one character. Time is bounded by pattern length × text length, whatever the pattern,
 * because a greedy match never has to return further than to its last `*`. No regular expressions.
 */

const STAR = -1;
const ANY = -2;
/** A `*` inside one of an ARN's first five fields, which must not cross a colon. */
const STAR_IN_FIELD = -3;

const COLON = 58;

export interface Glob {
  /** Code units, or one of the negative wildcard marks. */
  readonly codes: readonly number[];
  /** The whole text, when there is no wildcard. */
  readonly literal: string | null;
  /** The text before the first wildcard. */
  readonly head: string;
  readonly hasFieldStars: boolean;
}

const push = (codes: number[], text: string, areWildcardsLive: boolean): void => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (areWildcardsLive && code === 42) codes.push(STAR);
    else if (areWildcardsLive && code === 63) codes.push(ANY);
    else codes.push(code);
  }
};

const globOf = (codes: readonly number[]): Glob => {
  const wildcard = codes.findIndex((code) => code < 0);
  const head = String.fromCharCode(...(wildcard < 0 ? codes : codes.slice(0, wildcard)));
  return { codes, literal: wildcard < 0 ? head : null, head, hasFieldStars: codes.includes(STAR_IN_FIELD) };
};

/** Pieces of a pattern; the wildcards of a `fixed` piece are ordinary characters. */
export const joinGlob = (pieces: readonly { readonly text: string; readonly fixed: boolean }[]): Glob => {
  const codes: number[] = [];
  for (const piece of pieces) push(codes, piece.text, !piece.fixed);
  return globOf(codes);
};

export const compileGlob = (pattern: string): Glob => joinGlob([{ text: pattern, fixed: false }]);

/**
 * A Resource pattern: in the first five fields of an ARN a `*` crosses colons only as the last character of its field.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource", using wildcards in resource ARNs.
 */
export const asArnPattern = (glob: Glob): Glob => {
  if (glob.literal !== null) return glob;
  let colons = 0;
  return globOf(
    glob.codes.map((code, i) => {
      if (code === COLON) colons++;
      const next = glob.codes[i + 1];
      return code === STAR && colons < 5 && next !== undefined && next !== COLON ? STAR_IN_FIELD : code;
    }),
  );
};

const matchGreedily = ({ codes, head }: Glob, text: string): boolean => {
  let c = head.length;
  let t = head.length;
  let starAt = -1;
  let resumeAt = 0;
  while (t < text.length) {
    const code = codes[c];
    if (code === STAR) {
      starAt = c++;
      resumeAt = t;
    } else if (code === ANY || code === text.charCodeAt(t)) {
      c++;
      t++;
    } else if (starAt >= 0) {
      c = starAt + 1;
      t = ++resumeAt;
    } else return false;
  }
  while (codes[c] === STAR) c++;
  return c === codes.length;
};

/** With two kinds of star the last one is not always the one to stretch, so all positions are followed at once. */
const matchBySets = (codes: readonly number[], text: string): boolean => {
  let live = new Uint8Array(codes.length + 1);
  const enter = (set: Uint8Array, from: number): void => {
    let c = from;
    set[c] = 1;
    while (codes[c] === STAR || codes[c] === STAR_IN_FIELD) set[++c] = 1;
  };
  enter(live, 0);
  for (let t = 0; t < text.length; t++) {
    const char = text.charCodeAt(t);
    const next = new Uint8Array(codes.length + 1);
    for (let c = 0; c < codes.length; c++) {
      if (live[c] !== 1) continue;
      const code = codes[c];
      if (code === STAR || (code === STAR_IN_FIELD && char !== COLON)) enter(next, c);
      else if (code === ANY || code === char) enter(next, c + 1);
    }
    live = next;
  }
  return live[codes.length] === 1;
};

/** Whether the whole text matches; case-sensitive. */
export const globMatches = (glob: Glob, text: string): boolean => {
  if (glob.literal !== null) return glob.literal === text;
  if (!text.startsWith(glob.head)) return false;
  return glob.hasFieldStars ? matchBySets(glob.codes, text) : matchGreedily(glob, text);
};

/** Whether every text that begins with `prefix` matches, as far as the pattern's end shows it. */
export const matchesAllAfter = (glob: Glob, prefix: string): boolean => glob.codes.at(-1) === STAR && globMatches(glob, prefix);

/** The first five colons split a pattern into the six fields of an ARN; undefined when it has fewer. */
export const splitArnGlob = (glob: Glob): readonly Glob[] | undefined => {
  const fields: Glob[] = [];
  let start = 0;
  for (let i = 0; i < glob.codes.length && fields.length < 5; i++) {
    if (glob.codes[i] !== COLON) continue;
    fields.push(globOf(glob.codes.slice(start, i)));
    start = i + 1;
  }
  return fields.length === 5 ? [...fields, globOf(glob.codes.slice(start))] : undefined;
};
