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
  trust: ["arn:aws:iam::${SOURCE}:user/admin", "sso:Deployer", "github:acme/infra:environment=prod", "gitlab:acme/infra:branch=main"]
  externalId: the-id
  # The AWS CLI takes an argument that begins so for the name of a file, or for an address to ask.
  description: file:///etc/hostname
  tags: { "cost center": a b, from: https://127.0.0.1:1/us }
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

/** Everything that a source account can hold: a hub that a token and a user enter, a role of instances, leave for a user. */
const HUB = `version: 1
source: { account: "${SOURCE}", grant: true, trust: ["github:acme/infra:environment=prod", "arn:aws:iam::${SOURCE}:user/admin"], permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess" }
role:
  trust: ["ec2:xacct-worker", "arn:aws:iam::${SOURCE}:user/admin"]
  externalId: the-id
permissions: { policies: { s3: ./s3.json } }
terraform: { region: us-east-1 }
targets:
  dev: { account: "${TARGET}" }
`;

/** What another run of init would still do, in either account. */
const leftForInit = async (): Promise<readonly string[]> => {
  const plan = await product.run(['init', ...BOTH, '--dry-run', '--json']);
  const { result } = JSON.parse(plan.stdout) as {
    result: { targets: { plan: { changes: { action: string; address: string }[] } }[] };
  };
  return result.targets.flatMap(({ plan: { changes } }) =>
    changes.filter(({ action }) => action !== 'none').map(({ action, address }) => `${action} ${address}`),
  );
};

describeWithPeers(['terraform', 'terraform-provider-aws'], 'emit role-tf', () => {
  /** Applied once, with the number of what was imported; the plan after it is empty. */
  const expectAdopted = async (account: string, source: string, imported: number): Promise<void> => {
    const folder = path.join(product.folder, account);
    await mkdir(folder);
    await writeFile(path.join(folder, 'role.tf'), source);
    const here = { cwd: folder, env: environment(account), timeoutMs: 170_000 };
    const terraform = (...args: readonly string[]) => runOk(pathOf('terraform'), [...args, '-no-color'], here);
    await terraform('fmt', '-check', '-diff');
    await terraform('init', `-plugin-dir=${pathOf('terraform-provider-aws')}`);
    const { stdout } = await terraform('apply', '-auto-approve', '-input=false');
    expect(stdout).toContain(`Resources: ${imported} imported, 0 added, 0 changed, 0 destroyed`);
    const plan = await run(pathOf('terraform'), ['plan', '-detailed-exitcode', '-input=false', '-no-color'], here);
    expect({ status: plan.status, stderr: plan.stderr }).toEqual({ status: 0, stderr: '' });
  };

  test('takes over what init made: all is imported, nothing is changed, the plan is empty', async () => {
    await product.run(['init', ...BOTH, '--yes']);
    await expectAdopted(TARGET, await emitted('role-tf'), 6);
  });

  test('takes over both accounts of a hub', async () => {
    await product.put('xacct.yaml', HUB);
    await product.run(['init', ...BOTH, '--yes']);
    expect(await leftForInit()).toEqual([]);
    // Provider, hub, role and profile of instances, leave for two roles and a user.
    await expectAdopted(SOURCE, await emitted('role-tf', '--side', 'source'), 7);
    await expectAdopted(TARGET, await emitted('role-tf', '--side', 'target'), 3);
  });
});

describeWithPeers(['aws'], 'emit cli', () => {
  const runTwice = async (script: string, account: string): Promise<string> => {
    const here = { cwd: product.folder, env: environment(account), timeoutMs: 170_000 };
    const first = await runOk('bash', ['-c', script], here);
    const before = product.sandbox.log().length;
    await runOk('bash', ['-c', script], here);
    // Only what sets a whole state again: no new version of a policy.
    const again = product.sandbox.log().slice(before);
    expect(again.map(({ action }) => action).filter((action) => /^(iam:)?(Create|Delete)/.test(action))).toEqual([]);
    return first.stdout;
  };

  test('makes the role, changes nothing the second time, and leaves what init would make', async () => {
    expect(await runTwice(await emitted('cli'), TARGET)).toBe(`arn:aws:iam::${TARGET}:role/xacct-terraform\n`);
    expect(await leftForInit()).toEqual([]);
  });

  test('makes both accounts of a hub', async () => {
    await product.put('xacct.yaml', HUB);
    expect(await runTwice(await emitted('cli', '--side', 'source'), SOURCE)).toBe(
      `arn:aws:iam::${SOURCE}:role/xacct-worker\narn:aws:iam::${SOURCE}:role/xacct-hub\n`,
    );
    const here = { cwd: product.folder, env: environment(TARGET), timeoutMs: 170_000 };
    await runOk('bash', ['-c', await emitted('cli', '--side', 'target')], here);
    expect(await leftForInit()).toEqual([]);
  });

  test('leaves alone a role of that name that is not of this set-up', async () => {
    const script = await emitted('cli');
    const here = { cwd: product.folder, env: environment(TARGET), timeoutMs: 170_000 };
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: TARGET }, Action: 'sts:AssumeRole' }],
    });
    await runOk(
      pathOf('aws'),
      ['iam', 'create-role', '--role-name', 'xacct-terraform', '--assume-role-policy-document', trust],
      here,
    );
    const { status, stderr } = await run('bash', ['-c', script], here);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'role xacct-terraform is there already and not of this set-up: it stays as it is\n',
    });
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

describeWithPeers(['shellcheck'], 'emit cli', () => {
  test.each([
    ['cli', CONFIG],
    ['cli --side source', HUB],
    ['cli --side target', HUB],
  ])('%s is a script that shellcheck has nothing to say about', async (command, config) => {
    await product.put('xacct.yaml', config);
    await product.put('role.sh', await emitted(...command.split(' ')));
    const here = { cwd: product.folder, env: cleanEnvironment(product.folder) };
    const { status, stdout } = await run(pathOf('shellcheck'), ['role.sh'], here);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

describeWithPeers(['cfn-lint'], 'emit cfn', () => {
  test.each([
    ['cfn', CONFIG],
    ['cfn --side source', HUB],
    ['cfn --side target', HUB],
  ])('%s is a template that cfn-lint has nothing to say about', async (command, config) => {
    await product.put('xacct.yaml', config);
    await product.put('role.cfn.yaml', await emitted(...command.split(' ')));
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
