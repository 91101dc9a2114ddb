/**
 * What AWS says in a sentence that names nobody: what it means, who can remove the cause, and how. `ROLE_ARN` and `ROLE` stand for the role,
 * `SUBJECT` for what the sentence names. Source: STS API Reference, AssumeRole, errors.
 */
import type { DeniedLayer } from './access-denied.ts';
import type { Actor, Layer } from './cause.ts';
import type { KnownRefusal } from './found-refusal.ts';

export interface CauseMeaning {
  readonly layer: DeniedLayer | Layer | null;
  readonly actor: Actor;
  /** Lower case, no full stop. */
  readonly explanation: string;
  readonly summary: string;
  /** Of the AWS CLI, or of the shell. */
  readonly command?: string;
  /** Of xacct itself. */
  readonly xacct?: string;
  readonly hcl?: string;
}

const ONE_HOUR = 'provider "aws" {\n  assume_role {\n    duration = "1h"\n  }\n}';

export const SAID_BY_AWS: Readonly<Record<KnownRefusal, CauseMeaning>> = {
  ROOT_CALLER: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the credentials are those of a root user, and root users cannot assume roles',
    summary: 'call as an IAM user or a role of the account',
    command: 'aws sts get-caller-identity',
  },
  DURATION_ABOVE_ROLE_MAXIMUM: {
    layer: 'duration',
    actor: 'target-admin',
    explanation: "the session was to last longer than the role's MaxSessionDuration; the policies had let the caller in",
    summary: "ask for a shorter session, or raise the role's maximum",
    command: 'aws iam update-role --role-name ROLE --max-session-duration SECONDS',
    hcl: ONE_HOUR,
  },
  DURATION_ABOVE_CHAINING_LIMIT: {
    layer: 'duration',
    actor: 'you',
    explanation: 'the caller is itself a session, and a session made by a session (role chaining) lasts one hour at most',
    summary: 'ask for one hour: Terraform and the SDKs renew their sessions by themselves',
    xacct: 'xacct verify --role-arn ROLE_ARN --duration 1h',
    hcl: ONE_HOUR,
  },
  PARAMETER_REFUSED: {
    layer: 'parameter',
    actor: 'you',
    explanation: 'a parameter of the call is out of bounds: SUBJECT',
    summary: 'call with a value within those bounds',
  },
  ROLE_ARN_INVALID: {
    layer: 'parameter',
    actor: 'you',
    explanation: 'SUBJECT is not the ARN of a role',
    summary: 'name the role as arn:aws:iam::222222222222:role/NAME, with its path',
    command: 'aws iam list-roles --query "Roles[].Arn"',
  },
  INVALID_PRINCIPAL: {
    layer: 'trust',
    actor: 'source-admin',
    explanation: 'the trust policy was to name SUBJECT, and IAM takes only principals that exist',
    summary: 'make that principal first, or correct its ARN; one made seconds ago may need a moment',
  },
  TAG_CONFLICTS_WITH_TRANSITIVE: {
    layer: 'parameter',
    actor: 'you',
    explanation: "a session tag has the key of a transitive tag of the caller's own session, which cannot change",
    summary: 'leave that tag out: it is inherited',
  },
  PACKED_POLICY_TOO_LARGE: {
    layer: 'parameter',
    actor: 'you',
    explanation: 'the session policy and the session tags together take SUBJECT% of the space that they may take',
    summary: 'shorten the session policy, or pass fewer tags',
  },
  STS_REGION_DISABLED: {
    layer: 'parameter',
    actor: 'target-admin',
    explanation: 'STS is switched off in that region for account SUBJECT',
    summary: 'activate STS there (IAM console, account settings), or use another region',
    xacct: 'xacct verify --role-arn ROLE_ARN --region us-east-1',
    hcl: 'provider "aws" {\n  sts_region = "us-east-1"\n}',
  },
  EXPIRED_TOKEN: {
    layer: 'caller',
    actor: 'you',
    explanation: "the caller's credentials have expired; no policy was asked",
    summary: 'sign in again, or renew the session',
    command: 'aws sso login',
  },
  UNKNOWN_ACCESS_KEY: {
    layer: 'caller',
    actor: 'you',
    explanation:
      'AWS does not know the access key, or its session token does not belong to it, or the region is not enabled in the account; no policy was asked',
    summary: 'use other credentials, or a region that every account has',
    command: 'aws sts get-caller-identity --region us-east-1',
  },
  WRONG_SIGNATURE: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the secret key does not fit the access key, or a proxy changed the request; no policy was asked',
    summary: 'set the credentials anew',
    command: 'aws configure list',
  },
  CLOCK_SKEWED: {
    layer: 'caller',
    actor: 'you',
    explanation: "this machine's clock differs too much from AWS's; no policy was asked",
    summary: 'set the clock',
    command: 'date -u',
  },
  MFA_REFUSED: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the MFA code or the serial number of its device was wrong',
    summary: 'wait for the next code, and name the device of this user',
    command: 'aws iam list-mfa-devices',
  },
  NO_OIDC_PROVIDER: {
    layer: 'trust',
    actor: 'target-admin',
    explanation: 'the account of the role has no OIDC provider for SUBJECT',
    summary: 'make one; STS looks only in the account of the role',
    command: 'aws iam create-open-id-connect-provider --url SUBJECT --client-id-list sts.amazonaws.com',
    hcl: 'resource "aws_iam_openid_connect_provider" "this" {\n  url            = "SUBJECT"\n  client_id_list = ["sts.amazonaws.com"]\n}',
  },
  TOKEN_AUDIENCE: {
    layer: 'caller',
    actor: 'you',
    explanation: "the token's audience (aud) is not one that the OIDC provider takes",
    summary: 'ask for a token for sts.amazonaws.com, or add the audience to the provider',
    command: 'aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn PROVIDER_ARN --client-id AUDIENCE',
  },
  TOKEN_EXPIRED: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the OIDC token had expired',
    summary: 'ask for a token right before the call',
  },
  TOKEN_INVALID: {
    layer: 'caller',
    actor: 'network',
    explanation: 'AWS could not check the OIDC token: it did not reach the issuer, or did not find its key',
    summary: "see whether the issuer's /.well-known/openid-configuration and keys can be had from the internet",
  },
  ENCODED_MESSAGE: {
    layer: null,
    actor: 'you',
    explanation: 'AWS put the caller, the action and the resource into an encoded message, which only AWS can read',
    summary: 'let AWS decode it (needs sts:DecodeAuthorizationMessage in that account)',
    command: 'aws sts decode-authorization-message --query DecodedMessage --output text --encoded-message SUBJECT',
  },
  ASSUME_FAILED: {
    layer: null,
    actor: 'you',
    explanation: 'the role was not assumed, and the text does not hold the whole of what AWS answered',
    summary: 'try it with the same credentials: verify says which side refuses, and why',
    xacct: 'xacct verify --role-arn ROLE_ARN',
  },
  NO_CREDENTIALS: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the program found no credentials of AWS, so nobody was asked and no policy decided anything',
    summary: 'sign in, or name a profile (AWS_PROFILE), where the program runs; this says which credentials are found there',
    command: 'aws configure list',
  },
  PROFILE_MISSING: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the AWS config and credentials files of the machine on which this ran have no profile SUBJECT',
    summary: 'name a profile that is there, or make it; a build machine has none of yours',
    command: 'aws configure list-profiles',
  },
  SSO_SIGN_IN_NEEDED: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the sign-in of IAM Identity Center is over, or was never made on this machine; no policy was asked',
    summary: 'sign in again, with --profile where it is not the default one',
    command: 'aws sso login',
  },
  MFA_NOT_ASKED: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the profile asks for an MFA code (mfa_serial), and this program, as Terraform does, never asks for one',
    summary: 'make the session outside and hand it over: the AWS CLI asks for the code',
    command: 'eval "$(aws configure export-credentials --profile PROFILE --format env)"',
  },
  ID_TOKEN_MISSING: {
    layer: 'caller',
    actor: 'you',
    explanation: 'the job of GitHub Actions has no OIDC token to show to AWS; no policy was asked',
    summary:
      'give the job (or the workflow that calls it) `permissions: id-token: write`; a pull request from a fork gets no token at all',
  },
  S3_REFUSED: {
    layer: null,
    actor: 'you',
    explanation:
      'the answer of S3 says neither who asked nor for what; the backend "s3" of Terraform has credentials of its own: the assume_role of the provider does not count for it',
    summary:
      "see who asks; the caller needs s3:ListBucket on the bucket and s3:GetObject and s3:PutObject on the state, or an assume_role in the backend, and the bucket's own policy must let it in",
    command: 'aws sts get-caller-identity',
  },
};
