/** Permissions by name, and what init says of any permissions: in the plan each time, and before anything is written where it is refused. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, TARGET, type Product } from '../support/product.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const init = (...args: readonly string[]) => product.run(['init', ...BOTH, '--external-id', 'none', '--yes', ...args]);

describe('init --preset', () => {
  test('makes the policy of the preset, writes the preset into xacct.yaml, and has nothing to do the second time', async () => {
    const first = await init('--preset', 's3-bucket:one', '--preset', 's3-bucket:two', '--preset', 'read-only');
    expect(first).toMatchObject({ status: 0, stderr: expect.not.stringContaining('warning') });
    expect(product.writes().filter((action) => action !== 'AssumeRole')).toEqual([
      'AttachRolePolicy',
      'AttachRolePolicy',
      'CreatePolicy',
      'CreateRole',
    ]);
    expect(first.stderr).toContain('policy/xacct-terraform-s3-bucket');
    expect(first.stderr).toContain('attachment/arn:aws:iam::aws:policy/ReadOnlyAccess');
    expect(await product.read('xacct.yaml')).toContain('presets: ["s3-bucket:one", "s3-bucket:two", "read-only"]');

    const before = product.writes().length;
    expect(await init()).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing to do') });
    expect(
      product
        .writes()
        .slice(before)
        .filter((action) => action !== 'AssumeRole'),
    ).toEqual([]);
  });

  test('takes the preset from the file, with the boundary of the role', async () => {
    const boundary = `arn:aws:iam::aws:policy/ReadOnlyAccess`;
    await product.put(
      'xacct.yaml',
      `version: 1\nrole: { permissionsBoundary: "${boundary}" }\npermissions: { presets: [power-user] }\ntargets: { dev: { account: "${TARGET}" } }\n`,
    );
    const { status, stderr } = await init('--dry-run');
    expect({ status, unbounded: stderr.includes('iam:CreateRole') }).toEqual({ status: 0, unbounded: true });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`when iam:PermissionsBoundary StringEquals ${boundary}`);
  });

  test('a preset that is none is refused beside all else, before anything is asked of AWS', async () => {
    const refused = await init('--preset', 's3', '--preset', 's3-prefix:a', '--role-name', 'a b');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    for (const said of ['--preset: "s3" is no preset', '--preset: "s3-prefix:a" does not end in', '--role-name: "a b"'])
      expect(refused.stderr).toContain(said);
    expect(product.sandbox.log()).toEqual([]);
  });
});

describe('permissions of any kind', () => {
  test('an administrator is refused, and with --allow-admin the warning stays in the plan', async () => {
    await product.put('all.json', policy(allow('*')));
    const refused = await init('--policy', 'all=all.json');
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/allows everything, IAM included .*\[ADMIN_ACCESS\]/),
    });
    expect(await product.list()).toEqual(['all.json']);
    expect(await init('--policy-arn', 'arn:aws:iam::aws:policy/AdministratorAccess')).toMatchObject({ status: 2 });
    expect(await init('--preset', 'admin')).toMatchObject({ status: 2 });

    const allowed = await init('--policy', 'all=all.json', '--allow-admin');
    expect(allowed).toMatchObject({ status: 0, stderr: expect.stringContaining('[ADMIN_ACCESS]') });
    const later = await product.run(['plan', '--target-profile', 'target']);
    expect(`${later.stdout}${later.stderr}`).toMatch(/nothing to do[\s\S]*ADMIN_ACCESS/);
    const markdown = await product.run(['plan', '--target-profile', 'target', '--format', 'md']);
    expect(markdown.stdout).toContain('> **Warning** policy all, Statement[0] allows everything, IAM included (`ADMIN_ACCESS`)');
    const { stdout } = await product.run(['plan', '--target-profile', 'target', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ result: { targets: [{ warnings: [{ code: 'ADMIN_ACCESS' }] }] } });
  });

  test('a document that is too long becomes several policies', async () => {
    const many = (n: number) => Array.from({ length: 100 }, (_, i) => `arn:aws:s3:::bucket-${n}-${String(i).padStart(4, '0')}/*`);
    await product.put('long.json', policy(...[1, 2, 3].map((n) => allow('s3:GetObject', many(n)))));
    const { status, stderr } = await init('--policy', 'long=long.json');
    expect(status).toBe(0);
    for (const name of ['long', 'long-2', 'long-3']) expect(stderr).toContain(`+ policy/xacct-terraform-${name}`);
  });

  test('a policy that creates and cannot read is warned of in the plan', async () => {
    await product.put('s3.json', policy(allow(['s3:CreateBucket', 's3:DeleteBucket'], 'arn:aws:s3:::my-bucket')));
    const { status, stderr } = await init('--policy', 's3=s3.json');
    expect({ status, said: stderr.replaceAll(/\s+/g, ' ') }).toEqual({
      status: 0,
      said: expect.stringContaining(
        'warning s3:CreateBucket is allowed, and 14 of the 14 reads by which Terraform refreshes aws_s3_bucket are not',
      ),
    });
  });
});
