/** xacct emit: every kind from the file that init wrote, from flags alone, and to disk. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const CONFIG = `version: 1
source: { account: "${SOURCE}", profile: ci }
role:
  trust: ["arn:aws:iam::${SOURCE}:role/ci", "github:acme/infra:environment=prod"]
  externalId: the-id
  tags: { team: a b }
permissions: { policies: { s3: ./s3.json }, policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
terraform: { region: eu-central-1 }
targets:
  dev: { account: "${TARGET}" }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
  await product.put('xacct.yaml', CONFIG);
});
afterEach(() => product.close());

const noAws = { aws: () => Promise.reject(new Error('emit has nothing to do with AWS')) };
const emit = (...argv: readonly string[]) => product.run(['emit', ...argv], { context: noAws });

describe('emit', () => {
  test.each(['role-tf', 'cfn', 'cli', 'aws-config', 'github-actions', 'policies', 'permissions'])('%s', async (kind) => {
    const ran = await emit(kind);
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
    await expect(ran.stdout).toMatchFileSnapshot(`../golden/emit/${kind}.txt`);
    expect(await emit(kind)).toEqual(ran);
  });

  test('says that the file was found in a folder above, unless it was named', async () => {
    const below = { context: { ...noAws, cwd: path.join(product.folder, 'modules/vpc') } };
    const ran = await product.run(['emit', 'policies'], below);
    expect(ran.stderr).toContain('note ../../xacct.yaml describes the targets');
    expect(ran.status).toBe(0);
    const named = await product.run(['emit', 'policies', '--config', '../../xacct.yaml'], below);
    expect(named).toEqual({ ...ran, stderr: '' });
  });

  test('of a kind that there is not, says which there are', async () => {
    const ran = await emit('cloudformation');
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('role-tf, cfn, cli, aws-config, github-actions, policies, permissions');
  });

  test('an external ID that init has yet to make is asked for', async () => {
    await product.put('xacct.yaml', CONFIG.replace('externalId: the-id', 'externalId: generate'));
    const ran = await emit('cfn');
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('xacct init');
  });

  test('works from flags alone', async () => {
    const flags = [
      '--target-account',
      TARGET,
      '--trust',
      SOURCE,
      '--external-id',
      'abc',
      '--permissions',
      'none',
      '--region',
      'eu-west-1',
    ];
    const ran = await product.run(['emit', 'policies', ...flags], { context: { ...noAws, cwd: '/' } });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(Object.keys(JSON.parse(ran.stdout) as object)).toEqual(['trust-policy.json', 'source-policy.json']);
  });

  test('several files and several targets go into a folder', async () => {
    await product.put('xacct.yaml', `${CONFIG}  prod: { account: "333333333333" }\n`);
    expect(await emit('cfn', '--all')).toMatchObject({ status: 2, stdout: '' });
    expect((await emit('cfn', '--all', '--side', 'target', '--out', 'out/')).stderr).toBe(
      'wrote out/dev/role.cfn.yaml\nwrote out/prod/role.cfn.yaml\n',
    );
    expect((await emit('policies', 'dev', '--side', 'target', '--out', 'out')).stderr).toBe(
      'wrote out/trust-policy.json\nwrote out/xacct-terraform-s3.json\nwrote out/source-policy.json\n',
    );
  });

  test('the link of CloudFormation names the template, and nothing that the console would drop', async () => {
    expect(await emit('cfn', '--link')).toMatchObject({ status: 2 });
    const ran = await emit('cfn', '--link', '--template-url', 'https://b.s3.amazonaws.com/a b.yaml');
    expect(ran.stdout).toBe(
      'https://console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/create/review?templateURL=https%3A%2F%2Fb.s3.amazonaws.com%2Fa%20b.yaml&stackName=xacct-terraform&param_RolePath=%2F\n',
    );
  });

  test('profiles stand in the file of a person, between two lines', async () => {
    await product.put('config', '[profile mine]\nregion = eu-west-1\n');
    expect(await emit('aws-config', '--out', 'config')).toMatchObject({ status: 5 });
    await emit('aws-config', '--out', 'ours');
    await product.put('config', `[profile mine]\nregion = eu-west-1\n\n${await product.read('ours')}`);
    await emit('aws-config', '--external-id', 'new-id', '--credential-source', 'Ec2InstanceMetadata', '--out', 'config');
    const text = await product.read('config');
    expect(text).toMatch(/^\[profile mine\]\nregion = eu-west-1\n\n# Made by xacct emit aws-config/);
    expect(text).toContain('external_id = new-id');
    expect(text).toContain('credential_source = Ec2InstanceMetadata');
    expect(text).not.toContain('source_profile');
  });

  test('a workflow needs a trust in one, and no longer session than the role has', async () => {
    await product.put('xacct.yaml', CONFIG.replace(', "github:acme/infra:environment=prod"', ''));
    const ran = await emit('github-actions');
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('trusts no workflow of GitHub');
  });
});

/** Two targets behind a hub that a workflow enters. */
const HUB = `version: 1
source: { account: "${SOURCE}", trust: ["github:acme/infra:environment=prod", "arn:aws:iam::${SOURCE}:user/jane"], permissionsBoundary: "arn:aws:iam::${SOURCE}:policy/edge" }
role: { externalId: the-id }
permissions: { policies: { s3: ./s3.json } }
terraform: { region: eu-central-1 }
targets:
  dev: { account: "${TARGET}" }
  prod: { account: "333333333333" }
`;

