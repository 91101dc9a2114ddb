/**
 * More of AWS's managed policies: those that roles of services, instances and job functions carry. Where AWS's own text is long or changes often,
 * a short form stands in and says so in its description.
 */

export interface ManagedSource {
  readonly name: string;
  readonly path?: string;
  readonly statements: readonly object[];
  /** AWS's own text says more, or other things of the same kind. */
  readonly isShortened?: true;
}

export const allow = (action: string | readonly string[], resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

const READS = ['Get*', 'List*', 'Describe*'];
export const readsOf = (...services: readonly string[]): readonly string[] =>
  services.flatMap((service) => READS.map((verb) => `${service}:${verb}`));

const whole = (name: string, path: string | undefined, ...actions: readonly string[]): ManagedSource => ({
  name,
  ...(path !== undefined && { path }),
  statements: [allow(actions)],
});
const short = (name: string, path: string | undefined, ...actions: readonly string[]): ManagedSource => ({
  ...whole(name, path, ...actions),
  isShortened: true,
});

const SERVICE_ROLE = '/service-role/';
const JOB = '/job-function/';

const PULL = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:GetRepositoryPolicy',
  'ecr:DescribeRepositories',
  'ecr:ListImages',
  'ecr:DescribeImages',
  'ecr:BatchGetImage',
  'ecr:GetLifecyclePolicy',
  'ecr:GetLifecyclePolicyPreview',
  'ecr:ListTagsForResource',
  'ecr:DescribeImageScanFindings',
];
const LOG_WRITES = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

