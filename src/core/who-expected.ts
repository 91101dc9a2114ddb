/** The list of who can become a role, against the list of who should: both differences. Pure. */
import { formatRootArn, isAccountId } from '#domain/arn.ts';
import type { WhoDifference, WhoEntry } from '#domain/who.ts';

/** An account id is the same as its root; a permission set may be named by its own name or by its role. */
const namesOf = ({ principal, via, kind }: WhoEntry): readonly string[] => {
  const role = kind === 'permission-set' ? /AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(principal)?.[1] : undefined;
  return [principal, via, ...(role === undefined ? [] : [`sso:${role}`])];
};

const canonical = (name: string, partition: string): string => (isAccountId(name) ? formatRootArn(partition, name) : name);

/** Whoever is not known to be shut out counts as being there. */
export const compareWho = (entries: readonly WhoEntry[], expected: readonly string[], partition: string): WhoDifference => {
  const there = entries.filter(({ can }) => can !== 'no');
  const wanted = expected.map((name) => ({ name, full: canonical(name, partition) }));
  const covers = (full: string, entry: WhoEntry): boolean => namesOf(entry).includes(full);
  return {
    missing: wanted.filter(({ full }) => !there.some((entry) => covers(full, entry))).map(({ name }) => name),
    unexpected: there.filter((entry) => !wanted.some(({ full }) => covers(full, entry))).map(({ principal }) => principal),
  };
};
