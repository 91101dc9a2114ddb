/**
 * Terraform's S3 backend with its lock file, and the role that only plans.
 * Source: https://developer.hashicorp.com/terraform/language/backend/s3, "S3 Bucket Permissions"; recorded by test/e2e/presets.test.ts.
 */
import type { Statement } from './policy-document.ts';
import type { Preset, PresetArgument, PresetPlace } from './preset.ts';

/** No `*`, `?` or `$`: IAM would read them as wildcards and variables. */
const STATE = /^(?!.*\.\.[a-z0-9.-]*(?:\/|$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[A-Za-z0-9!_.'()=+@:,/-]{1,512})?$/;

const argument = (isRequired: boolean): PresetArgument => ({
  name: 'BUCKET[/KEY]',
  isRequired,
  pattern: STATE,
  what: 'a bucket, or BUCKET/KEY for one state, or BUCKET/FOLDER/ for all below it',
  example: 'acme-terraform-state/app/terraform.tfstate',
});

interface StatePlace {
  readonly bucket: string;
  /** Patterns of the state's keys, in the default workspace and in others. */
  readonly states: readonly string[];
  /** The lock file is the state's key with an ending. */
  readonly locks: readonly string[];
}

/** Other workspaces: `env:/WORKSPACE/KEY`, unless workspace_key_prefix says otherwise. */
const stateOf = (text: string, { partition }: PresetPlace): StatePlace => {
  const slash = text.indexOf('/');
  const bucket = `arn:${partition}:s3:::${slash < 0 ? text : text.slice(0, slash)}`;
  const key = slash < 0 ? '' : text.slice(slash + 1);
  if (key === '') return { bucket, states: [`${bucket}/*`], locks: [`${bucket}/*.tflock`] };
  const keys = [key, `env:/*/${key}`].map((name) => `${bucket}/${name}${key.endsWith('/') ? '*' : ''}`);
  return { bucket, states: keys, locks: keys.map((name) => `${name}.tflock`) };
};

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const KMS = 'A state encrypted with a KMS key of your own needs kms:Decrypt and kms:GenerateDataKey on that key besides.';

export const tfState: Preset = {
  name: 'tf-state',
  about: "Terraform's S3 backend: read and write a state, and its lock file (use_lockfile)",
  argument: argument(true),
  notes: [
    'KEY without a / at its end is exactly one state, with one a folder; its workspaces (env:/NAME/KEY) are included.',
    'Left out: deleting a state (terraform workspace delete needs s3:DeleteObject on it) and making the bucket (s3-bucket does).',
    'Other keys of the bucket can be listed by name, not read: Terraform lists the workspaces, and S3 says 404 only to whoever may list.',
    KMS,
  ],
  unrecorded: {},
  permissions: (args, place) => {
    const states = args.map((arg) => stateOf(arg, place));
    const statement: readonly Statement[] = [
      { Sid: 'StateBuckets', Effect: 'Allow', Action: 's3:ListBucket', Resource: unique(states.map(({ bucket }) => bucket)) },
      {
        Sid: 'StatesAndLocks',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject'],
        // A pattern with * at its end covers the lock's ending.
        Resource: unique(
          states.flatMap(({ states, locks }) => [...states, ...locks.filter((lock) => !lock.endsWith('*.tflock'))]),
        ),
      },
      { Sid: 'Unlock', Effect: 'Allow', Action: 's3:DeleteObject', Resource: unique(states.flatMap(({ locks }) => locks)) },
    ];
    return { policies: [{ name: 'tf-state', document: { Version: '2012-10-17', Statement: statement } }], policyArns: [] };
  },
};

export const readOnly: Preset = {
  name: 'read-only',
  about: 'the plan role: reads everything, changes nothing; with a state, holds its lock while a plan runs',
  argument: argument(false),
  notes: [
    "AWS's ReadOnlyAccess is attached. It reads data too: objects of S3, items of DynamoDB, parameters of SSM. Whoever may change the Terraform code that this role plans can read them.",
    'With a state: the lock file may be written and deleted, the state itself only read.',
    'Left out: values of Secrets Manager and decryption, which refreshing an aws_secretsmanager_secret_version needs.',
  ],
  unrecorded: {},
  permissions: (args, place) => {
    const locks = unique(args.flatMap((arg) => stateOf(arg, place).locks));
    const statement: Statement = {
      Sid: 'StateLocks',
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:PutObject'],
      Resource: locks,
    };
    return {
      policies: locks.length === 0 ? [] : [{ name: 'read-only', document: { Version: '2012-10-17', Statement: [statement] } }],
      policyArns: [`arn:${place.partition}:iam::aws:policy/ReadOnlyAccess`],
    };
  },
};
