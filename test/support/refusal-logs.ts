/** Refusals as people meet them: whole logs and single lines of Terraform, CDK, GitHub Actions, the AWS CLI and SDKs, and what is to be found in each. */

export const JANE = 'arn:aws:iam::111111111111:user/jane';
const CI = 'arn:aws:sts::111111111111:assumed-role/ci/GitHubActions';
export const ROLE = 'arn:aws:iam::222222222222:role/ops/xacct-terraform';
const SCP = 'arn:aws:organizations::999999999999:policy/o-abc/service_control_policy/p-1';

/** `code layer action caller resource`, with - for what is not said. */
export interface LogCase {
  readonly title: string;
  readonly text: string;
  readonly found: readonly string[];
}

const denied = (caller: string, action: string, resource = ROLE): string =>
  `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`;
const PLAIN = denied(JANE, 'sts:AssumeRole');
const NO_TRUST = `${PLAIN} because no role trust policy allows the sts:AssumeRole action`;
const box = (...lines: readonly string[]): string => ['╷', ...lines.map((line) => `│ ${line}`), '╵'].join('\n');
const stamped = (text: string): string =>
  text
    .split('\n')
    .map((line) => `2026-02-03T10:00:01.1234567Z ${line}`)
    .join('\n');
const bare = `NOT_SAID - sts:AssumeRole ${JANE} ${ROLE}`;
const noTrust = `NOT_ALLOWED trust sts:AssumeRole ${JANE} ${ROLE}`;
const noTrustCi = `NOT_ALLOWED trust sts:AssumeRole ${CI} ${ROLE}`;

const WRAPPED = box(
  'Error: Cannot assume IAM Role',
  '',
  '  with provider["registry.terraform.io/hashicorp/aws"],',
  '  on provider.tf line 1, in provider "aws":',
  '   1: provider "aws" {',
  '',
  `IAM Role (${ROLE}) cannot be assumed.`,
  '',
  'Error: operation error STS: AssumeRole, https response error StatusCode: 403,',
  'RequestID: 0b1e7c2a, api error AccessDenied: User:',
  `${CI} is not authorized to`,
  'perform: sts:AssumeRole on resource:',
  `${ROLE} because no role trust`,
  'policy allows the sts:AssumeRole action',
  '',
);