describe('emit of a set-up that holds something in the source account', () => {
  beforeEach(() => product.put('xacct.yaml', HUB));

  test.each(['role-tf', 'cfn', 'cli', 'policies'])('%s: the source once, for all targets', async (kind) => {
    const all = await emit(kind, '--all', '--json');
    const { result } = JSON.parse(all.stdout) as { result: { files: { path: string; content: string }[] } };
    expect(new Set(result.files.map(({ path }) => path.split('/')[0]))).toEqual(new Set([`source-${SOURCE}`, 'dev', 'prod']));
    const source = result.files.filter(({ path }) => path.startsWith('source-'));
    const text = source.map(({ path, content }) => `== ${path}\n${content}`).join('\n');
    await expect(text).toMatchFileSnapshot(`../golden/emit/hub-source-${kind}.txt`);
  });

  test.each(['role-tf', 'cfn', 'cli'])('%s: two accounts are two files; one side is one', async (kind) => {
    const both = await emit(kind, 'dev');
    expect({ status: both.status, stdout: both.stdout }).toEqual({ status: 2, stdout: '' });
    expect(both.stderr).toContain('--side');
    const [source, target] = [await emit(kind, 'dev', '--side', 'source'), await emit(kind, 'dev', '--side', 'target')];
    expect(source.stdout).toContain('xacct-hub');
    expect(source.stdout).not.toContain('xacct-terraform-s3');
    expect(target.stdout).toContain('xacct-terraform-s3');
  });

  test('a script takes no refusal for absence, whatever the role is called', async () => {
    await product.put('xacct.yaml', CONFIG.replace('role:\n', 'role:\n  name: NoSuchEntity\n'));
    const script = (await emit('cli', '--side', 'target')).stdout;
    expect(script).toContain('NoSuchEntity');
    const aws = `aws() { case "$2" in
      get-caller-identity) echo ${TARGET} ;;
      get-*) echo "An error occurred (AccessDenied) when calling the GetRole operation: not allowed on role NoSuchEntity" >&2; return 254 ;;
      *) echo "CALLED $2" >&2 ;;
    esac; }`;
    const { status, stderr } = spawnSync('bash', ['-c', `${aws}\n${script}`], { encoding: 'utf8' });
    expect({ status, called: stderr.includes('CALLED') }).toEqual({ status: 1, called: false });
    expect(stderr).toContain('(AccessDenied)');
  });

  test('a side that holds nothing is said', async () => {
    await product.put('xacct.yaml', CONFIG);
    const ran = await emit('cli', '--side', 'source');
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('holds nothing in the source account');
  });

  test("the role of instances is made by its name, or it is somebody else's", async () => {
    const withTrust = (trust: string) =>
      CONFIG.replace(/trust: .*/, `trust: ["${trust}"]`).replace('profile: ci', 'profile: ci, grant: true');
    await product.put('xacct.yaml', withTrust('ec2:xacct-worker'));
    const made = await emit('role-tf', '--side', 'source');
    expect(made.stdout.match(/^resource .*$/gm)).toEqual([
      'resource "aws_iam_role" "xacct_worker" {',
      'resource "aws_iam_role_policy" "xacct_worker_xacct_222222222222_xacct_terraform" {',
      'resource "aws_iam_instance_profile" "xacct_worker" {',
    ]);
    await product.put('xacct.yaml', withTrust('ec2:worker'));
    const found = await emit('role-tf', '--side', 'source');
    expect(found.stdout.match(/^resource .*$/gm)).toEqual([
      'resource "aws_iam_role_policy" "worker_xacct_222222222222_xacct_terraform" {',
    ]);
    expect(found.stderr).toContain('taken for a role that exists');
  });
});

test('what init made is what the policies say', async () => {
  await product.run(['init', ...BOTH, '--policy', 's3=./s3.json', '--yes', '--config', 'made.yaml']);
  const ran = await emit('policies', '--config', 'made.yaml');
  expect(ran.status).toBe(0);
});
