/** Who works at the same time: so many, and the others in the order in which they came. */

export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export const openTurns = (atOnce: number): Turns => {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => void waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};
