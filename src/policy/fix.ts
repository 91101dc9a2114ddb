/** The smallest change that would remove a cause: who has to act, in which account, and what. The texts of it stand in fix-text.ts. */
import type { Actor, Change, Fix, PolicyKind } from '#domain/cause.ts';
import { parseArn } from '#domain/arn.ts';
import type { Statement } from '#domain/policy-document.ts';
import type { Condition } from './conditions.ts';
import { exempt } from './exempt.ts';
import { changeRequest } from './apply-fix.ts';
import { requestHcl, statementHcl } from './fix-hcl.ts';
import { messageFor, policyCommand, requestCommand, type Place } from './fix-text.ts';
import { policyRefOf, type ActionRequest, type Hit, type PolicySet } from './layers.ts';
import { missingStatement, unguardedStatement } from './missing-statement.ts';
import { isKeyOfAnotherCheck, nameOfCaller, wordsOf, type NearMiss } from './near-miss.ts';
import type { Scenario } from './scenario.ts';
import { escapeConditions, meetConditions } from './request-fix.ts';
import type { RequestChange } from './request-proposals.ts';
import { addValue, widenFor } from './widen.ts';

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

const SUMMARIES: Readonly<Record<PolicyKind, (request: ActionRequest, where: string) => string>> = {
  trust: ({ action, resource }) => `add a statement to the trust policy of ${resource} that allows ${action} to the caller`,
  identity: ({ action, resource }) => `give the caller a policy that allows ${action} on ${resource}`,
  boundary: ({ action, resource }) => `let the caller's permissions boundary allow ${action} on ${resource} too`,
  'session-policy': ({ action, resource }) =>
    `make the caller's session anew with a session policy that allows ${action} on ${resource}`,
  scp: ({ action, resource }, where) => `let ${where} allow ${action} on ${resource}`,
  rcp: (_, where) => `attach RCPFullAWSAccess, which AWS keeps on every level, to the level of ${where}`,
};

/** A change in the words of those who carry it out; null for what they cannot say. */
type Texts = Pick<Fix, 'command' | 'hcl' | 'message'>;

const NO_TEXTS: Texts = { command: null, hcl: null, message: null };

/** How to ask otherwise. */
export const requestTexts = (change: RequestChange, scenario: Scenario): Texts => {
  const asked = changeRequest(scenario, change);
  return { command: requestCommand(change, asked), hcl: requestHcl(change, asked), message: null };
};

const textsOf = (actor: Actor, change: Change | null, place: Place): Texts => {
  if (change === null) return NO_TEXTS;
  if (change.kind !== 'change-request')
    return {
      command: policyCommand(change, place),
      hcl: statementHcl(change.statement),
      message: actor === 'org-admin' ? messageFor(change, place) : null,
    };
  return place.request.call === undefined ? NO_TEXTS : requestTexts(change, place.request.call.scenario);
};

const fixOf = (actor: Actor, summary: string, change: Change | null, place: Place): Fix => ({
  actor,
  account:
    actor === 'you' || actor === 'network' ? (place.request.facts.account ?? null) : accountOf(place.set.kind, place.request),
  summary,
  change,
  ...textsOf(actor, change, place),
});

const wayOf = (path: string, value: unknown): string => {
  if (path === 'caller.sourceIp') return `call from an address that the condition takes, such as ${String(value)}`;
  if (path === 'caller.mfa') return 'call with a session that was made with an MFA code';
  if (path === 'caller.mfaAge') return `call ${String(value)} seconds after the MFA code`;
  if (path === 'time') return `call again at ${String(value)}`;
  return `call with ${path.replace('request.', '')} ${JSON.stringify(value)}`;
};

const requestFix = (change: RequestChange, place: Place): Fix => {
  const set = Object.entries(change.set);
  const ways = [
    ...set.map(([path, value]) => wayOf(path, value)),
    ...change.unset.map((path) => `leave ${path.replace('request.', '')} out`),
  ];
  const isOfNetwork = set.length > 0 && set.every(([path]) => path === 'caller.sourceIp');
  return fixOf(isOfNetwork ? 'network' : 'you', ways.join(', and '), change, place);
};

/** No policy is to blame for what nobody said. */
const askFor = (conditions: readonly Condition[], { facts, context }: ActionRequest): Fix | undefined => {
  const open = conditions.find((condition) => condition.holds(context) === 'maybe');
  return open === undefined
    ? undefined
    : manual('you', facts.account ?? null, `say what ${open.key} is: the answer hangs on it, and the scenario does not state it`);
};