export const SERVICE_POLICIES: readonly ManagedSource[] = [
  { name: 'AWSDenyAll', statements: [{ Sid: 'DenyAll', Effect: 'Deny', Action: ['*'], Resource: '*' }] },
  {
    name: 'IAMUserChangePassword',
    statements: [allow('iam:ChangePassword', 'arn:aws:iam::*:user/${aws:username}'), allow('iam:GetAccountPasswordPolicy')],
  },
  {
    name: 'AmazonSSMManagedInstanceCore',
    statements: [
      allow([
        'ssm:DescribeAssociation',
        'ssm:GetDeployablePatchSnapshotForInstance',
        'ssm:GetDocument',
        'ssm:DescribeDocument',
        'ssm:GetManifest',
        'ssm:GetParameter',
        'ssm:GetParameters',
        'ssm:ListAssociations',
        'ssm:ListInstanceAssociations',
        'ssm:PutInventory',
        'ssm:PutComplianceItems',
        'ssm:PutConfigurePackageResult',
        'ssm:UpdateAssociationStatus',
        'ssm:UpdateInstanceAssociationStatus',
        'ssm:UpdateInstanceInformation',
      ]),
      allow([
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ]),
      allow([
        'ec2messages:AcknowledgeMessage',
        'ec2messages:DeleteMessage',
        'ec2messages:FailMessage',
        'ec2messages:GetEndpoint',
        'ec2messages:GetMessages',
        'ec2messages:SendReply',
      ]),
    ],
  },
  whole('AmazonEC2ContainerRegistryReadOnly', undefined, ...PULL),
  whole(
    'AmazonEC2ContainerRegistryPowerUser',
    undefined,
    ...PULL,
    'ecr:InitiateLayerUpload',
    'ecr:UploadLayerPart',
    'ecr:CompleteLayerUpload',
    'ecr:PutImage',
  ),
  short('AmazonEC2ContainerRegistryFullAccess', undefined, 'ecr:*', 'cloudtrail:LookupEvents'),
  whole(
    'AmazonECSTaskExecutionRolePolicy',
    SERVICE_ROLE,
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
  short(
    'AWSLambdaVPCAccessExecutionRole',
    SERVICE_ROLE,
    ...LOG_WRITES,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ),
  whole(
    'AWSLambdaSQSQueueExecutionRole',
    SERVICE_ROLE,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    ...LOG_WRITES,
  ),
  whole(
    'AWSLambdaDynamoDBExecutionRole',
    SERVICE_ROLE,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    ...LOG_WRITES,
  ),
  short(
    'AmazonEC2RoleforSSM',
    SERVICE_ROLE,
    'ssm:*',
    'ssmmessages:*',
    'ec2messages:*',
    'cloudwatch:PutMetricData',
    ...LOG_WRITES,
  ),
  short(
    'AmazonEKSClusterPolicy',
    undefined,
    'autoscaling:Describe*',
    'ec2:Describe*',
    'elasticloadbalancing:*',
    'kms:DescribeKey',
  ),
  short('AmazonEKSWorkerNodePolicy', undefined, 'ec2:Describe*', 'eks:DescribeCluster', 'eks-auth:AssumeRoleForPodIdentity'),
  short(
    'AmazonEKS_CNI_Policy',
    undefined,
    'ec2:*NetworkInterface*',
    'ec2:*PrivateIpAddresses',
    'ec2:CreateTags',
    'ec2:Describe*',
  ),
  short(
    'CloudWatchAgentServerPolicy',
    undefined,
    'cloudwatch:PutMetricData',
    'ec2:DescribeVolumes',
    'ec2:DescribeTags',
    'logs:*Log*',
    'ssm:GetParameter',
  ),
  short('CloudWatchLogsFullAccess', undefined, 'logs:*', 'cloudwatch:GenerateQuery'),
  short(
    'CloudWatchLogsReadOnlyAccess',
    undefined,
    ...readsOf('logs'),
    'logs:FilterLogEvents',
    'logs:StartQuery',
    'logs:StopQuery',
    'logs:TestMetricFilter',
  ),
  short(
    'AmazonDynamoDBReadOnlyAccess',
    undefined,
    ...readsOf('dynamodb'),
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
  ),
  short(
    'AmazonSQSReadOnlyAccess',
    undefined,
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ListDeadLetterSourceQueues',
    'sqs:ListQueues',
  ),
  short('AmazonSNSReadOnlyAccess', undefined, 'sns:GetTopicAttributes', 'sns:List*'),
  short('AmazonRDSReadOnlyAccess', undefined, 'rds:Describe*', 'rds:ListTagsForResource', ...readsOf('cloudwatch')),
  short('AmazonVPCReadOnlyAccess', undefined, 'ec2:Describe*', 'ec2:GetManagedPrefixListEntries'),
  short('AmazonRoute53ReadOnlyAccess', undefined, 'route53:Get*', 'route53:List*', 'route53:TestDNSAnswer'),
  short('AWSCloudFormationFullAccess', undefined, 'cloudformation:*'),
  short('AWSCloudFormationReadOnlyAccess', undefined, ...readsOf('cloudformation'), 'cloudformation:ValidateTemplate'),
  short('SecretsManagerReadWrite', undefined, 'secretsmanager:*', 'kms:DescribeKey', 'kms:ListAliases', 'kms:ListKeys'),
  short(
    'AWSKeyManagementServicePowerUser',
    undefined,
    'kms:CreateAlias',
    'kms:CreateKey',
    'kms:DeleteAlias',
    'kms:Describe*',
    'kms:List*',
    'kms:TagResource',
  ),
  short('AmazonECS_FullAccess', undefined, 'ecs:*', 'elasticloadbalancing:*', 'autoscaling:*', 'application-autoscaling:*'),
  short('ElasticLoadBalancingFullAccess', undefined, 'elasticloadbalancing:*', 'ec2:Describe*'),
  short('AWSCertificateManagerFullAccess', undefined, 'acm:*'),
  short('AmazonAPIGatewayAdministrator', undefined, 'apigateway:*'),
  short('AmazonKinesisFullAccess', undefined, 'kinesis:*'),
  short('AmazonElastiCacheFullAccess', undefined, 'elasticache:*'),
  short('AWSLambda_ReadOnlyAccess', undefined, ...readsOf('lambda', 'logs')),
  short('AWSOrganizationsReadOnlyAccess', undefined, 'organizations:Describe*', 'organizations:List*'),
  short('AWSSupportAccess', undefined, 'support:*'),
  short('NetworkAdministrator', JOB, 'ec2:*', 'elasticloadbalancing:*', 'route53:*', 'directconnect:*'),
  short('DatabaseAdministrator', JOB, 'rds:*', 'dynamodb:*', 'elasticache:*', 'redshift:*', 'cloudwatch:*'),
  short(
    'SystemAdministrator',
    JOB,
    'ec2:*',
    'cloudwatch:*',
    'cloudtrail:Describe*',
    'config:Describe*',
    'lambda:*',
    'rds:*',
    's3:*',
  ),
  short('Billing', JOB, 'aws-portal:*', 'billing:*', 'budgets:*', 'ce:*', 'cur:*'),
];
