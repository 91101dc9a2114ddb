/** What `xacct emit` prints, with those who read it: Terraform takes over what init made, the AWS CLI runs the script twice, cfn-lint and bash have nothing to say. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanEnvironment, run, runOk, type Environment } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const CONFIG = `version: 1
source: { account: "${SOURCE}" }
role:
  trust: ["arn:aws:iam::${SOURCE}:user/admin", "sso:Deployer", "github:acme/infra:environment=prod"]
  externalId: the-id
  tags: { "cost center": a b }
  permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
permissions: { policies: { s3: ./s3.json }, policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
terraform: { region: us-east-1 }
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

const emitted = async (...argv: readonly string[]): Promise<string> => {
  const ran = await product.run(['emit', ...argv]);
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
  return ran.stdout;
};

const environment = (account: string): Environment => {
  const { accessKeyId, secretAccessKey } = product.sandbox.credentials(account);
  return cleanEnvironment(product.folder, {
    AWS_ENDPOINT_URL: product.sandbox.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    CHECKPOINT_DISABLE: '1',
  });
};

describeWithPeers(['terraform', 'terraform-provider-aws'], 'emit role-tf', () => {
  test('takes over what init made: all is imported, nothing is changed, the plan is empty', async () => {
    await product.run(['init', ...BOTH, '--yes']);
    const folder = path.join(product.folder, 'tf');
    await mkdir(folder);
    await writeFile(path.join(folder, 'role.tf'), await emitted('role-tf'));
    const here = { cwd: folder, env: environment(TARGET), timeoutMs: 170_000 };
    const terraform = (...args: readonly string[]) => runOk(pathOf('terraform'), [...args, '-no-color'], here);
    await terraform('fmt', '-check', '-diff');
    await terraform('init', `-plugin-dir=${pathOf('terraform-provider-aws')}`);
    const { stdout } = await terraform('apply', '-auto-approve', '-input=false');
    expect(stdout).toContain('Resources: 5 imported, 0 added, 0 changed, 0 destroyed');
    const plan = await run(pathOf('terraform'), ['plan', '-detailed-exitcode', '-input=false', '-no-color'], here);
    expect({ status: plan.status, stderr: plan.stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describeWithPeers(['aws'], 'emit cli', () => {
  test('makes the role, changes nothing the second time, and leaves what init would make', async () => {
    const script = await emitted('cli');
    const here = { cwd: product.folder, env: environment(TARGET), timeoutMs: 170_000 };
    const first = await runOk('bash', ['-c', script], here);
    expect(first.stdout).toBe(`arn:aws:iam::${TARGET}:role/xacct-terraform\n`);
    const before = product.sandbox.log().length;
    await runOk('bash', ['-c', script], here);
    // Only what sets a whole state again: no new version of a policy.
    const actions = product.sandbox
      .log()
      .slice(before)
      .map(({ action }) => action);
    expect(actions.filter((action) => /^(Create|Delete)/.test(action))).toEqual([]);
    const plan = await product.run(['init', ...BOTH, '--dry-run', '--json']);
    const { result } = JSON.parse(plan.stdout) as {
      result: { targets: { plan: { changes: { action: string; address: string }[] } }[] };
    };
    expect(result.targets[0]?.plan.changes.filter(({ action }) => action !== 'none')).toEqual([]);
  });

  test('stops before the first write in another account', async () => {
    const ran = await run('bash', ['-c', await emitted('cli')], { cwd: product.folder, env: environment(SOURCE) });
    expect({ status: ran.status, stdout: ran.stdout, stderr: ran.stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `these are credentials of ${SOURCE}, not of the target ${TARGET}\n`,
    });
  });
});

describeWithPeers(['cfn-lint'], 'emit cfn', () => {
  test('is a template that cfn-lint has nothing to say about', async () => {
    await writeFile(path.join(product.folder, 'role.cfn.yaml'), await emitted('cfn'));
    const here = { cwd: product.folder, env: cleanEnvironment(product.folder), timeoutMs: 170_000 };
    const { status, stdout, stderr } = await run(pathOf('cfn-lint'), ['role.cfn.yaml'], here);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describeWithPeers(['aws'], 'emit aws-config', () => {
  test('is a profile with which the AWS CLI is the role', async () => {
    await product.run(['init', ...BOTH, '--yes', '--prune']);
    const config = `${product.sandbox.awsConfigText()}\n${await emitted('aws-config')}`;
    await writeFile(path.join(product.folder, 'config'), config);
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = environment(TARGET);
    const ran = await runOk(
      pathOf('aws'),
      ['sts', 'get-caller-identity', '--profile', 'dev', '--query', 'Arn', '--output', 'text'],
      {
        cwd: product.folder,
        env: { ...env, AWS_CONFIG_FILE: path.join(product.folder, 'config') },
      },
    );
    expect(ran.stdout).toBe(`arn:aws:sts::${TARGET}:assumed-role/xacct-terraform/terraform\n`);
  });
});
