/**
 * The mission's story with the real Terraform and the real AWS provider: two accounts in, a bucket in the target out.
 * moto enforces nothing, so this proves that our requests and our provider.tf are right, not that the trust policy holds.
 */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, run, runOk, xacctOk, type ChildOptions, type Environment } from '../support/child.ts';
import { openMoto, type Moto } from '../support/moto.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';
import { writeProfiles } from '../support/profiles.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';
const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const BUCKET = 'xacct-story';

const S3_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`] }],
};

const INIT = [
  'init',
  ...['--target-profile', 'target', '--source-profile', 'source', '--trust', 'self', '--external-id', 'generate'],
  ...['--policy', 's3=./s3.json', '--region', 'us-east-1', '--yes', '--skip', 'negative'],
];

describeWithPeers(['moto_server', 'terraform', 'terraform-provider-aws', 'aws', 'boto3'], 'the story on moto', () => {
  let home = '';
  let folder = '';
  let env: Environment = {};
  let moto: Moto;
  let externalId = '';
  const here = (more: Environment = {}): ChildOptions => ({ cwd: folder, env: { ...env, ...more }, timeoutMs: 100_000 });
  const terraform = (...args: readonly string[]) =>
    run(pathOf('terraform'), [...args, '-no-color'], here({ AWS_PROFILE: 'source' }));
  const terraformOk = (...args: readonly string[]) =>
    runOk(pathOf('terraform'), [...args, '-no-color'], here({ AWS_PROFILE: 'source' }));

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'xacct-story-'));
    folder = path.join(home, 'work');
    await mkdir(folder);
    const clean = cleanEnvironment(home);
    moto = await openMoto(pathOf('moto_server'), clean);
    const files = await writeProfiles(home, await moto.createUser(SOURCE, 'ci'), TARGET);
    env = { ...clean, ...files, AWS_ENDPOINT_URL: moto.endpoint, AWS_DEFAULT_REGION: 'us-east-1', CHECKPOINT_DISABLE: '1' };
    await writeFile(path.join(folder, 's3.json'), JSON.stringify(S3_POLICY));
  });

  afterAll(async () => {
    await moto?.close();
    await rm(home, { recursive: true, force: true });
  });

  test('init makes the role in the target, and says what it did not prove', async () => {
    const { stdout, stderr } = await xacctOk([...INIT, '--json'], here());
    const envelope = JSON.parse(stdout) as { ok: boolean; result: { targets: { role: { arn: string; externalId: string } }[] } };
    const [target] = envelope.result.targets;
    expect(envelope.ok).toBe(true);
    expect(target?.role.arn).toBe(ROLE);
    externalId = target?.role.externalId ?? '';
    expect(externalId).toMatch(/^[\w+=,.@:/-]{16,}$/);
    expect(stderr).not.toMatch(/NodeDeprecationWarning|\(node:\d+\)/);
    expect(await moto.listRoles(TARGET)).toContain('xacct-terraform');
    expect(await moto.listRoles(SOURCE)).not.toContain('xacct-terraform');
    expect(await readdir(folder)).toContain('xacct.yaml');
  });

  test('init again changes nothing', async () => {
    const before = await readFile(path.join(folder, 'xacct.yaml'), 'utf8');
    const { stdout } = await xacctOk(
      ['init', '--yes', '--skip', 'negative', '--source-profile', 'source', '--target-profile', 'target', '--json'],
      here(),
    );
    const envelope = JSON.parse(stdout) as {
      result: { targets: { applied: string[]; plan: { changes: { action: string }[] } }[] };
    };
    const [target] = envelope.result.targets;
    expect(target?.applied).toEqual([]);
    expect(new Set(target?.plan.changes.map(({ action }) => action))).toEqual(new Set(['none']));
    expect(await readFile(path.join(folder, 'xacct.yaml'), 'utf8')).toBe(before);
  });

  test('verify passes, and says what was skipped', async () => {
    const { stdout, stderr } = await xacctOk(
      ['verify', '--role-arn', ROLE, '--external-id', externalId, '--source-profile', 'source', '--skip', 'negative'],
      here(),
    );
    expect(stdout).toContain(`arn:aws:iam::${SOURCE}:user/ci`);
    expect(stdout).toMatch(/skipped/);
    expect(stderr).not.toMatch(/error/);
  });

  test('emit-tf writes a provider.tf that terraform fmt leaves alone', async () => {
    const { stdout, stderr } = await xacctOk(['emit-tf'], here());
    expect(stderr).not.toMatch(/error/i);
    expect(stdout).toContain(`"${ROLE}"`);
    expect(stdout).toContain(externalId);
    await writeFile(path.join(folder, 'provider.tf'), stdout);
    expect(await terraform('fmt', '-check', '-diff', 'provider.tf')).toMatchObject({ status: 0, stdout: '' });
  });

  test('terraform apply makes a bucket, in the target account and nowhere else', async () => {
    await writeFile(path.join(folder, 'main.tf'), `resource "aws_s3_bucket" "story" {\n  bucket = "${BUCKET}"\n}\n`);
    await terraformOk('init', `-plugin-dir=${pathOf('terraform-provider-aws')}`);
    await terraformOk('validate');
    await terraformOk('apply', '-auto-approve', '-input=false');
    expect(await moto.listBuckets(TARGET)).toEqual([BUCKET]);
    expect(await moto.listBuckets(SOURCE)).toEqual([]);
  });

  test('terraform plan finds nothing more to do', async () => {
    expect((await terraform('plan', '-detailed-exitcode', '-input=false')).status).toBe(0);
  });

  test('the AWS CLI sees the bucket as the target and not as the source', async () => {
    const list = (profile: string) =>
      runOk(
        pathOf('aws'),
        ['s3api', 'list-buckets', '--profile', profile, '--query', 'Buckets[].Name', '--output', 'json'],
        here(),
      );
    expect(JSON.parse((await list('target')).stdout)).toEqual([BUCKET]);
    expect(JSON.parse((await list('source')).stdout)).toEqual([]);
  });

  test('boto3 assumes the role with the external id and sees the bucket', async () => {
    const script = `
import boto3, json, sys
role, external_id = sys.argv[1:]
keys = boto3.Session(profile_name='source').client('sts').assume_role(RoleArn=role, RoleSessionName='peer', ExternalId=external_id)['Credentials']
session = boto3.Session(keys['AccessKeyId'], keys['SecretAccessKey'], keys['SessionToken'])
print(json.dumps([session.client('sts').get_caller_identity()['Account'], [b['Name'] for b in session.client('s3').list_buckets()['Buckets']]]))
`;
    const { stdout } = await runOk(pathOf('boto3'), ['-c', script, ROLE, externalId], here());
    expect(JSON.parse(stdout)).toEqual([TARGET, [BUCKET]]);
  });

  test('terraform destroy takes the bucket away', async () => {
    await terraformOk('destroy', '-auto-approve', '-input=false');
    expect(await moto.listBuckets(TARGET)).toEqual([]);
  });
});
