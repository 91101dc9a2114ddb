/** Opens a sandbox: local AWS accounts behind one loopback endpoint, and the handle that steers them. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock, Random } from '#domain/clock.ts';
import { formatConfig } from './config-text.ts';
import { isClockStep, type SyncControls } from './control.ts';
import { createFaultBox } from './faults.ts';
import { newKey, rootKey, sessionKeys, userKey, type SessionKeys } from './keys.ts';
import { createLog, type LogEntry } from './log.ts';
import { openLogFile } from './log-file.ts';
import { createInstanceMetadata } from './metadata/instance-metadata.ts';
import {
  createMetadataPorts,
  firstInstance,
  listInstances,
  type EndpointOfInstance,
  type PlacedInstance,
} from './metadata/metadata-ports.ts';
import { ADMIN_USER, DEFAULT_ACCOUNTS, defaultSeed, type KeyPair } from './model/default-seed.ts';
import { allOrNothing } from './model/rollback.ts';
import { applySeed } from './model/seed.ts';
import type { SandboxSeed } from './model/seed-types.ts';
import type { World } from './model/world.ts';
import { createIssuer, type TokenClaims } from './oidc/issuer.ts';
import { assertOptions, checkedFaults, checkedSeed, upstreamOf, type SandboxOptions } from './options.ts';
import type { WrittenFaults } from './parse-faults.ts';
import { HOST, openServer } from './server.ts';

export type { Faults, FaultRule } from './faults.ts';
export type { SessionKeys } from './keys.ts';
export type { LogEntry } from './log.ts';
export type { AccountSeed, SandboxSeed } from './model/seed-types.ts';
export type { SandboxOptions } from './options.ts';
export type { WrittenFaults } from './parse-faults.ts';

export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: IAM and STS. */
  readonly endpoint: string;
  /** Instance metadata of the first account's first instance. */
  readonly metadataEndpoint: string;
  /** All instances, with the account that each is in. */
  instances(): readonly PlacedInstance[];
  /** Those that were there at the start, but for the first account's first, with the endpoints of their metadata. */
  readonly otherInstances: readonly EndpointOfInstance[];
  /** Instance metadata of that instance, at a port of its own. */
  instanceEndpoint(instanceId: string): Promise<string>;
  readonly port: number;
  readonly accounts: readonly string[];
  log(): readonly LogEntry[];
  /** The administrator of that account; the same keys after a reset. */
  credentials(account: string): KeyPair;
  /** A key of that user; made where it has none. */
  userCredentials(account: string, userName: string): KeyPair;
  /** An hour's session of a role, without asking its trust policy. */
  sessionFor(roleArn: string, sessionName?: string): SessionKeys;
  /** Of the root user. */
  rootCredentials(account: string): KeyPair;
  /** An OIDC token that every provider of the sandbox takes for its own issuer's, as far as the signature goes. `iss`, `sub` and `aud` are the least that STS wants. */
  webIdentityToken(claims: TokenClaims): string;
  setFaults(faults: WrittenFaults): void;
  advanceClock(ms: number): void;
  /** Forgets everything and begins again, with this seed or the first one. */
  reset(seed?: SandboxSeed): void;
  /** Adds to what is there; an entity of the same name is replaced. */
  addSeed(seed: SandboxSeed): void;
  /** Text for a file named by AWS_CONFIG_FILE. */
  awsConfigText(): string;
  close(): Promise<void>;
}

const KEY_BYTES = 32;

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, { ...(signal && { signal }) }),
};
const POOL_BYTES = 4096;

/** A call wants a few bytes at a time, and asking the system for each costs more than all of its other work together. */
const createSystemRandom = (): Random => {
  let pool = Buffer.alloc(0);
  return {
    hex: (bytes) => {
      if (pool.length < bytes) pool = randomBytes(Math.max(POOL_BYTES, bytes));
      const taken = pool.toString('hex', 0, bytes);
      pool = pool.subarray(bytes);
      return taken;
    },
  };
};

