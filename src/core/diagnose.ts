/** One cause for a failed proof: from AWS's words, the policies that can be read, and the same request with one thing changed, in this order. */
import { parseAccessDenied, type AccessDenied } from '#domain/access-denied.ts';
import { formatRoleArn } from '#domain/arn.ts';
import type { Fix } from '#domain/cause.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import { inPartitionOf, readPolicies } from './diagnose-policies.ts';
import { causeOf, diagnoseRefusal, filledFor } from './diagnose-refusal.ts';
import { mayBeDeclared, profileOf } from './declared-trust.ts';
import { causeOfError } from './diagnose-error.ts';
import type { Diagnosis, Situation, Symptom } from './diagnosis.ts';
import type { Refusal } from './ports/sessions.ts';
import { changeFix, policyRequestOf, unset, verifyCommand } from './request-change.ts';
import type { FilledCause } from './fill-cause.ts';
import { permissionFix } from './permission-cause.ts';
import { shutOut, tightenTrust } from './rewrite-trust.ts';
import { judgePermissions } from './judge-permissions.ts';
import { findVariation, hasOtherIdentity } from './variations.ts';

type Seen = Extract<Symptom, { readonly kind: 'seen' }>;

const partitionCause = (situation: Situation): VerifyCause | undefined => {
  const roleArn = inPartitionOf(situation);
  if (roleArn === undefined) return undefined;
  const about = filledFor('PARTITION_MISMATCH', situation, roleArn);
  const xacct = verifyCommand(roleArn, policyRequestOf(situation.request));
  return causeOf(about, situation, { fix: { ...about.fix, xacct } });
};

/** Where the credentials that were named for the target are of another account, one of the two is wrong. */
const otherAccountCause = (situation: Situation): VerifyCause | undefined => {
  const { access, insight, request } = situation;
  const { targetAccount } = insight;
  if (targetAccount === undefined || targetAccount === access.role.account) return undefined;
  const roleArn = formatRoleArn({ ...access.role, account: targetAccount });
  const about = filledFor('ROLE_IN_OTHER_ACCOUNT', situation, targetAccount);
  return causeOf(about, situation, { fix: { ...about.fix, xacct: verifyCommand(roleArn, policyRequestOf(request)) } });
};

/** What the ARN of the role alone tells. */
const wrongRole = (situation: Situation): VerifyCause | undefined => partitionCause(situation) ?? otherAccountCause(situation);

/** A token of another run: of a pair, of the other half's. */
const otherToken = (about: FilledCause, situation: Situation): VerifyCause => {
  const { xacct: _, ...fix } = about.fix;
  return causeOf(about, situation, {
    explanation: `${about.explanation}: this token is of ${situation.source.userId} (${situation.source.arn})`,
    fix: { ...fix, summary: 'come with a token of one whom it trusts, or prove the role that is meant for this one' },
  });
};

/** Whoever is not meant to get in is refused rightly: nothing of the role is to be changed. */
const otherSource = (situation: Situation): VerifyCause | undefined => {
  const { said, source } = situation;
  if (mayBeDeclared(said.trusted, source)) return undefined;
  const names = said.trusted?.map(({ name }) => name) ?? [];
  const about = filledFor('SOURCE_NOT_DECLARED', situation, names.join(', '));
  if (source.claims !== undefined) return otherToken(about, situation);
  const isOfInstances = said.trusted?.[0]?.principal.kind === 'ec2';
  const xacct = `xacct verify ${isOfInstances ? '--source ec2' : `--source-profile ${profileOf(names)}`}`;
  return causeOf(about, situation, { explanation: `${about.explanation}: ${source.arn}`, fix: { ...about.fix, xacct } });
};

/** What needs no look at any policy. */
const plainCause = (situation: Situation): VerifyCause | undefined => wrongRole(situation) ?? otherSource(situation);

const seenFix = async ({ code, fix }: FilledCause, subject: string | null, situation: Situation): Promise<Fix | undefined> => {
  switch (code) {
    case 'EXTERNAL_ID_NOT_ENFORCED':
    case 'EXTERNAL_ID_NOT_COMPARED':
      return tightenTrust(fix, situation);
    case 'OUTSIDER_LET_IN':
      return subject === null ? undefined : shutOut(fix, subject, situation);
    default:
      return undefined;
  }
};

