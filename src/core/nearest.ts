/** The nearest of some texts to one: what somebody meant and mistyped. Pure. */

/** Levenshtein: how many characters must be added, taken out or changed. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** Longer texts than any ARN of IAM's are cut, so that a hostile document takes no time. */
const LONGEST = 300;
const MOST = 100;

export const nearest = (wanted: string, names: readonly string[]): string | undefined =>
  names
    .slice(0, MOST)
    .map((name) => ({ name, far: distance(wanted.slice(0, LONGEST), name.slice(0, LONGEST)) }))
    .toSorted((a, b) => a.far - b.far)[0]?.name;
