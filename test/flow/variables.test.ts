/** Variables stand in for flags: whatever was typed comes before them, and an error names whom it is about. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

test('a switch that a variable sets is called by the name of the variable', async () => {
  const argv = ['plan', '--target-profile', 'target', '--rotate-external-id', '--permissions', 'none', '--json'];
  const { stdout } = await product.run(argv, { env: { XACCT_RETIRE_EXTERNAL_ID: '1' } });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', path: 'XACCT_RETIRE_EXTERNAL_ID' } });
});

describe('what was typed comes first', () => {
  const errorOf = async (argv: readonly string[], env: Readonly<Record<string, string>>) => {
    const { stdout } = await product.run([...argv, '--json'], { env });
    return (JSON.parse(stdout) as { error?: { code: string; message: string } }).error;
  };

  test('the profile of --source-profile, before XACCT_SOURCE, and the instance of --source, before XACCT_SOURCE_PROFILE', async () => {
    const verify = ['verify', '--role-arn', ROLE, '--external-id', 'none', '--timeout', '0s'];
    const env = { AWS_EC2_METADATA_DISABLED: 'true' };
    expect(await errorOf([...verify, '--source-profile', 'source'], { ...env, XACCT_SOURCE: 'ec2' })).toBeUndefined();
    const asked = await errorOf([...verify, '--source', 'ec2'], { ...env, XACCT_SOURCE_PROFILE: 'source' });
    expect(asked).toMatchObject({ code: 'NO_CREDENTIALS' });
    expect(await errorOf([...verify, '--source', 'ec2', '--source-profile', 'source'], env)).toMatchObject({ code: 'USAGE' });
    expect(await errorOf(verify, { ...env, XACCT_SOURCE: 'ec2', XACCT_SOURCE_PROFILE: 'source' })).toMatchObject({
      code: 'USAGE',
    });
  });

  test('the side whose credentials were typed, when a hand-off is written', async () => {
    const argv = ['init', '--target-profile', 'target', '--trust', `arn:aws:iam::${SOURCE}:user/admin`, '--permissions', 'none'];
    const env = { XACCT_SOURCE_PROFILE: 'source' };
    const ran = await product.run([...argv, '--handoff', 'grant.json', '--yes'], { env });
    expect({ status: ran.status, stderr: ran.stderr }).toMatchObject({ status: 0 });
    expect(await product.read('grant.json')).toContain('"kind": "grant"');
  });

  test('whom --trust names, before XACCT_UNTRUST, and whom --untrust names, before XACCT_TRUST', async () => {
    const admin = `arn:aws:iam::${SOURCE}:user/admin`;
    const config = `version: 1\nsource: { account: "${SOURCE}" }\nrole: { trust: ["${SOURCE}"], externalId: none }\npermissions: { policies: {} }\n`;
    await product.put('xacct.yaml', `${config}targets: { dev: { account: "${TARGET}", profile: target } }\n`);
    const trustList = async (argv: readonly string[], env: Readonly<Record<string, string>>) => {
      const { stdout } = await product.run(['plan', ...argv, '--json'], { env });
      const { result } = JSON.parse(stdout) as { result: { targets: readonly [{ trustList: readonly unknown[] }] } };
      return JSON.stringify(result.targets[0].trustList);
    };
    expect(await trustList(['--trust', admin], { XACCT_UNTRUST: admin })).toContain(admin);
    expect(await trustList(['--trust', admin, '--untrust', SOURCE], { XACCT_TRUST: SOURCE })).not.toContain(':root');
    expect(await errorOf(['plan', '--untrust', SOURCE], { XACCT_TRUST: SOURCE })).toMatchObject({ message: expect.any(String) });
  });

  test('the form that --format names, before XACCT_JSON', async () => {
    const argv = ['plan', '--target-profile', 'target', '--trust', SOURCE, '--permissions', 'none', '--format', 'md'];
    const env = { XACCT_JSON: '1' };
    expect((await product.run(argv, { env })).stdout).toMatch(/^#/);
    expect((await product.run([...argv, '--json'], { env })).stdout).toMatch(/^\{"schema":1,/);
  });

  test('who is asked about by --as, before XACCT_WHO', async () => {
    const argv = ['explain', '--as', `arn:aws:iam::${TARGET}:user/admin`, '--role-arn', ROLE, '--json'];
    const { stdout } = await product.run(argv, { env: { XACCT_WHO: '1', AWS_PROFILE: 'target' } });
    expect(JSON.parse(stdout)).toMatchObject({ result: { verdict: expect.any(String) as string } });
  });

  test('--expect compares the list that XACCT_WHO asks for', async () => {
    const argv = ['explain', '--expect', 'nobody', '--role-arn', ROLE];
    const { stderr } = await product.run(argv, { env: { XACCT_WHO: '1' } });
    expect(stderr).not.toContain('--expect compares the list');
  });
});

test('a shell gets completions, and no JSON that it did not ask for', async () => {
  const env = { XACCT_JSON: '1' };
  expect(await product.run(['completion', '--list', '--', 'pl'], { env })).toMatchObject({ status: 0, stdout: 'plan\n' });
  expect((await product.run(['completion', 'bash'], { env })).stdout).toMatch(/^#/);
  expect((await product.run(['completion', 'bash', '--json'])).stdout).toMatch(/^\{"schema":1,/);
});
