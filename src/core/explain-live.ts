/** Why a caller may or may not assume a role, from what the credentials at hand may read on either side. Reads only; asks STS nothing. */
import { formatRoleArn, parseArn, type RoleArn } from '#domain/arn.ts';
import type { Decision } from '#domain/cause.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import type { AssumeRoleRequest, Caller, Scenario, TargetRole } from '#policy/scenario.ts';
import { adaptFix } from './adapt-fix.ts';
import { sayLocked } from './locked-role.ts';
import type { PrincipalIam } from './ports/principal-iam.ts';
import { readCaller } from './read-caller.ts';
import { doubt } from './unknowable-keys.ts';
import { meetInTrust } from './unmet-condition.ts';
import { attemptIn, distinct } from './unread.ts';
import type { Unread } from '#domain/unread.ts';

/** IAM of one account, for whoever has its credentials. */
export interface AccountView {
  readonly account: string;
  readonly iam: PrincipalIam;
}

export interface LiveQuestion {
  /** As far as it is known without reading. */
  readonly caller: Caller;
  readonly role: RoleArn;
  readonly request: AssumeRoleRequest;
  /** ISO 8601. */
  readonly time: string;
  /** Keys, in lower case, whose values the person said: they are in the caller and the request. */
  readonly known: readonly string[];
  /** Every account that can be looked at. */
  readonly views: readonly AccountView[];
  /** AWS has refused it: what nobody here knows is why, where all else is in order. */
  readonly wasRefused?: boolean;
}

export interface LiveAnswer extends Decision {
  readonly caller: string;
  readonly role: string;
  /** False: allowed as far as could be read, and the trust policy or the caller's own policies could not. */
  readonly isSettled: boolean;
  readonly unread: readonly Unread[];
}

const UNKNOWN = 'unknown';

const noView = (what: string, account: string, side: 'source' | 'target'): Unread => ({
  what,
  account,
  permission: null,
  reason: `no credentials of account ${account} were given: --${side}-profile`,
});

/** Only an organization's management account, or whom it delegates to, sees its policies. */
const organizationOf = (account: string, what: string): Unread => ({
  what,
  account,
  permission: 'organizations:ListPoliciesForTarget',
  reason: "they are read in the organization's management account only, which explain does not ask",
});

const knowCaller = async ({ caller, views }: LiveQuestion, unread: Unread[]): Promise<Caller> => {
  if (caller.kind !== 'user' && caller.kind !== 'role' && caller.kind !== 'assumed-role') return caller;
  const account = parseArn(caller.arn)?.account ?? '';
  unread.push(organizationOf(account, `the service control policies of account ${account}`));
  const view = views.find((one) => one.account === account);
  if (view !== undefined) return { ...(await readCaller(caller, view.iam, attemptIn(account, unread))), scps: UNKNOWN };
  unread.push(noView(`the policies of ${caller.arn}`, account, 'source'));
  return { ...caller, identityPolicies: UNKNOWN, boundary: UNKNOWN, scps: UNKNOWN };
};

/** Undefined: there is no such role. */
const knowRole = async ({ role, views }: LiveQuestion, unread: Unread[]): Promise<TargetRole | undefined> => {
  const arn = formatRoleArn(role);
  const { account } = role;
  unread.push(organizationOf(account, `the resource control policies of account ${account}`));
  const unreadable: TargetRole = { arn, trustPolicy: UNKNOWN, maxSessionDuration: 43_200, rcps: UNKNOWN };
  const view = views.find((one) => one.account === account);
  if (view === undefined) {
    unread.push(noView(`the trust policy of ${arn}`, account, 'target'));
    return unreadable;
  }
  const attempt = attemptIn(account, unread);
  const state = await attempt(`the trust policy of ${arn}`, 'iam:GetRole', () => view.iam.readPrincipal('role', role.name));
  if (state === UNKNOWN) return unreadable;
  // A role of that name at another path is another ARN, which STS does not know.
  if (state === undefined || state.arn !== arn) return undefined;
  return {
    arn,
    trustPolicy: state.trustPolicy ?? UNKNOWN,
    tags: state.tags,
    uniqueId: state.uniqueId,
    rcps: UNKNOWN,
    ...(state.maxSessionSeconds !== undefined && { maxSessionDuration: state.maxSessionSeconds }),
  };
};

/** AWS answers AccessDenied, as if the trust policy refused. Source: STS API Reference, AssumeRole: it has no NoSuchEntity. */
const roleMissing = ({ role }: LiveQuestion): Decision => ({
  id: null,
  verdict: 'denied',
  layer: 'trust',
  policy: null,
  statement: null,
  reason: 'NO_POLICY',
  confidence: 'high',
  explanation: `there is no role ${formatRoleArn(role)} in account ${role.account}: STS answers AccessDenied, as for one that refuses`,
  action: 'sts:AssumeRole',
  element: null,
  before: [],
  fix: {
    actor: 'target-admin',
    account: role.account,
    summary: 'make the role, or correct its name or path in the ARN',
    change: null,
    command: `aws iam get-role --role-name ${role.name} --query Role.Arn`,
    hcl: null,
    message: null,
  },
});

/** As it was read here. */
const isDocument = (source: TargetRole['trustPolicy']): source is PolicyDocument => typeof source === 'object';

export const explainLive = async (question: LiveQuestion): Promise<LiveAnswer> => {
  const unread: Unread[] = [];
  const [caller, role] = await Promise.all([knowCaller(question, unread), knowRole(question, unread)]);
  const named = { caller: question.caller.arn, role: formatRoleArn(question.role) };
  if (role === undefined) return { ...roleMissing(question), ...named, isSettled: true, unread: [] };
  // What the person said of the caller wins over what was read: tags of a session over those of its role.
  const tags = { ...caller.tags, ...question.caller.tags };
  const asking = Object.keys(tags).length === 0 ? caller : { ...caller, tags };
  const scenario: Scenario = { time: question.time, caller: asking, role, request: question.request };
  const areTagsRead = caller.identityPolicies !== UNKNOWN && unread.every(({ permission }) => permission !== 'iam:GetUser');
  const judged = doubt(scenario, question.known, caller.kind === 'user' && !areTagsRead);
  const adapted = { ...judged.decision, fix: adaptFix(judged.decision, parseArn(question.caller.arn)?.account ?? null) };
  const { trustPolicy } = role;
  const isAsked = adapted.fix?.change === null && question.wasRefused !== true;
  const place = { caller: asking, role: question.role };
  const met = isDocument(trustPolicy) && !isAsked ? meetInTrust(adapted, trustPolicy, place) : undefined;
  const decision = sayLocked(met === undefined ? adapted : { ...adapted, fix: met }, question.role);
  const isRead = role.trustPolicy !== UNKNOWN && caller.identityPolicies !== UNKNOWN && caller.boundary !== UNKNOWN;
  const isSettled = decision.verdict !== 'allowed' || isRead;
  return { ...decision, ...named, isSettled, unread: distinct([...judged.unread, ...unread]) };
};
