/** The command that proves a role: by the credentials of one whom it trusts, for whoever made it is mostly somebody else. Pure. */
import { formatRoleArn } from '#domain/arn.ts';
import type { Principal } from '#domain/principal.ts';
import type { Spec } from '#domain/spec.ts';
import { profileOf } from '#core/declared-trust.ts';
import { commandLine } from './answers.ts';

const nameOf = (principal: Principal): readonly string[] => {
  if (principal.kind === 'oidc') return [];
  return [principal.kind === 'sso' ? principal.permissionSet : (principal.said ?? principal.arn)];
};

/** `how`: the target's name, or flags that say what the file does. Where nobody but tokens gets in, a token proves it. */
export const proveBy = (
  {
    role,
    source: { hub, instances },
  }: { readonly role: Pick<Spec['role'], 'trust'>; readonly source: Pick<Spec['source'], 'hub' | 'instances'> },
  how: readonly string[],
): string => {
  const names = (hub?.trust ?? role.trust).flatMap(nameOf);
  if (names.length === 0) return `AWS_WEB_IDENTITY_TOKEN_FILE=PATH ${commandLine(['verify', ...how])}`;
  const [first] = hub?.trust ?? role.trust;
  // No profile is on an instance.
  const isOfInstances = first?.kind === 'aws' && instances.some((one) => formatRoleArn(one.role) === first.arn);
  if (isOfInstances) return commandLine(['verify', ...how, '--source', 'ec2']);
  return commandLine(['verify', ...how, '--source-profile', profileOf(names)]);
};
