/** What plan says of what others did to the role: principals that are gone, access that would go, documents that mean the same. */
import { CreateRoleCommand, DeleteRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, trustPolicy } from '../support/sandbox-clients.ts';

const CI = `arn:aws:iam::${SOURCE}:role/ci`;
const ADMIN = `arn:aws:iam::${SOURCE}:user/admin`;

const config = (trust: string): string => `version: 1
source: { account: "${SOURCE}", profile: source }
role: { trust: [${trust}], externalId: none }
permissions: { policies: { s3: ./s3.json } }
targets:
  dev: { account: "${TARGET}", profile: target }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
  await makeCi();
});
afterEach(() => product.close());

const makeCi = async (): Promise<void> => {
  const { iam } = adminOf(product.sandbox, SOURCE);
  const AssumeRolePolicyDocument = trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:root` });
  await iam.send(new CreateRoleCommand({ RoleName: 'ci', AssumeRolePolicyDocument }));
};

const words = async (): Promise<string> => (await product.run(['plan'])).stdout.replaceAll(/\s+/g, ' ');

describe('drift', () => {
  test('a source role that was made again is explained, and a plain yes lets it in again', async () => {
    await product.put('xacct.yaml', config(CI));
    await product.run(['init', '--yes']);
    await adminOf(product.sandbox, SOURCE).iam.send(new DeleteRoleCommand({ RoleName: 'ci' }));
    await makeCi();
    const said = await words();
    expect(said).toMatch(/AROA\w+ is the id of a role that was deleted: this id is no longer anybody/);
    expect(said).not.toContain('removes access');
    await product.run(['init', '--yes']);
    expect((await product.run(['plan', '--check'])).status).toBe(0);
  });

  test('a change that removes access says when the role was last used', async () => {
    await product.put('xacct.yaml', config(`${CI}, ${ADMIN}`));
    expect((await product.run(['init', '--yes'])).status).toBe(0);
    await product.put('xacct.yaml', config(ADMIN));
    expect(await words()).toMatch(/\(removes access\) ! the role was last used at 20\d\d-/);
  });

  test('the same policy written otherwise is no change, and only the statement that differs is shown', async () => {
    const first = { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: '*' };
    const second = { Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' };
    const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
    await product.put('xacct.yaml', config(ADMIN));
    await product.put('s3.json', document(first, second));
    await product.run(['init', '--yes']);
    await product.put('s3.json', document(second, { ...first, Action: ['s3:putobject', 's3:GetObject'] }));
    expect((await product.run(['plan', '--check'])).status).toBe(0);
    await product.put(
      's3.json',
      document({ ...second, Resource: 'arn:aws:s3:::b' }, { ...first, Action: ['s3:putobject', 's3:GetObject'] }),
    );
    const { stdout } = await product.run(['plan']);
    expect(stdout.slice(0, stdout.indexOf('  who'))).toBe(
      `Plan for account ${TARGET}: 1 to change, 4 as they should be
  ~ policy/xacct-terraform-s3
      - Allow s3:ListBucket on *
      + Allow s3:ListBucket on arn:aws:s3:::b
`,
    );
  });

  test('a trust statement that is added takes nobody out', async () => {
    await product.put('xacct.yaml', config(CI));
    await product.run(['init', '--yes']);
    await product.put('xacct.yaml', config(`${CI}, ${ADMIN}`));
    const said = await words();
    expect(said).toContain('role/xacct-terraform/trust (widens access)');
    const PolicyDocument = trustPolicy({ AWS: [CI, ADMIN] });
    await adminOf(product.sandbox, TARGET).iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyDocument }),
    );
    expect(await words()).toContain('(widens access)');
  });
});
