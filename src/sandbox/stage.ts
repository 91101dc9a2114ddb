/** The world that is played, and what puts another in its place: seeds, faults, and the clock that the model goes by. */
import type { Clock, Random } from '#domain/clock.ts';
import { isClockStep, type Controls } from './control.ts';
import { createFaultBox, type FaultBox } from './faults.ts';
import { newKey } from './keys.ts';
import { DEFAULT_ACCOUNTS, defaultSeed, type KeyPair } from './model/default-seed.ts';
import { allOrNothing } from './model/rollback.ts';
import { applySeed } from './model/seed.ts';
import type { SandboxSeed } from './model/seed-types.ts';
import type { World } from './model/world.ts';
import { createIssuer } from './oidc/issuer.ts';
import { checkedFaults, checkedSeed, type SandboxOptions } from './options.ts';

export interface Stage extends Omit<Controls, 'log' | 'instances'> {
  /** Another one after each reset. */
  readonly world: World;
  readonly faults: FaultBox;
  /** Ids of those that have an administrator and a profile, in the order that was asked for. */
  readonly accounts: readonly string[];
  /** Of that account's administrator; the same in every world. */
  keyOf(account: string): KeyPair;
}

const KEY_BYTES = 32;

/** The system's clock, and how far a test has put it on. */
const createModelClock = (clock: Clock) => {
  let offsetMs = 0;
  return {
    clock: { ...clock, now: () => clock.now() + offsetMs, sleep: (ms, signal) => clock.sleep(ms, signal) } satisfies Clock,
    advance: (ms: number) => {
      if (!isClockStep(ms)) throw new RangeError(`the clock cannot go on by ${ms} ms: ten years at most`);
      offsetMs += ms;
    },
    /** Does that by the system's own time; what was put on comes back only if it fails. */
    fromTheStart: (act: () => void) => {
      const before = offsetMs;
      offsetMs = 0;
      try {
        act();
      } catch (error) {
        offsetMs = before;
        throw error;
      }
    },
  };
};

/** Throws XacctError for a seed or faults that do not hold together. */
export const createStage = (options: SandboxOptions, clock: Clock, random: Random): Stage => {
  const ownFaults = checkedFaults(options.faults ?? {});
  // Those of the seed have an administrator and a profile too.
  const accounts = [...new Set([...(options.accounts ?? DEFAULT_ACCOUNTS), ...Object.keys(options.seed?.accounts ?? {})])];
  const faults = createFaultBox();
  const issuer = createIssuer();
  const model = createModelClock(clock);
  const keys = new Map<string, KeyPair>();
  const keyOf = (account: string): KeyPair => {
    const key = keys.get(account) ?? newKey(random, account);
    keys.set(account, key);
    return key;
  };

  const build = (given: SandboxSeed): World => {
    const seed = checkedSeed(given);
    const fresh: World = {
      accounts: new Map(),
      principals: new Map(),
      accessKeys: new Map(),
      organization: undefined,
      rootKeys: new Map(),
      clock: model.clock,
      random,
      wallNow: () => Date.now(),
      // What the seed makes is old enough to be known everywhere.
      faults: createFaultBox(),
      issuer,
      sealingKey: Buffer.from(random.hex(KEY_BYTES), 'hex'),
    };
    const everywhere = [...new Set([...accounts, ...Object.keys(seed.accounts ?? {})])];
    applySeed(fresh, defaultSeed(everywhere, keyOf));
    applySeed(fresh, seed);
    // Only now: a faulty seed changes nothing.
    faults.set({ ...ownFaults, ...seed.faults });
    return { ...fresh, faults };
  };

  let world = build(options.seed ?? {});
  return {
    get world() {
      return world;
    },
    faults,
    accounts,
    keyOf,
    setFaults: (next) => faults.set(checkedFaults(next)),
    issueToken: (claims) => issuer.sign(claims, model.clock.now()),
    advanceClock: (ms) => model.advance(ms),
    now: () => model.clock.now(),
    // What the seed makes is as old as the clock says, so the clock goes back first.
    reset: (seed = options.seed ?? {}) =>
      model.fromTheStart(() => {
        world = build(seed);
      }),
    addSeed: (given) => {
      const seed = checkedSeed(given);
      allOrNothing(world, () => applySeed(world, seed));
      if (seed.faults !== undefined) faults.set(seed.faults);
    },
  };
};
