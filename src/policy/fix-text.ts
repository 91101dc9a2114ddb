/** A fix as a command of the AWS CLI, and as a message to an organization's administrator. Capitals stand for what is not known here. */
import { parseRoleArn, parseUserArn } from '#domain/arn.ts';
import type { Change } from '#domain/cause.ts';
import type { PolicyDocument, Statement } from '#domain/policy-document.ts';
import { isSsoRole } from '#domain/principal.ts';
import { amend } from './apply-fix.ts';
import type { ActionRequest, PolicySet } from './layers.ts';
import { nameOfCaller, wordsOf } from './near-miss.ts';
import type { RequestChange } from './request-proposals.ts';
import type { Scenario } from './scenario.ts';

/** Which policy is to be changed, and for which request. */
export interface Place {
  readonly set: PolicySet;
  readonly policyIndex: number;
  readonly request: ActionRequest;
}

/** One word of a POSIX shell. */
const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);

const command = (...words: readonly string[]): string => ['aws', ...words.map(word)].join(' ');

export type PolicyChange = Exclude<Change, RequestChange>;

const documentOf = (change: PolicyChange, place: Place): PolicyDocument => {
  const document = place.set.policies[place.policyIndex]?.document ?? null;
  return amend(document, change.statement, change.kind === 'replace-statement' ? change.index : undefined);
};

const OF_ROLES: ReadonlyMap<string, string> = new Map([
  ['sts:AssumeRole', 'assume'],
  ['sts:TagSession', 'tag-session'],
  ['sts:SetSourceIdentity', 'set-source-identity'],
]);

/** FNV-1a, 32 bits: https://www.rfc-editor.org/rfc/rfc9923 */
const shortHash = (text: string): string => {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
};

const isOfSso = ({ facts }: ActionRequest): boolean => isSsoRole(parseRoleArn(facts.principalArn ?? '')?.name ?? '');

/** A policy of the same name would give way, and what it allows with it: so each action on each resource has a name of its own. */
const policyNameOf = (request: ActionRequest): string => {
  const { action, resource } = request;
  // The one that a permission set can have, as its roles show it.
  if (isOfSso(request)) return 'AwsSSOInlinePolicy';
  const role = parseRoleArn(resource);
  const ofRole = OF_ROLES.get(action);
  if (role !== undefined && ofRole !== undefined) return `${ofRole}-${role.account}-${role.name}`;
  const words = ['allow', action.replaceAll(/[^\w-]+/g, '-'), ...(resource === '*' ? [] : [shortHash(resource)])];
  return words.join('-');
};

const identityCommand = (policyName: string, document: string, request: ActionRequest): string | null => {
  if (policyName.startsWith('arn:'))
    return command('iam', 'create-policy-version', '--policy-arn', policyName, '--set-as-default', '--policy-document', document);
  const principal = request.facts.principalArn ?? '';
  const role = parseRoleArn(principal);
  const user = parseUserArn(principal);
  if (isOfSso(request)) {
    const set = ['--instance-arn', 'INSTANCE_ARN', '--permission-set-arn', 'PERMISSION_SET_ARN'];
    return command('sso-admin', 'put-inline-policy-to-permission-set', ...set, '--inline-policy', document);
  }
  const [kind, owner] = user === undefined ? ['role', role?.name] : ['user', user.name];
  if (owner === undefined) return null;
  const rest = [`--${kind}-name`, owner, '--policy-name', policyName, '--policy-document', document];
  return command('iam', `put-${kind}-policy`, ...rest);
};

/** Under a name of its own; one that is there already keeps what it says. */
const grantCommand = (statement: Statement, { set, request }: Place): string | null => {
  const policyName = policyNameOf(request);
  const held = set.policies.find(({ name }) => name === policyName)?.document ?? null;
  return identityCommand(policyName, JSON.stringify(amend(held, statement)), request);
};

