/** The OIDC token by which a role is entered, where one lies on this machine. Pure. */
import type { Access } from '#domain/access.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';

/** Terraform takes it from there, too. Credentials that somebody named come first: a job that signed in before has those of the role. */
export const tokenFileOf = ({ webIdentity }: Access, input: Input, { env }: Pick<Context, 'env'>): string | undefined => {
  if (webIdentity === undefined || input.text('source-profile') || input.text('source')) return undefined;
  return webIdentity.tokenFile ?? (env['AWS_WEB_IDENTITY_TOKEN_FILE'] || undefined);
};
