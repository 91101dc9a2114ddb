/** A caller whose parts do not fit together is nobody: to believe one part would decide for a caller that the other part denies. */
import { parseArn, parseRoleArn, parseRootArn, parseSessionArn, parseUserArn, type RoleArn } from '#domain/arn.ts';
import type { Caller, CallerKind } from './scenario.ts';

type Form = 'user' | 'role' | 'assumed-role' | 'root' | 'federated-user';

/** Told by the first word of the resource, so that one parse is enough. */
const FORMS: Readonly<Record<string, readonly [form: Form, parse: (arn: string) => unknown]>> = {
  user: ['user', parseUserArn],
  role: ['role', parseRoleArn],
  'assumed-role': ['assumed-role', parseSessionArn],
  root: ['root', parseRootArn],
  'federated-user': ['federated-user', (arn) => (parseArn(arn)?.service === 'sts' ? arn : undefined)],
};

const WORD = /^arn:[^:]*:(?:iam|sts):[^:]*:[^:]*:([a-z-]+)/;

const formOf = (arn: string): Form | undefined => {
  const word = WORD.exec(arn)?.[1] ?? '';
  const [form, parse] = Object.hasOwn(FORMS, word) ? (FORMS[word] ?? []) : [];
  return parse?.(arn) === undefined ? undefined : form;
};

/** The ARN of a session of this role, but for the session's name; the role's path is not in it. */
const sessionsOf = ({ partition, account, name }: RoleArn): string => `arn:${partition}:sts::${account}:assumed-role/${name}/`;

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

const roleContradiction = ({ arn, kind, roleArn }: Caller, form: Form | undefined): string | undefined => {
  if (roleArn === undefined || (kind !== 'role' && kind !== 'assumed-role')) return undefined;
  const role = parseRoleArn(roleArn);
  if (role === undefined) return `caller.roleArn "${roleArn}" is not the ARN of a role`;
  const isSame = form === 'assumed-role' ? arn.startsWith(sessionsOf(role)) : arn === roleArn;
  return isSame ? undefined : `caller.roleArn "${roleArn}" is not the role of caller.arn "${arn}"`;
};

/** Names the two places that contradict each other; undefined where none do. */
export const contradictionIn = (caller: Caller): string | undefined => {
  const { arn, kind, orgId, orgPath, mfa, mfaAge } = caller;
  // The usual caller first: this runs for every decision.
  const form = kind === 'assumed-role' && parseSessionArn(arn) !== undefined ? kind : formOf(arn);
  if (form !== undefined && !FITTING[kind].includes(form))
    return `caller.kind is "${kind}", and caller.arn "${arn}" is that of ${form === 'assumed-role' ? 'an' : 'a'} ${form}`;
  if (orgId !== undefined && orgPath !== undefined && orgPath.split('/')[0] !== orgId)
    return `caller.orgPath "${orgPath}" does not begin with caller.orgId "${orgId}"`;
  if (mfa === false && mfaAge !== undefined) return `caller.mfa is false, and caller.mfaAge ${mfaAge}`;
  return roleContradiction(caller, form);
};