const organizationCommand = (kind: 'scp' | 'rcp', document: string, { set, policyIndex }: Place): string => {
  if (set.policies.length === 0 || kind === 'rcp') {
    const isFull = kind === 'rcp' && set.policies.every((policy) => policy.byEffect.Allow.length === 0);
    const id = kind === 'rcp' ? 'p-RCPFullAWSAccess' : 'p-FullAWSAccess';
    if (set.policies.length === 0 || isFull)
      return command('organizations', 'attach-policy', '--policy-id', id, '--target-id', set.level ?? 'TARGET_ID');
  }
  const id = set.policies[policyIndex]?.name ?? 'POLICY_ID';
  return command('organizations', 'update-policy', '--policy-id', id, '--content', document);
};

export const policyCommand = (change: PolicyChange, place: Place): string | null => {
  const { set, policyIndex, request } = place;
  const { kind } = set;
  const document = JSON.stringify(documentOf(change, place));
  const name = set.policies[policyIndex]?.name ?? null;
  switch (kind) {
    case 'trust': {
      const role = parseRoleArn(request.resource)?.name ?? 'ROLE_NAME';
      return command('iam', 'update-assume-role-policy', '--role-name', role, '--policy-document', document);
    }
    case 'identity':
      if (change.kind === 'add-statement') return grantCommand(change.statement, place);
      return identityCommand(name ?? 'POLICY_NAME', document, request);
    case 'boundary':
      return identityCommand(name?.startsWith('arn:') === true ? name : 'arn:BOUNDARY', document, request);
    case 'session-policy': {
      const session = ['--role-session-name', 'SESSION_NAME', '--policy', document, '--query', 'AssumedRoleUser.Arn'];
      return request.facts.roleArn === undefined
        ? null
        : command('sts', 'assume-role', '--role-arn', request.facts.roleArn, ...session);
    }
    case 'scp':
    case 'rcp':
      return organizationCommand(kind, document, place);
  }
};

const flag = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}`, String(value)];

/** In a scenario that has the change. Null for what no flag can change. */
export const requestCommand = (change: RequestChange, { role, request, caller }: Scenario): string | null => {
  if ('caller.mfa' in change.set) {
    const code = ['--serial-number', 'MFA_ARN', '--token-code', 'CODE'];
    const { kind, roleArn } = caller;
    return kind === 'user' || roleArn === undefined
      ? command('sts', 'get-session-token', ...code)
      : command('sts', 'assume-role', '--role-arn', roleArn, '--role-session-name', 'SESSION_NAME', ...code);
  }
  if (Object.keys(change.set).some((path) => path.startsWith('caller.'))) return null;
  const tags = Object.entries(request.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const keys = request.transitiveTagKeys ?? [];
  const isWeb = caller.kind === 'web-identity';
  return command(
    'sts',
    isWeb ? 'assume-role-with-web-identity' : 'assume-role',
    ...flag('role-arn', role.arn),
    ...flag('role-session-name', request.sessionName ?? 'SESSION_NAME'),
    ...flag('web-identity-token', isWeb ? 'TOKEN' : undefined),
    ...flag('external-id', request.externalId),
    ...flag('source-identity', request.sourceIdentity),
    ...flag('duration-seconds', request.durationSeconds),
    ...flag('region', 'request.region' in change.set ? request.region : undefined),
    ...flag('tags', tags.length === 0 ? undefined : JSON.stringify(tags)),
    ...flag('transitive-tag-keys', keys.length === 0 ? undefined : JSON.stringify(keys)),
    // The answer holds live credentials, which nobody wants on a screen or in a log.
    ...flag('query', 'AssumedRoleUser.Arn'),
  );
};

/** What an organization's administrator needs to know, and the statement to put in. */
export const messageFor = (change: PolicyChange, { set, policyIndex, request }: Place): string | null => {
  const name = set.policies[policyIndex]?.name;
  const policy = `${wordsOf(set)}${name === null || name === undefined ? '' : `, policy ${name}`}`;
  const whose = set.kind === 'scp' ? `account ${request.facts.account ?? 'of the caller'}` : request.resource;
  const text = JSON.stringify(change.statement, null, 2);
  if (change.kind === 'add-statement')
    return `Nothing in ${policy}, which bind ${whose}, allows ${nameOfCaller(request)} to do ${request.action} on ${request.resource}. Please add:\n${text}`;
  return `Statement ${change.index} of ${policy}, which bind ${whose}, denies ${nameOfCaller(request)} to do ${request.action} on ${request.resource}. Please put this in its place, which excepts that caller and nobody else:\n${text}`;
};
