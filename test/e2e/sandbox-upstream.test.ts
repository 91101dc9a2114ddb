/** Other services behind the sandbox: moto does the work, the sandbox decides who may, and as which account. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { cleanEnvironment, run, runOk, type ChildOptions, type Environment } from '../support/child.ts';
import { openMoto, type Moto } from '../support/moto.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';
const BUCKET_ACTIONS = ['s3:CreateBucket', 's3:DeleteBucket', 's3:ListBucket', 's3:GetBucket*', 's3:GetEncryptionConfiguration'];
const MORE_ACTIONS = [
  's3:GetLifecycleConfiguration',
  's3:GetReplicationConfiguration',
  's3:GetAccelerateConfiguration',
  's3:PutBucketTagging',
];

const policy = (Action: readonly string[], Resource: string | readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});

describeWithPeers(['moto_server', 'boto3'], 'moto behind the sandbox', () => {
  let folder = '';
  let moto: Moto;
  let sandbox: Sandbox;
  let env: Environment = {};
  const here = (more: Environment = {}): ChildOptions => ({ cwd: folder, env: { ...env, ...more }, timeoutMs: 100_000 });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xacct-upstream-'));
    moto = await openMoto(pathOf('moto_server'), cleanEnvironment(folder));
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }],
    };
    const bucket = 'arn:aws:s3:::my-bucket-in-account-b';
    sandbox = await openSandbox({
      upstream: moto.endpoint,
      seed: {
        accounts: {
          [TARGET]: {
            roles: [
              {
                RoleName: 'full',
                AssumeRolePolicyDocument: trust,
                Policies: [{ PolicyName: 's3', PolicyDocument: policy([...BUCKET_ACTIONS, ...MORE_ACTIONS], bucket) }],
              },
              {
                RoleName: 'lacking',
                AssumeRolePolicyDocument: trust,
                Policies: [{ PolicyName: 's3', PolicyDocument: policy([...BUCKET_ACTIONS.slice(1), ...MORE_ACTIONS], bucket) }],
              },
            ],
            users: [
              {
                UserName: 'narrow',
                Policies: [
                  {
                    PolicyName: 'p',
                    PolicyDocument: {
                      Version: '2012-10-17',
                      Statement: [
                        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/public/*' },
                        {
                          Effect: 'Allow',
                          Action: 's3:ListBucket',
                          Resource: 'arn:aws:s3:::data',
                          Condition: { StringLike: { 's3:prefix': 'public/*' } },
                        },
                        {
                          Effect: 'Allow',
                          Action: 'dynamodb:GetItem',
                          Resource: `arn:aws:dynamodb:us-east-1:${TARGET}:table/things`,
                        },
                      ],
                    },
                  },
                ],
              },
            ],
          },
        },
      },
    });
    const config = path.join(folder, 'aws-config');
    const { accessKeyId, secretAccessKey } = sandbox.userCredentials(TARGET, 'narrow');
    const narrow = `\n[profile narrow]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\nendpoint_url = ${sandbox.endpoint}\n`;
    await writeFile(config, `${sandbox.awsConfigText()}${narrow}`);
    env = cleanEnvironment(folder, {
      AWS_CONFIG_FILE: config,
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_REGION: 'us-east-1',
      CHECKPOINT_DISABLE: '1',
    });
  });
  afterAll(async () => {
    await sandbox?.close();
    await moto?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('each account has its own buckets, tables and queues; each action needs its own permission', async () => {
    const script = `
import boto3, json, urllib.request, botocore.exceptions, botocore.config
def client(profile, service):
    return boto3.Session(profile_name=profile).client(service, region_name='us-east-1')
def refusal(call):
    try:
        call()
        return 'answered'
    except botocore.exceptions.ClientError as error:
        return [error.response['Error']['Code'], error.response['Error']['Message'].split(' because ')[0].split('perform: ')[-1]]
s3 = client('target', 's3')
s3.create_bucket(Bucket='data')
s3.put_object(Bucket='data', Key='public/a b+ü.txt', Body=b'hello' * 300000)
s3.put_object(Bucket='data', Key='secret/b.txt', Body=b'secret')
narrow = client('narrow', 's3')
out = {
  'source': [b['Name'] for b in client('source', 's3').list_buckets()['Buckets']],
  'target': [b['Name'] for b in s3.list_buckets()['Buckets']],
  'size': len(narrow.get_object(Bucket='data', Key='public/a b+ü.txt')['Body'].read()),
  'head': narrow.head_object(Bucket='data', Key='public/a b+ü.txt')['ContentLength'],
  'listed': [o['Key'] for o in narrow.list_objects_v2(Bucket='data', Prefix='public/')['Contents']],
  'other prefix': refusal(lambda: narrow.list_objects_v2(Bucket='data', Prefix='secret/')),
  'secret': refusal(lambda: narrow.get_object(Bucket='data', Key='secret/b.txt')),
  'absent': refusal(lambda: narrow.get_object(Bucket='data', Key='public/none')),
  'absent to whoever may list': refusal(lambda: s3.get_object(Bucket='data', Key='public/none')),
  'put': refusal(lambda: narrow.put_object(Bucket='data', Key='public/x', Body=b'')),
  'delete two': refusal(lambda: narrow.delete_objects(Bucket='data', Delete={'Objects': [{'Key': 'public/x'}]})),
  'tagging': refusal(lambda: narrow.get_bucket_tagging(Bucket='data')),
  'buckets': refusal(lambda: narrow.list_buckets()),
  'presigned': len(urllib.request.urlopen(boto3.Session(profile_name='target').client('s3', config=botocore.config.Config(signature_version='s3v4')).generate_presigned_url('get_object', Params={'Bucket': 'data', 'Key': 'secret/b.txt'})).read()),
}
things = client('target', 'dynamodb')
things.create_table(TableName='things', KeySchema=[{'AttributeName': 'id', 'KeyType': 'HASH'}], AttributeDefinitions=[{'AttributeName': 'id', 'AttributeType': 'S'}], BillingMode='PAY_PER_REQUEST')
key = {'id': {'S': 'x'}}
out['item'] = client('narrow', 'dynamodb').get_item(TableName='things', Key=key)['ResponseMetadata']['HTTPStatusCode']
out['other table'] = refusal(lambda: client('narrow', 'dynamodb').get_item(TableName='others', Key=key))
out['delete table'] = refusal(lambda: client('narrow', 'dynamodb').delete_table(TableName='things'))
out['tables of source'] = client('source', 'dynamodb').list_tables()['TableNames']
out['queue'] = client('target', 'sqs').create_queue(QueueName='q')['QueueUrl'].split('/')[-2:]
out['no queue'] = refusal(lambda: client('narrow', 'sqs').create_queue(QueueName='q'))
out['vpcs'] = refusal(lambda: client('narrow', 'ec2').describe_vpcs())
out['functions'] = refusal(lambda: client('target', 'lambda').list_functions())
print(json.dumps(out))
`;
    const { stdout } = await runOk(pathOf('boto3'), ['-c', script], here());
    const object = 'arn:aws:s3:::data/public/x';
    expect(JSON.parse(stdout)).toEqual({
      source: [],
      target: ['data'],
      size: 1_500_000,
      head: 1_500_000,
      listed: ['public/a b+ü.txt'],
      'other prefix': ['AccessDenied', 's3:ListBucket on resource: arn:aws:s3:::data'],
      secret: ['AccessDenied', 's3:GetObject on resource: arn:aws:s3:::data/secret/b.txt'],
      absent: ['AccessDenied', 's3:ListBucket on resource: arn:aws:s3:::data'],
      'absent to whoever may list': ['NoSuchKey', 'The specified key does not exist.'],
      put: ['AccessDenied', `s3:PutObject on resource: ${object}`],
      'delete two': ['AccessDenied', `s3:DeleteObject on resource: ${object}`],
      tagging: ['AccessDenied', 's3:GetBucketTagging on resource: arn:aws:s3:::data'],
      buckets: ['AccessDenied', 's3:ListAllMyBuckets on resource: *'],
      presigned: 6,
      item: 200,
      'other table': ['AccessDeniedException', `dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:${TARGET}:table/others`],
      'delete table': [
        'AccessDeniedException',
        `dynamodb:DeleteTable on resource: arn:aws:dynamodb:us-east-1:${TARGET}:table/things`,
      ],
      'tables of source': [],
      queue: [TARGET, 'q'],
      'no queue': ['AccessDeniedException', `sqs:CreateQueue on resource: arn:aws:sqs:us-east-1:${TARGET}:q`],
      vpcs: ['AccessDenied', 'ec2:DescribeVpcs on resource: *'],
      functions: ['NotImplemented', expect.stringContaining('--upstream-unmapped allow')],
    });
  });

  test('a call that is refused never reaches the emulator', async () => {
    const before = moto.requests();
    await run(
      pathOf('boto3'),
      ['-c', `import boto3; boto3.Session(profile_name='narrow').client('s3').delete_bucket(Bucket='data')`],
      here(),
    );
    expect(moto.requests()).toBe(before);
    expect(sandbox.log().at(-1)).toMatchObject({ service: 's3', action: 'DeleteBucket', decision: 'denied', account: TARGET });
  });

  test('unmapped calls pass when told, and an emulator that is not there is an error that says so', async () => {
    const list = `import boto3; print(boto3.client('lambda').list_functions()['Functions'])`;
    await using passing = await openSandbox({ upstream: moto.endpoint, upstreamUnmapped: 'allow' });
    await using nowhere = await openSandbox({ upstream: 'http://127.0.0.1:9' });
    const as = (open: Sandbox, script: string) => {
      const { accessKeyId, secretAccessKey } = open.credentials(TARGET);
      const keys = {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_MAX_ATTEMPTS: '1',
        AWS_DEFAULT_REGION: 'us-east-1',
      };
      return run(pathOf('boto3'), ['-c', script], here({ ...keys, AWS_ENDPOINT_URL: open.endpoint }));
    };
    expect(await as(passing, list)).toMatchObject({ status: 0, stdout: '[]\n' });
    const { stderr } = await as(nowhere, `import boto3; boto3.client('s3').list_buckets()`);
    expect(stderr).toMatch(/BadGateway.*the upstream http:\/\/127\.0\.0\.1:9 does not answer/);
  });

  describeWithPeers(['terraform', 'terraform-provider-aws'], 'the bucket of the article', () => {
    const terraform = (...args: readonly string[]) =>
      run(pathOf('terraform'), [...args, '-no-color'], here({ AWS_PROFILE: 'source' }));
    const write = (role: string) =>
      writeFile(
        path.join(folder, 'main.tf'),
        `provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::${TARGET}:role/${role}"
  }
}
resource "aws_s3_bucket" "b" {
  bucket = "my-bucket-in-account-b"
}
`,
      );

    test('is made in the target by a role that may, and not by one that lacks an action, which is named', async () => {
      await write('lacking');
      expect(await terraform('init', `-plugin-dir=${pathOf('terraform-provider-aws')}`)).toMatchObject({ status: 0 });
      const refused = await terraform('apply', '-auto-approve', '-input=false');
      expect(refused.status).toBe(1);
      expect(refused.stderr.replace(/\s*│\s*/g, ' ')).toContain(
        'not authorized to perform: s3:CreateBucket on resource: arn:aws:s3:::my-bucket-in-account-b',
      );
      expect(await moto.listBuckets(TARGET)).not.toContain('my-bucket-in-account-b');
      await write('full');
      expect(await terraform('apply', '-auto-approve', '-input=false')).toMatchObject({ status: 0, stderr: '' });
      expect(await moto.listBuckets(TARGET)).toContain('my-bucket-in-account-b');
      expect(await moto.listBuckets(SOURCE)).toEqual([]);
      expect(await terraform('plan', '-detailed-exitcode', '-input=false')).toMatchObject({ status: 0 });
      expect(await terraform('destroy', '-auto-approve', '-input=false')).toMatchObject({ status: 0 });
      expect(await moto.listBuckets(TARGET)).not.toContain('my-bucket-in-account-b');
    });
  });
});