const seenCause = async ({ code, subject, denied = [] }: Seen, situation: Situation): Promise<VerifyCause> => {
  const about = filledFor(code, situation, subject);
  const permission = await permissionFix(about.fix, denied, situation);
  if (permission !== undefined)
    return causeOf(about, situation, { explanation: `${about.explanation}; ${permission.because}`, fix: permission.fix });
  const fix = await seenFix(about, subject, situation);
  return causeOf(about, situation, fix && { fix });
};

const variedCause = async (situation: Situation): Promise<VerifyCause | undefined> => {
  const variation = await findVariation(situation);
  if (variation === undefined) return undefined;
  const about = filledFor(variation.code, situation);
  return causeOf(about, situation, { fix: changeFix(situation, variation.change, about.fix.summary) });
};

/** Both sides allow to set one, so it is the value: a session's own cannot become another. */
const identityCause = (situation: Situation): VerifyCause => {
  const about = filledFor('SOURCE_IDENTITY_CHANGED', situation);
  return causeOf(about, situation, { fix: changeFix(situation, unset('request.sourceIdentity'), about.fix.summary) });
};

/** Only the trust policy, or nobody, was named: something in the request may be what it does not take. */
const mayBeTheRequest = (said: AccessDenied | undefined): boolean =>
  said !== undefined &&
  said.action === 'sts:AssumeRole' &&
  (said.reason === undefined || said.reason.layer === 'trust' || said.reason.layer === 'resource');

/** AWS named no side, and the source's own was read and found in order. */
const withoutSource = (cause: VerifyCause, isSourceClear: boolean, situation: Situation): VerifyCause => {
  if (cause.code !== 'TRUST_OR_GRANT_MISSING' || !isSourceClear) return cause;
  const about = filledFor('TRUST_REFUSES', situation);
  return { ...cause, code: about.code, explanation: `${about.explanation}; the source's own policies were read, and allow it` };
};

/** What is declared of the trust policy shuts the source out: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid */
const isOfOtherOrganization = ({ said, source, insight: { organization } }: Situation): boolean =>
  said.orgId !== undefined && organization?.account === source.account && organization.id !== said.orgId;

const organizationCause = (situation: Situation): VerifyCause | undefined => {
  if (!isOfOtherOrganization(situation)) return undefined;
  const about = filledFor('ORGANIZATION_REQUIRED', situation);
  const { said, source, insight } = situation;
  const own = insight.organization?.id ?? '';
  return causeOf(about, situation, {
    explanation: `${about.explanation}: ${said.orgId} is declared, and account ${source.account} is in ${own}`,
    fix: {
      ...about.fix,
      summary: `declare ${own} (role.conditions.orgId), and let init write it into the trust policy`,
      xacct: `xacct init --org ${own} --save --prune`,
    },
  });
};

const diagnoseDenied = async (refusal: Refusal, situation: Situation): Promise<VerifyCause> => {
  const said = parseAccessDenied(refusal.message);
  if (said === undefined && situation.source.claims === undefined) return diagnoseRefusal(refusal, situation);
  const { finding, isSourceClear, isClear, unread } = await readPolicies(said, situation);
  const telling = (cause: VerifyCause): VerifyCause => ({ ...cause, unread });
  if (finding?.isCertain === true) return telling(finding.cause);
  const isOfIdentity = said?.action === 'sts:SetSourceIdentity' && said.reason === undefined;
  if (isOfIdentity && (isClear || (await hasOtherIdentity(situation)))) return telling(identityCause(situation));
  const declared = mayBeTheRequest(said) ? organizationCause(situation) : undefined;
  if (declared !== undefined) return telling(declared);
  const varied = mayBeTheRequest(said) ? await variedCause(situation) : undefined;
  return telling(varied ?? finding?.cause ?? withoutSource(diagnoseRefusal(refusal, situation), isSourceClear, situation));
};

export const diagnosis: Diagnosis = {
  isHopeless: async (refusal, situation) => {
    if (plainCause(situation) !== undefined || isOfOtherOrganization(situation)) return true;
    return (await readPolicies(parseAccessDenied(refusal.message), situation)).finding?.isCertain === true;
  },
  diagnose: async (symptom, situation) => {
    if (symptom.kind === 'seen') return seenCause(symptom, situation);
    const { refusal } = symptom;
    if (refusal.code !== 'AccessDenied') return diagnoseRefusal(refusal, situation);
    return plainCause(situation) ?? diagnoseDenied(refusal, situation);
  },
  judgePermissions,
  ofError: causeOfError,
};
