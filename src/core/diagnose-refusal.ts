/** From AWS's refusal alone to the one cause, the account that must act and the patch. Pure. */
import { parseSessionArn } from '#domain/arn.ts';
import type { AccessDenied, DeniedLayer } from '#domain/access-denied.ts';
import type { Fix } from '#domain/cause.ts';
import type { CauseCode } from '#domain/causes.ts';
import { CHAINED_SESSION_SECONDS } from '#domain/limits.ts';
import { findRefusals } from '#domain/find-refusals.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { Situation } from './diagnosis.ts';
import { fillCause, type FilledCause } from './fill-cause.ts';
import { changeFix, policyRequestOf, setting, unset, verifyCommand } from './request-change.ts';
import type { AssumeRoleRequest, CallerIdentity, Refusal } from './ports/sessions.ts';
import { remediesOf } from './refusal-remedies.ts';
import { unreadFix } from './unread-fix.ts';

/** The cause with what is known better than the table: its explanation, its fix. `you` act in the source's account. */
export const causeOf = (
  filled: FilledCause,
  { access, source }: Situation,
  better: Partial<Pick<FilledCause, 'explanation' | 'fix'>> = {},
): VerifyCause => {
  const { code, explanation, fix } = { ...filled, ...better };
  const { actor, account, xacct, ...patch } = fix;
  const isOfSource = actor === 'you' || actor === 'source-admin';
  const isSayable = xacct !== undefined && !(xacct.startsWith('xacct verify ') && isOnAWay(access));
  return {
    code,
    actor,
    account: account ?? (isOfSource ? source.account || null : null),
    explanation,
    patch: { ...patch, ...(isSayable && { xacct }) },
  };
};

/** No flag of verify says a hub or a token: the way in stands in xacct.yaml, and what is wrong with the request is to be changed there. */
const isOnAWay = ({ via, webIdentity }: Situation['access']): boolean => via.length > 0 || webIdentity !== undefined;

export const filledFor = (code: CauseCode, { access }: Situation, subject: string | null = null): FilledCause =>
  fillCause(code, { subject, roleArn: access.roleArn });

export const LIMITS_OTHERS: Readonly<Partial<Record<DeniedLayer, CauseCode>>> = {
  boundary: 'BOUNDARY_REFUSES',
  'session-policy': 'SESSION_POLICY_REFUSES',
  scp: 'SCP_REFUSES',
  rcp: 'RCP_REFUSES',
  'vpc-endpoint': 'VPC_ENDPOINT_REFUSES',
};

export const NOT_TRUSTED: Readonly<Record<string, CauseCode>> = {
  'sts:TagSession': 'TAG_SESSION_NOT_TRUSTED',
  'sts:SetSourceIdentity': 'SOURCE_IDENTITY_NOT_TRUSTED',
};

export const NOT_GRANTED: Readonly<Record<string, CauseCode>> = {
  'sts:TagSession': 'TAG_SESSION_NOT_GRANTED',
  'sts:SetSourceIdentity': 'SOURCE_IDENTITY_NOT_GRANTED',
};

/** The layer that AWS names, and the action that it refused, are the cause. */
const codeOf = ({ action, reason }: AccessDenied, { request }: Situation): CauseCode => {
  const isInherited = action === 'sts:TagSession' && request.tags === undefined;
  if (reason === undefined) return 'TRUST_OR_GRANT_MISSING';
  const { layer, isExplicit } = reason;
  if (layer === 'identity') return isExplicit ? 'SOURCE_DENIES' : (NOT_GRANTED[action] ?? 'SOURCE_GRANT_MISSING');
  return (
    LIMITS_OTHERS[layer] ??
    (isExplicit ? 'TRUST_DENIES' : isInherited ? 'INHERITED_TAGS_NOT_TRUSTED' : (NOT_TRUSTED[action] ?? 'TRUST_REFUSES'))
  );
};

const sentId = ({ externalId }: AssumeRoleRequest): string =>
  externalId === undefined
    ? 'no external ID was sent, and STS tells nobody whether the role asks for one'
    : `the external ID "${externalId}" was sent`;

/** A session's source identity stays, and STS refuses another one in the words of a missing permission. */
const orChanged = ({ arn }: CallerIdentity): string =>
  parseSessionArn(arn) === undefined ? '' : '; or the session has another source identity already, which cannot be changed';

