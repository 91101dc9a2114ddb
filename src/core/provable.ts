/** Whether the credentials at hand are of one whom the role lets in: those of an administrator prove nothing about Terraform's. Pure. */
import { formatRoleArn, parseRoleArn, parseRootArn, parseSessionArn } from '#domain/arn.ts';
import { permissionSetOf, type Principal } from '#domain/principal.ts';
import type { HubWish } from '#domain/source-wish.ts';
import type { Spec } from '#domain/spec.ts';
import type { CallerIdentity } from './ports/sessions.ts';

export const isOne = (principal: Principal, { arn, account }: CallerIdentity): boolean => {
  if (principal.kind === 'oidc' || principal.account !== account) return false;
  const session = parseSessionArn(arn);
  if (principal.kind === 'sso') return permissionSetOf(session?.roleName ?? '') === principal.permissionSet;
  if (parseRootArn(principal.arn)) return true;
  return session === undefined ? principal.arn === arn : parseRoleArn(principal.arn)?.name === session.roleName;
};

/** The proof enters the hub first, as Terraform will; a session of the hub goes on from there. */
const isLetInBy = ({ role, trust }: HubWish, caller: CallerIdentity): boolean => {
  const session = parseSessionArn(caller.arn);
  const isInside = session?.account === role.account && session.roleName === role.name;
  return isInside || trust.some((principal) => isOne(principal, caller));
};

/** By the hub, where there is one; else by the role itself. */
export const isLetIn = ({ role, source: { hub } }: Spec, caller: CallerIdentity): boolean =>
  hub ? isLetInBy(hub, caller) : role.trust.some((principal) => isOne(principal, caller));

/**
 * undefined: they are. They need not be where the source's side was changed with them, nor where they are those of the other half of a pair
 * (`isForOther`).
 */
export const whyUnprovable = (spec: Spec, caller: CallerIdentity | undefined, isForOther = false): string | undefined => {
  const { role, source } = spec;
  const { isGranted, instances, hub } = source;
  if (caller !== undefined && !hub && role.trust.every(({ kind }) => kind === 'oidc'))
    return `nobody gets in but by a token, and these credentials are ${caller.arn}`;
  if (caller === undefined || (!isForOther && !isGranted && instances.length === 0 && !hub)) return undefined;
  if (isLetIn(spec, caller)) return undefined;
  if (hub) return `the way in leads through ${formatRoleArn(hub.role)}, and these credentials are ${caller.arn}`;
  return `the credentials of the source are ${caller.arn}, whom the role does not trust`;
};
