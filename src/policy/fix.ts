/** The smallest change that would remove a cause: who has to act, in which account, and what. The texts of it stand in fix-text.ts. */
import type { Actor, Change, Fix, PolicyKind } from '#domain/cause.ts';
import { parseArn } from '#domain/arn.ts';
import type { Statement } from '#domain/policy-document.ts';
import { exempt } from './exempt.ts';
import { hclFor, requestHcl } from './fix-hcl.ts';
import { commandFor, messageFor, requestCommand, type Place } from './fix-text.ts';
import { policyRefOf, type ActionRequest, type Hit, type PolicySet } from './layers.ts';
import { nameOfCaller, wordsOf, type NearMiss } from './near-miss.ts';
import type { Scenario } from './scenario.ts';
import { meetCondition, type RequestChange } from './request-fix.ts';
import { isUnstated } from './unstated.ts';

const OWNER: Readonly<Record<PolicyKind, Actor>> = {
  trust: 'target-admin',
  identity: 'source-admin',
  boundary: 'source-admin',
  'session-policy': 'you',
  scp: 'org-admin',
  rcp: 'org-admin',
};

/** The management account, where an organization's policies are kept, is not known from either side. */
const accountOf = (kind: PolicyKind, request: ActionRequest): string | null => {
  if (kind === 'scp' || kind === 'rcp') return null;
  return (kind === 'trust' ? parseArn(request.resource)?.account : request.facts.account) ?? null;
};

const claimConditions = ({ facts, context }: ActionRequest): Statement['Condition'] => {
  const keys = ['aud', 'sub'].map((name) => `${facts.provider?.issuer}:${name}`);
  const found = keys.flatMap((key) => {
    const value = context.get(key.toLowerCase());
    return value === undefined || isUnstated(value) ? [] : [[key, value] as const];
  });
  return found.length === 0 ? undefined : { StringEquals: Object.fromEntries(found) };
};

/** The external id that the caller already sends becomes a condition; TagSession and SetSourceIdentity cannot carry one. */
const trustStatement = (request: ActionRequest): Statement => {
  const { caller, facts, action, context } = request;
  const externalId = context.get('sts:externalid');
  const Condition =
    facts.provider === undefined
      ? typeof externalId === 'string'
        ? { StringEquals: { 'sts:ExternalId': externalId } }
        : undefined
      : claimConditions(request);
  const named = nameOfCaller(request);
  const Principal =
    caller.kind === 'service' ? { Service: named } : facts.provider === undefined ? { AWS: named } : { Federated: named };
  return { Effect: 'Allow', Principal, Action: action, ...(Condition === undefined ? {} : { Condition }) };
};

const missingStatement = (kind: PolicyKind, request: ActionRequest): Statement => {
  if (kind === 'trust') return trustStatement(request);
  // AWS attaches its RCPFullAWSAccess to every level; no other RCP may allow.
  if (kind === 'rcp') return { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  return { Effect: 'Allow', Action: request.action, Resource: request.resource };
};

const SUMMARIES: Readonly<Record<PolicyKind, (request: ActionRequest, where: string) => string>> = {
  trust: ({ action, resource }) => `add a statement to the trust policy of ${resource} that allows ${action} to the caller`,
  identity: ({ action, resource }) => `give the caller a policy that allows ${action} on ${resource}`,
  boundary: ({ action, resource }) => `let the caller's permissions boundary allow ${action} on ${resource} too`,
  'session-policy': ({ action, resource }) =>
    `make the caller's session anew with a session policy that allows ${action} on ${resource}`,
  scp: ({ action, resource }, where) => `let ${where} allow ${action} on ${resource}`,
  rcp: (_, where) => `attach RCPFullAWSAccess, which AWS keeps on every level, to the level of ${where}`,
};

const fixOf = (actor: Actor, summary: string, change: Change | null, place: Place): Fix => ({
  actor,
  account:
    actor === 'you' || actor === 'network' ? (place.request.facts.account ?? null) : accountOf(place.set.kind, place.request),
  summary,
  change,
  command: change === null ? null : commandFor(change, place),
  hcl: change === null ? null : hclFor(change, place),
  message: actor === 'org-admin' && change !== null ? messageFor(change, place) : null,
});

const requestSummary = ({ set }: RequestChange): [Actor, string] => {
  const [[path, value] = ['', '']] = Object.entries(set);
  if (path === 'caller.sourceIp') return ['network', `call from an address that the condition takes, such as ${String(value)}`];
  if (path === 'caller.mfa') return ['you', 'call with a session that was made with an MFA code'];
  return ['you', `call with ${path.replace('request.', '')} ${JSON.stringify(value)}`];
};

/** A missing Allow: asked for otherwise if that is enough, else one more statement. */
export const fixMissingAllow = (set: PolicySet, miss: NearMiss, request: ActionRequest): Fix => {
  const place: Place = { set, policyIndex: miss.at?.policyIndex ?? 0, request };
  const asked = miss.reason === 'CONDITION_NOT_MET' && miss.element !== null ? meetCondition(miss.element, request) : undefined;
  if (asked !== undefined) return fixOf(...requestSummary(asked), asked, place);
  const { kind, level } = set;
  if (kind === 'trust' && request.facts.provider !== undefined && request.facts.provider.principal === undefined)
    return fixOf(
      'target-admin',
      `make an OIDC provider for ${request.facts.provider.issuer} in the account of the role`,
      null,
      place,
    );
  const statement = missingStatement(kind, request);
  const change: Change = { kind: 'add-statement', to: kind, ...(level === null ? {} : { level }), statement };
  return fixOf(OWNER[kind], SUMMARIES[kind](request, wordsOf(set)), change, place);
};

/** An explicit deny: the same statement with an exception for this caller. */
export const fixExplicitDeny = (
  { set, policyIndex, statement: { ref, source } }: Hit,
  request: ActionRequest,
  where: string,
): Fix => {
  const place: Place = { set, policyIndex, request };
  const statement = exempt(source, set.kind, request);
  const change: Change | null =
    statement === undefined
      ? null
      : { kind: 'replace-statement', policy: policyRefOf(set, policyIndex), index: ref.index, statement };
  return fixOf(OWNER[set.kind], `except ${nameOfCaller(request)} from ${where}, or ${request.resource}`, change, place);
};

const manual = (actor: Actor, account: string | null, summary: string): Fix => ({
  actor,
  account,
  summary,
  change: null,
  command: null,
  hcl: null,
  message: null,
});

/** What is wrong with the document is known, what was meant is not. */
export const fixMalformed = (kind: PolicyKind, fault: string): Fix => manual(OWNER[kind], null, `correct the document: ${fault}`);

/** What the caller has to do, or to ask otherwise, where no policy is to blame. */
export const fixByCaller = (summary: string, scenario: Scenario, change: RequestChange | null = null): Fix => ({
  ...manual('you', null, summary),
  change,
  ...(change === null ? {} : { command: requestCommand(change, scenario), hcl: requestHcl(change, scenario) }),
});
