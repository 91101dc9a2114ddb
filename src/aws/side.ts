/** One side while it is open: its credentials, its clients (made when first used) and the one way to make a call and have its error translated. */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import type { SideOptions } from '#core/ports/aws-accounts.ts';
import type { Refusal } from '#core/ports/sessions.ts';
import type { Hint } from '#domain/diagnostic.ts';
import type { XacctError } from '#domain/xacct-error.ts';
import { openIam, openSts, type ClientOptions, type Keys } from './clients.ts';
import { profileFlagOf, renewHint } from './credential-error.ts';
import { openCredentials, type Credentials } from './credentials.ts';
import { translateError } from './errors.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import type { Redactor } from './redact.ts';

export interface Room {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly handler: SharedHttpHandler;
  readonly redact: Redactor;
}

export interface Side {
  readonly credentials: Credentials;
  readonly redact: Redactor;
  readonly sts: () => STSClient;
  readonly iam: () => IAMClient;
  /** STS with the keys of a session that was assumed. */
  readonly stsAs: (keys: Keys) => STSClient;
  readonly translate: (error: unknown, action: string, hints?: (refusal: Refusal) => readonly Hint[]) => XacctError;
}

export const openSide = (options: SideOptions, room: Room): Side => {
  const clientOptions: ClientOptions = {
    region: options.region,
    handler: room.handler,
    env: room.env,
    ...(options.endpointUrl !== undefined && { endpointUrl: options.endpointUrl }),
    ...(options.source.kind === 'profile' && { profile: options.source.name }),
  };
  const credentials = openCredentials({ ...clientOptions, source: options.source, redact: room.redact });
  let sts: STSClient | undefined;
  let iam: IAMClient | undefined;
  return {
    credentials,
    redact: room.redact,
    sts: () => (sts ??= openSts(clientOptions, credentials.resolve)),
    iam: () => (iam ??= openIam(clientOptions, credentials.resolve)),
    stsAs: (keys) => openSts(clientOptions, () => Promise.resolve(keys)),
    translate: (error, action, hints) => {
      const choice = credentials.choice();
      return translateError(error, {
        action,
        profileFlag: profileFlagOf(choice),
        renew: renewHint(choice),
        region: options.region,
        redact: room.redact,
        handler: room.handler,
        ...(hints !== undefined && { hints }),
      });
    },
  };
};
