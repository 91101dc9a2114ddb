/** A caller whose parts do not fit together is nobody: to believe one part would decide for a caller that the other part denies. */
import { parseRoleArn, type RoleArn, type SessionArn } from '#domain/arn.ts';
import { isSaidElsewhere } from './context.ts';
import type { Form, Identity } from './identity.ts';
import type { Caller, CallerKind } from './scenario.ts';

/** The role's path is not in the ARN of a session. */
const isOfRole = (session: SessionArn, role: RoleArn): boolean =>
  session.roleName === role.name && session.account === role.account && session.partition === role.partition;

/**
 * A role acts through its sessions, so either ARN tells the caller; a root is refused as one, whatever kind it is said to be. An ARN as
 * the name of a service names no service, and is refused as that.
 */
const FITTING: Readonly<Record<CallerKind, readonly Form[]>> = {
  user: ['user', 'root'],
  role: ['role', 'assumed-role', 'root'],
  'assumed-role': ['assumed-role', 'role', 'root'],
  root: ['root'],
  'federated-user': ['federated-user', 'root'],
  service: ['user', 'role', 'assumed-role', 'root', 'federated-user'],
  'web-identity': [],
};

const roleContradiction = ({ arn, kind, roleArn }: Caller, { session }: Identity): string | undefined => {
  if (roleArn === undefined || (kind !== 'role' && kind !== 'assumed-role')) return undefined;
  const role = parseRoleArn(roleArn);
  if (role === undefined) return `caller.roleArn "${roleArn}" is not the ARN of a role`;
  const isSame = session === undefined ? arn === roleArn : isOfRole(session, role);
  return isSame ? undefined : `caller.roleArn "${roleArn}" is not the role of caller.arn "${arn}"`;
};

/** An external ID that the request does not send, or another principal, must not come in by its key's name. */
const keyContradiction = ({ conditionKeys }: Caller): string | undefined => {
  if (conditionKeys === undefined) return undefined;
  const name = Object.keys(conditionKeys).find(isSaidElsewhere);
  return name === undefined ? undefined : `caller.conditionKeys holds ${name}, which another part of it says`;
};

/** Names the two places that contradict each other; undefined where none do. */
export const contradictionIn = (caller: Caller, identity: Identity): string | undefined => {
  const { arn, kind, orgId, orgPath, mfa, mfaAge } = caller;
  const { form } = identity;
  if (form !== undefined && !FITTING[kind].includes(form))
    return `caller.kind is "${kind}", and caller.arn "${arn}" is that of ${form === 'assumed-role' ? 'an' : 'a'} ${form}`;
  if (orgId !== undefined && orgPath !== undefined && orgPath.split('/')[0] !== orgId)
    return `caller.orgPath "${orgPath}" does not begin with caller.orgId "${orgId}"`;
  if (mfa === false && mfaAge !== undefined) return `caller.mfa is false, and caller.mfaAge ${mfaAge}`;
  return keyContradiction(caller) ?? roleContradiction(caller, identity);
};
