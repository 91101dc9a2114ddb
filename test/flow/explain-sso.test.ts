/** Permission sets of IAM Identity Center, by names that begin alike: each is what its role's name says up to the letters that AWS puts at its end. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOTH, openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const Path = '/aws-reserved/sso.amazonaws.com/';
const AssumeRolePolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }],
};
const PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] };
const Policies = [{ PolicyName: 'enter', PolicyDocument }];
const roleOf = (set: string) => ({
  RoleName: `AWSReservedSSO_${set}_0123456789abcdef`,
  Path,
  AssumeRolePolicyDocument,
  Policies,
});

let product: Product;
beforeEach(async () => {
  const roles = ['Admin_Guest', 'Guest', 'Guest_Ops'].map(roleOf);
  product = await openProduct({ seed: { accounts: { [SOURCE]: { roles } } } });
  const argv = ['init', ...BOTH, '--permissions', 'none', '--trust', 'sso:Guest', '--external-id', 'none', '--yes'];
  expect((await product.run(argv)).stderr).toContain('made ');
});
afterEach(() => product.close());

test('explain answers for the set that was named, and for none whose name is longer', async () => {
  const refused = await product.run(['explain', ...BOTH, '--as', 'sso:Admin', '--role-arn', ROLE]);
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('has no role of a permission set Admin')]);
  const { stdout } = await product.run(['explain', ...BOTH, '--as', 'sso:Guest', '--role-arn', ROLE, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ result: { caller: expect.stringContaining('AWSReservedSSO_Guest_0') as string } });
});

test('explain --who lists the role of the set that init let in, and no other', async () => {
  const { stdout } = await product.run(['explain', '--who', ...BOTH, '--role-arn', ROLE, '--json']);
  const { result } = JSON.parse(stdout) as { result: { principals: readonly { kind: string; principal: string }[] } };
  const sets = result.principals.filter(({ kind }) => kind === 'permission-set');
  expect(sets.map(({ principal }) => principal)).toEqual([`arn:aws:iam::${SOURCE}:role${Path}${roleOf('Guest').RoleName}`]);
});
