/**
 * The patch where nobody here may read the policy that refused. AWS's words say which layer it is, and no more: a trust policy is for its
 * owner to look at, by a command that finds the statement and its patch, for one that is added unseen leads round its conditions. Pure.
 */
import type { Fix } from '#domain/cause.ts';
import type { CauseCode } from '#domain/causes.ts';
import type { Situation } from './diagnosis.ts';
import type { FilledCause } from './fill-cause.ts';
import { explainCommand, policyRequestOf, verifyCommand } from './request-change.ts';

/** Whose policies they are. */
const SIDES: Readonly<Partial<Record<CauseCode, 'source' | 'target'>>> = {
  SOURCE_DENIES: 'source',
  BOUNDARY_REFUSES: 'source',
  TRUST_DENIES: 'target',
  TRUST_REFUSES: 'target',
  TAG_SESSION_NOT_TRUSTED: 'target',
  SOURCE_IDENTITY_NOT_TRUSTED: 'target',
  INHERITED_TAGS_NOT_TRUSTED: 'target',
  TRUST_OR_GRANT_MISSING: 'target',
};

const NOTHING_TOLD: readonly CauseCode[] = ['TRUST_REFUSES', 'TRUST_OR_GRANT_MISSING', 'TRUST_DENIES'];

/**
 * Nothing was said of an external ID. A role for others mostly asks for one, and a statement that lets in without it would open it; a Deny of
 * calls without one, or with one (CDK's roles), looks the same from outside.
 */
const sendIdFirst = (fix: Fix, { access, request }: Situation): Fix => ({
  ...fix,
  summary: `first send the external ID, if the role asks for one: whoever made it knows, for STS does not tell; if it asks for none, ${fix.summary}`,
  change: null,
  command: `aws iam get-role --role-name ${access.role.name} --query Role.AssumeRolePolicyDocument`,
  hcl: null,
  xacct: verifyCommand(access.roleArn, { ...policyRequestOf(request), externalId: 'EXTERNAL_ID' }),
});

/** AWS says the same of a role that is not there, of one that trusts others, and of a grant that is missing: no change is known to cure. */
const lookFirst = (fix: Fix, isExplicit: boolean, { access, source }: Situation): Fix => ({
  ...fix,
  actor: 'target-admin',
  account: access.role.account,
  summary: isExplicit
    ? `find the Deny statement that hits ${source.arn}, in the trust policy of ${access.roleArn} or in a policy of its own: AWS does not say which; then except the caller, where it is meant to get in`
    : `look whether ${access.roleArn} is there and lets ${source.arn} in: AWS says the same where it is not, where it trusts others and where the caller's own policies allow nothing; then change what is wrong`,
  change: null,
  command: `aws iam get-role --role-name ${access.role.name} --query Role.AssumeRolePolicyDocument`,
  hcl: null,
});

/** init writes these with all conditions that are declared. What a session hands on from before is declared nowhere. */
const MADE_BY_INIT: readonly CauseCode[] = ['TRUST_REFUSES', 'TAG_SESSION_NOT_TRUSTED', 'SOURCE_IDENTITY_NOT_TRUSTED'];

/** `action`: what was refused. An external ID belongs to sts:AssumeRole alone. */
export const unreadFix = (
  { code, fix }: FilledCause,
  { action, isExplicit }: { readonly action: string; readonly isExplicit: boolean },
  situation: Situation,
): Fix => {
  const isOfEntry = action === 'sts:AssumeRole';
  const isSilent = situation.request.externalId === undefined && !situation.said.hasNoId;
  if (isOfEntry && isSilent && NOTHING_TOLD.includes(code)) return sendIdFirst(fix, situation);
  const told = code === 'TRUST_OR_GRANT_MISSING' ? lookFirst(fix, isExplicit, situation) : fix;
  if (situation.said.trusted !== undefined && MADE_BY_INIT.includes(code))
    return {
      ...told,
      summary: `let init compare it with xacct.yaml, which knows its conditions: ${told.summary}`,
      xacct: 'xacct init',
    };
  const side = SIDES[code];
  return side === undefined ? told : { ...told, xacct: explainCommand(situation, side) };
};
