/** Why the chosen credentials could not be had: the provider's error in, an XacctError about that source out. */
import { problem, type Hint } from '#domain/diagnostic.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { labelOf, noneFound, type CredentialChoice } from './credential-choice.ts';
import { translateError } from './errors.ts';
import type { SharedHttpHandler } from './http-handler.ts';
import { networkProblem } from './network-error.ts';
import type { Redactor } from './redact.ts';
import type { Settings, SharedConfig } from './shared-config.ts';
import { answerOf } from './wire-error.ts';

export interface CredentialErrorContext {
  readonly region: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly handler: SharedHttpHandler;
  readonly redact: Redactor;
  readonly config: SharedConfig;
}

export const profileFlagOf = (choice: CredentialChoice | undefined): string =>
  choice?.kind === 'profile' && choice.name !== 'default' ? ` --profile ${choice.name}` : '';

/** The command that gets fresh credentials of this kind. */
export const renewHint = (choice: CredentialChoice | undefined): Hint => {
  const flag = profileFlagOf(choice);
  if (choice?.kind === 'environment')
    return {
      text: 'the keys are those of the environment: set new ones, or unset them to use a profile',
      command: 'unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN',
    };
  if (choice?.kind !== 'profile') return { text: 'see who AWS takes you for', command: 'aws sts get-caller-identity' };
  switch (choice.means) {
    case 'SSO':
      return { text: 'sign in again', command: `aws sso login${flag}` };
    case 'aws login':
      return { text: 'sign in again', command: `aws login${flag}` };
    case 'keys':
      return { text: `put new keys into profile ${choice.name}`, command: `aws configure${flag}` };
    default:
      return { text: `see whether profile ${choice.name} works`, command: `aws sts get-caller-identity${flag}` };
  }
};

/** The settings that lead from a role profile to the keys it starts with. */
const chainOf = (name: string, config: SharedConfig): readonly Settings[] => {
  const settings = config.profiles.get(name);
  if (settings === undefined) return [];
  const source = settings['source_profile'];
  return source === undefined || source === name ? [settings] : [settings, ...chainOf(source, config)];
};

/** A role profile fails where its chain begins: an expired SSO sign-in is renewed for the profile that signs in. */
const failingLink = (choice: CredentialChoice, config: SharedConfig): CredentialChoice => {
  if (choice.kind !== 'profile' || choice.means !== 'role') return choice;
  const links = [...config.profiles].filter(([, settings]) => chainOf(choice.name, config).includes(settings));
  const sso = links.find(([, settings]) => settings['sso_session'] ?? settings['sso_start_url']);
  return sso === undefined ? choice : { kind: 'profile', name: sso[0], means: 'SSO' };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `Command failed: COMMAND\nSTDERR`: the command may hold a password, what it said last is what helps. */
const processMessage = (text: string): string => {
  if (!text.startsWith('Command failed:')) return text;
  const said = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return said.at(-1) ?? 'it failed and said nothing';
};

const metadataMessage = (error: unknown): string => {
  const status = (error as { readonly statusCode?: unknown }).statusCode;
  if (status === 404) return 'the instance has no role: give it an instance profile';
  if (typeof status === 'number') return `it answered HTTP ${status}`;
  if (error instanceof SyntaxError) return 'its answer is not JSON';
  return messageOf(error);
};

/** Never the text of a JSON error: Node quotes the beginning of what it could not parse. */
const reasonOf = (error: unknown, choice: CredentialChoice): string => {
  if (choice.kind === 'ec2') return metadataMessage(error);
  if (error instanceof SyntaxError) return 'what it answered is not JSON';
  return processMessage(messageOf(error)).split('\n')[0] ?? '';
};

const isExpired = (text: string): boolean =>
  /expired|SSO session|SSO Token|was not found or is invalid|UnauthorizedException|re-?authenticate/i.test(text);

export const translateCredentialError = (
  error: unknown,
  choice: CredentialChoice,
  context: CredentialErrorContext,
): XacctError => {
  if (isXacctError(error)) return error;
  const link = failingLink(choice, context.config);
  const label = labelOf(choice);
  const renew = renewHint(link);
  if (answerOf(error) !== undefined) return assumeProblem(error, choice, { ...context, renew });
  const isMetadata = choice.kind === 'ec2' || choice.kind === 'container';
  const network = isMetadata ? undefined : networkProblem(error, label, context.handler.routeOf(error));
  if (network !== undefined) return clean(network, context.redact);
  if (choice.kind === 'ec2' && !choice.asked) {
    try {
      return noneFound(context.env, context.config);
    } catch (none) {
      return none as XacctError;
    }
  }
  const reason = reasonOf(error, choice).replace(/\.$/, '');
  if (isExpired(messageOf(error))) {
    const isSignIn = link.kind === 'profile' && (link.means === 'SSO' || link.means === 'aws login');
    const said = isSignIn ? 'nobody is signed in, or the sign-in has expired' : reason;
    return clean(
      problem('EXPIRED_CREDENTIALS', `${label} gave no credentials: ${said}`, { detail: reason, hints: [renew] }),
      context.redact,
    );
  }
  const hint: Hint = choice.kind === 'ec2' ? metadataHint(context.env) : renew;
  return clean(problem('NO_CREDENTIALS', `${label} gave no credentials: ${reason}`, { hints: [hint] }), context.redact);
};

const metadataHint = (env: CredentialErrorContext['env']): Hint => {
  const url = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? 'http://169.254.169.254';
  return {
    text: 'run this on the instance; in a container its hop limit must be 2',
    command: `curl -sS -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' ${url.replace(/\/$/, '')}/latest/api/token`,
  };
};

const clean = (diagnostic: ReturnType<typeof problem>, redact: Redactor): XacctError =>
  new XacctError({
    ...diagnostic,
    message: redact.clean(diagnostic.message),
    ...(diagnostic.detail !== undefined && { detail: redact.clean(diagnostic.detail) }),
  });

/** STS answered the provider's own AssumeRole: what it refused is the way in, so this is about credentials and not about the set-up. */
const assumeProblem = (
  error: unknown,
  choice: CredentialChoice,
  context: CredentialErrorContext & { readonly renew: Hint },
): XacctError => {
  const translated = translateError(error, { ...context, action: 'sts:AssumeRole', profileFlag: profileFlagOf(choice) });
  if (translated.code !== 'AWS_REFUSED') return translated;
  const [first] = translated.diagnostics;
  if (first === undefined) return translated;
  const refused = new XacctError({
    ...first,
    code: 'NO_CREDENTIALS',
    message: `${labelOf(choice)} gave no credentials: ${first.message}`,
  });
  refused.cause = translated.cause;
  return refused;
};