/** Rejects when the port is taken or the seed is faulty. */
export const openSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  assertOptions(options);
  const upstream = upstreamOf(options);
  const ownFaults = checkedFaults(options.faults ?? {});
  const { random = createSystemRandom(), clock = systemClock, region = 'us-east-1' } = options;
  // Those of the seed have an administrator and a profile too.
  const accounts = [...new Set([...(options.accounts ?? DEFAULT_ACCOUNTS), ...Object.keys(options.seed?.accounts ?? {})])];
  const faults = createFaultBox();
  const logFile = options.logFile === undefined ? undefined : openLogFile(options.logFile);
  const log = createLog((entry) => {
    options.logSink?.(entry);
    logFile?.append(entry);
  });
  const keys = new Map<string, KeyPair>();
  let clockOffsetMs = 0;
  const modelClock: Clock = { ...clock, now: () => clock.now() + clockOffsetMs, sleep: (ms, signal) => clock.sleep(ms, signal) };

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
      clock: modelClock,
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
    return { ...fresh, faults, issuer };
  };

  const issuer = createIssuer();
  let world = build(options.seed ?? {});
  const controls: SyncControls = {
    log: () => log.entries(),
    setFaults: (next) => faults.set(checkedFaults(next)),
    issueToken: (claims) => issuer.sign(claims, modelClock.now()),
    advanceClock: (ms) => {
      if (!isClockStep(ms)) throw new RangeError(`the clock cannot go on by ${ms} ms: ten years at most`);
      clockOffsetMs += ms;
    },
    now: () => modelClock.now(),
    reset: (seed = options.seed ?? {}) => {
      // What the seed makes is as old as the clock says, so the clock goes back first; a faulty seed changes nothing.
      const offsetMs = clockOffsetMs;
      clockOffsetMs = 0;
      try {
        world = build(seed);
      } catch (error) {
        clockOffsetMs = offsetMs;
        throw error;
      }
      log.clear();
    },
    addSeed: (given) => {
      const seed = checkedSeed(given);
      allOrNothing(world, () => applySeed(world, seed));
      if (seed.faults !== undefined) faults.set(seed.faults);
    },
  };

  const stopping = new AbortController();
  const metadataPorts = createMetadataPorts(
    () => world,
    async (metadata) => `http://${HOST}:${await server.openMetadata(metadata)}`,
  );
  const server = await openServer(
    {
      sandboxed: {
        get world() {
          return world;
        },
        log,
        signingNow: () => Date.now() + (faults.settings().clockSkewMs ?? 0),
        delay: () => delayBy(faults.settings().latencyMs, stopping.signal),
        stopping: stopping.signal,
      },
      controls: { ...controls, instances: () => listInstances(metadataPorts) },
      upstream,
      metadata: createInstanceMetadata(
        () => world,
        () => firstInstance(world, accounts[0]),
      ),
    },
    options.port ?? 0,
  );

  const endpoint = `http://${HOST}:${server.port}`;
  const isMain = ({ instanceId }: PlacedInstance): boolean =>
    instanceId === firstInstance(world, accounts[0])?.instance.instanceId;
  const otherInstances = await listInstances(metadataPorts, (one) => !isMain(one));
  const close = async (): Promise<void> => {
    stopping.abort();
    await server.close();
    logFile?.close();
  };
  return {
    endpoint,
    metadataEndpoint: endpoint,
    otherInstances,
    instances: () => metadataPorts.instances(),
    instanceEndpoint: (instanceId) => metadataPorts.endpointOf(instanceId),
    port: server.port,
    accounts,
    log: () => controls.log(),
    setFaults: (next) => controls.setFaults(next),
    advanceClock: (ms) => controls.advanceClock(ms),
    reset: (seed) => controls.reset(seed),
    addSeed: (seed) => controls.addSeed(seed),
    credentials: (account) => userKey(world, account, ADMIN_USER),
    userCredentials: (account, userName) => userKey(world, account, userName),
    rootCredentials: (account) => rootKey(world, account),
    webIdentityToken: (claims) => controls.issueToken(claims),
    sessionFor: (roleArn, sessionName = 'sandbox') => sessionKeys(world, roleArn, sessionName),
    awsConfigText: () =>
      formatConfig({
        endpoint,
        metadata: new Map([['ec2', endpoint], ...metadataPorts.endpoints()]),
        region,
        accounts: accounts.map((id) => ({ id, key: keyOf(id) })),
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

const delayBy = async (ms: number | undefined, signal: AbortSignal): Promise<void> => {
  if (ms === undefined || ms <= 0) return;
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
};
