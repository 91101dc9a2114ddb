/** Patches of more than one thing: each does its own as it is printed, and none takes back what another one did. */
import path from 'node:path';
import { GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, expect, test } from 'vitest';
import type { VerifyReport } from '#domain/verify-report.ts';
import { carryOut } from '../support/apply-patch.ts';
import { openProduct, SOURCE, TARGET, type Product, type RunOptions } from '../support/product.ts';
import { adminOf, trustPolicy } from '../support/sandbox-clients.ts';

const PROD = '333333333333';
const CI = `arn:aws:iam::${SOURCE}:user/ci`;

let product: Product;
afterEach(() => product.close());

const ciEnv = (): Readonly<Record<string, string>> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'ci');
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};

const verify = async (...argv: readonly string[]): Promise<readonly VerifyReport[]> => {
  const ran = await product.runRaw(['verify', ...argv, '--timeout', '0', '--json'], { env: ciEnv() });
  const { result } = JSON.parse(ran.stdout) as { result?: { targets: readonly VerifyReport[] } };
  if (result === undefined) throw new Error(ran.stdout);
  return result.targets;
};

const codesOf = (reports: readonly VerifyReport[]) => reports.map(({ cause }) => cause?.code ?? null);

test('the grants of two targets with roles of one name stand beside each other', async () => {
  const withId = { StringEquals: { 'sts:ExternalId': 'id-1' } };
  const roles = [{ RoleName: 'xacct-terraform', AssumeRolePolicyDocument: trustPolicy({ AWS: CI }, withId) }];
  product = await openProduct({
    seed: { accounts: { [SOURCE]: { users: [{ UserName: 'ci' }] }, [TARGET]: { roles }, [PROD]: { roles } } },
  });
  await product.put(
    'xacct.yaml',
    [
      'version: 1',
      `source: { account: "${SOURCE}" }`,
      `role: { trust: ["${CI}"], externalId: id-1 }`,
      'permissions: { presets: [], policies: {}, policyArns: [] }',
      `targets: { dev: { account: "${TARGET}" }, prod: { account: "${PROD}" } }`,
      '',
    ].join('\n'),
  );
  const before = await verify('--all');
  expect(codesOf(before)).toEqual(['SOURCE_GRANT_MISSING', 'SOURCE_GRANT_MISSING']);
  for (const { cause } of before)
    expect(await carryOut(cause?.patch.command ?? '', product.sandbox, cause?.account ?? '')).toBe(true);
  expect(codesOf(await verify('--all'))).toEqual([null, null]);
});

const fileOf = (trust: string): string =>
  [
    'version: 1',
    `source: { account: "${SOURCE}" }`,
    `role: { trust: [${trust}], externalId: id-1 }`,
    'permissions: { presets: [], policies: {}, policyArns: [] }',
    `targets: { dev: { account: "${TARGET}" } }`,
    '',
  ].join('\n');

/** As ci, who has nothing but what was granted. */
const asCi = async (): Promise<RunOptions> => {
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '' } = ciEnv();
  const profile = ['[profile ci]', `aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`, 'region = us-east-1', ''];
  await product.put('aws-config', `${product.sandbox.awsConfigText()}\n${profile.join('\n')}`);
  return { env: { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') } };
};

test('nobody waits for a grant that this run did not make, and init names the run that makes it', async () => {
  product = await openProduct({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'ci' }] } } } });
  await product.put('xacct.yaml', fileOf(CI));
  const argv = ['init', 'dev', '--target-profile', 'target', '--source-profile', 'ci', '--yes'];
  const ran = await product.runRaw(argv, await asCi());
  expect({ status: ran.status, said: ran.stderr }).toEqual({ status: 1, said: expect.stringContaining('SOURCE_GRANT_MISSING') });
  expect(ran.stderr).not.toContain('may not have spread');
  const [, line = ''] = /xacct (init dev .*--grant-source)/.exec(ran.stderr) ?? [];
  expect(line).toBe('init dev --target-profile target --yes --source-profile NAME --grant-source');
  await product.runRaw(line.replace('NAME', 'source').split(' '), await asCi());
  expect((await product.runRaw(['verify', 'dev', '--source-profile', 'ci'], await asCi())).status).toBe(0);
});

test('nobody waits for IAM to take out of a trust policy what this run left there', async () => {
  product = await openProduct({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'ci' }] } } } });
  const both = ['--target-profile', 'target', '--source-profile', 'source', '--yes'];
  await product.put('xacct.yaml', fileOf(`${CI}, arn:aws:iam::${SOURCE}:user/admin`));
  expect((await product.runRaw(['init', 'dev', ...both])).status).toBe(0);
  const { iam } = adminOf(product.sandbox, TARGET);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'xacct-terraform' }));
  const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as { Statement: object[] };
  trust.Statement.push({ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyDocument: JSON.stringify(trust) }));
  const ran = await product.runRaw(['init', 'dev', ...both, '--tag', 'team=web']);
  expect(ran.stderr).toContain('HELD_BACK');
  expect(ran.stderr).toContain('EXTERNAL_ID_NOT_ENFORCED');
  expect(ran.stderr).toMatch(
    /xacct {5}xacct init dev --target-profile target .*--prune|xacct init dev --prune --target-profile target/,
  );
  expect(ran.stderr).not.toContain('still let in; IAM may not have spread');
});
