/** Opens a sandbox: local AWS accounts behind one loopback endpoint, and the handle that steers them. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { parseRoleArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Clock, Random } from '#domain/clock.ts';
import { formatConfig } from './config-text.ts';
import type { Controls } from './control.ts';
import { isClockStep } from './control.ts';
import { createFaultBox, type Faults } from './faults.ts';
import { issueRoleSession } from './handlers/credentials.ts';
import { createIssuer, type TokenClaims } from './oidc/issuer.ts';
import { createLog, type LogEntry } from './log.ts';
import { openLogFile } from './log-file.ts';
import { createInstanceMetadata } from './metadata/instance-metadata.ts';
import { type Account, findNamed, type Instance } from './model/account.ts';
import { ADMIN_USER, DEFAULT_ACCOUNTS, defaultSeed, type KeyPair } from './model/default-seed.ts';
import { addAccessKey } from './model/entities.ts';
import { parseSeed } from './model/parse-seed.ts';
import { applySeed, type SandboxSeed } from './model/seed.ts';
import { newAccessKeyId, newSecretKey } from './model/unique-id.ts';
import type { Upstream } from './upstream/forward.ts';
import type { World } from './model/world.ts';
import { HOST, openServer } from './server.ts';

export type { Faults, FaultRule } from './faults.ts';
export type { LogEntry } from './log.ts';
export type { AccountSeed, SandboxSeed } from './model/seed.ts';

export interface SandboxOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default 111111111111 and 222222222222. The first two are also called source and target. */
  readonly accounts?: readonly string[];
  /** Beside the administrators and the runner, which are always there. */
  readonly seed?: SandboxSeed;
  /** The model's time: expiry, dates, consistency. Signatures are always checked by the wall clock, since clients sign by it. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logSink?: (entry: LogEntry) => void;
  /** Every call is appended as a line of JSON. */
  readonly logFile?: string;
  readonly faults?: Faults;
  readonly region?: string;
  /** Another emulator, which gets the calls of services other than IAM and STS once they are allowed: `http://127.0.0.1:5000`. */
  readonly upstream?: string;
  /** What becomes of calls whose IAM action cannot be told from the request. Default `deny`. */
  readonly upstreamUnmapped?: 'deny' | 'allow';
}

export interface SessionKeys extends KeyPair {
  readonly sessionToken: string;
}

export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: IAM and STS. */
  readonly endpoint: string;
  /** Instance metadata of the first account's first instance. */
  readonly metadataEndpoint: string;
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
  setFaults(faults: Faults): void;
  advanceClock(ms: number): void;
  /** Forgets everything and begins again, with this seed or the first one. */
  reset(seed?: SandboxSeed): void;
  /** Adds to what is there; an entity of the same name is replaced. */
  addSeed(seed: SandboxSeed): void;
  /** Text for a file named by AWS_CONFIG_FILE. */
  awsConfigText(): string;
  close(): Promise<void>;
}

const SESSION_SECONDS = 3600;
const KEY_BYTES = 32;

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, { ...(signal && { signal }) }),
};
const systemRandom: Random = { hex: (bytes) => randomBytes(bytes).toString('hex') };

