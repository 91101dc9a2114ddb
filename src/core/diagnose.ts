/** From AWS's refusal alone to the one cause, the account that must act and the patch. Pure. */
import { sentExternalId, type Access } from '#domain/access.ts';
import type { AccessDenied, DeniedLayer } from '#domain/access-denied.ts';
import { parseRoleArn } from '#domain/arn.ts';
import type { Fix } from '#domain/cause.ts';
import type { CauseCode } from '#domain/causes.ts';
import { findRefusals } from '#domain/find-refusals.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { AssumeRoleRequest as PolicyRequest } from '#policy/scenario.ts';
import type { Diagnosis, Situation } from './diagnosis.ts';
import { fillCause, type FilledCause } from './fill-cause.ts';
import type { Refusal } from './ports/sessions.ts';
import { remediesOf } from './refusal-remedies.ts';

/** The cause with what is known better than the table: its explanation, its fix. `you` act in the source's account. */
const causeOf = (
  filled: FilledCause,
  { source }: Situation,
  better: Partial<Pick<FilledCause, 'explanation' | 'fix'>> = {},
): VerifyCause => {
  const { code, explanation, fix } = { ...filled, ...better };
  const { actor, account, ...patch } = fix;
  const isOfSource = actor === 'you' || actor === 'source-admin';
  return { code, actor, account: account ?? (isOfSource ? source.account : null), explanation, patch };
};

const filled = (code: CauseCode, { access }: Situation, subject: string | null = null): FilledCause =>
  fillCause(code, { subject, roleArn: access.roleArn });

/** What was asked for, as the evaluator has it: the fix of a trust policy carries the external ID that was sent. */
const policyRequestOf = (access: Access): PolicyRequest => {
  const externalId = sentExternalId(access);
  return {
    sessionName: access.sessionName,
    durationSeconds: access.sessionSeconds,
    ...(externalId !== undefined && { externalId }),
  };
};

const LIMITS_OTHERS: Readonly<Partial<Record<DeniedLayer, CauseCode>>> = {
  boundary: 'BOUNDARY_REFUSES',
  'session-policy': 'SESSION_POLICY_REFUSES',
  scp: 'SCP_REFUSES',
  rcp: 'RCP_REFUSES',
  'vpc-endpoint': 'VPC_ENDPOINT_REFUSES',
};

const NOT_TRUSTED: Readonly<Record<string, CauseCode>> = {
  'sts:TagSession': 'TAG_SESSION_NOT_TRUSTED',
  'sts:SetSourceIdentity': 'SOURCE_IDENTITY_NOT_TRUSTED',
};

const NOT_GRANTED: Readonly<Record<string, CauseCode>> = {
  'sts:TagSession': 'TAG_SESSION_NOT_GRANTED',
  'sts:SetSourceIdentity': 'SOURCE_IDENTITY_NOT_GRANTED',
};

/** The layer that AWS names, and the action that it refused, are the cause. */
const codeOf = ({ action, reason }: AccessDenied): CauseCode => {
  if (reason === undefined) return 'TRUST_OR_GRANT_MISSING';
  const { layer, isExplicit } = reason;
  if (layer === 'identity') return isExplicit ? 'SOURCE_DENIES' : (NOT_GRANTED[action] ?? 'SOURCE_GRANT_MISSING');
  return LIMITS_OTHERS[layer] ?? (isExplicit ? 'TRUST_DENIES' : (NOT_TRUSTED[action] ?? 'TRUST_REFUSES'));
};

const sentId = (access: Access): string => {
  const sent = sentExternalId(access);
  return sent === undefined ? 'no external ID was sent' : `the external ID "${sent}" was sent`;
};

/** AWS's one answer to several faults: what they are, so that nobody looks for one only. */
const couldBe = (code: CauseCode, { access, source }: Situation): string => {
  const role = `${access.roleArn} must exist, name ${source.arn} or its role or account, and have no condition that the call does not meet (${sentId(access)})`;
  return code === 'TRUST_REFUSES'
    ? role
    : `in ${access.role.account} ${role}; in ${source.account} the policies of ${source.arn} must allow sts:AssumeRole on it`;
};

const explained = ({ code, explanation }: FilledCause, situation: Situation): string =>
  code === 'TRUST_REFUSES' || code === 'TRUST_OR_GRANT_MISSING' ? `${explanation}: ${couldBe(code, situation)}` : explanation;

const deniedCause = (said: AccessDenied, isExplicit: boolean, situation: Situation): VerifyCause => {
  const about = filled(codeOf(said), situation);
  const [fix] = remediesOf({ ...said, isExplicit }, policyRequestOf(situation.access));
  return causeOf(about, situation, { explanation: explained(about, situation), ...(fix && { fix }) });
};

const raiseMaximum = (filledCause: FilledCause, { access }: Situation): Fix => {
  const name = parseRoleArn(access.roleArn)?.name ?? '';
  return {
    ...filledCause.fix,
    command: `aws iam update-role --role-name ${name} --max-session-duration ${access.sessionSeconds}`,
  };
};

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors */
const diagnoseRefusal = (refusal: Refusal, situation: Situation): VerifyCause => {
  const [found] = findRefusals(`An error occurred (${refusal.code}): ${refusal.message}`);
  if (found?.kind === 'access-denied') return deniedCause(found.said, found.isExplicit, situation);
  if (found?.kind === 'known') {
    const about = filled(found.code, situation, found.subject);
    return causeOf(about, situation, found.code === 'DURATION_ABOVE_ROLE_MAXIMUM' ? { fix: raiseMaximum(about, situation) } : {});
  }
  if (refusal.code.startsWith('RegionDisabled'))
    return causeOf(filled('STS_REGION_DISABLED', situation, situation.source.account), situation);
  return causeOf(filled('OTHER_REFUSAL', situation, `${refusal.code}: ${refusal.message}`), situation);
};

export const diagnosis: Diagnosis = {
  diagnose: async (symptom, situation) =>
    symptom.kind === 'refusal'
      ? diagnoseRefusal(symptom.refusal, situation)
      : causeOf(filled(symptom.code, situation, symptom.subject), situation),
};
