/** Credentials of one side: makes the chosen provider, keeps what it gave until it is about to expire, and knows where it came from. */
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, type Credentials as StsCredentials } from '@aws-sdk/client-sts';
import { fromHttp, fromIni, fromTokenFile } from '@aws-sdk/credential-providers';
import type { CredentialLife } from '#core/ports/sessions.ts';
import { describeSource, type CredentialSource } from '#domain/credential-source.ts';
import { openSts, SILENT, type ClientOptions, type Keys, type KeysProvider } from './clients.ts';
import { chooseCredentials, labelOf, type CredentialChoice } from './credential-choice.ts';
import { lifeOf } from './credential-life.ts';
import { translateCredentialError } from './credential-error.ts';
import { profileNameOf } from './endpoints.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import { metadataEndpointOf, readInstanceCredentials } from './instance-metadata.ts';
import type { Redactor } from './redact.ts';
import { readSharedConfig, type Settings } from './shared-config.ts';
import { ForeignAnswer } from './wire-error.ts';

export interface CredentialParts {
  readonly source: CredentialSource;
  readonly region: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly handler: SharedHttpHandler;
  readonly redact: Redactor;
  /** Of the clients that assume a profile's role. */
  readonly clientOptions: () => Promise<ClientOptions>;
  /** Absent where nobody can be asked for a code of an MFA device. */
  readonly askMfaCode?: AskMfaCode;
}

/** The six digits that the device of this serial number shows. */
export type AskMfaCode = (device: string) => Promise<string>;

export interface Credentials {
  /** Concurrent callers share one request. Throws XacctError only. */
  readonly resolve: KeysProvider;
  /** Undefined until `resolve` was called. */
  readonly choice: () => CredentialChoice | undefined;
  readonly label: () => string;
  /** Once `resolve` was called. */
  readonly life: () => CredentialLife;
}

const REFRESH_BEFORE_MS = 5 * 60_000;

export const keysOf = (credentials: StsCredentials | undefined): Keys => {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey) throw new ForeignAnswer(200, 'AssumeRole answered without credentials');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken !== undefined && { sessionToken: SessionToken }),
    ...(Expiration !== undefined && { expiration: Expiration }),
  };
};

/** What the SDK's providers are given, so that their inner STS, SSO and sign-in calls use our handler and endpoint. */
const providerOptions = (parts: CredentialParts) => ({
  logger: SILENT,
  ignoreCache: true,
  ...(parts.askMfaCode && { mfaCodeProvider: parts.askMfaCode }),
  clientConfig: { requestHandler: parts.handler, logger: SILENT },
  roleAssumer: async (sourceKeys: Keys, params: ConstructorParameters<typeof AssumeRoleCommand>[0]): Promise<Keys> => {
    parts.redact.know(sourceKeys.secretAccessKey, sourceKeys.sessionToken);
    const sts = openSts(await parts.clientOptions(), () => Promise.resolve(sourceKeys));
    return keysOf((await sts.send(new AssumeRoleCommand(params))).Credentials);
  },
  roleAssumerWithWebIdentity: async (
    params: ConstructorParameters<typeof AssumeRoleWithWebIdentityCommand>[0],
  ): Promise<Keys> => {
    parts.redact.know(params.WebIdentityToken);
    return keysOf((await openSts(await parts.clientOptions()).send(new AssumeRoleWithWebIdentityCommand(params))).Credentials);
  },
});

const environmentKeys = (env: CredentialParts['env']): Keys => {
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(sessionToken && { sessionToken }),
  };
};

const providerOf = (choice: CredentialChoice, parts: CredentialParts, settings: Settings | undefined): KeysProvider => {
  switch (choice.kind) {
    case 'environment':
      return () => Promise.resolve(environmentKeys(parts.env));
    case 'profile':
      return fromIni({ ...providerOptions(parts), profile: choice.name });
    case 'web identity':
      return fromTokenFile(providerOptions(parts));
    case 'container':
      return fromHttp({ logger: SILENT });
    case 'ec2':
      return () => readInstanceCredentials(metadataEndpointOf(parts.env, settings), choice.asked ? 3 : 1);
  }
};

const isFresh = ({ expiration }: Keys): boolean =>
  expiration === undefined || expiration.getTime() - Date.now() > REFRESH_BEFORE_MS;

/** What `load` gave, until it is about to expire; concurrent callers share one request. */
export const keepFresh = (load: () => Promise<Keys>, redact: Redactor): KeysProvider => {
  let kept: Keys | undefined;
  let pending: Promise<Keys> | undefined;
  const renew = async (): Promise<Keys> => {
    const keys = await load();
    redact.know(keys.secretAccessKey, keys.sessionToken);
    kept = keys;
    return keys;
  };
  return async () => {
    if (kept !== undefined && isFresh(kept)) return kept;
    pending ??= renew().finally(() => (pending = undefined));
    return pending;
  };
};

export const openCredentials = (parts: CredentialParts): Credentials => {
  let choice: CredentialChoice | undefined;
  let provider: KeysProvider | undefined;
  let life: CredentialLife = { kind: 'fixed', expiresAt: null };

  const load = async (): Promise<Keys> => {
    const config = await readSharedConfig(parts.env);
    choice ??= chooseCredentials(parts.source, parts.env, { ...config, canAskMfaCode: parts.askMfaCode !== undefined });
    provider ??= providerOf(choice, parts, config.profiles.get(profileNameOf(parts.source, parts.env)));
    try {
      const keys = await provider();
      life = lifeOf(choice, keys, parts.env, config);
      return keys;
    } catch (error) {
      throw translateCredentialError(error, choice, { ...parts, config });
    }
  };

  return {
    resolve: keepFresh(load, parts.redact),
    choice: () => choice,
    life: () => life,
    label: () =>
      choice === undefined
        ? describeSource(parts.source).replace(/^the default credential chain$/, 'default chain')
        : labelOf(choice),
  };
};
