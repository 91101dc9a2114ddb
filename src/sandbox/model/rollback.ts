/** All or nothing for what changes many entities at once: a seed that is refused in its middle leaves the world as it was. */
import type { World } from './world.ts';

const restorerOf = <K, V>(map: Map<K, V>): (() => void) => {
  const before = [...map];
  return () => {
    map.clear();
    for (const [key, value] of before) map.set(key, value);
  };
};

/** Undoes what `change` did to the world's tables when it throws. What it does within an entity that was there before is not undone, but for a group's members. */
export const allOrNothing = (world: World, change: () => void): void => {
  const { organization } = world;
  const restorers = [world.accounts, world.principals, world.accessKeys, world.rootKeys].map((map) =>
    restorerOf(map as Map<unknown, unknown>),
  );
  for (const account of world.accounts.values()) {
    const { alias } = account;
    restorers.push(() => void (account.alias = alias));
    for (const part of Object.values(account) as readonly unknown[]) if (part instanceof Map) restorers.push(restorerOf(part));
    for (const { members } of account.groups.values()) {
      const before = [...members];
      restorers.push(() => {
        members.clear();
        for (const id of before) members.add(id);
      });
    }
  }
  try {
    change();
  } catch (thrown) {
    world.organization = organization;
    for (const restore of restorers) restore();
    throw thrown;
  }
};
