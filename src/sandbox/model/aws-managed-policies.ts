/**
 * AWS managed policies that people attach, under `arn:aws:iam::aws:policy/…`. The unlimited and the single-service ones say what AWS's say;
 * ReadOnlyAccess, ViewOnlyAccess and SecurityAudit list a few services only, where AWS's own texts run to thousands of actions.
 */
import type { ManagedPolicy } from './account.ts';

interface Source {
  readonly name: string;
  readonly path?: string;
  readonly statements: readonly object[];
}

const allow = (action: string | readonly string[], resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

const allowService = (name: string, ...actions: readonly string[]): Source => ({ name, statements: [allow(actions)] });

const READS = ['Get*', 'List*', 'Describe*'];
const readsOf = (...services: readonly string[]): readonly string[] =>
  services.flatMap((service) => READS.map((verb) => `${service}:${verb}`));

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

const SOURCES: readonly Source[] = [
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
  allowService(
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
    path: '/job-function/',
    statements: [
      allow([...COMMON_READ.filter((action) => !action.endsWith(':Get*')), 'iam:List*', 's3:ListAllMyBuckets', 's3:ListBucket']),
    ],
  },
  allowService(
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
  allowService('AmazonDynamoDBFullAccess', 'dynamodb:*', 'dax:*'),
  allowService('AmazonRDSFullAccess', 'rds:*'),
  allowService('AmazonSQSFullAccess', 'sqs:*'),
  allowService('AmazonSNSFullAccess', 'sns:*'),
  allowService(
    'AmazonVPCFullAccess',
    'ec2:*Vpc*',
    'ec2:*Subnet*',
    'ec2:*Route*',
    'ec2:*Gateway*',
    'ec2:*SecurityGroup*',
    'ec2:*NetworkAcl*',
    'ec2:Describe*',
  ),
  allowService('AmazonRoute53FullAccess', 'route53:*', 'route53domains:*'),
  allowService('AWSLambda_FullAccess', 'lambda:*'),
  allowService('CloudWatchFullAccess', 'autoscaling:Describe*', 'cloudwatch:*', 'logs:*', 'sns:*'),
  allowService('CloudWatchReadOnlyAccess', ...readsOf('autoscaling', 'cloudwatch', 'logs', 'sns')),
  {
    name: 'AWSLambdaBasicExecutionRole',
    path: '/service-role/',
    statements: [allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'])],
  },
];

const CREATED_AT = Date.UTC(2015, 1, 6, 18, 39, 46);
const ID_LENGTH = 17;

const build = (partition: string, { name, path = '/', statements }: Source, index: number): ManagedPolicy => ({
  accountId: 'aws',
  name,
  path,
  arn: `arn:${partition}:iam::aws:policy${path}${name}`,
  // Made from the place in the list, so that it is the same in every sandbox.
  id: `ANPAI${(index + 1)
    .toString(36)
    .toUpperCase()
    .padStart(ID_LENGTH - 1, 'A')}`,
  description: undefined,
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
