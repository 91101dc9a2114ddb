/**
 * AWS managed policies that people attach, under `arn:aws:iam::aws:policy/…`. Where AWS's own text runs to thousands of actions, or changes often,
 * a short form stands in, marked by its description.
 */
import type { ManagedPolicy } from './account.ts';
import { allow, readsOf, SERVICE_POLICIES, type ManagedSource } from './aws-service-policies.ts';

const allowService = (name: string, ...actions: readonly string[]): ManagedSource => ({ name, statements: [allow(actions)] });
const allowShort = (name: string, ...actions: readonly string[]): ManagedSource => ({
  ...allowService(name, ...actions),
  isShortened: true,
});

const IAM_READ = [
  'iam:GenerateCredentialReport',
  'iam:GenerateServiceLastAccessedDetails',
  'iam:Get*',
  'iam:List*',
  'iam:SimulateCustomPolicy',
  'iam:SimulatePrincipalPolicy',
];
const S3_READ = ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'];
const COMMON_READ = readsOf(
  'cloudformation',
  'cloudwatch',
  'dynamodb',
  'ec2',
  'ecs',
  'eks',
  'kms',
  'lambda',
  'logs',
  'rds',
  'route53',
  'sns',
  'sqs',
);

const SOURCES: readonly ManagedSource[] = [
  { name: 'AdministratorAccess', statements: [allow('*')] },
  {
    name: 'PowerUserAccess',
    statements: [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      allow([
        'account:GetAccountInformation',
        'account:GetPrimaryEmail',
        'account:ListRegions',
        'iam:CreateServiceLinkedRole',
        'iam:DeleteServiceLinkedRole',
        'iam:ListRoles',
        'organizations:DescribeEffectivePolicy',
        'organizations:DescribeOrganization',
      ]),
    ],
  },
  allowShort(
    'ReadOnlyAccess',
    ...COMMON_READ,
    ...IAM_READ,
    ...S3_READ,
    'sts:GetAccessKeyInfo',
    'sts:GetCallerIdentity',
    'sts:GetSessionToken',
  ),
  {
    name: 'ViewOnlyAccess',
    isShortened: true,
    path: '/job-function/',
    statements: [
      allow([...COMMON_READ.filter((action) => !action.endsWith(':Get*')), 'iam:List*', 's3:ListAllMyBuckets', 's3:ListBucket']),
    ],
  },
  allowShort(
    'SecurityAudit',
    ...COMMON_READ,
    ...IAM_READ,
    's3:GetBucket*',
    's3:GetEncryptionConfiguration',
    's3:ListAllMyBuckets',
    's3:ListBucket',
  ),
  allowService(
    'IAMFullAccess',
    'iam:*',
    'organizations:DescribeAccount',
    'organizations:DescribeOrganization',
    'organizations:DescribeOrganizationalUnit',
    'organizations:DescribePolicy',
    'organizations:ListChildren',
    'organizations:ListParents',
    'organizations:ListPoliciesForTarget',
    'organizations:ListRoots',
    'organizations:ListPolicies',
    'organizations:ListTargetsForPolicy',
  ),
  allowService('IAMReadOnlyAccess', ...IAM_READ),
  allowService('AmazonS3FullAccess', 's3:*', 's3-object-lambda:*'),
  allowService('AmazonS3ReadOnlyAccess', ...S3_READ),
  {
    name: 'AmazonEC2FullAccess',
    isShortened: true,
    statements: [allow('ec2:*'), allow('elasticloadbalancing:*'), allow('cloudwatch:*'), allow('autoscaling:*')],
  },
  {
    name: 'AmazonEC2ReadOnlyAccess',
    statements: [
      allow(['ec2:Describe*', 'ec2:GetSecurityGroupsForVpc']),
      allow('elasticloadbalancing:Describe*'),
      allow(['cloudwatch:ListMetrics', 'cloudwatch:GetMetricStatistics', 'cloudwatch:Describe*']),
      allow('autoscaling:Describe*'),
    ],
  },
  allowShort('AmazonDynamoDBFullAccess', 'dynamodb:*', 'dax:*'),
  allowShort('AmazonRDSFullAccess', 'rds:*'),
  allowShort('AmazonSQSFullAccess', 'sqs:*'),
  allowShort('AmazonSNSFullAccess', 'sns:*'),
  allowShort(
    'AmazonVPCFullAccess',
    'ec2:*Vpc*',
    'ec2:*Subnet*',
    'ec2:*Route*',
    'ec2:*Gateway*',
    'ec2:*SecurityGroup*',
    'ec2:*NetworkAcl*',
    'ec2:Describe*',
  ),
  allowShort('AmazonRoute53FullAccess', 'route53:*', 'route53domains:*'),
  allowShort('AWSLambda_FullAccess', 'lambda:*'),
  allowShort('CloudWatchFullAccess', 'autoscaling:Describe*', 'cloudwatch:*', 'logs:*', 'sns:*'),
  allowShort('CloudWatchReadOnlyAccess', ...readsOf('autoscaling', 'cloudwatch', 'logs', 'sns')),
  {
    name: 'AWSLambdaBasicExecutionRole',
    path: '/service-role/',
    statements: [allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'])],
  },
  ...SERVICE_POLICIES,
];

const CREATED_AT = Date.UTC(2015, 1, 6, 18, 39, 46);
const ID_LENGTH = 17;

const build = (
  partition: string,
  { name, path = '/', statements, isShortened }: ManagedSource,
  index: number,
): ManagedPolicy => ({
  accountId: 'aws',
  name,
  path,
  arn: `arn:${partition}:iam::aws:policy${path}${name}`,
  // Made from the place in the list, so that it is the same in every sandbox.
  id: `ANPAI${(index + 1)
    .toString(36)
    .toUpperCase()
    .padStart(ID_LENGTH - 1, 'A')}`,
  description: isShortened ? "A short form of AWS's policy of this name, made for the sandbox" : undefined,
  createdAt: CREATED_AT,
  updatedAt: CREATED_AT,
  tags: [],
  versions: new Map([
    ['v1', { versionId: 'v1', text: JSON.stringify({ Version: '2012-10-17', Statement: statements }), createdAt: CREATED_AT }],
  ]),
  defaultVersionId: 'v1',
  pastTexts: [],
  nextVersion: 2,
});

const byPartition = new Map<string, ReadonlyMap<string, ManagedPolicy>>();

/** All of a partition's, by ARN. */
export const awsManagedPolicies = (partition: string): ReadonlyMap<string, ManagedPolicy> => {
  let policies = byPartition.get(partition);
  if (policies === undefined) {
    policies = new Map(SOURCES.map((source, index) => build(partition, source, index)).map((policy) => [policy.arn, policy]));
    byPartition.set(partition, policies);
  }
  return policies;
};

export const awsManagedPolicy = (partition: string, arn: string): ManagedPolicy | undefined =>
  awsManagedPolicies(partition).get(arn);
