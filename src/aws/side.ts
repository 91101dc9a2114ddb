/** One side while it is open: its credentials, its clients (made when first used) and the one way to make a call and have its error translated. */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import type { SideOptions } from '#core/ports/aws-accounts.ts';
import type { Refusal } from '#core/ports/sessions.ts';
import type { Hint } from '#domain/diagnostic.ts';
import type { XacctError } from '#domain/xacct-error.ts';
import type { StsEndpoint } from '#domain/verify-report.ts';
import { openSts, type ClientOptions, type Keys, type KeysProvider } from './clients.ts';
import { profileFlagOf, renewHint } from './credential-error.ts';
import { openCredentials, type AskMfaCode, type Credentials } from './credentials.ts';
import { endpointOf } from './endpoints.ts';
import { translateError } from './errors.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import type { Redactor } from './redact.ts';
import { loadIam } from './load.ts';
import { deviceOf, throughRoles } from './role-chain.ts';
import { readSharedConfig } from './shared-config.ts';
import { describeEndpoint } from './sts-endpoint.ts';
import { openTurns, type Turns } from './turns.ts';

export interface Room {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly handler: SharedHttpHandler;
  readonly redact: Redactor;
  /** Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Credentials that were opened before: a code of an MFA device counts once, so two sides of one profile share what it gave. */
  readonly opened: Map<string, Credentials>;
}

export interface Side {
  readonly region: string;
  readonly handler: SharedHttpHandler;
  readonly signal: AbortSignal | undefined;
  readonly credentials: Credentials;
  readonly redact: Redactor;
  /** Of another region than the side's where one is named. */
  readonly sts: (region?: string) => Promise<STSClient>;
  readonly iam: () => Promise<IAMClient>;
  /** Connects to it while something else is awaited. */
  readonly warmIam: (connections: number) => Promise<void>;
  /** IAM throttles each account by itself, so all of the side's calls of it share these. */
  readonly iamTurns: Turns;
  /**
   * Undefined for AWS's own; `unknown` where a stand-in for AWS was named for other services and none for this one: what belongs to a
   * sandbox must not reach AWS.
   */
  readonly organizationsEndpoint: () => Promise<string | undefined>;
  /** STS by other keys, or by none: then for a token alone. */
  readonly stsBy: (keys: KeysProvider | undefined, region?: string) => Promise<STSClient>;
  readonly iamBy: (keys: KeysProvider) => Promise<IAMClient>;
  readonly endpoint: () => Promise<StsEndpoint>;
  /** Of a profile with keys of its own. */
  readonly mfaDevice: () => Promise<string | undefined>;
  /** Absent where nobody can be asked. */
  readonly askMfaCode?: AskMfaCode;
  readonly translate: (error: unknown, action: string, hints?: (refusal: Refusal) => readonly Hint[]) => XacctError;
}

/** A role with two policies is read in one go; more of them take turns: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const IAM_AT_ONCE = 8;

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** One client for each region. */
const byRegion = (home: string, make: (region: string) => Promise<STSClient>): Side['sts'] => {
  const clients = new Map<string, Promise<STSClient>>();
  return (region = home) => {
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
};

/** The same side by the keys of a session that its own got. */
export const within = (side: Side, keys: Keys, label: string): Side => {
  const resolve: KeysProvider = () => Promise.resolve(keys);
  return {
    ...side,
    sts: byRegion(side.region, (region) => side.stsBy(resolve, region)),
    iam: once(() => side.iamBy(resolve)),
    iamTurns: openTurns(IAM_AT_ONCE),
    credentials: {
      resolve,
      choice: side.credentials.choice,
      label: () => label,
      life: () => ({ kind: 'fixed', expiresAt: keys.expiration?.getTime() ?? null }),
    },
  };
};

const remembered = (opened: Map<string, Credentials>, key: unknown, open: () => Credentials): Credentials => {
  const name = JSON.stringify(key);
  const credentials = opened.get(name) ?? open();
  opened.set(name, credentials);
  return credentials;
};

export const openSide = (options: SideOptions, { env, handler, redact, signal, opened }: Room): Side => {
  const { source, region, endpointUrl, viaRoles = [], askMfaCode, isOnlyLooking } = options;
  const questionOf = async () => ({ flag: endpointUrl, source, env, config: await readSharedConfig(env) });
  const clientOptions = once(async (): Promise<ClientOptions> => {
    const question = await questionOf();
    const sts = endpointOf('sts', question);
    const iam = endpointOf('iam', question);
    return {
      region,
      handler,
      isOnlyLooking,
      env,
      endpoints: { ...(sts !== undefined && { sts }), ...(iam !== undefined && { iam }) },
      ...(source.kind === 'profile' && { profile: source.name }),
    };
  });
  const parts = { source, region, env, handler, redact, clientOptions, ...(askMfaCode && { askMfaCode }) };
  const base = remembered(opened, [source, endpointUrl, askMfaCode !== undefined], () => openCredentials(parts));
  const credentials = viaRoles.length === 0 ? base : throughRoles(base, viaRoles, parts);
  const stsBy: Side['stsBy'] = async (keys, other = region) => openSts({ ...(await clientOptions()), region: other }, keys);
  const iamBy: Side['iamBy'] = async (keys) => (await loadIam()).openClient(await clientOptions(), keys);
  const sts = byRegion(region, (other) => stsBy(credentials.resolve, other));
  const iam = once(() => iamBy(credentials.resolve));
  return {
    region,
    handler,
    signal,
    credentials,
    redact,
    sts,
    stsBy,
    endpoint: once(async () => describeEndpoint(await sts(), (await clientOptions()).endpoints.sts)),
    mfaDevice: () => deviceOf(base, env),
    ...(askMfaCode && { askMfaCode }),
    iam,
    warmIam: async (connections) => {
      const { config } = await iam();
      const [Region, UseFIPS, UseDualStack] = await Promise.all([
        config.region(),
        config.useFipsEndpoint(),
        config.useDualstackEndpoint(),
      ]);
      const own = (await clientOptions()).endpoints.iam;
      handler.warm(
        own === undefined ? config.endpointProvider({ Region, UseFIPS, UseDualStack }).url : new URL(own),
        connections,
      );
    },
    iamBy,
    iamTurns: openTurns(IAM_AT_ONCE),
    organizationsEndpoint: async () => {
      const own = endpointOf('organizations', await questionOf());
      const { endpoints } = await clientOptions();
      return own ?? (Object.keys(endpoints).length > 0 ? 'unknown' : undefined);
    },
    translate: (error, action, hints) => {
      const choice = credentials.choice();
      return translateError(error, {
        action,
        profileFlag: profileFlagOf(choice),
        renew: renewHint(choice),
        region,
        redact,
        handler,
        ...(hints !== undefined && { hints }),
      });
    },
  };
};