export const LOGS: readonly LogCase[] = [
  { title: 'the oldest wording', text: PLAIN, found: [bare] },
  { title: 'no role trust policy', text: NO_TRUST, found: [noTrust] },
  {
    title: 'no identity-based policy',
    text: `${PLAIN} because no identity-based policy allows the sts:AssumeRole action`,
    found: [`NOT_ALLOWED identity sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: 'no permissions boundary',
    text: `${PLAIN} because no permissions boundary allows the sts:AssumeRole action`,
    found: [`NOT_ALLOWED boundary sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: 'no session policy',
    text: `${denied(CI, 'sts:AssumeRole')} because no session policy allows the sts:AssumeRole action`,
    found: [`NOT_ALLOWED session-policy sts:AssumeRole ${CI} ${ROLE}`],
  },
  {
    title: 'no service control policy',
    text: `${PLAIN} because no service control policy allows the sts:AssumeRole action`,
    found: [`NOT_ALLOWED scp sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: 'an explicit deny in the trust policy',
    text: `${PLAIN} with an explicit deny in the role trust policy`,
    found: [`EXPLICIT_DENY trust sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: 'an explicit deny in an SCP, with its ARN',
    text: `${PLAIN} with an explicit deny in a service control policy: ${SCP}`,
    found: [`EXPLICIT_DENY scp sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: 'an explicit deny in a resource control policy',
    text: `${PLAIN} with an explicit deny in a resource control policy`,
    found: [`EXPLICIT_DENY rcp sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: 'an explicit deny in a VPC endpoint policy',
    text: `${PLAIN} with an explicit deny in a VPC endpoint policy`,
    found: [`EXPLICIT_DENY vpc-endpoint sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: "the documentation's sessions policy",
    text: `${denied(CI, 'sts:AssumeRole')} with an explicit deny in a sessions policy`,
    found: [`EXPLICIT_DENY session-policy sts:AssumeRole ${CI} ${ROLE}`],
  },
  {
    title: 'an explicit deny that names no policy, as before 2021',
    text: `${PLAIN} with an explicit deny`,
    found: [`EXPLICIT_DENY - sts:AssumeRole ${JANE} ${ROLE}`],
  },
  {
    title: 'the AWS CLI',
    text: `\nAn error occurred (AccessDenied) when calling the AssumeRole operation: ${PLAIN}\n`,
    found: [bare],
  },
  { title: 'Terraform, wrapped in its box', text: WRAPPED, found: [noTrustCi] },
  { title: 'the same in a log of GitHub Actions', text: stamped(WRAPPED), found: [noTrustCi] },
  {
    title: 'the same in colours',
    text: WRAPPED.replaceAll('│', '\u001b[31m│\u001b[0m\u001b[0m'),
    found: [noTrustCi],
  },
  {
    title: 'gh run view --log: job and step before each line',
    text: stamped(WRAPPED)
      .split('\n')
      .map((line) => `plan\tterraform plan\t${line}`)
      .join('\n'),
    found: [noTrustCi],
  },
  {
    title: 'Terragrunt, with its own prefix before the box',
    text: WRAPPED.split('\n')
      .map((line) => `12:01:02.123 STDERR [staging] terraform: ${line}`)
      .join('\n'),
    found: [noTrustCi],
  },
  {
    title: 'Windows line ends',
    text: WRAPPED.replaceAll('\n', '\r\n'),
    found: [noTrustCi],
  },
  {
    title: 'the old Go SDK, with a status line',
    text: `Error: error configuring Terraform AWS Provider: IAM Role (${ROLE}) cannot be assumed.\n\nError: AccessDenied: ${PLAIN}\n\tstatus code: 403, request id: 8d2f`,
    found: [bare],
  },
  {
    title: 'the Java SDK, in brackets',
    text: `com.amazonaws.services.securitytoken.model.AWSSecurityTokenServiceException: ${PLAIN} (Service: AWSSecurityTokenService; Status Code: 403; Error Code: AccessDenied; Request ID: 1; Proxy: null)`,
    found: [bare],
  },
  {
    title: 'JSON in a log, escaped',
    text: JSON.stringify({ level: 'error', msg: `AccessDenied: ${PLAIN}\n\tstatus code: 403` }),
    found: [bare],
  },
  {
    title: 'the XML of STS itself',
    text: `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${PLAIN}</Message></Error></ErrorResponse>`,
    found: [bare],
  },
  {
    title: 'CDK, which could not use its deployment role',
    text: `current credentials could not be used to assume 'arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-eu-west-1', but are for the right account. Proceeding anyway.\n ❌ Deployment failed: AccessDenied: User: ${JANE} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-eu-west-1\n    at throwDefaultError (/cdk/index.js:1:1)`,
    found: [`NOT_SAID - sts:AssumeRole ${JANE} arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-eu-west-1`],
  },
  {
    title: 'GitHub Actions with credentials of a user: tags need TagSession',
    text: `##[error]Could not assume role with user credentials: ${denied(JANE, 'sts:TagSession')}`,
    found: [`NOT_SAID - sts:TagSession ${JANE} ${ROLE}`],
  },
  {
    title: 'a source identity',
    text: `${denied(CI, 'sts:SetSourceIdentity')} because no role trust policy allows the sts:SetSourceIdentity action`,
    found: [`NOT_ALLOWED trust sts:SetSourceIdentity ${CI} ${ROLE}`],
  },
  {
    title: 'GitHub Actions with OIDC',
    text: 'Assuming role with OIDC\nError: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    found: ['WEB_IDENTITY_REFUSED trust sts:AssumeRoleWithWebIdentity - -'],
  },
  {
    title: 'OIDC, in a log that names one role',
    text: `  role-to-assume: ${ROLE}\nError: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
    found: [`WEB_IDENTITY_REFUSED trust sts:AssumeRoleWithWebIdentity - ${ROLE}`],
  },
  {
    title: 'no OIDC provider',
    text: 'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com',
    found: ['NO_OIDC_PROVIDER trust - - -'],
  },
  {
    title: 'a duration above the maximum of the role, wrapped',
    text: box('api error ValidationError: The requested DurationSeconds exceeds the', 'MaxSessionDuration set for this role.'),
    found: ['DURATION_ABOVE_ROLE_MAXIMUM duration - - -'],
  },
  {
    title: 'role chaining',
    text: `operation error STS: AssumeRole, api error ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.`,
    found: ['DURATION_ABOVE_CHAINING_LIMIT duration - - -'],
  },
  {
    title: 'a parameter out of bounds',
    text: "An error occurred (ValidationError) when calling the AssumeRole operation: 1 validation error detected: Value 's b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    found: ['PARAMETER_REFUSED parameter - - -'],
  },
  {
    title: 'a text that is no ARN of a role',
    text: 'An error occurred (ValidationError) when calling the AssumeRole operation: arn:aws:iam::222222222222:user/x is invalid',
    found: ['ROLE_ARN_INVALID parameter - - -'],
  },
  { title: 'a root user', text: 'AccessDenied: Roles may not be assumed by root accounts.', found: ['ROOT_CALLER caller - - -'] },
  {
    title: 'STS switched off in the region',
    text: 'RegionDisabledException: STS is not activated in this region for account:222222222222. Your account administrator can activate STS in this region using the IAM Console.',
    found: ['STS_REGION_DISABLED parameter - - -'],
  },
  {
    title: 'an expired token',
    text: 'An error occurred (ExpiredToken) when calling the AssumeRole operation: The security token included in the request is expired',
    found: ['EXPIRED_TOKEN caller - - -'],
  },
  {
    title: 'an unknown key',
    text: 'InvalidClientTokenId: The security token included in the request is invalid.',
    found: ['UNKNOWN_ACCESS_KEY caller - - -'],
  },
  {
    title: 'a principal that does not exist',
    text: 'MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/absent"',
    found: ['INVALID_PRINCIPAL trust - - arn:aws:iam::111111111111:role/absent'],
  },
  {
    title: 'too much session policy',
    text: 'PackedPolicyTooLarge: Packed policy consumes 157% of allotted space, please use smaller policy.',
    found: ['PACKED_POLICY_TOO_LARGE parameter - - -'],
  },
  {
    title: 'S3, with the resource in quotes',
    text: `User: ${JANE} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::my-bucket" because no identity-based policy allows the s3:ListBucket action`,
    found: [`NOT_ALLOWED identity s3:ListBucket ${JANE} arn:aws:s3:::my-bucket`],
  },
  {
    title: 'IAM, which names no resource',
    text: `AccessDenied: User: ${JANE} is not authorized to perform: iam:ListRoles\n\n  with data.aws_iam_roles.all`,
    found: [`NOT_SAID - iam:ListRoles ${JANE} -`],
  },
  {
    title: 'EC2, which encodes the rest',
    text: `UnauthorizedOperation: You are not authorized to perform this operation. User: ${CI} is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:111111111111:instance/* because no identity-based policy allows the ec2:RunInstances action. Encoded authorization failure message: Zm9vYmFy`,
    found: [`NOT_ALLOWED identity ec2:RunInstances ${CI} arn:aws:ec2:eu-west-1:111111111111:instance/*`],
  },
  {
    title: 'EC2, which encodes all',
    text: 'You are not authorized to perform this operation. Encoded authorization failure message: Zm9vYmFy',
    found: ['ENCODED_MESSAGE - - - -'],
  },
  {
    title: 'a name that a narrow terminal broke',
    text: `${denied(JANE, 'sts:AssumeRole', 'arn:aws:iam::222222222222:role/ops/xacct-ter\nraform')} because no role trust policy allows the sts:AssumeRole action`,
    found: [noTrust],
  },
  {
    title: 'words that a narrow terminal broke',
    text: (NO_TRUST.match(/.{1,48}/g) ?? []).join('\n'),
    found: [noTrust],
  },
  {
    title: 'two different ones and a repetition',
    text: `${PLAIN}\n${NO_TRUST}\n${PLAIN}\nRoles may not be assumed by root accounts.`,
    found: [bare, noTrust, `ROOT_CALLER caller - - ${ROLE}`],
  },
  {
    title: 'a sentence over two lines with time stamps, and no box',
    text: stamped(NO_TRUST.replace(' not authorized ', ' not authorized\n')),
    found: [noTrust],
  },
  { title: 'a full stop of the sentence around it', text: `It failed with: ${PLAIN}. Ask somebody.`, found: [bare] },
];
