/** What a decision calls the levels of an organization. */
import type { OrganizationLevel } from './scenario.ts';

/** Units below different parents may have the same name: the second of a name is told apart from the first. */
export const levelNames = (levels: readonly OrganizationLevel[]): readonly string[] =>
  levels.map(({ level }, i) => {
    let nth = 1;
    for (let before = 0; before < i; before += 1) if (levels[before]?.level === level) nth += 1;
    return nth === 1 ? level : `${level} (${nth})`;
  });
