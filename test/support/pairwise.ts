/** Rows that hold every pair of levels of any two factors at least once: most faults of options need two of them. Always the same rows. */

type Factors = Readonly<Record<string, readonly unknown[]>>;
export type Row<F extends Factors> = { readonly [K in keyof F]: F[K][number] };

export const pairwise = <F extends Factors>(factors: F): readonly Row<F>[] => {
  const names = Object.keys(factors);
  const levels = names.map((name) => factors[name]?.length ?? 0);
  const open = new Set<string>();
  const key = (a: number, i: number, b: number, j: number): string => (a < b ? `${a}:${i}/${b}:${j}` : `${b}:${j}/${a}:${i}`);
  for (let a = 0; a < names.length; a += 1)
    for (let b = a + 1; b < names.length; b += 1)
      for (let i = 0; i < (levels[a] ?? 0); i += 1) for (let j = 0; j < (levels[b] ?? 0); j += 1) open.add(key(a, i, b, j));
  const rows: number[][] = [];
  while (open.size > 0) {
    const row: number[] = [];
    // Begins with a pair that is still open, so that every row covers one at least.
    const [first = ''] = open;
    const [[a = 0, i = 0] = [], [b = 0, j = 0] = []] = first.split('/').map((half) => half.split(':').map(Number));
    row[a] = i;
    row[b] = j;
    for (const [at] of names.entries()) {
      if (row[at] !== undefined) continue;
      const gain = (level: number): number =>
        row.reduce(
          (sum, other, index) => (other === undefined ? sum : sum + (open.has(key(at, level, index, other)) ? 1 : 0)),
          0,
        );
      const gains = Array.from({ length: levels[at] ?? 0 }, (_, level) => gain(level));
      // Ties go round, so that no level is left to the end.
      const best = Math.max(...gains);
      const candidates = gains.flatMap((value, level) => (value === best ? [level] : []));
      row[at] = candidates[rows.length % candidates.length] ?? 0;
    }
    for (const [x] of names.entries())
      for (let y = x + 1; y < names.length; y += 1) open.delete(key(x, row[x] ?? 0, y, row[y] ?? 0));
    rows.push(row);
  }
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, factors[name]?.[row[at] ?? 0]])) as Row<F>);
};
