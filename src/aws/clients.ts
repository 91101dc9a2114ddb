/** The only place where SDK clients are made: region, endpoint, shared handler, and what is worth a second attempt. */
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { partitionOfRegion } from '#domain/partition.ts';
import type { Service } from './endpoints.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import { countUnanswered, wireCodeOf } from './wire-error.ts';

type ClientName = Exclude<Service, 'organizations'>;

export interface ClientOptions {
  readonly region: string;
  /** Absent for AWS's own. */
  readonly endpoints: Readonly<Partial<Record<ClientName, string>>>;
  /** Its section of the shared config holds other settings of a client: FIPS, dual-stack. */
  readonly profile?: string;
  readonly handler: SharedHttpHandler;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type KeysProvider = () => Promise<Keys>;

const ignore = (): void => undefined;

/** Anything the SDK would print lands on stderr between xacct's own lines, so it is given a logger that says nothing. */
export const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A wrong key must fail at once; a throttled bulk of IAM writes deserves patience. AWS_MAX_ATTEMPTS overrides both. */
const ATTEMPTS = { sts: 3, iam: 6 } as const;

const common = (service: ClientName, options: ClientOptions, credentials: KeysProvider | undefined) => ({
  requestHandler: options.handler,
  logger: SILENT,
  retryMode: 'standard',
  customUserAgent: 'xacct',
  ...(options.env['AWS_MAX_ATTEMPTS'] === undefined && { maxAttempts: ATTEMPTS[service] }),
  ...(options.endpoints[service] !== undefined && { endpoint: options.endpoints[service] }),
  ...(options.profile !== undefined && { profile: options.profile }),
  ...(credentials !== undefined && { credentials }),
});

/** Retries happen around this step, so what is made here once sees every attempt of one call. */
const watchAttempts = <A, R>(next: (args: A) => Promise<R>): ((args: A) => Promise<R>) => {
  const note = countUnanswered();
  return async (args) => {
    try {
      return await next(args);
    } catch (error) {
      note(error);
      throw error;
    }
  };
};

const ATTEMPT = { step: 'deserialize', priority: 'high', name: 'xacctAttempts' } as const;

/** Without credentials only AssumeRoleWithWebIdentity can be sent: it is not signed. */
export const openSts = (options: ClientOptions, credentials?: KeysProvider): STSClient => {
  const client = new STSClient({ ...common('sts', options, credentials), region: options.region });
  client.middlewareStack.add(watchAttempts, ATTEMPT);
  return client;
};

/** AWS asks to try these again; its SDK does not. */
const TRANSIENT = new Set(['ConcurrentModification', 'EntityTemporarilyUnmodifiable']);

/**
 * IAM has one endpoint in a partition, signed for the partition's home region whatever region the side has.
 * https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 */
export const openIam = (options: ClientOptions, credentials: KeysProvider): IAMClient => {
  const region = partitionOfRegion(options.region)?.homeRegion ?? options.region;
  const client = new IAMClient({ ...common('iam', options, credentials), region });
  client.middlewareStack.add(watchAttempts, ATTEMPT);
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const code = wireCodeOf(error);
        if (code !== undefined && TRANSIENT.has(code)) Object.assign(error as object, { $retryable: {} });
        // The SDK takes the class name LimitExceededException for throttling; in IAM it is a quota, which waiting does not lift.
        if (code === 'LimitExceeded') Object.assign(error as object, { name: code });
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'xacctRetryable' },
  );
  return client;
};
