/** How long credentials go on, and what renews them: told from where they come from, and from what came. Asks nobody. */
import type { CredentialLife } from '#core/ports/sessions.ts';
import type { Keys } from './clients.ts';
import type { CredentialChoice } from './credential-choice.ts';
import type { Settings, SharedConfig } from './shared-config.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What `aws configure export-credentials --format env` and aws-vault call it. */
const IN_ENVIRONMENT = ['AWS_CREDENTIAL_EXPIRATION', 'AWS_SESSION_EXPIRATION'] as const;
/** What saml2aws, gimme-aws-creds and others write beside the keys. */
const IN_PROFILE = ['aws_session_expiration', 'aws_expiration', 'x_security_token_expires', 'expiration'] as const;

const instantOf = (text: string | undefined): number | null => {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? null : instant;
};

const fixedBy = (texts: readonly (string | undefined)[]): CredentialLife => ({
  kind: 'fixed',
  expiresAt: texts.map(instantOf).find((instant) => instant !== null) ?? null,
});

const ofKeys = (settings: Settings): CredentialLife =>
  settings['aws_session_token'] ? fixedBy(IN_PROFILE.map((name) => settings[name])) : { kind: 'permanent' };

/** A role is assumed anew as long as the credentials at the other end of the chain are good. */
const ofRole = (settings: Settings, name: string, config: SharedConfig): CredentialLife => {
  const source = settings['source_profile'];
  const base = source === undefined ? undefined : config.profiles.get(source);
  const own: CredentialLife = { kind: 'renewed', by: `profile ${name} assumes its role again` };
  if (base === undefined) return own;
  const isKeys = base['aws_access_key_id'] !== undefined && (source === name || base['role_arn'] === undefined);
  if (!isKeys) return source === undefined || source === name || !base['role_arn'] ? own : ofRole(base, source, config);
  const life = ofKeys(base);
  return life.kind === 'fixed' ? life : own;
};

export const lifeOf = (choice: CredentialChoice, keys: Keys, env: Env, config: SharedConfig): CredentialLife => {
  switch (choice.kind) {
    case 'environment':
      return keys.sessionToken === undefined ? { kind: 'permanent' } : fixedBy(IN_ENVIRONMENT.map((name) => env[name]));
    case 'web identity':
      return { kind: 'renewed', by: 'the web identity token is exchanged again, as long as somebody keeps its file fresh' };
    case 'container':
      return { kind: 'renewed', by: `${choice.label} renews them` };
    case 'ec2':
      return { kind: 'renewed', by: 'EC2 renews them' };
    case 'profile':
      break;
  }
  const { name, means } = choice;
  const settings = config.profiles.get(name) ?? {};
  switch (means) {
    case 'keys':
      return ofKeys(settings);
    case 'role':
      return ofRole(settings, name, config);
    case 'web identity':
      return { kind: 'renewed', by: 'the web identity token is exchanged again, as long as somebody keeps its file fresh' };
    case 'process':
      return { kind: 'renewed', by: `the credential process of profile ${name} is run again` };
    case 'SSO':
      return { kind: 'renewed', by: 'SSO renews them until that sign-in ends' };
    case 'aws login':
      return { kind: 'renewed', by: 'aws login renews them until that sign-in ends' };
  }
};
