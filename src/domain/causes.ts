/**
 * Every cause of a refusal or of a failed proof, by its closed code: what it means, who can remove it, and how. The texts of
 * `explain --message` and of verify.
 */
import { BEFORE_AWS } from './causes-before-aws.ts';
import { SAID_BY_AWS, type CauseMeaning } from './causes-of-aws.ts';
import type { KnownRefusal } from './found-refusal.ts';

export type { CauseMeaning };

/** What AWS says with the caller, the action and the layer, and what verify finds out by asking. */
const OF_VERIFY = {
  SOURCE_GRANT_MISSING: {
    layer: 'identity',
    actor: 'source-admin',
    explanation: "the source's own policies do not allow sts:AssumeRole on the role",
    summary: 'give the source a policy that allows sts:AssumeRole on ROLE_ARN',
  },
  TAG_SESSION_NOT_GRANTED: {
    layer: 'identity',
    actor: 'source-admin',
    explanation: "the source's own policies do not allow sts:TagSession on the role, which session tags need",
    summary: 'give the source a policy that allows sts:TagSession on ROLE_ARN',
  },
  SOURCE_IDENTITY_NOT_GRANTED: {
    layer: 'identity',
    actor: 'source-admin',
    explanation: "the source's own policies do not allow sts:SetSourceIdentity on the role, which a source identity needs",
    summary: 'give the source a policy that allows sts:SetSourceIdentity on ROLE_ARN',
  },
  SOURCE_DENIES: {
    layer: 'identity',
    actor: 'source-admin',
    explanation: "a Deny statement in the source's own policies hits the call",
    summary: 'except the role from that Deny',
  },
  TRUST_REFUSES: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy of the role does not let this caller in with these parameters',
    summary: 'compare the trust policy with the call',
  },
  TOKEN_NOT_TRUSTED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy of the role does not take this token, or there is no such role: STS says the same of both',
    summary:
      'compare the trust policy with the token: Federated must be the provider of its issuer, and the conditions on :aud and :sub must fit its claims word for word',
    command: 'aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument',
  },
  TAG_SESSION_NOT_TRUSTED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy does not allow sts:TagSession to this caller, which session tags need',
    summary: 'add a statement of its own for sts:TagSession, without a condition on the external ID',
  },
  SOURCE_IDENTITY_NOT_TRUSTED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy does not allow sts:SetSourceIdentity to this caller, which a source identity needs',
    summary: 'add a statement of its own for sts:SetSourceIdentity, without a condition on the external ID',
  },
  TRUST_DENIES: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'a Deny statement in the trust policy of the role hits this caller',
    summary: 'except the caller from that Deny; one with the Sid XacctLock is a lock, which xacct unlock takes off',
  },
  ROLE_LOCKED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the role is locked',
    summary: 'ask why it was locked; when that is over, unlock it',
  },
  BOUNDARY_REFUSES: {
    layer: 'boundary',
    actor: 'source-admin',
    explanation: "the source's permissions boundary does not leave the call to it",
    summary: 'let the boundary allow it',
  },
  SESSION_POLICY_REFUSES: {
    layer: 'session-policy',
    actor: 'you',
    explanation: "the policy of the source's own session does not leave the call to it",
    summary: 'make that session anew without the policy, or with one that allows it',
  },
  SCP_REFUSES: {
    layer: 'scp',
    actor: 'org-admin',
    explanation: "a service control policy of the source's organization stands against the call",
    summary: 'let every level of the organization allow it',
  },
  RCP_REFUSES: {
    layer: 'rcp',
    actor: 'org-admin',
    explanation: "a resource control policy of the target's organization stands against the call",
    summary: 'except the caller from that policy',
  },
  VPC_ENDPOINT_REFUSES: {
    layer: 'vpc-endpoint',
    actor: 'network',
    explanation: 'the policy of the VPC endpoint that the call goes through stands against it',
    summary: 'let the endpoint policy allow it, or call without that endpoint',
  },
  GRANT_NAMES_OTHER_ROLE: {
    layer: 'identity',
    actor: 'source-admin',
    explanation: "the source's own policies allow the call on other roles, not on this one (a role's ARN holds its path)",
    summary: 'allow the call on ROLE_ARN',
  },
  SOURCE_NOT_DECLARED: {
    layer: 'caller',
    actor: 'you',
    explanation: 'xacct.yaml has the role trust SUBJECT, and these credentials are of somebody else',
    summary: 'come with the credentials of one whom it trusts, as Terraform will; whoever else is let in stays in',
    xacct: 'xacct verify --source-profile NAME',
  },
  TRUST_NAMES_OTHERS: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy names others, not this caller',
    summary: 'name the caller in the trust policy',
  },
  TRUST_NAMES_SESSION: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: "the trust policy names one session of the caller's role, and sessions come and go",
    summary: 'name the role in the trust policy, not a session of it',
  },
  PRINCIPAL_RECREATED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy holds the id of a principal that was deleted: one of the same name is somebody else to AWS',
    summary: 'write the ARN into the trust policy again',
  },
  EXTERNAL_ID_MISSING: {
    layer: 'trust',
    actor: 'you',
    explanation: 'the trust policy asks for an external ID, and none was sent',
    summary: 'send the external ID',
  },
  EXTERNAL_ID_WRONG: {
    layer: 'trust',
    actor: 'you',
    explanation: 'the trust policy asks for another external ID than the one that was sent',
    summary: 'send the external ID of the trust policy, or put this one there',
  },
  EXTERNAL_ID_FORBIDDEN: {
    layer: 'trust',
    actor: 'you',
    explanation: 'the trust policy takes no call with an external ID',
    summary: 'send no external ID',
  },
  SESSION_NAME_REFUSED: {
    layer: 'trust',
    actor: 'you',
    explanation: 'the trust policy asks for another session name',
    summary: 'call with the session name that it asks for',
  },
  SOURCE_IDENTITY_REFUSED: {
    layer: 'trust',
    actor: 'you',
    explanation: 'the trust policy asks for another source identity, or for none',
    summary: 'call with the source identity that it asks for',
  },
  SESSION_TAG_REFUSED: {
    layer: 'trust',
    actor: 'you',
    explanation: 'the trust policy asks for other session tags, or for none',
    summary: 'call with the session tags that it asks for',
  },
  MFA_REQUIRED: {
    layer: 'trust',
    actor: 'you',
    explanation: 'MFA is asked for, and these credentials were made without a code',
    summary: 'call with a session that was made with an MFA code',
  },
  ORGANIZATION_REQUIRED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy asks for a caller of another organization',
    summary: 'correct the organization in the trust policy',
    command: 'aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument',
  },
  NETWORK_REFUSED: {
    layer: 'trust',
    actor: 'network',
    explanation: 'calls are taken from other addresses or endpoints only',
    summary: 'call from an address that it takes',
  },
  REGION_REFUSED: {
    layer: 'trust',
    actor: 'you',
    explanation: "the call is taken in another region's STS only",
    summary: 'ask STS of that region',
  },
  CONDITION_NOT_MET: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy has a condition on SUBJECT that the call does not meet',
    summary: 'look at the condition',
    command: 'aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument',
  },
  INHERITED_TAGS_NOT_TRUSTED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation:
      "the source's session hands on tags from an earlier role (transitive tags), and the trust policy does not allow sts:TagSession",
    summary: 'add a statement of its own for sts:TagSession',
  },
  ROLE_MISSING: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'there is no such role in that account; STS answers as if it refused',
    summary: 'make the role, or correct its ARN; init makes it',
    command: 'aws iam get-role --role-name ROLE --query Role.Arn',
    xacct: 'xacct init',
  },
  ROLE_PATH_WRONG: {
    layer: 'trust',
    actor: 'you',
    explanation: 'the role of that name is at another path: SUBJECT',
    summary: 'call it by its whole ARN',
  },
  ROLE_IN_OTHER_ACCOUNT: {
    layer: 'trust',
    actor: 'you',
    explanation: "the role's ARN is of another account than the credentials that were named for the target, which are of SUBJECT",
    summary: 'correct the account in the ARN, or name credentials of that account: --target-profile',
  },
  SOURCE_IDENTITY_CHANGED: {
    layer: 'parameter',
    actor: 'you',
    explanation: "the source's session has a source identity already, which cannot become another one",
    summary: 'call with the source identity that the session has, or with none',
  },
  PARTITION_MISMATCH: {
    layer: 'partition',
    actor: 'you',
    explanation:
      "the role is in another partition of AWS than the source, and roles trust their own partition only; in the source's it would be SUBJECT",
    summary: 'correct the ARN, or call with credentials of that partition',
  },
  EXTERNAL_ID_NOT_ACCEPTED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'one of the listed external IDs does not work: the trust policy does not list it',
    summary: 'list them all in the trust policy; init does it',
    xacct: 'xacct init',
  },
  EXTERNAL_ID_NOT_COMPARED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy takes other external IDs, too: it compares by a pattern, or asks only that there be one',
    summary: 'compare by StringEquals; init does it',
    xacct: 'xacct init --prune',
  },
  DURATION_NOT_LIMITED: {
    layer: 'duration',
    actor: 'target-admin',
    explanation: "the role's maximum is longer than declared",
    summary: 'set the maximum that is declared; init does it',
    xacct: 'xacct init',
  },
  PERMISSION_MISSING: {
    layer: 'identity',
    actor: 'target-admin',
    explanation: 'the policies of the role do not allow what is declared for it: SUBJECT',
    summary:
      'give the role what is declared; init does it, where no boundary and no policy of the organization stands against it',
    xacct: 'xacct init',
  },
  MFA_NOT_ENFORCED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy lets long-term keys in without MFA, and MFA is declared',
    summary: 'ask for aws:MultiFactorAuthPresent in every statement that lets the source in; init does it',
    xacct: 'xacct init --prune',
  },
  OUTSIDER_LET_IN: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy lets somebody in who is no declared source',
    summary: 'take out what lets the outsider in; init does it',
    xacct: 'xacct init --prune',
  },
  RUN_OUTLIVES_CREDENTIALS: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the source credentials end before the run does: they go on for SUBJECT',
    summary: 'use credentials that are renewed: a role of the runner, SSO, a credential process',
    command: 'aws configure list',
  },
  TRUST_OR_GRANT_MISSING: {
    layer: null,
    actor: 'target-admin',
    explanation: 'AWS does not say which side refused: the trust policy, or the policies of the source',
    summary: 'compare the trust policy with the call',
  },
  EXTERNAL_ID_NOT_ENFORCED: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the trust policy lets the source in without the external ID',
    summary: 'put the condition on sts:ExternalId into every statement of the trust policy that lets the source in; init does it',
    xacct: 'xacct init --prune',
  },
  WRONG_TARGET: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the session is in another account than the role: SUBJECT',
    summary: 'see whether an endpoint URL leads elsewhere than to AWS',
    command: 'env | grep ^AWS_ENDPOINT',
  },
  OTHER_REFUSAL: {
    layer: null,
    actor: 'you',
    explanation: 'AWS refused for a reason that xacct does not know: SUBJECT',
    summary: 'look the code up in the STS API Reference',
  },
} as const satisfies Readonly<Record<string, CauseMeaning>>;

export type CauseCode = KnownRefusal | keyof typeof BEFORE_AWS | keyof typeof OF_VERIFY;

export const CAUSES: Readonly<Record<CauseCode, CauseMeaning>> = { ...SAID_BY_AWS, ...BEFORE_AWS, ...OF_VERIFY };
