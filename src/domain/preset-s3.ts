/**
 * Presets for buckets: what the AWS provider's aws_s3_bucket and its companions call to create, refresh, change and destroy. The lists are
 * recorded from provider 5.100 by test/e2e/presets.test.ts, which fails when an action is missing or spare.
 */
import type { Statement } from './policy-document.ts';
import type { Preset, PresetPlace } from './preset.ts';

/** The reads that refreshing any aws_s3_bucket takes, whatever its settings; the same recording. */
export const BUCKET_REFRESH_READS: readonly string[] = [
  's3:GetAccelerateConfiguration',
  's3:GetBucketAcl',
  's3:GetBucketCORS',
  's3:GetBucketLogging',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketPolicy',
  's3:GetBucketRequestPayment',
  's3:GetBucketTagging',
  's3:GetBucketVersioning',
  's3:GetBucketWebsite',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetReplicationConfiguration',
  's3:ListBucket',
];

const BUCKET_ACTIONS = [
  ...BUCKET_REFRESH_READS,
  's3:CreateBucket',
  's3:DeleteBucket',
  's3:DeleteBucketPolicy',
  's3:GetBucketOwnershipControls',
  's3:GetBucketPublicAccessBlock',
  's3:ListBucketVersions',
  's3:ListTagsForResource',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketTagging',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:TagResource',
  's3:UntagResource',
].toSorted();

const OBJECT_ACTIONS = [
  's3:DeleteObject',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersion',
  's3:GetObject',
  's3:GetObjectTagging',
  's3:PutObject',
  's3:PutObjectTagging',
];

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md, 6.23.0, NOTES: resource/aws_s3_bucket */
const SINCE_6_23 =
  'AWS provider 6.23 and later tag buckets by S3 Control, and fall back with an AccessDenied in CloudTrail where they may not';

const COMMON = {
  notes: [
    'Covers aws_s3_bucket with versioning, encryption, public access block, ownership controls, lifecycle, policy and tags, and aws_s3_object.',
    'Left out: ACLs (new buckets have none), replication, logging, website, CORS, notifications, object lock, and your own KMS key.',
  ],
  unrecorded: { 's3:ListTagsForResource': SINCE_6_23, 's3:TagResource': SINCE_6_23, 's3:UntagResource': SINCE_6_23 },
};

const statements = (names: readonly string[], { partition }: PresetPlace): readonly Statement[] => [
  { Sid: 'Buckets', Effect: 'Allow', Action: BUCKET_ACTIONS, Resource: names.map((name) => `arn:${partition}:s3:::${name}`) },
  { Sid: 'Objects', Effect: 'Allow', Action: OBJECT_ACTIONS, Resource: names.map((name) => `arn:${partition}:s3:::${name}/*`) },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const s3Bucket: Preset = {
  name: 's3-bucket',
  about: 'one bucket and its objects: create, refresh, change, destroy',
  argument: {
    name: 'NAME',
    isRequired: true,
    pattern: BUCKET_NAME,
    what: 'the name of a bucket: 3 to 63 of a-z, 0-9, - and .',
    example: 'my-bucket-in-account-b',
  },
  ...COMMON,
  permissions: (args, place) => ({
    policies: [{ name: 's3-bucket', document: { Version: '2012-10-17', Statement: statements(args, place) } }],
    policyArns: [],
  }),
};

export const s3Prefix: Preset = {
  name: 's3-prefix',
  about: 'all buckets whose names begin with a prefix, and their objects',
  argument: {
    name: 'PREFIX',
    isRequired: true,
    pattern: /^[a-z0-9][a-z0-9.-]{2,61}$/,
    what: 'how names of buckets begin: 3 to 62 of a-z, 0-9, - and ., without a *',
    example: 'acme-dev-',
  },
  ...COMMON,
  permissions: (args, place) => ({
    policies: [
      {
        name: 's3-prefix',
        document: {
          Version: '2012-10-17',
          Statement: statements(
            args.map((prefix) => `${prefix}*`),
            place,
          ),
        },
      },
    ],
    policyArns: [],
  }),
};
