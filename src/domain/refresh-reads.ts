/**
 * What Terraform reads right after it made something, and before each plan. A policy that may create and not read fails halfway through an
 * apply: the thing is there, tainted, and cannot be taken away. Recorded from AWS provider 5.100 (test/e2e/presets.test.ts holds S3's row).
 */
import { coversAction } from './covers.ts';
import { warning, type Diagnostic } from './diagnostic.ts';
import { statementsOf } from './policy-document.ts';
import { BUCKET_REFRESH_READS } from './preset-s3.ts';
import type { NamedPolicy } from './spec.ts';

interface RefreshRow {
  readonly type: string;
  readonly creates: string;
  readonly reads: readonly string[];
  readonly hint?: { readonly text: string; readonly command: string };
}

/** The reads are of the service that creates. */
const row = (type: string, creates: string, ...reads: readonly string[]): RefreshRow => {
  const service = creates.slice(0, creates.indexOf(':'));
  return { type, creates, reads: reads.map((read) => `${service}:${read}`) };
};

/** Of the plan that follows an apply: what is called whatever the resource's settings. */
const REFRESH_READS: readonly RefreshRow[] = [
  {
    type: 'aws_s3_bucket',
    creates: 's3:CreateBucket',
    reads: BUCKET_REFRESH_READS,
    hint: { text: 'a preset that has them all', command: 'xacct init --preset s3-bucket:NAME' },
  },
  row('aws_cloudwatch_event_rule', 'events:PutRule', 'DescribeRule', 'ListTagsForResource'),
  row('aws_cloudwatch_log_group', 'logs:CreateLogGroup', 'DescribeLogGroups', 'ListTagsForResource'),
  row('aws_cloudwatch_metric_alarm', 'cloudwatch:PutMetricAlarm', 'DescribeAlarms', 'ListTagsForResource'),
  row(
    'aws_dynamodb_table',
    'dynamodb:CreateTable',
    'DescribeContinuousBackups',
    'DescribeTable',
    'DescribeTimeToLive',
    'ListTagsOfResource',
  ),
  row('aws_ecr_repository', 'ecr:CreateRepository', 'DescribeRepositories', 'ListTagsForResource'),
  row('aws_iam_instance_profile', 'iam:CreateInstanceProfile', 'GetInstanceProfile'),
  row('aws_iam_policy', 'iam:CreatePolicy', 'GetPolicy', 'GetPolicyVersion'),
  row('aws_iam_role', 'iam:CreateRole', 'GetRole', 'ListAttachedRolePolicies', 'ListRolePolicies'),
  row(
    'aws_instance',
    'ec2:RunInstances',
    'DescribeInstanceAttribute',
    'DescribeInstanceTypes',
    'DescribeInstances',
    'DescribeTags',
    'DescribeVolumes',
  ),
  row('aws_kinesis_stream', 'kinesis:CreateStream', 'DescribeLimits', 'DescribeStreamSummary', 'ListTagsForStream'),
  row('aws_kms_alias', 'kms:CreateAlias', 'ListAliases'),
  row('aws_kms_key', 'kms:CreateKey', 'DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListResourceTags'),
  row('aws_secretsmanager_secret', 'secretsmanager:CreateSecret', 'DescribeSecret', 'GetResourcePolicy'),
  row('aws_secretsmanager_secret_version', 'secretsmanager:PutSecretValue', 'GetSecretValue'),
  row('aws_security_group', 'ec2:CreateSecurityGroup', 'DescribeSecurityGroups'),
  row('aws_sns_topic', 'sns:CreateTopic', 'GetTopicAttributes', 'ListTagsForResource'),
  row('aws_sqs_queue', 'sqs:CreateQueue', 'GetQueueAttributes', 'ListQueueTags'),
  row('aws_ssm_parameter', 'ssm:PutParameter', 'DescribeParameters', 'GetParameter', 'ListTagsForResource'),
  row('aws_subnet', 'ec2:CreateSubnet', 'DescribeSubnets'),
  row(
    'aws_vpc',
    'ec2:CreateVpc',
    'DescribeNetworkAcls',
    'DescribeRouteTables',
    'DescribeSecurityGroups',
    'DescribeVpcAttribute',
    'DescribeVpcs',
  ),
];

/** More than a few are better counted than listed. */
const MOST_NAMED = 4;

const listed = (actions: readonly string[]): string =>
  actions.length <= MOST_NAMED
    ? actions.join(', ')
    : `${actions.slice(0, MOST_NAMED).join(', ')} and ${actions.length - MOST_NAMED} more`;

/** By the actions alone: resources and conditions are not compared, so a warning is sure and silence is not. */
export const missingReads = (policies: readonly NamedPolicy[]): readonly Diagnostic[] => {
  const allows = policies.flatMap(({ document }) => statementsOf(document)).filter(({ Effect }) => Effect === 'Allow');
  const isAllowed = (action: string): boolean => allows.some((statement) => coversAction(statement, action));
  return REFRESH_READS.flatMap(({ type, creates, reads, hint }) => {
    const missing = isAllowed(creates) ? reads.filter((action) => !isAllowed(action)) : [];
    if (missing.length === 0) return [];
    const text = `${creates} is allowed, and ${missing.length} of the ${reads.length} reads by which Terraform refreshes ${type} are not: ${listed(missing)}; apply would fail after the thing is made`;
    const all = { text: `allow them too: ${missing.join(', ')}` };
    return [warning('MISSING_READS', text, hint === undefined ? [all] : [all, hint])];
  });
};
