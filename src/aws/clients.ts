/** What every client of the SDK is given, and the client of STS: region, endpoint, shared handler, what is worth a second attempt. IAM's: iam-client.ts. */
import { STSClient } from '@aws-sdk/client-sts';
import type { Service } from './endpoints.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import { countUnanswered } from './wire-error.ts';

type ClientName = Exclude<Service, 'organizations'>;

export interface ClientOptions {
  readonly region: string;
  /** Absent for AWS's own. */
  readonly endpoints: Readonly<Partial<Record<ClientName, string>>>;
  /** Its section of the shared config holds other settings of a client: FIPS, dual-stack. */
  readonly profile?: string;
  readonly handler: SharedHttpHandler;
  readonly isOnlyLooking?: boolean | undefined;
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

/** About two seconds where AWS throttles for ever; six attempts are twenty. */
const LOOKS = 3;

export const settingsOf = (service: ClientName, options: ClientOptions, credentials: KeysProvider | undefined) => ({
  requestHandler: options.handler,
  logger: SILENT,
  retryMode: 'standard',
  customUserAgent: 'xacct',
  ...(options.env['AWS_MAX_ATTEMPTS'] === undefined && {
    maxAttempts: options.isOnlyLooking === true ? LOOKS : ATTEMPTS[service],
  }),
  ...(options.endpoints[service] !== undefined && { endpoint: options.endpoints[service] }),
  ...(options.profile !== undefined && { profile: options.profile }),
  ...(credentials !== undefined && { credentials }),
});

/** Retries happen around this step, so what is made here once sees every attempt of one call. */
export const watchAttempts = <A, R>(next: (args: A) => Promise<R>): ((args: A) => Promise<R>) => {
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

export const ATTEMPT = { step: 'deserialize', priority: 'high', name: 'xacctAttempts' } as const;

/** Without credentials only AssumeRoleWithWebIdentity can be sent: it is not signed. */
export const openSts = (options: ClientOptions, credentials?: KeysProvider): STSClient => {
  const client = new STSClient({ ...settingsOf('sts', options, credentials), region: options.region });
  client.middlewareStack.add(watchAttempts, ATTEMPT);
  return client;
};