/** AWS's one answer to several faults: what they are, so that nobody looks for one only. */
const couldBe = (code: CauseCode, action: string, { access, source, request }: Situation): string => {
  if (action !== 'sts:AssumeRole') {
    const trust = `in ${access.role.account} the trust policy of ${access.roleArn} must allow ${action} to ${source.arn} or its role or account`;
    const grant = `in ${source.account} the policies of ${source.arn} must allow ${action} on it`;
    const other = action === 'sts:SetSourceIdentity' ? orChanged(source) : '';
    return code === 'TRUST_REFUSES' ? `${trust}${other}` : `${trust}; ${grant}${other}`;
  }
  const role = `${access.roleArn} must exist, name ${source.arn} or its role or account, and have no condition that the call does not meet (${sentId(request)})`;
  return code === 'TRUST_REFUSES'
    ? role
    : `in ${access.role.account} ${role}; in ${source.account} the policies of ${source.arn} must allow sts:AssumeRole on it`;
};

const explained = ({ code, explanation }: FilledCause, action: string, situation: Situation): string =>
  code === 'TRUST_REFUSES' || code === 'TRUST_OR_GRANT_MISSING'
    ? `${explanation}: ${couldBe(code, action, situation)}`
    : explanation;

const deniedCause = (said: AccessDenied, isExplicit: boolean, situation: Situation): VerifyCause => {
  const about = filledFor(codeOf(said, situation), situation);
  const [fix = about.fix] = remediesOf({ ...said, isExplicit }, policyRequestOf(situation.request));
  return causeOf(about, situation, {
    explanation: explained(about, said.action, situation),
    fix: unreadFix({ ...about, fix }, { action: said.action, isExplicit }, situation),
  });
};

const raiseMaximum = (about: FilledCause, { access }: Situation): Fix => ({
  ...about.fix,
  command: `aws iam update-role --role-name ${access.role.name} --max-session-duration ${access.sessionSeconds}`,
});

const fixOfKnown = (about: FilledCause, situation: Situation): Fix => {
  const { summary } = about.fix;
  switch (about.code) {
    case 'DURATION_ABOVE_ROLE_MAXIMUM':
      return raiseMaximum(about, situation);
    case 'DURATION_ABOVE_CHAINING_LIMIT':
      return changeFix(situation, setting('request.durationSeconds', CHAINED_SESSION_SECONDS), summary);
    case 'TAG_CONFLICTS_WITH_TRANSITIVE':
      return changeFix(situation, unset('request.tags', 'request.transitiveTagKeys'), summary);
    case 'ROOT_CALLER':
      return {
        ...about.fix,
        xacct: `${verifyCommand(situation.access.roleArn, policyRequestOf(situation.request))} --source-profile NAME`,
      };
    case 'STS_REGION_DISABLED':
      return { ...changeFix(situation, setting('request.region', 'us-east-1'), summary), ...pickOwner(about.fix) };
    default:
      return about.fix;
  }
};

const pickOwner = ({ actor, account }: Fix): Pick<Fix, 'actor' | 'account'> => ({ actor, account });

/** A code of STS may stand for expired credentials elsewhere; of a token its sentence says more. */
const tokenCause = (refusal: Refusal, situation: Situation): VerifyCause => {
  const [found] = [...findRefusals(refusal.message), ...findRefusals(`An error occurred (${refusal.code}): ${refusal.message}`)];
  if (found?.kind === 'known') return causeOf(filledFor(found.code, situation, found.subject), situation);
  const isRefused = found?.kind === 'web-identity' || refusal.code === 'AccessDenied';
  const about = isRefused
    ? filledFor('TOKEN_NOT_TRUSTED', situation)
    : filledFor('OTHER_REFUSAL', situation, `${refusal.code}: ${refusal.message}`);
  return causeOf(about, situation);
};

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors */
export const diagnoseRefusal = (refusal: Refusal, situation: Situation): VerifyCause => {
  if (situation.source.claims !== undefined) return tokenCause(refusal, situation);
  const [found] = findRefusals(`An error occurred (${refusal.code}): ${refusal.message}`);
  if (found?.kind === 'access-denied') return deniedCause(found.said, found.isExplicit, situation);
  if (found?.kind === 'known') {
    const about = filledFor(found.code, situation, found.subject);
    return causeOf(about, situation, { fix: fixOfKnown(about, situation) });
  }
  if (refusal.code.startsWith('RegionDisabled'))
    return causeOf(filledFor('STS_REGION_DISABLED', situation, situation.source.account), situation);
  return causeOf(filledFor('OTHER_REFUSAL', situation, `${refusal.code}: ${refusal.message}`), situation);
};
