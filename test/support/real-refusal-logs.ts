/** Logs that people posted in public issues, shortened, with accounts and names replaced; what is to be found in each is as in refusal-logs.ts. */
import type { LogCase } from './refusal-logs.ts';

interface RealLog extends LogCase {
  /** The issue, of github.com. */
  readonly source: string;
}

const KEY = 'The security token included in the request is invalid';
const EXPIRED = 'The security token included in the request is expired';
const DEVELOPER = 'arn:aws:iam::222222222222:role/AssumeDevelopersRoleInDevelopment';

/** Below "IAM Role (…) cannot be assumed." in the words of Terraform. */
const CAUSES = [
  'There are a number of possible causes of this - the most common are:',
  '  * The credentials used in order to assume the role are invalid',
  '  * The credentials do not have appropriate permission to assume the role',
  '  * The role ARN is not valid',
].join('\n');

const boxed = (text: string): string => ['╷', ...text.split('\n').map((line) => `│ ${line}`), '╵'].join('\n');

export const REAL_LOGS: readonly RealLog[] = [
  {
    title: 'the Terraform provider 5, wrapped by the terminal, of a permission set',
    source: 'hashicorp/terraform-provider-aws/issues/42213',
    text: boxed(
      `Error: Cannot assume IAM Role\n\n  with provider["registry.terraform.io/hashicorp/aws"],\n  on provider.tf line 12, in provider "aws":\n  12: provider "aws" {\n\nIAM Role (arn:aws:iam::222222222222:role/TerraformExecutionRoleDev) cannot be assumed.\n\n${CAUSES}\n\nError: operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 7fc04918-fe93-4633-89d1-e1a4f2fe6e1a, api error AccessDenied: User:\narn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alvin is not authorized to perform: sts:AssumeRole on resource:\narn:aws:iam::222222222222:role/TerraformExecutionRoleDev\n`,
    ),
    found: [
      'NOT_SAID - sts:AssumeRole arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alvin arn:aws:iam::222222222222:role/TerraformExecutionRoleDev',
    ],
  },
  {
    title: 'Pulumi, indented',
    source: 'cloud-toolkit/cloud-toolkit-aws/issues/31',
    text: `aws:iam:AccountPasswordPolicy (nova-audit):\n    error: 1 error occurred:\n        * error configuring Terraform AWS Provider: IAM Role (arn:aws:iam::222222222222:role/root) cannot be assumed.\n    \n    There are a number of possible causes of this - the most common are:\n      * The credentials used in order to assume the role are invalid\n    \n    Error: operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 0529cbfe-21c8-47d6-8954-6b4f21eec46f, api error AccessDenied: User: arn:aws:iam::111111111111:user/Williams is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/root`,
    found: ['NOT_SAID - sts:AssumeRole arn:aws:iam::111111111111:user/Williams arn:aws:iam::222222222222:role/root'],
  },
  {
    title: 'boto3, with the bytes of a Lambda around it',
    source: 'aws/karpenter-provider-aws/issues/4680',
    text: String.raw`[ERROR] Exception: b'\nAn error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:sts::111111111111:assumed-role/Karpenter-HandlerServiceRoleFCDC14-1E2S2B6XVZBLW/Karpenter-Handler886CB40B-1FCztK9eeCEe is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/EksAdminRole-mycluster\nUnable to connect to the server: getting credentials: exec: executable aws failed with exit code 255\n'`,
    found: [
      'NOT_SAID - sts:AssumeRole arn:aws:sts::111111111111:assumed-role/Karpenter-HandlerServiceRoleFCDC14-1E2S2B6XVZBLW/Karpenter-Handler886CB40B-1FCztK9eeCEe arn:aws:iam::111111111111:role/EksAdminRole-mycluster',
    ],
  },
  {
    title: 'PHP, the same sentence three times, once cut off',
    source: 'amzn/selling-partner-api-models/issues/2523',
    text: 'Error executing "AssumeRole" on "https://sts.eu-west-1.amazonaws.com"; AWS HTTP error: Client error: `POST https://sts.eu-west-1.amazonaws.com` resulted in a `403 Forbidden` response: Sender AccessDeni (truncated...) AccessDenied (client): User: arn:aws:iam::111111111111:user/Quik is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:user/Quik - Sender AccessDenied User: arn:aws:iam::111111111111:user/Quik is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:user/Quik 70570cbc-baab-4cc7-8053-f3f4dcc7bec8',
    found: ['NOT_SAID - sts:AssumeRole arn:aws:iam::111111111111:user/Quik arn:aws:iam::111111111111:user/Quik'],
  },
  {
    title: 'a role of another CDK environment, found out while looking up a VPC',
    source: 'aws/aws-cdk/issues/3654',
    text: `[19:33:00] Assuming role 'arn:aws:iam::222222222222:role/cdk-hnb659fds-lookup-role-222222222222-eu-west-1'.\n[19:33:00] Assuming role failed: User: arn:aws:sts::111111111111:assumed-role/pipeline/AWSCodeBuild-2e6f3310 is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/cdk-hnb659fds-lookup-role-222222222222-eu-west-1\n[19:33:00] Setting "vpc-provider:account=222222222222" context to {"$providerError":"Could not assume role in target account using current credentials (which are for account 111111111111) User: arn:aws:sts::111111111111:assumed-role/pipeline/AWSCodeBuild-2e6f3310 is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/cdk-hnb659fds-lookup-role-222222222222-eu-west-1 . Please make sure that this role exists in the account. If it doesn't exist, (re)-bootstrap the environment with the right '--trust', using the latest version of the CDK CLI."}`,
    found: [
      'NOT_SAID - sts:AssumeRole arn:aws:sts::111111111111:assumed-role/pipeline/AWSCodeBuild-2e6f3310 arn:aws:iam::222222222222:role/cdk-hnb659fds-lookup-role-222222222222-eu-west-1',
    ],
  },
  {
    title: 'CDK, which goes on without the roles and does not say why',
    source: 'aws-samples/aws-genai-llm-chatbot/issues/454',
    text: "current credentials could not be used to assume 'arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-eu-west-1', but are for the right account. Proceeding anyway.\ncurrent credentials could not be used to assume 'arn:aws:iam::222222222222:role/cdk-hnb659fds-file-publishing-role-222222222222-eu-west-1', but are for the right account. Proceeding anyway.",
    found: [
      'ASSUME_FAILED - - - arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-eu-west-1',
      'ASSUME_FAILED - - - arn:aws:iam::222222222222:role/cdk-hnb659fds-file-publishing-role-222222222222-eu-west-1',
    ],
  },
  {
    title: 'CDK without credentials',
    source: 'snap40/serverless-aws-cdk/issues/9',
    text: ' ❌  Error: Need to perform AWS calls for account 222222222222, but no credentials have been configured.\n      at SdkProvider.obtainCredentials (/home/me/node_modules/aws-cdk/lib/api/aws-auth/sdk-provider.ts:245:11)',
    found: ['NO_CREDENTIALS caller - - -'],
  },
  {
    title: 'CDK without an account',
    source: 'rileydakota/valheim-ecs-fargate-cdk/issues/24',
    text: 'Unable to resolve AWS account to use. It must be either configured when you define your CDK Stack, or through the environment',
    found: ['NO_CREDENTIALS caller - - -'],
  },
  {
    title: 'GitHub Actions with OIDC, five tries',
    source: 'aws-actions/configure-aws-credentials/issues/1293',
    text: 'Assuming role with OIDC\nAssuming role with OIDC\nAssuming role with OIDC\nError: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    found: ['WEB_IDENTITY_REFUSED trust sts:AssumeRoleWithWebIdentity - -'],
  },
  {
    title: 'GitHub Actions, which masks the accounts',
    source: 'aws-actions/configure-aws-credentials/issues/54',
    text: '##[error]User: arn:aws:iam::***:user/deployer is not authorized to perform: sts:TagSession on resource: arn:aws:iam::***:role/devops',
    found: ['NOT_SAID - sts:TagSession arn:aws:iam::***:user/deployer arn:aws:iam::***:role/devops'],
  },
  {
    title: 'GitHub Actions, which masks the whole role',
    source: 'aws-actions/configure-aws-credentials/issues/465',
    text: 'Error: User: arn:aws:iam::***:user/ci is not authorized to perform: sts:TagSession on resource: ***',
    found: ['NOT_SAID - sts:TagSession arn:aws:iam::***:user/ci ***'],
  },
  {
    title: 'GitHub Actions, a chained role, wrapped',
    source: 'OvertureMaps/stac/issues/113',
    text: 'Retry AssumeRole: attempt 1 of 12 failed: Could not assume role with user credentials: User:\narn:aws:sts::111111111111:assumed-role/stac-publish/GitHubActions is not authorized to perform:\nsts:TagSession on resource: arn:aws:iam::222222222222:role/cloudfront-invalidator',
    found: [
      'NOT_SAID - sts:TagSession arn:aws:sts::111111111111:assumed-role/stac-publish/GitHubActions arn:aws:iam::222222222222:role/cloudfront-invalidator',
    ],
  },
  {
    title: 'GitHub Actions, a job without a token',
    source: 'aws-actions/configure-aws-credentials/issues/770',
    text: 'Run aws-actions/configure-aws-credentials@v2\n##[error]Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers',
    found: ['ID_TOKEN_MISSING caller - - -'],
  },
  {
    title: 'GitHub Actions, which guesses that the permission is missing',
    source: 'mattermost/desktop/pull/3661',
    text: 'It looks like you might be trying to authenticate with OIDC. Did you mean to set the `id-token` permission? If you are not trying to authenticate with OIDC and the action is working successfully, you can ignore this message.\nError: Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers',
    found: ['ID_TOKEN_MISSING caller - - -'],
  },
  {
    title: 'a backend without credentials that was to assume a role',
    source: 'DevopsArtFactory/terraform-provisioning/pull/1',
    text: `Initializing the backend...\n\nError: error configuring S3 Backend: IAM Role (${DEVELOPER}) cannot be assumed.\n\n${CAUSES}\n\nError: NoCredentialProviders: no valid providers in chain. Deprecated.\n\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors\n`,
    found: [`NO_CREDENTIALS caller - - ${DEVELOPER}`],
  },
  {
    title: 'Terraform, which shortened the reason away',
    source: 'hashicorp/terraform/issues/11270',
    text: `Error refreshing state: 1 error(s) occurred:\n\n* The role "${DEVELOPER}" cannot be assumed.\n\n${CAUSES}`,
    found: [`ASSUME_FAILED - - - ${DEVELOPER}`],
  },
  {
    title: 'Terraform 0.11 without credentials',
    source: 'pbar1/mfaws/issues/2',
    text: 'Error: Error refreshing state: 1 error(s) occurred:\n\n* provider.aws: No valid credential sources found for AWS Provider.\n  Please see https://terraform.io/docs/providers/aws/index.html for more information on\n  providing credentials for the AWS Provider',
    found: ['NO_CREDENTIALS caller - - -'],
  },
  {
    title: 'Terraform 1.0 without credentials',
    source: 'RhinoSecurityLabs/cloudgoat/issues/108',
    text: boxed(
      'Error: error configuring Terraform AWS Provider: no valid credential sources for Terraform AWS Provider found.\n\nPlease see https://registry.terraform.io/providers/hashicorp/aws\nfor more information about providing credentials.\n\nError: NoCredentialProviders: no valid providers in chain. Deprecated.\n      For verbose messaging see aws.Config.CredentialsChainVerboseErrors\n',
    ),
    found: ['NO_CREDENTIALS caller - - -'],
  },
  {
    title: 'Terraform 1.9, on a machine that is no instance',
    source: 'hashicorp/terraform-provider-aws/issues/39003',
    text: boxed(
      'Error: No valid credential sources found\n\n  with provider["registry.terraform.io/hashicorp/aws"],\n\nPlease see https://registry.terraform.io/providers/hashicorp/aws\nfor more information about providing credentials.\n\nError: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, exceeded maximum\nnumber of attempts, 3, request send failed',
    ),
    found: ['NO_CREDENTIALS caller - - -'],
  },
  {
    title: 'Terraform with a sign-in that is over',
    source: 'hashicorp/terraform-provider-aws/issues/38965',
    text: boxed(
      'Error: error configuring Terraform AWS Provider: no valid credential sources for Terraform AWS Provider found.\n\nPlease see https://registry.terraform.io/providers/hashicorp/aws\nfor more information about providing credentials.\n\nError: failed to refresh cached credentials, the SSO session has expired or is invalid: open /Users/me/.aws/sso/cache/16ff4db39347b47fc9cda3379ea14fce4c2e2c17.json: no such file or directory\n',
    ),
    found: ['SSO_SIGN_IN_NEEDED caller - - -'],
  },
  {
    title: 'the AWS CLI with a sign-in that is over',
    source: '61418/aws-sso-util/issues/83',
    text: '$ aws sts get-caller-identity --profile aaaa\nError when retrieving token from sso: Token has expired and refresh failed',
    found: ['SSO_SIGN_IN_NEEDED caller - - -'],
  },
  {
    title: "the JavaScript SDK's words for the same",
    source: 'aws/aws-cli/issues/7361',
    text: 'CredentialsProviderError: The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile',
    found: ['SSO_SIGN_IN_NEEDED caller - - -'],
  },
  {
    title: 'Terragrunt with the same',
    source: 'gruntwork-io/terragrunt/issues/2604',
    text: 'ERRO[0001] Error finding AWS credentials: SSOProviderInvalidToken: the SSO session has expired or is invalid\ncaused by: expected RFC3339 timestamp',
    found: ['SSO_SIGN_IN_NEEDED caller - - -'],
  },
  {
    title: 'the Java SDK with the same',
    source: 'aws/aws-sdk-java-v2/issues/4830',
    text: 'software.amazon.awssdk.core.exception.SdkClientException: Unable to load SSO token',
    found: ['SSO_SIGN_IN_NEEDED caller - - -'],
  },
  {
    title: 'the AWS CLI without credentials',
    source: 'aws/aws-cli/issues/4684',
    text: 'Unable to locate credentials. You can configure credentials by running "aws configure".',
    found: ['NO_CREDENTIALS caller - - -'],
  },
  {
    title: 'an unknown key, old Terraform, wrapped by Windows',
    source: 'QT-DevOps/DevOpsIssues/issues/451',
    text: `Error: Error running plan: 1 error(s) occurred:\r\n\r\n* provider.aws: error validating provider credentials: error calling sts:GetCallerIdentity: InvalidClientTokenId: ${KEY}.\r\n        status code: 403, request id: e65f7860-76e7-11e9-a6e4-7fc43f437424`,
    found: ['UNKNOWN_ACCESS_KEY caller - - -'],
  },
  {
    title: 'an unknown key, new Terraform',
    source: 'hashicorp/terraform-provider-aws/issues/28443',
    text: boxed(
      `Error: configuring Terraform AWS Provider: error validating provider credentials: error calling sts:GetCallerIdentity: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: b16fc6b2-becc-46e0-8c3b-37b58e5f4202, api error InvalidClientTokenId: ${KEY}.\n`,
    ),
    found: ['UNKNOWN_ACCESS_KEY caller - - -'],
  },
  {
    title: 'an unknown key, CDK, which prints the code alone',
    source: 'aws-actions/configure-aws-credentials/issues/1201',
    text: '[03:21:38] Looking up default account ID from STS\n[03:21:38] Unable to determine the default AWS account (InvalidClientTokenId)\nNeed to perform AWS calls for account ***, but no credentials have been configured',
    found: ['UNKNOWN_ACCESS_KEY caller - - -'],
  },
  {
    title: 'boto3 with a token that is over',
    source: 'boto/boto3/issues/1431',
    text: `<class 'botocore.exceptions.ClientError'> An error occurred (ExpiredToken) when calling the AssumeRole operation: ${EXPIRED}`,
    found: ['EXPIRED_TOKEN caller - - -'],
  },
  {
    title: 'Terraform, whose session was over in the middle',
    source: 'hashicorp/terraform-provider-aws/issues/32809',
    text: boxed(
      `Error: reading EKS Cluster (main): operation error EKS: DescribeCluster, https response error StatusCode: 403, RequestID: 1, api error ExpiredTokenException: ${EXPIRED}`,
    ),
    found: ['EXPIRED_TOKEN caller - - -'],
  },
  {
    title: 'a profile that asks for MFA, Terraform',
    source: 'winglang/wing/issues/1910',
    text: 'Error: configuring Terraform AWS Provider: loading configuration: assume role with MFA enabled, but AssumeRoleTokenProvider session option not set.\n\n  on main.tf.json line 14, in provider.aws[0]:',
    found: ['MFA_NOT_ASKED caller - - -'],
  },
  {
    title: 'a wrong MFA code',
    source: 'hashicorp/terraform-provider-aws/pull/3885',
    text: '* provider.aws: error validating provider credentials: error calling sts:GetCallerIdentity: AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. \n\tstatus code: 403, request id: 9ab3efc0-a3bd-11e8-bceb-27eb86ea1be1',
    found: ['MFA_REFUSED caller - - -'],
  },
  {
    title: 'a profile that is not there, Terraform',
    source: 'hashicorp/terraform/issues/35483',
    text: boxed(
      'Error: configuring Terraform AWS Provider: failed to get shared config profile, jack.roper\n\n  with provider["registry.terraform.io/hashicorp/aws"],',
    ),
    found: ['PROFILE_MISSING caller - - -'],
  },
  {
    title: 'Terragrunt, with the account in quotes by mistake',
    source: 'gruntwork-io/terragrunt/issues/899',
    text: '[terragrunt] 2019/10/08 10:22:12 Error finding AWS credentials (did you set the AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY environment variables?): AccessDenied: User: arn:aws:iam::111222333444:user/myawsuser is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::"111222333444":role/TerragruntAdministrator\n\tstatus code: 403, request id: baa64da5-e9a4-11e9-9cb6-bf91d2d562e4',
    found: [
      'NOT_SAID - sts:AssumeRole arn:aws:iam::111222333444:user/myawsuser arn:aws:iam::111222333444:role/TerragruntAdministrator',
    ],
  },
  {
    title: 'the Go SDK 2, where a profile assumes the role',
    source: 'aws-cloudformation/rain/issues/205',
    text: 'DEBUG: Error retreiving creds: failed to refresh cached credentials, operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: ****,  api error AccessDenied: User: arn:aws:sts::111111111111:assumed-role/user@example.com/user@example.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/devopsL2analyst\npanic: could not establish AWS credentials',
    found: [
      'NOT_SAID - sts:AssumeRole arn:aws:sts::111111111111:assumed-role/user@example.com/user@example.com arn:aws:iam::222222222222:role/devopsL2analyst',
    ],
  },
  {
    title: 'a source identity that is inherited, boto3 in a structured log',
    source: 'noqdev/iambic/issues/357',
    text: "2023/04/24 17:00:50 [error    ] Failed to assume role\n  assume_role_arn=arn:aws:iam::222222222222:role/Hub\n  error=ClientError('An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:sts::111111111111:assumed-role/one/session is not authorized to perform: sts:SetSourceIdentity on resource: arn:aws:iam::222222222222:role/Hub')",
    found: [
      'NOT_SAID - sts:SetSourceIdentity arn:aws:sts::111111111111:assumed-role/one/session arn:aws:iam::222222222222:role/Hub',
    ],
  },
  {
    title: 'STS, which names nobody',
    source: 'serverless/serverless/issues/3040',
    text: 'AccessDenied: Not authorized to perform sts:AssumeRole\n    at Request.extractError (/var/task/node_modules/aws-sdk/lib/protocol/query.js:40:29)',
    found: ['ASSUME_FAILED - - - -'],
  },
  {
    title: 'JSON, of a root user',
    source: 'double-break/spapi-php/issues/45',
    text: 'Fatal error: Uncaught GuzzleHttp\\Exception\\ClientException: Client error: `POST https://sts.amazonaws.com/` resulted in a `403 Forbidden` response: {"Error":{"Code":"AccessDenied","Message":"Roles may not be assumed by root accounts.","Type":"Sender"},"RequestId":"9db (truncated...)',
    found: ['ROOT_CALLER caller - - -'],
  },
  {
    title: 'IRSA: the controller of load balancers, JSON lines',
    source: 'kubernetes-sigs/aws-load-balancer-controller/issues/1935',
    text: String.raw`{"level":"error","ts":1657324768.868449,"logger":"controller-runtime","msg":"Reconciler error","error":"WebIdentityErr: failed to retrieve credentials\ncaused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n\tstatus code: 403, request id: 5c3f9ce5-ba7d-495e-98b1-ffcd5cf85133"}
{"level":"error","ts":1657324768.8749876,"logger":"controller-runtime","msg":"Reconciler error","error":"WebIdentityErr: failed to retrieve credentials\ncaused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity\n\tstatus code: 403, request id: bddf9d23-4126-4b61-aaf9-c1ba1ecc8ed4"}`,
    found: ['WEB_IDENTITY_REFUSED trust sts:AssumeRoleWithWebIdentity - -'],
  },
  {
    title: 'role chaining above an hour',
    source: 'prowler-cloud/prowler/issues/7721',
    text: '2025-05-12 16:07:33,611 [File: aws_provider.py:1077]    [Module: aws_provider]   CRITICAL: ClientError[1060] -- An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    found: ['DURATION_ABOVE_CHAINING_LIMIT duration - - -'],
  },
  {
    title: 'the S3 backend, old words',
    source: 'hashicorp/terraform/issues/27466',
    text: 'Successfully configured the backend "s3"! Terraform will automatically\nuse this backend unless the backend configuration changes.\nError refreshing state: AccessDenied: Access Denied\n\tstatus code: 403, request id: 32C5F7ACFD08498D, host id: w4Y6W9kQKM22x/10sAtzqpzr3oOBFHVuCxqDL2VdC0PdcFgettFtIYp+w6ys7x3M8agmGrJ8z/Q=',
    found: ['S3_REFUSED - - - -'],
  },
  {
    title: 'the S3 backend, new words',
    source: 'ministryofjustice/modernisation-platform/pull/9380',
    text: boxed(
      'Error: Error refreshing state: Unable to access object "environments/production/terraform.tfstate" in S3 bucket "my-terraform-state": operation error S3: HeadObject, https response error StatusCode: 403, RequestID: TRTAA1RYFJD08N9P, HostID: 71Tg6Idj/mP7QcMnn5pUdDXqEXcpg/0vpW6GA6ltItImyMJpp0rFnoEdlvktuwAHQFs2D3SCNR/n35ybBFDJ7A==, api error Forbidden: Forbidden\n',
    ),
    found: ['S3_REFUSED - - - -'],
  },
  {
    title: 'an encoded message that the terminal broke',
    source: 'hashicorp/terraform/issues/23897',
    text: 'Error: UnauthorizedOperation: You are not authorized to perform this operation. Encoded authorization failure message: E8tJy2EnbrHi6B_Z6MXC_\nAJvdLXmY0XR9zML6H5ZuRSfc1HJCUmzTFmwlzANLH1CLPuwp3yuaBINwYiseoz3yJpxiTHve7xPoR1cAc3oZeCQqxJUDi470-JFRhtD1dAY1X1NhOdM\n\tstatus code: 403, request id: 27db932f-e5be-41a1-8262-a698d82df933',
    found: ['ENCODED_MESSAGE - - - -'],
  },
];
