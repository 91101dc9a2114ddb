/** From AWS's refusal to the one cause, the account that must act and the patch. Pure. */
import { shellWord } from '#domain/shell-word.ts';
import type { Access } from '#domain/access.ts';
import { parseAccessDenied } from '#domain/access-denied.ts';
import { parseArn, parseRoleArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { formatDuration } from '#domain/duration.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { assumePathless } from '#domain/principal.ts';
import { CAUSES, type CauseCode, type Patch, type VerifyCause } from '#domain/verify-report.ts';
import type { CallerIdentity, Refusal } from './ports/sessions.ts';

interface Situation {
  readonly access: Access;
  readonly source: CallerIdentity;
}

const shellDocument = (document: PolicyDocument): string => shellWord(JSON.stringify(document));

/** The identity that a policy can be put on, and the command of the AWS CLI that puts it there. */
const grantPatch = ({ access, source }: Situation): Patch => {
  const document: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: access.roleArn }],
  };
  const name = `xacct-${access.role.account}-${access.role.name}`.slice(0, 128);
  const user = parseUserArn(source.arn)?.name;
  const role = parseSessionArn(source.arn)?.roleName ?? parseRoleArn(source.arn)?.name;
  const holder = user ? `put-user-policy --user-name ${user}` : role ? `put-role-policy --role-name ${role}` : undefined;
  return {
    summary: `allow ${source.arn} to assume ${access.roleArn}`,
    document,
    command: holder ? `aws iam ${holder} --policy-name ${name} --policy-document ${shellDocument(document)}` : null,
  };
};

/** The principal of the caller as a trust policy names it; a session's path is unknown here, so its role is taken at `/`. */
const trustedName = (source: CallerIdentity): string => {
  const session = parseSessionArn(source.arn);
  return session ? assumePathless({ kind: 'session', ...session }).arn : source.arn;
};

/** What the role's trust policy must be compared with: AWS does not say which part of it refused. */
const trustPatch = ({ access, source }: Situation): Patch => ({
  summary:
    `make sure that the role exists, that it trusts ${trustedName(source)}, and that it asks for ${sentId(access)}; ` +
    'look at its trust policy, or let xacct explain read it',
  document: null,
  command: `aws iam get-role --role-name ${access.role.name} --query Role.AssumeRolePolicyDocument`,
});

const sentId = ({ externalId }: Access): string =>
  externalId === undefined ? 'no external ID (none was sent)' : `the external ID "${externalId}" (it was sent)`;

type Draft = Omit<VerifyCause, 'code' | 'explanation'> & { readonly code: CauseCode; readonly explanation?: string };

const cause = ({ explanation, ...draft }: Draft): VerifyCause => ({ ...draft, explanation: explanation ?? CAUSES[draft.code] });

const accessDenied = (refusal: Refusal, situation: Situation): VerifyCause => {
  const { access, source } = situation;
  const target = access.role.account;
  if (refusal.message.startsWith('Roles may not be assumed by root'))
    return cause({
      code: 'ROOT_CALLER',
      actor: 'you',
      account: source.account,
      patch: { summary: 'use credentials of an IAM user or a role', document: null, command: null },
    });
  const said = parseAccessDenied(refusal.message);
  const reason = said?.reason;
  const isTargets = reason?.layer === 'trust' || reason?.layer === 'rcp' || reason?.layer === 'resource';
  const isOrganizations = reason?.layer === 'scp' || reason?.layer === 'rcp';
  const side = {
    actor: isOrganizations ? 'org-admin' : isTargets ? 'target-admin' : 'source-admin',
    account: isTargets ? target : source.account,
  } as const;
  if (said && reason?.isExplicit) {
    const explanation = `an explicit deny (${reason.layer}) refuses ${said.action} on ${access.roleArn}`;
    return cause({ code: 'EXPLICIT_DENY', ...side, explanation, patch: null });
  }
  // A policy that limits others (boundary, SCP, session policy) is not widened by granting more beside it.
  if (said && reason && reason.layer !== 'identity' && reason.layer !== 'trust')
    return cause({
      code: isTargets ? 'TRUST_REFUSES' : 'SOURCE_GRANT_MISSING',
      ...side,
      explanation: `no ${reason.layer} allows ${said.action} on ${access.roleArn}`,
      patch: null,
    });
  if (reason && isTargets)
    return cause({ code: 'TRUST_REFUSES', actor: 'target-admin', account: target, patch: trustPatch(situation) });
  if (reason)
    return cause({ code: 'SOURCE_GRANT_MISSING', actor: 'source-admin', account: source.account, patch: grantPatch(situation) });
  return cause({
    code: 'TRUST_OR_GRANT_MISSING',
    actor: 'target-admin',
    account: target,
    explanation:
      `${CAUSES.TRUST_OR_GRANT_MISSING}. In ${source.account} the policies of ${source.arn} must allow sts:AssumeRole ` +
      `on the role; in ${target} the role must let it in`,
    patch: trustPatch(situation),
  });
};

/** The cause of a refused AssumeRole: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors */
export const diagnoseRefusal = (refusal: Refusal, situation: Situation): VerifyCause => {
  const { access, source } = situation;
  if (refusal.code === 'AccessDenied') return accessDenied(refusal, situation);
  if (/role chaining/.test(refusal.message))
    return cause({
      code: 'DURATION_ABOVE_CHAINING_LIMIT',
      actor: 'you',
      account: source.account,
      patch: {
        summary: 'ask for one hour: Terraform renews its session by itself',
        document: null,
        command: 'xacct verify --duration 1h',
      },
    });
  if (/MaxSessionDuration/.test(refusal.message))
    return cause({
      code: 'DURATION_ABOVE_ROLE_MAXIMUM',
      actor: 'target-admin',
      account: access.role.account,
      patch: {
        summary: `raise the role's maximum to ${formatDuration(access.sessionSeconds)} (maxSessionDuration in xacct.yaml), or ask for less: --duration`,
        document: null,
        command: `xacct init --max-session-duration ${formatDuration(access.sessionSeconds)}`,
      },
    });
  if (refusal.code.startsWith('RegionDisabled'))
    return cause({
      code: 'STS_REGION_DISABLED',
      actor: 'target-admin',
      account: access.role.account,
      patch: { summary: `activate STS in ${access.region}, or use another region: --region`, document: null, command: null },
    });
  return cause({
    code: 'OTHER_REFUSAL',
    actor: 'you',
    account: parseArn(source.arn)?.account ?? source.account,
    explanation: `AWS answered ${refusal.code}: ${refusal.message}`,
    patch: null,
  });
};

export const externalIdNotEnforced = (access: Access): VerifyCause =>
  cause({
    code: 'EXTERNAL_ID_NOT_ENFORCED',
    actor: 'target-admin',
    account: access.role.account,
    patch: {
      summary: 'this condition belongs in every statement of the trust policy that lets the source in; init puts it there',
      document: { Condition: { StringEquals: { 'sts:ExternalId': access.externalId } } },
      command: 'xacct init --prune',
    },
  });

export const wrongTarget = (access: Access, inside: CallerIdentity): VerifyCause =>
  cause({
    code: 'WRONG_TARGET',
    actor: 'you',
    account: inside.account,
    explanation: `the role is of account ${access.role.account}, and the session is ${inside.arn}`,
    patch: null,
  });
