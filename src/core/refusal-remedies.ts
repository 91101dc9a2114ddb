/** Who can lift a refusal that names its caller, action and resource, and by what change. The changes come from the evaluator. Pure. */
import type { AccessDenied, DeniedLayer } from '#domain/access-denied.ts';
import { parseArn, parseRoleArn, parseSessionArn } from '#domain/arn.ts';
import type { Actor, Fix } from '#domain/cause.ts';
import type { Statement } from '#domain/policy-document.ts';
import { decideAccess, decideAssumeRole } from '#policy/evaluate.ts';
import type { AssumeRoleRequest, Caller, Scenario } from '#policy/scenario.ts';
import { callerOfArn, principalsOf } from './caller-of-arn.ts';
import { shellWord } from '#domain/shell-word.ts';

export interface Refused extends AccessDenied {
  readonly isExplicit: boolean;
}

const ACTORS: Readonly<Record<DeniedLayer, Actor>> = {
  identity: 'source-admin',
  trust: 'target-admin',
  resource: 'target-admin',
  boundary: 'source-admin',
  'session-policy': 'you',
  scp: 'org-admin',
  rcp: 'org-admin',
  'vpc-endpoint': 'network',
};

const manual = (
  actor: Actor,
  account: string | null,
  summary: string,
  command: string | null = null,
  message: string | null = null,
): Fix => ({
  actor,
  account,
  summary,
  change: null,
  command,
  hcl: null,
  message,
});

/** All but one action, so that the evaluator asks for exactly that one. */
const allBut = (action: string): Statement => ({ Effect: 'Allow', NotAction: action, Resource: '*' });
const documentOf = (statement: Statement): object => ({ Version: '2012-10-17', Statement: [statement] });

const ROLE_ACTIONS = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] as const;

/** A call that needs the action, whatever its values. */
const requestFor = (action: string): Scenario['request'] => ({
  sessionName: 'session',
  ...(action === 'sts:TagSession' && { tags: { key: 'value' } }),
  ...(action === 'sts:SetSourceIdentity' && { sourceIdentity: 'identity' }),
});

/** What a role does once it was assumed is for whoever keeps that role: it is the target of somebody's set-up. */
const isOfAssumed = ({ callerArn, action }: Pick<Refused, 'callerArn' | 'action'>): boolean =>
  parseSessionArn(callerArn) !== undefined && !isAssume(action);

/** An inline policy of a person's is drift to init. */
const DECLARED =
  '; where xacct made the role, declare it instead, for init --prune takes out what it does not know: FILE has the document of the command';

const asPermission = (fix: Fix): Fix =>
  fix.change?.kind !== 'add-statement'
    ? fix
    : { ...fix, summary: `${fix.summary}${DECLARED}`, xacct: 'xacct init --policy NAME=FILE --save' };

const isAssume = (action: string): boolean => ROLE_ACTIONS.some((name) => name === action);

const lookAtTrust = (roleName: string): string =>
  `aws iam get-role --role-name ${roleName} --query Role.AssumeRolePolicyDocument`;

/**
 * Nobody here has read the trust policy, and AWS's words are the same for one that knows the caller and asks for more: a statement of its own
 * would lead round every condition of the role, so none is proposed.
 */
const trustFix = ({ arn }: Caller, action: string, roleArn: string): Fix => {
  const role = parseRoleArn(roleArn);
  const fix = manual(
    'target-admin',
    role?.account ?? null,
    `look whether the trust policy of ${roleArn} allows ${action} to the caller, and under which conditions; no statement is proposed, for one without them (external ID, session name, MFA, address, organization) would open the role`,
    role === undefined ? null : lookAtTrust(role.name),
  );
  const words = ['xacct explain --role-arn', shellWord(roleArn), '--as', shellWord(arn), '--target-profile NAME'];
  return action === 'sts:AssumeRole' && role !== undefined ? { ...fix, xacct: words.join(' ') } : fix;
};

