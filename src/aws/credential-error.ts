/** Why the chosen credentials could not be had: the provider's error in, an XacctError about that source out. */
import { problem, type Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
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
  choice?.kind === 'profile' && choice.name !== 'default' ? ` --profile ${shellWord(choice.name)}` : '';

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

/** Never the text of a JSON error: Node quotes the beginning of what it could not parse. */
const reasonOf = (error: unknown): string => {
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
  // On a machine that is no instance, that nothing answers there is not the news; on an instance, why it gives nothing is.
  const isInstance = isXacctError(error) && error.diagnostics[0]?.cause !== 'METADATA_UNREACHABLE';
  if (choice.kind === 'ec2' && !choice.asked && !isInstance) return noneFound(context.env, context.config);
  if (isXacctError(error)) return error;
  const link = failingLink(choice, context.config);
  const label = labelOf(choice);
  const renew = renewHint(link);
  if (answerOf(error) !== undefined) return assumeProblem(error, choice, { ...context, renew });
  const network = choice.kind === 'container' ? undefined : networkProblem(error, label, context.handler.routeOf(error));
  if (network !== undefined) return clean(network, context.redact);
  const reason = reasonOf(error).replace(/\.$/, '');
  if (isExpired(messageOf(error))) {
    const isSignIn = link.kind === 'profile' && (link.means === 'SSO' || link.means === 'aws login');
    const said = isSignIn ? 'nobody is signed in, or the sign-in has expired' : reason;
    return clean(
      problem('EXPIRED_CREDENTIALS', `${label} gave no credentials: ${said}`, {
        detail: reason,
        hints: [renew],
        cause: isSignIn ? 'SSO_SIGN_IN_NEEDED' : 'EXPIRED_TOKEN',
      }),
      context.redact,
    );
  }
  return clean(problem('NO_CREDENTIALS', `${label} gave no credentials: ${reason}`, { hints: [renew] }), context.redact);
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
