/**
 * Which credentials a side will use, decided from the environment and the shared files alone. The SDK's chain would go on to the next
 * source when a configured one fails, and so act as somebody else; here the first configured source is the one, and its failure the error.
 */
import type { CauseCode } from '#domain/causes.ts';
import type { CredentialSource } from '#domain/credential-source.ts';
import { problem, type Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { Settings, SharedConfig } from './shared-config.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The shared files, and whether somebody is there who can read a code off an MFA device. */
export interface ChoiceConfig extends SharedConfig {
  readonly canAskMfaCode?: boolean;
}

/** How a profile gets its keys. */
export type ProfileMeans = 'keys' | 'role' | 'web identity' | 'process' | 'SSO' | 'aws login';

export type CredentialChoice =
  | { readonly kind: 'environment' }
  | { readonly kind: 'profile'; readonly name: string; readonly means: ProfileMeans }
  | { readonly kind: 'web identity' }
  | { readonly kind: 'container'; readonly label: string }
  /** `asked` is false when nothing else is configured and the machine may be an instance. */
  | { readonly kind: 'ec2'; readonly asked: boolean };

/** What `Sessions.credentialSource` says. */
export const labelOf = (choice: CredentialChoice): string => {
  switch (choice.kind) {
    case 'environment':
      return 'environment';
    case 'profile':
      return choice.means === 'keys' ? `profile ${choice.name}` : `profile ${choice.name} (${choice.means})`;
    case 'web identity':
      return 'web identity';
    case 'container':
      return choice.label;
    case 'ec2':
      return 'EC2 instance metadata';
  }
};

const SET_PROFILE: Hint = { text: 'name a profile', command: 'export AWS_PROFILE=NAME' };

const none = (
  message: string,
  hints: readonly Hint[],
  more: { readonly detail?: string; readonly cause?: CauseCode } = {},
): XacctError => new XacctError(problem('NO_CREDENTIALS', message, { hints, ...more }));

const fail = (message: string, hints: readonly Hint[], cause?: CauseCode): never => {
  throw none(message, hints, cause && { cause });
};

/** In the SDK's own order: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html */
const meansOf = (settings: Settings): ProfileMeans | undefined => {
  if (settings['role_arn'] && (settings['source_profile'] || settings['credential_source'])) return 'role';
  if (settings['aws_access_key_id'] && settings['aws_secret_access_key']) return 'keys';
  if (settings['role_arn'] && settings['web_identity_token_file']) return 'web identity';
  if (settings['credential_process']) return 'process';
  if (settings['sso_session'] || settings['sso_start_url'] || settings['sso_account_id']) return 'SSO';
  return settings['login_session'] ? 'aws login' : undefined;
};

const listed = (config: SharedConfig): string =>
  config.profiles.size === 0
    ? `there are no profiles in ${config.configPath} or ${config.credentialsPath}`
    : `profiles there are: ${[...config.profiles.keys()].join(', ')}`;

const unknownProfile = (name: string, config: SharedConfig, via?: string): never =>
  fail(
    via === undefined
      ? `there is no profile ${name}`
      : `profile ${via} has source_profile ${name}, and there is no profile of that name`,
    [
      { text: listed(config), command: 'aws configure list-profiles' },
      ...config.faults.slice(0, 3).map((text): Hint => ({ text })),
    ],
    'PROFILE_MISSING',
  );

/** Walks source_profile to the end, so that a missing, circular or MFA-bound link is named before anything is called. */
const assertReachable = (name: string, config: ChoiceConfig, visited: readonly string[] = []): ProfileMeans => {
  const settings = config.profiles.get(name) ?? unknownProfile(name, config, visited.at(-1));
  const means = meansOf(settings);
  const source = settings['source_profile'];
  if (means === undefined)
    return fail(
      settings['role_arn']
        ? `profile ${name} has role_arn, but neither source_profile nor credential_source to assume it with`
        : `profile ${name} holds no credentials`,
      [{ text: 'see what it has', command: `aws configure list --profile ${shellWord(name)}` }, { text: listed(config) }],
    );
  if (means === 'role' && settings['mfa_serial'] && config.canAskMfaCode !== true)
    return fail(
      `profile ${name} needs a code of the MFA device ${settings['mfa_serial']}, and there is nobody to ask`,
      [
        {
          text: 'let the AWS CLI ask, then run xacct with what it got',
          command: `eval "$(aws configure export-credentials --profile ${shellWord(name)} --format env)"`,
        },
      ],
      'MFA_NOT_ASKED',
    );
  if (means === 'SSO') assertSsoSession(name, settings, config);
  if (means !== 'role' || source === undefined) return means;
  // A role profile may name itself: the role is then assumed with the keys of the same section.
  if (source === name)
    return settings['aws_access_key_id'] ? means : fail(`profile ${name} is its own source_profile and has no keys`, []);
  if (visited.includes(source)) return fail(`profiles go in a circle: ${[...visited, name, source].join(' → ')}`, []);
  assertReachable(source, config, [...visited, name]);
  return means;
};

const assertSsoSession = (name: string, settings: Settings, config: SharedConfig): void => {
  const session = settings['sso_session'];
  if (session !== undefined && !config.ssoSessions.has(session))
    fail(`profile ${name} has sso_session ${session}, and ${config.configPath} has no section [sso-session ${session}]`, [
      { text: 'write it', command: `aws configure sso-session` },
    ]);
};

const containerLabel = (env: Env): string | undefined => {
  if (env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']) return 'ECS';
  const uri = env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if (!uri) return undefined;
  return /169\.254\.170\.23|fd00:ec2::23/.test(uri) ? 'EKS Pod Identity' : 'container credentials endpoint';
};

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html */
const isMetadataDisabled = (env: Env): boolean => (env['AWS_EC2_METADATA_DISABLED'] ?? 'false').toLowerCase() === 'true';

/** As in the AWS CLI, a profile without any credentials of its own means those of the container or the instance it runs on. */
const chooseProfile = (name: string, env: Env, config: ChoiceConfig): CredentialChoice => {
  const settings = config.profiles.get(name);
  const isBare = settings !== undefined && meansOf(settings) === undefined && !settings['role_arn'];
  const label = containerLabel(env);
  if (isBare && label !== undefined) return { kind: 'container', label };
  if (isBare && !isMetadataDisabled(env)) return { kind: 'ec2', asked: true };
  return { kind: 'profile', name, means: assertReachable(name, config) };
};

/**
 * Throws NO_CREDENTIALS when nothing can come of it. Keys in the environment come before AWS_PROFILE, as in the AWS CLI and Terraform
 * (the JavaScript SDK alone has it the other way round); a profile that was named never gives way to the environment.
 */
export const chooseCredentials = (source: CredentialSource, env: Env, config: ChoiceConfig): CredentialChoice => {
  if (source.kind === 'profile') return chooseProfile(source.name, env, config);
  if (source.kind === 'ec2') {
    if (isMetadataDisabled(env))
      fail(
        'EC2 instance metadata was asked for, and AWS_EC2_METADATA_DISABLED switches it off',
        [{ text: 'switch it on', command: 'unset AWS_EC2_METADATA_DISABLED' }],
        'METADATA_SWITCHED_OFF_HERE',
      );
    return { kind: 'ec2', asked: true };
  }
  if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) return { kind: 'environment' };
  const named = env['AWS_PROFILE'];
  if (named) return chooseProfile(named, env, config);
  const settings = config.profiles.get('default');
  if (settings !== undefined && (meansOf(settings) ?? settings['role_arn']) !== undefined)
    return { kind: 'profile', name: 'default', means: assertReachable('default', config) };
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE'] && env['AWS_ROLE_ARN']) return { kind: 'web identity' };
  const label = containerLabel(env);
  if (label !== undefined) return { kind: 'container', label };
  if (isMetadataDisabled(env)) throw noneFound(env, config);
  return { kind: 'ec2', asked: false };
};

/** Nothing is configured anywhere, and the machine is no instance either. */
export const noneFound = (env: Env, config: SharedConfig): XacctError =>
  none(
    'no credentials were found',
    [
      config.profiles.size === 0 ? { text: 'sign in', command: 'aws configure sso' } : SET_PROFILE,
      { text: listed(config) },
      ...(env['AWS_ACCESS_KEY_ID'] ? [{ text: 'AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY' }] : []),
    ],
    {
      detail: `looked at AWS_ACCESS_KEY_ID, AWS_PROFILE, ${config.configPath}, ${config.credentialsPath}, web identity, container and EC2 metadata`,
    },
  );
