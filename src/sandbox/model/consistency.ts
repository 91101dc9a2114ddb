/**
 * IAM is eventually consistent ("Changes that I make are not always immediately visible"): with a consistency delay, decisions go by what was
 * there before a change until the delay is over. Reads show the change at once.
 */
import type { ManagedPolicy, PastPolicies, PolicyHolder, Role, StoredTrust } from './account.ts';
import type { World } from './world.ts';

/** From when what is made now is known everywhere. */
export const knownAt = (world: World): number => world.clock.now() + (world.faults.settings().consistencyDelayMs ?? 0);

const hasDelay = (world: World): boolean => (world.faults.settings().consistencyDelayMs ?? 0) > 0;

const living = <T extends { readonly until: number }>(past: readonly T[], world: World): readonly T[] =>
  past.filter(({ until }) => until > world.clock.now());

const firstLiving = <T extends { readonly until: number }>(past: readonly T[], now: number): T | undefined =>
  past.find(({ until }) => until > now);

/** To be called before a holder's policies change. */
export const rememberPolicies = (world: World, holder: PolicyHolder): void => {
  if (!hasDelay(world)) return;
  const { boundaryArn } = holder;
  const snapshot = { until: knownAt(world), inline: new Map(holder.inline), attached: new Set(holder.attached), boundaryArn };
  holder.past = [...living(holder.past, world), snapshot];
};

/** The policies that decisions go by. */
export const policiesInForce = (world: World, holder: PolicyHolder): Omit<PastPolicies, 'until'> =>
  holder.past.length === 0 ? holder : (firstLiving(holder.past, world.clock.now()) ?? holder);

export const replaceTrust = (world: World, role: Role, trust: StoredTrust): void => {
  if (hasDelay(world)) role.pastTrusts = [...living(role.pastTrusts, world), { until: knownAt(world), trust: role.trust }];
  role.trust = trust;
};

export const trustInForce = (world: World, role: Role): StoredTrust =>
  role.pastTrusts.length === 0 ? role.trust : (firstLiving(role.pastTrusts, world.clock.now())?.trust ?? role.trust);

const defaultText = (policy: ManagedPolicy): string => policy.versions.get(policy.defaultVersionId)?.text ?? '{}';

/** To be called before the default version changes. */
export const rememberText = (world: World, policy: ManagedPolicy): void => {
  if (!hasDelay(world)) return;
  policy.pastTexts = [...living(policy.pastTexts, world), { until: knownAt(world), text: defaultText(policy) }];
};

/** The JSON text that decisions go by. */
export const textInForce = (world: World, policy: ManagedPolicy): string =>
  policy.pastTexts.length === 0
    ? defaultText(policy)
    : (firstLiving(policy.pastTexts, world.clock.now())?.text ?? defaultText(policy));