const grantFix = (
  caller: Caller,
  { action, resource }: Pick<Refused, 'action' | 'resource'>,
  request?: AssumeRoleRequest,
): Fix => {
  const account = parseArn(caller.arn)?.account ?? null;
  const fallback = manual(
    'source-admin',
    account,
    `give the caller a policy that allows ${action} on ${resource ?? 'the resource'}`,
  );
  const allowing = { ...caller, identityPolicies: [documentOf(allBut(action))] };
  if (isAssume(action) && resource !== undefined)
    return (
      decideAssumeRole({
        caller: allowing,
        role: { arn: resource, trustPolicy: 'unknown' },
        request: { ...requestFor(action), ...request },
      }).fix ?? fallback
    );
  return decideAccess({ caller: allowing, action, resource: resource ?? '*' }).fix ?? fallback;
};

/** The same session by whoever made it, without a policy of its own. */
const renewed = ({ callerArn }: Refused): string | null => {
  const session = parseSessionArn(callerArn);
  const [role] = principalsOf(callerArn);
  if (session === undefined || role === undefined) return null;
  return `aws sts assume-role --role-arn ${shellWord(role)} --role-session-name ${shellWord(session.sessionName)} --query AssumedRoleUser.Arn`;
};

const lookAt = (layer: DeniedLayer, refused: Refused): string | null => {
  const { policyArn } = refused.reason ?? {};
  if (layer === 'scp' || layer === 'rcp')
    return `aws organizations describe-policy --policy-id ${shellWord(policyArn?.slice(policyArn.lastIndexOf('/') + 1) ?? 'POLICY_ID')} --query Policy.Content --output text`;
  if (layer === 'trust' || (layer === 'resource' && parseRoleArn(refused.resource ?? '') !== undefined))
    return lookAtTrust(parseRoleArn(refused.resource ?? '')?.name ?? 'ROLE_NAME');
  if (layer === 'session-policy') return renewed(refused);
  if (policyArn === undefined || !policyArn.includes(':policy/')) return null;
  const policy = shellWord(policyArn);
  return `aws iam get-policy-version --policy-arn ${policy} --version-id "$(aws iam get-policy --policy-arn ${policy} --query Policy.DefaultVersionId --output text)"`;
};

/** The account whose administrator owns the layer; null where the sentence cannot tell. */
const accountOf = (layer: DeniedLayer, { callerArn, resource, reason }: Refused): string | null => {
  const owner = reason?.policyArn === undefined ? undefined : parseArn(reason.policyArn)?.account;
  if (layer === 'scp' || layer === 'rcp') return owner || null;
  const side = layer === 'trust' || layer === 'resource' ? resource : callerArn;
  return parseArn(side ?? '')?.account || null;
};

const KINDS = {
  scp: 'a service control policy',
  rcp: 'a resource control policy',
  'vpc-endpoint': 'the policy of the VPC endpoint of STS',
} as const;

const letterFor = (layer: DeniedLayer, { callerArn, action, resource, reason }: Refused): string | null => {
  if (layer !== 'scp' && layer !== 'rcp' && layer !== 'vpc-endpoint') return null;
  const what = `${action}${resource === undefined ? '' : ` on ${resource}`}`;
  const policy = reason?.policyArn ?? KINDS[layer];
  return reason?.isExplicit === true
    ? `A Deny statement in ${policy} refuses ${what} to ${callerArn}. Please except that caller, by this in the Condition of the statement: "ArnNotLike": ${JSON.stringify({ 'aws:PrincipalArn': principalsOf(callerArn) })}`
    : layer === 'vpc-endpoint'
      ? `The policy of the VPC endpoint of STS does not allow ${what} to ${callerArn}. Please add this statement: ${JSON.stringify({ Effect: 'Allow', Principal: '*', Action: action, Resource: resource ?? '*', Condition: { ArnLike: { 'aws:PrincipalArn': principalsOf(callerArn) } } })}`
      : layer === 'rcp'
        ? `No resource control policy of some level allows ${what} to ${callerArn}. Please keep RCPFullAWSAccess attached at every level.`
        : `No service control policy of some level allows ${what} to ${callerArn}. Please let root, OU and account each allow it, by FullAWSAccess or this statement: ${JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource ?? '*' })}`;
};

