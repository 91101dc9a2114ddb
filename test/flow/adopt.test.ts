/** --adopt: a role or policy that nobody claims becomes ours as it is; the file that describes it is written first. */
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
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

  test('is not done unasked: 5 before the first write, with --adopt as the hint', async () => {
    await makeTheirs();
    const ran = await product.run(['init', ...BOTH, '--role-name', 'legacy', '--permissions', 'none', '--yes']);
    expect(ran.status).toBe(5);
    expect(ran.stderr).toContain('xacct init --adopt');
    expect(await product.list()).toEqual(['s3.json']);
  });

  test('of another set-up is refused all the same', async () => {
    await makeTheirs([
      { Key: 'xacct:managed', Value: '1' },
      { Key: 'xacct:id', Value: `999999999999/${TARGET}/legacy` },
    ]);
    const ran = await product.run(ADOPT);
    expect(ran.status).toBe(5);
    expect(ran.stderr).not.toContain('--adopt');
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
