/**
 * The story again in the embedded sandbox, where trust policies are enforced: our commands make the role, and programs that know nothing of us
 * (Terraform, the AWS CLI, boto3) get in with the external id and are refused without it.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { cleanEnvironment, run, runOk, xacct, xacctOk, type ChildOptions, type Environment } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

const ROLE = 'arn:aws:iam::222222222222:role/xacct-terraform';
const IDENTITY = `data "aws_caller_identity" "here" {}

output "here" {
  value = data.aws_caller_identity.here.arn
}
`;

let folder = '';
let sandbox: Sandbox;
let env: Environment = {};
let externalId = '';
const here = (more: Environment = {}): ChildOptions => ({ cwd: folder, env: { ...env, ...more }, timeoutMs: 100_000 });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-sandbox-'));
  sandbox = await openSandbox();
  const config = path.join(folder, 'aws-config');
  await writeFile(config, sandbox.awsConfigText(), { mode: 0o600 });
  env = cleanEnvironment(folder, { AWS_CONFIG_FILE: config, AWS_ENDPOINT_URL: sandbox.endpoint, CHECKPOINT_DISABLE: '1' });
  await xacctOk(
    [
      ...['init', '--target-profile', 'target', '--source-profile', 'source', '--trust', 'self', '--external-id', 'generate'],
      ...['--permissions', 'none', '--region', 'us-east-1', '--yes'],
    ],
    here(),
  );
  const provider = await xacctOk(['emit-tf'], here());
  await writeFile(path.join(folder, 'provider.tf'), provider.stdout);
  externalId = /external_id\s*=\s*"([^"]+)"/.exec(provider.stdout)?.[1] ?? '';
});

afterAll(async () => {
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

const writesSoFar = (): number => sandbox.log().filter(({ write }) => write).length;

describe('our own commands', () => {
  test('verify proves that the source gets in, and that nobody does without the external id', async () => {
    const { stdout } = await xacctOk(
      ['verify', '--role-arn', ROLE, '--external-id', externalId, '--source-profile', 'source', '--json'],
      here(),
    );
    const { result } = JSON.parse(stdout) as {
      result: { targets: { checks: { id: string; kind: string; status: string }[] }[] };
    };
    const checks = result.targets[0]?.checks ?? [];
    expect(checks.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(new Set(checks.map(({ kind }) => kind))).toEqual(new Set(['positive', 'negative']));
  });

  test('verify with a wrong external id says no, and nothing is changed', async () => {
    const before = writesSoFar();
    const { status, stderr } = await xacct(
      ['verify', '--role-arn', ROLE, '--external-id', 'not-this-one', '--source-profile', 'source', '--timeout', '5s'],
      here(),
    );
    expect(status).toBe(1);
    expect(stderr).not.toContain('    at ');
    expect(writesSoFar()).toBe(before);
  });

  test("verify with the target's own credentials is refused with the way out", async () => {
    const { status, stderr } = await xacct(
      ['verify', '--role-arn', ROLE, '--external-id', externalId, '--source-profile', 'target'],
      here(),
    );
    expect(status).toBe(3);
    expect(stderr).toContain('--source-profile');
  });

  test('init again writes nothing, to AWS or to the file', async () => {
    const before = writesSoFar();
    const file = await readFile(path.join(folder, 'xacct.yaml'), 'utf8');
    await xacctOk(['init', '--source-profile', 'source', '--target-profile', 'target', '--yes'], here());
    expect(writesSoFar()).toBe(before);
    expect(await readFile(path.join(folder, 'xacct.yaml'), 'utf8')).toBe(file);
  });
});

describeWithPeers(['terraform', 'terraform-provider-aws'], 'Terraform', () => {
  const terraform = (...args: readonly string[]) =>
    run(pathOf('terraform'), [...args, '-no-color'], here({ AWS_PROFILE: 'source' }));

  test('reaches the target through provider.tf', async () => {
    await writeFile(path.join(folder, 'main.tf'), IDENTITY);
    expect(await terraform('init', `-plugin-dir=${pathOf('terraform-provider-aws')}`)).toMatchObject({ status: 0 });
    expect(await terraform('apply', '-auto-approve', '-input=false')).toMatchObject({ status: 0, stderr: '' });
    expect((await terraform('output', '-raw', 'here')).stdout).toMatch(
      /^arn:aws:sts::222222222222:assumed-role\/xacct-terraform\//,
    );
  });

  test('is refused once the external id in provider.tf is another', async () => {
    const file = path.join(folder, 'provider.tf');
    const right = await readFile(file, 'utf8');
    await writeFile(file, right.replace(externalId, 'another-external-id'));
    const { status, stderr } = await terraform('plan', '-input=false');
    await writeFile(file, right);
    expect(status).toBe(1);
    expect(stderr).toMatch(/AccessDenied/);
  });
});

describeWithPeers(['aws'], 'the AWS CLI', () => {
  const assume = (...args: readonly string[]) =>
    run(
      pathOf('aws'),
      ['sts', 'assume-role', '--profile', 'source', '--role-arn', ROLE, '--role-session-name', 'peer', ...args],
      here({ AWS_DEFAULT_REGION: 'us-east-1' }),
    );

  test('gets in with the external id', async () => {
    const { stdout, status } = await assume('--external-id', externalId, '--query', 'AssumedRoleUser.Arn', '--output', 'text');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'arn:aws:sts::222222222222:assumed-role/xacct-terraform/peer\n' });
  });

  test('is refused without it, in the words of AWS', async () => {
    const { stderr, status } = await assume();
    expect(status).not.toBe(0);
    expect(stderr).toMatch(
      /An error occurred \(AccessDenied\) when calling the AssumeRole operation: User: \S+ is not authorized to perform: sts:AssumeRole on resource: \S+/,
    );
  });
});

describeWithPeers(['boto3'], 'boto3', () => {
  test('gets in with the external id and is refused without it', async () => {
    const script = `
import boto3, botocore.exceptions, json, sys
role, external_id = sys.argv[1:]
sts = boto3.Session(profile_name='source').client('sts')
keys = sts.assume_role(RoleArn=role, RoleSessionName='peer', ExternalId=external_id)['Credentials']
inside = boto3.client('sts', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])
try:
    sts.assume_role(RoleArn=role, RoleSessionName='peer')
    refusal = None
except botocore.exceptions.ClientError as error:
    refusal = error.response['Error']['Code']
print(json.dumps([inside.get_caller_identity()['Arn'], refusal]))
`;
    const { stdout } = await runOk(pathOf('boto3'), ['-c', script, ROLE, externalId], here({ AWS_DEFAULT_REGION: 'us-east-1' }));
    expect(JSON.parse(stdout)).toEqual(['arn:aws:sts::222222222222:assumed-role/xacct-terraform/peer', 'AccessDenied']);
  });
});
