/** The one cause by the policies that can be read, decided by the evaluator. Reads only. */
import { formatRoleArn, parseArn, parseSessionArn } from '#domain/arn.ts';
import type { AccessDenied, DeniedLayer } from '#domain/access-denied.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { Unread } from '#domain/unread.ts';
import { isXacctError } from '#domain/xacct-error.ts';
import type { AssumeRoleRequest, Caller } from '#policy/scenario.ts';
import { callerOfArn } from './caller-of-arn.ts';
import type { Situation } from './diagnosis.ts';
import { explainLive, type AccountView, type LiveAnswer } from './explain-live.ts';
import { causeOfAnswer } from './policy-cause.ts';
import { policyRequestOf } from './request-change.ts';

export interface PolicyFinding {
  readonly cause: VerifyCause;
  /** Nothing that could not be read would change it. */
  readonly isCertain: boolean;
}

/** What reading came to. */
export interface Reading {
  readonly finding: PolicyFinding | undefined;
  /** All that binds the source in its own account was read, as far as IAM shows it, and lets it go. */
  readonly isSourceClear: boolean;
  /** The same of both sides. */
  readonly isClear: boolean;
  /** Of either side, the organizations among it. */
  readonly unread: readonly Unread[];
}

const NOTHING: Reading = { finding: undefined, isSourceClear: false, isClear: false, unread: [] };

const MFA = ['aws:multifactorauthpresent', 'aws:multifactorauthage'];

/** Long-term keys and the session of a role show no code: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html */
const hasNoCode = ({ source, sessions }: Situation): boolean =>
  parseSessionArn(source.arn) !== undefined || sessions.credentialLife().kind === 'permanent';

/** A role on the way is of an account whose organization nobody asked for. */
const organizationOf = ({ source, insight: { organization } }: Situation): string | undefined =>
  organization?.account === source.account ? organization.id : undefined;

/** Tags and a source identity that the source's session hands on are asked about, too, and nobody can read which they are. */
const withHandedOn = (request: AssumeRoleRequest, said: AccessDenied | undefined): AssumeRoleRequest => {
  if (said?.action === 'sts:TagSession' && request.tags === undefined) return { ...request, tags: { handed: 'on' } };
  if (said?.action === 'sts:SetSourceIdentity' && request.sourceIdentity === undefined)
    return { ...request, sourceIdentity: 'handed-on' };
  return request;
};

const ask = (
  situation: Situation,
  views: readonly AccountView[],
  said: AccessDenied | undefined,
): Promise<LiveAnswer> | undefined => {
  const { access, source, request, insight } = situation;
  const { arn, claims, userId } = source;
  const known = callerOfArn(arn);
  const orgId = organizationOf(situation);
  const caller: Caller | undefined =
    claims === undefined
      ? known && { ...known, uniqueId: userId, ...(orgId !== undefined && { orgId }) }
      : { arn, kind: 'web-identity', claims };
  if (caller === undefined) return undefined;
  return explainLive({
    caller,
    role: access.role,
    request: withHandedOn(policyRequestOf(request), said),
    time: insight.time,
    known: [...(hasNoCode(situation) ? MFA : []), ...(orgId === undefined ? [] : ['aws:principalorgid'])],
    views,
    wasRefused: true,
  });
};

/** The account whose policies AWS's words are about. */
const sideOf = (layer: DeniedLayer, { access, source }: Situation): string =>
  layer === 'trust' || layer === 'resource' ? access.role.account : source.account;

const isSame = (layer: DeniedLayer, answer: LiveAnswer): boolean =>
  answer.layer === layer || (layer === 'resource' && answer.layer === 'trust');

/** Where AWS names another layer than the evaluator came to first, the others are left out of the question. */
const inLayer = async (
  answer: LiveAnswer,
  said: AccessDenied | undefined,
  situation: Situation,
): Promise<LiveAnswer | undefined> => {
  const layer = said?.reason?.layer;
  if (layer === undefined || isSame(layer, answer)) return answer;
  const account = sideOf(layer, situation);
  const again = await ask(
    situation,
    situation.insight.views.filter((view) => view.account === account),
    said,
  );
  return again !== undefined && isSame(layer, again) ? again : undefined;
};

/** Throws nothing that reading IAM can throw: what could not be read is not known. */
export const readPolicies = async (said: AccessDenied | undefined, situation: Situation): Promise<Reading> => {
  const { source, access } = situation;
  const { views } = situation.insight;
  try {
    const whole = await ask(situation, views, said);
    if (whole === undefined) return NOTHING;
    const answer = await inLayer(whole, said, situation);
    if (answer === undefined) return { ...NOTHING, unread: whole.unread };
    if (answer.verdict !== 'allowed')
      return {
        finding: { cause: await causeOfAnswer(answer, situation), isCertain: answer.confidence === 'high' },
        isSourceClear: false,
        isClear: false,
        unread: whole.unread,
      };
    const isRead = views.some(({ account }) => account === source.account);
    const unread = answer.unread.filter(({ permission }) => permission?.startsWith('iam:') === true);
    const isSourceClear =
      isRead && unread.every(({ account }) => account !== source.account) && access.role.account !== source.account;
    const isTargetRead = views.some(({ account }) => account === access.role.account);
    return {
      finding: undefined,
      isSourceClear,
      isClear: isSourceClear && isTargetRead && unread.length === 0,
      unread: whole.unread,
    };
  } catch (error) {
    if (isXacctError(error) && error.kind !== 'interrupted') return NOTHING;
    throw error;
  }
};

/** The role's ARN as it would be in the source's partition, or undefined where it is there. */
export const inPartitionOf = ({ access, source }: Situation): string | undefined => {
  const partition = parseArn(source.arn)?.partition ?? access.role.partition;
  return partition === access.role.partition ? undefined : formatRoleArn({ ...access.role, partition });
};
