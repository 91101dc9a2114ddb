/** --adopt: a role or policy that nobody claims becomes ours as it is; the file that describes it is written first. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, trustPolicy } from '../support/sandbox-clients.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ADMIN = `arn:aws:iam::${SOURCE}:user/admin`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const makeTheirs = async (Tags: { Key: string; Value: string }[] = []): Promise<void> => {
  const { iam } = adminOf(product.sandbox, TARGET);
  const AssumeRolePolicyDocument = trustPolicy({ AWS: ADMIN }, { StringEquals: { 'sts:ExternalId': 'theirs' } });
  const role = { RoleName: 'legacy', AssumeRolePolicyDocument, Description: 'by hand', MaxSessionDuration: 7200, Tags };
  await iam.send(new CreateRoleCommand(role));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'legacy', PolicyArn: READ_ONLY }));
};

const ADOPT = ['init', ...BOTH, '--role-name', 'legacy', '--adopt', '--yes'];

describe('adopting a role', () => {
  test('writes the file from what exists, and tags it; what it lets in and what it may do stay', async () => {
    await makeTheirs();
    const [before] = (await stateOf(product.sandbox, TARGET)).roles;
    const ran = await product.run(ADOPT);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('~ role/legacy/tags (adopted)');
    const [after] = (await stateOf(product.sandbox, TARGET)).roles;
    expect({ ...after, tags: {}, trust: null }).toEqual({ ...before, tags: {}, trust: null });
    expect(after?.tags).toEqual({ 'xacct:managed': '1', 'xacct:id': `${SOURCE}/${TARGET}/legacy` });
    const file = await product.read('xacct.yaml');
    for (const text of ['legacy', 'by hand', 'theirs', READ_ONLY, ADMIN, '2h']) expect(file).toContain(text);
    expect((await product.run(['plan', ...BOTH, '--check'])).status).toBe(0);
  });

  test('takes what stands in the role as policies beside it, of the same words, and its tags; the files are written, too', async () => {
    await makeTheirs([{ Key: 'team=a', Value: 'web' }]);
    const { iam } = adminOf(product.sandbox, TARGET);
    const PolicyDocument = S3_POLICY;
    await iam.send(new PutRolePolicyCommand({ RoleName: 'legacy', PolicyName: 'own', PolicyDocument }));
    const old = JSON.stringify({ ...(JSON.parse(S3_POLICY) as object), Version: '2008-10-17' });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'legacy', PolicyName: 'old', PolicyDocument: old }));
    const ran = await product.run(ADOPT);
    expect(ran.status, ran.stderr).toBe(1);
    const [after] = (await stateOf(product.sandbox, TARGET)).roles;
    expect(after?.tags).toMatchObject({ 'team=a': 'web' });
    expect(after?.attached).toContain(`arn:aws:iam::${TARGET}:policy/xacct-legacy-own`);
    expect(ran.stderr).toContain('role/legacy/inline/old stays as it is');
    const inline = await iam.send(new ListRolePoliciesCommand({ RoleName: 'legacy' }));
    expect(inline.PolicyNames).toEqual(['old']);
    expect(JSON.parse(await product.read('policies/own.json'))).toEqual(JSON.parse(S3_POLICY));
    expect(await product.read('xacct.yaml')).toMatch(/own: "?.\/policies\/own.json/);
    expect((await product.run(['init', ...BOTH, '--yes'])).status).toBe(1);
    expect(await product.run(['init', '--prune', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
    expect((await product.run(['plan', ...BOTH, '--check'])).status).toBe(0);
  });

  test('overwrites no file of the person', async () => {
    await makeTheirs();
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new PutRolePolicyCommand({ RoleName: 'legacy', PolicyName: 's3', PolicyDocument: S3_POLICY }));
    await mkdir(path.join(product.folder, 'policies'));
    await product.put('policies/s3.json', 'mine');
    const ran = await product.run(ADOPT);
    expect(ran.status).toBe(5);
    expect(ran.stderr).toContain('policies/s3.json is there already');
    expect([await product.read('policies/s3.json'), await product.list()]).toEqual(['mine', ['.xacct', 'policies', 's3.json']]);
  });

  test('is not done unasked: 5 before the first write, with --adopt as the hint', async () => {
    await makeTheirs();
    const ran = await product.run(['init', ...BOTH, '--role-name', 'legacy', '--permissions', 'none', '--yes']);
    expect(ran.status).toBe(5);
    const typed = 'xacct init --target-profile target --source-profile source --permissions none';
    expect(ran.stderr).toContain(`${typed} --yes --role-name legacy-2\n`);
    expect(ran.stderr).toContain(`${typed} --role-name legacy --yes --adopt\n`);
    expect(await product.list()).toEqual(['s3.json']);
  });

  test('of another set-up is refused all the same', async () => {
    await makeTheirs([
      { Key: 'xacct:managed', Value: '1' },
      { Key: 'xacct:id', Value: `999999999999/${TARGET}/legacy` },
    ]);
    const ran = await product.run(ADOPT);
    expect(ran.status).toBe(5);
    expect(ran.stderr).not.toContain('take it over');
  });
});

test('a policy of the wanted name is adopted with its tags', async () => {
  const { iam } = adminOf(product.sandbox, TARGET);
  await iam.send(new CreatePolicyCommand({ PolicyName: 'xacct-terraform-s3', PolicyDocument: S3_POLICY }));
  const args = ['init', ...BOTH, '--policy', 's3=s3.json', '--yes'];
  expect(await product.run(args)).toMatchObject({ status: 5 });
  expect(await product.run([...args, '--adopt'])).toMatchObject({ status: 0 });
  const [policy] = (await stateOf(product.sandbox, TARGET)).policies;
  expect(policy).toMatchObject({ versions: 1, tags: { 'xacct:managed': '1' } });
});