/** Rejects when the port is taken or the seed is faulty. */
export const openSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { accounts = DEFAULT_ACCOUNTS, random = systemRandom, clock = systemClock, region = 'us-east-1' } = options;
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
    faults.set({ ...options.faults, ...seed.faults });
    return { ...fresh, faults, issuer };
  };

  const issuer = createIssuer();
  let world = build(options.seed ?? {});
  const controls: Controls = {
    log: () => log.entries(),
    setFaults: (next) => faults.set(next),
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
      applySeed(world, seed);
      if (seed.faults !== undefined) faults.set(seed.faults);
    },
  };

  const stopping = new AbortController();
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
      controls,
      upstream: upstreamOf(options),
      metadata: createInstanceMetadata(
        () => world,
        () => firstInstance(world, accounts[0]),
      ),
    },
    options.port ?? 0,
  );

  const endpoint = `http://${HOST}:${server.port}`;
  const close = async (): Promise<void> => {
    stopping.abort();
    await server.close();
    logFile?.close();
  };
  return {
    endpoint,
    metadataEndpoint: endpoint,
    port: server.port,
    accounts,
    ...controls,
    credentials: (account) => userKey(world, account, ADMIN_USER),
    userCredentials: (account, userName) => userKey(world, account, userName),
    rootCredentials: (account) => rootKey(world, account),
    webIdentityToken: (claims) => controls.issueToken(claims),
    sessionFor: (roleArn, sessionName = 'sandbox') => sessionKeys(world, roleArn, sessionName),
    awsConfigText: () =>
      formatConfig({ endpoint, metadataEndpoint: endpoint, region, accounts: accounts.map((id) => ({ id, key: keyOf(id) })) }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

/** What TypeScript cannot promise of a seed that comes from JavaScript, JSON or YAML. */
const checkedSeed = (seed: SandboxSeed): SandboxSeed => {
  const parsed = parseSeed(seed);
  if (!parsed.ok) throw XacctError.of(parsed.diagnostics);
  return parsed.value;
};

const newKey = (random: Random, account: string): KeyPair => ({
  accessKeyId: newAccessKeyId(random, 'AKIA', account),
  secretAccessKey: newSecretKey(random),
});

const upstreamOf = ({ upstream, upstreamUnmapped: unmapped = 'deny' }: SandboxOptions): Upstream | undefined => {
  if (upstream === undefined) return undefined;
  const url = URL.canParse(upstream) ? new URL(upstream) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { url, unmapped };
  throw new XacctError(problem('INVALID_VALUE', `the upstream "${upstream}" is not an http or https URL`));
};

const delayBy = async (ms: number | undefined, signal: AbortSignal): Promise<void> => {
  if (ms === undefined || ms <= 0) return;
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
};

const firstInstance = (world: World, accountId: string | undefined): { account: Account; instance: Instance } | undefined => {
  const account = world.accounts.get(accountId ?? '');
  const [instance] = account?.instances.values() ?? [];
  return account === undefined || instance === undefined ? undefined : { account, instance };
};

const accountNamed = (world: World, id: string): Account => {
  const account = world.accounts.get(id);
  if (account === undefined) throw new Error(`the sandbox has no account ${id}; it has ${[...world.accounts.keys()].join(', ')}`);
  return account;
};

const userKey = (world: World, accountId: string, userName: string): KeyPair => {
  const account = accountNamed(world, accountId);
  const user = findNamed(account.users, userName);
  if (user === undefined) throw new Error(`account ${accountId} of the sandbox has no user ${userName}`);
  const { accessKeyId, secretAccessKey } =
    user.keys.find(({ status }) => status === 'Active') ?? addAccessKey(world, account, user, newKey(world.random, accountId));
  return { accessKeyId, secretAccessKey };
};

const rootKey = (world: World, accountId: string): KeyPair => {
  const account = accountNamed(world, accountId);
  const [known] = [...world.rootKeys].filter(([, key]) => key.account === account);
  if (known !== undefined) return { accessKeyId: known[0], secretAccessKey: known[1].secretAccessKey };
  const made = newKey(world.random, accountId);
  world.rootKeys.set(made.accessKeyId, { account, secretAccessKey: made.secretAccessKey });
  return made;
};

const sessionKeys = (world: World, roleArn: string, sessionName: string): SessionKeys => {
  const parsed = parseRoleArn(roleArn);
  const account = accountNamed(world, parsed?.account ?? '');
  const role = findNamed(account.roles, parsed?.name ?? '');
  if (role === undefined) throw new Error(`the sandbox has no role ${roleArn}`);
  const now = world.clock.now();
  const session = { sessionName, issuedAt: now, expiresAt: now + SESSION_SECONDS * 1000 };
  const { AccessKeyId, SecretAccessKey, SessionToken } = issueRoleSession(world, account, role, session);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
};