const DENIED: Readonly<Record<DeniedLayer, string>> = {
  identity: 'in a policy of the caller or of one of its groups',
  trust: 'in the trust policy of the role',
  resource: "in the resource's policy",
  boundary: "in the caller's permissions boundary",
  'session-policy': "in the policy of the caller's session: make the session anew without it",
  scp: 'in the service control policy',
  rcp: 'in the resource control policy',
  'vpc-endpoint': 'in the policy of the VPC endpoint, or call without that endpoint',
};

const WIDENED: Readonly<Record<DeniedLayer, string>> = {
  ...DENIED,
  'session-policy': "in the policy of the caller's session: make the session anew with one that does",
  scp: 'at every level of the organization: root, OU and account each need a service control policy that does',
  rcp: 'at every level of the organization: keep RCPFullAWSAccess attached',
};

/** As domain/role-lock.ts writes it. */
const LOCKED = '; one with the Sid XacctLock is a lock, which xacct unlock takes off when its reason is over';

const layerFix = (layer: DeniedLayer, refused: Refused): Fix => {
  const { action, resource, isExplicit } = refused;
  const what = `${action}${resource === undefined ? '' : ` on ${resource}`}`;
  const isTrust = parseRoleArn(refused.resource ?? '') !== undefined && isAssume(action) && /^(?:trust|resource)$/.test(layer);
  const locked = isTrust ? LOCKED : '';
  const summary = isExplicit
    ? `except the caller from the Deny of ${what} ${DENIED[layer]}${locked}`
    : `allow ${what} ${WIDENED[layer]}`;
  return manual(ACTORS[layer], accountOf(layer, refused), summary, lookAt(layer, refused), letterFor(layer, refused));
};

/** Where AWS does not say which side refused, the target's comes first: a missing Allow of the source it mostly names. */
const bothSides = (caller: Caller, refused: Refused, request: AssumeRoleRequest | undefined): readonly Fix[] => {
  const { action, resource } = refused;
  const role = parseRoleArn(resource ?? '');
  if (!isAssume(action) || role === undefined || resource === undefined) return [grantFix(caller, refused, request)];
  const missing = manual(
    'target-admin',
    role.account,
    `make the role, or correct its ARN: AWS answers the same where ${resource} does not exist`,
    `aws iam get-role --role-name ${role.name}`,
  );
  return [trustFix(caller, action, resource), grantFix(caller, refused, request), missing];
};

const remediesFor = (refused: Refused, request: AssumeRoleRequest | undefined): readonly Fix[] => {
  const { callerArn, action, resource, reason, isExplicit } = refused;
  const caller = callerOfArn(callerArn);
  if (reason === undefined && isExplicit)
    return [
      manual(
        'source-admin',
        parseArn(callerArn)?.account ?? null,
        `find the Deny statement that hits ${action}: it is in a policy of the caller, its boundary, its session or its organization`,
      ),
    ];
  if (reason === undefined && caller !== undefined) return bothSides(caller, refused, request);
  const layer = reason?.layer ?? 'resource';
  if (isExplicit || caller === undefined) return [layerFix(layer, refused)];
  if (layer === 'identity') return [grantFix(caller, refused, request)];
  if (layer === 'trust' && parseRoleArn(resource ?? '') !== undefined && resource !== undefined)
    return [trustFix(caller, action, resource)];
  return [layerFix(layer, refused)];
};

/** At least one. `request`: what was asked for, where that is known. */
export const remediesOf = (refused: Refused, request?: AssumeRoleRequest): readonly Fix[] => {
  const remedies = remediesFor(refused, request);
  if (!isOfAssumed(refused)) return remedies;
  return remedies.map((fix) => asPermission(fix.actor === 'source-admin' ? { ...fix, actor: 'target-admin' } : fix));
};
