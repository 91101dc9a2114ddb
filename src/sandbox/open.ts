/** Opens a sandbox: local AWS accounts behind one loopback endpoint, and the handle that steers them. */
import { setTimeout as sleepFor } from 'node:timers/promises';
import { formatConfig } from './config-text.ts';
import { rootKey, sessionKeys, userKey, type SessionKeys } from './keys.ts';
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
import { ADMIN_USER, type KeyPair } from './model/default-seed.ts';
import type { SandboxSeed } from './model/seed-types.ts';
import type { TokenClaims } from './oidc/issuer.ts';
import { assertOptions, upstreamOf, type SandboxOptions } from './options.ts';
import type { WrittenFaults } from './parse-faults.ts';
import { HOST, openServer } from './server.ts';
import { createStage } from './stage.ts';
import { createSystemRandom, systemClock } from './system.ts';

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

/** Rejects when the port is taken or the seed is faulty. */
export const openSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  assertOptions(options);
  const upstream = upstreamOf(options);
  const stage = createStage(options, options.clock ?? systemClock, options.random ?? createSystemRandom());
  const { accounts } = stage;
  const logFile = options.logFile === undefined ? undefined : openLogFile(options.logFile, options.onLogLost);
  const log = createLog((entry) => {
    options.logSink?.(entry);
    logFile?.append(entry);
  });
  const reset = (seed?: SandboxSeed): void => {
    stage.reset(seed);
    log.clear();
  };
  const mainInstance = () => firstInstance(stage.world, accounts[0]);

  const stopping = new AbortController();
  const metadataPorts = createMetadataPorts(
    () => stage.world,
    async (metadata) => `http://${HOST}:${await server.openMetadata(metadata)}`,
  );
  const server = await openServer(
    {
      sandboxed: {
        get world() {
          return stage.world;
        },
        log,
        signingNow: () => Date.now() + (stage.faults.settings().clockSkewMs ?? 0),
        delay: () => delayBy(stage.faults.settings().latencyMs, stopping.signal),
        stopping: stopping.signal,
      },
      controls: {
        log: () => log.entries(),
        setFaults: (next) => stage.setFaults(next),
        issueToken: (claims) => stage.issueToken(claims),
        advanceClock: (ms) => stage.advanceClock(ms),
        now: () => stage.now(),
        reset,
        addSeed: (seed) => stage.addSeed(seed),
        instances: () => listInstances(metadataPorts),
      },
      upstream,
      metadata: createInstanceMetadata(() => stage.world, mainInstance),
    },
    options.port ?? 0,
  );

  const endpoint = `http://${HOST}:${server.port}`;
  const otherInstances = await listInstances(
    metadataPorts,
    ({ instanceId }) => instanceId !== mainInstance()?.instance.instanceId,
  );
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
    log: () => log.entries(),
    setFaults: (next) => stage.setFaults(next),
    advanceClock: (ms) => stage.advanceClock(ms),
    reset,
    addSeed: (seed) => stage.addSeed(seed),
    credentials: (account) => userKey(stage.world, account, ADMIN_USER),
    userCredentials: (account, userName) => userKey(stage.world, account, userName),
    rootCredentials: (account) => rootKey(stage.world, account),
    webIdentityToken: (claims) => stage.issueToken(claims),
    sessionFor: (roleArn, sessionName = 'sandbox') => sessionKeys(stage.world, roleArn, sessionName),
    awsConfigText: () =>
      formatConfig({
        endpoint,
        metadata: new Map([['ec2', endpoint], ...metadataPorts.endpoints()]),
        region: options.region ?? 'us-east-1',
        accounts: accounts.map((id) => ({ id, key: stage.keyOf(id) })),
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

const delayBy = async (ms: number | undefined, signal: AbortSignal): Promise<void> => {
  if (ms === undefined || ms <= 0) return;
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
};
