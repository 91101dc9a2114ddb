/** A caller as a person names it (`explain --as`), as far as the name alone tells it. Pure. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { readOidc } from '#domain/oidc-principal.ts';
import type { OidcPrincipal } from '#domain/principal.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { Caller, Claims } from '#policy/scenario.ts';
import { callerOfArn } from './caller-of-arn.ts';

export type CallerName =
  | { readonly kind: 'caller'; readonly caller: Caller }
  /** The caller of the source credentials. */
  | { readonly kind: 'self' }
  /** A role of the source account whose name AWS ends with letters of its own. */
  | { readonly kind: 'permission-set'; readonly name: string };

const FORMS =
  'self, arn:aws:iam::111111111111:role/ci, arn:aws:iam::111111111111:user/jane, sso:PermissionSet, ' +
  'github:OWNER/REPO:ref=refs/heads/main, gitlab:GROUP/PROJECT:branch=main, tfc:ORG/PROJECT/WORKSPACE:plan, ' +
  'irsa:https://ISSUER:NAMESPACE/SERVICE_ACCOUNT, ec2.amazonaws.com';

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;

/** Claims that GitHub puts beside the subject: https://docs.github.com/en/actions/reference/security/oidc#oidc-token-claims */
const githubClaims = (subject: string): Claims => {
  const [, owner = '', repository = '', key, value] =
    /^repo:([^/:@]+)(?:@\d+)?\/([^/:@]+)(?:@\d+)?:(?:(ref|environment):(.+))?/.exec(subject) ?? [];
  return {
    repository: `${owner}/${repository}`,
    repository_owner: owner,
    ...(key === undefined || value === undefined ? {} : { [key]: value.replaceAll('%3A', ':') }),
  };
};

/** One token of several: where both of GitHub's subjects are known the immutable one, of HCP Terraform's phases the apply. */
const tokenOf = ({ issuer, audience, subjects }: OidcPrincipal): CallerName => {
  const iss = `https://${issuer}`;
  const sub = subjects.at(-1) ?? subjects[0];
  const more = sub.startsWith('repo:') ? githubClaims(sub) : {};
  return { kind: 'caller', caller: { arn: iss, kind: 'web-identity', claims: { iss, aud: audience, sub, ...more } } };
};

export const parseCallerName = ({ value, place }: Given<string>): Result<CallerName> => {
  if (value === 'self') return ok({ kind: 'self' });
  const caller = callerOfArn(value);
  if (caller !== undefined) return ok({ kind: 'caller', caller });
  if (SERVICE.test(value)) return ok({ kind: 'caller', caller: { arn: value, kind: 'service' } });
  const permissionSet = /^sso:([\w+=,.@-]{1,32})$/.exec(value)?.[1];
  if (permissionSet !== undefined) return ok({ kind: 'permission-set', name: permissionSet });
  const oidc = readOidc(value);
  if (oidc !== undefined && !('refused' in oidc)) return ok(tokenOf(oidc));
  const why =
    oidc !== undefined
      ? oidc.refused
      : /^\d{12}$/.test(value)
        ? 'is an account: name one of its users or roles'
        : 'is not a caller';
  return fail(problem('INVALID_VALUE', `"${value}" ${why}`, { path: place, hints: [{ text: `name it as one of: ${FORMS}` }] }));
};