const statementChange = ({ kind, level }: PolicySet, statement: Statement): Change => ({
  kind: 'add-statement',
  to: kind,
  ...(level === null ? {} : { level }),
  statement,
});

/** A condition that failed: met by the caller if it can, else widened by what this request has. No other condition is given up. */
const fixCondition = (place: Place, { statement, policyIndex }: Hit, summary: string): Fix | undefined => {
  const { set, request } = place;
  const failed = statement.conditions.filter((condition) => condition.holds(request.context) !== true);
  const asked = meetConditions(statement.conditions, set.kind, request);
  if (asked !== undefined) return requestFix(asked, place);
  if (failed.every((condition) => condition.holds(request.context) === 'maybe')) return askFor(failed, request);
  if (set.kind === 'rcp') return undefined;
  const longer = addValue(statement, set, request);
  const owner = OWNER[set.kind];
  if (longer !== undefined) {
    const change: Change = {
      kind: 'replace-statement',
      policy: policyRefOf(set, policyIndex),
      index: statement.ref.index,
      statement: longer,
    };
    return fixOf(
      owner,
      `let the condition of statement ${statement.ref.index} of ${wordsOf(set)} take what this request has`,
      change,
      place,
    );
  }
  const widened = widenFor(statement, set, request);
  return widened === undefined ? undefined : fixOf(owner, summary, statementChange(set, widened), place);
};

/** A missing Allow: asked for otherwise if that is enough, else one more statement. */
export const fixMissingAllow = (set: PolicySet, miss: NearMiss, request: ActionRequest): Fix => {
  const place: Place = { set, policyIndex: miss.at?.policyIndex ?? 0, request };
  const { kind } = set;
  const summary = SUMMARIES[kind](request, wordsOf(set));
  // A key that the check of this action never has wants a statement of its own, not another value.
  const isForeign = isKeyOfAnotherCheck(miss.element?.key ?? '', request.action);
  const isCondition = miss.reason === 'CONDITION_NOT_MET' && miss.at !== null && !isForeign;
  const ofCondition = isCondition
    ? fixCondition(place, { set, grant: undefined, isCertain: false, ...miss.at }, summary)
    : undefined;
  if (ofCondition !== undefined) return ofCondition;
  if (kind === 'trust' && request.facts.provider !== undefined && request.facts.provider.principal === undefined)
    return fixOf(
      'target-admin',
      `make an OIDC provider for ${request.facts.provider.issuer} in the account of the role`,
      null,
      place,
    );
  const statement = isCondition ? unguardedStatement(set, request) : missingStatement(set, miss, request);
  return fixOf(OWNER[kind], summary, statementChange(set, statement), place);
};

/** An explicit deny: the caller escapes it if it can; else the same statement with an exception for this caller. */
export const fixExplicitDeny = (hit: Hit, request: ActionRequest, where: string): Fix => {
  const { set, policyIndex, statement, isCertain } = hit;
  const place: Place = { set, policyIndex, request };
  const asked = escapeConditions(statement.conditions, set, request);
  if (asked !== undefined) return requestFix(asked, place);
  const unsaid = isCertain ? undefined : askFor(statement.conditions, request);
  if (unsaid !== undefined) return unsaid;
  const excepted = exempt(statement.source, set.kind, request);
  const change: Change | null =
    excepted === undefined
      ? null
      : { kind: 'replace-statement', policy: policyRefOf(set, policyIndex), index: statement.ref.index, statement: excepted };
  return fixOf(OWNER[set.kind], `except ${nameOfCaller(request)} from ${where}, or ${request.resource}`, change, place);
};

const manual = (actor: Actor, account: string | null, summary: string): Fix => ({
  actor,
  account,
  summary,
  change: null,
  ...NO_TEXTS,
});

/** What is wrong with the document is known, what was meant is not. */
export const fixMalformed = (kind: PolicyKind, fault: string): Fix => manual(OWNER[kind], null, `correct the document: ${fault}`);

/** What the caller has to do, or to ask otherwise, where no policy is to blame. */
export const fixByCaller = (summary: string, scenario?: Scenario, change: RequestChange | null = null): Fix => ({
  ...manual('you', null, summary),
  change,
  ...(change === null || scenario === undefined ? NO_TEXTS : requestTexts(change, scenario)),
});
