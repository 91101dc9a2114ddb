/** explain of what xacct.yaml says: the accounts are entered with the credentials, and on the way, that verify and init take. */
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product, type RunOptions } from '../support/product.ts';

const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;

const trusting = (principal: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
});

const seed = {
  accounts: {
    [SOURCE]: { users: [{ UserName: 'jane', ManagedPolicyArns: [ADMIN] }] },
    [TARGET]: {
      roles: [
        { RoleName: 'entry', ManagedPolicyArns: [ADMIN], AssumeRolePolicyDocument: trusting(JANE) },
        { RoleName: 'xacct-terraform', AssumeRolePolicyDocument: trusting(JANE) },
        { RoleName: 'other', AssumeRolePolicyDocument: trusting(JANE) },
      ],
    },
  },
};

let product: Product;

afterEach(() => product.close());

/** Nobody but jane, by a profile of her own; the default chain is empty. */
const open = async (file: string): Promise<Pick<RunOptions, 'onlyEnv'>> => {
  product = await openProduct({ seed });
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'jane');
  await product.put(
    'aws-config',
    `[profile jane]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\n`,
  );
  await product.put('xacct.yaml', file);
  const { endpoint } = product.sandbox;
  return {
    onlyEnv: {
      AWS_CONFIG_FILE: path.join(product.folder, 'aws-config'),
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  };
};

const fileOf = (target: string): string =>
  [
    'version: 1',
    `source: { account: "${SOURCE}", profile: jane }`,
    `role: { trust: ["${JANE}"], externalId: none }`,
    `targets: { dev: { account: "${TARGET}"${target} } }`,
    '',
  ].join('\n');

test('of a target that is entered through a role goes that way', async () => {
  const options = await open(fileOf(', profile: jane, viaRole: [entry]'));
  const { status, stderr, stdout } = await product.run(['explain', 'dev'], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`${JANE} may assume`);
  const who = await product.run(['explain', 'dev', '--who'], options);
  expect({ status: who.status, stderr: who.stderr }).toEqual({ status: 0, stderr: '' });
});

test('wants one target, and says no flag that it does not have', async () => {
  const options = await open(fileOf('').replace('targets: {', `targets: { prod: { account: "333333333333" },`));
  const { status, stderr } = await product.run(['explain'], options);
  expect({ status, stderr: stderr.replace(/in .*xacct.yaml/, '') }).toEqual({
    status: 2,
    stderr: 'error which target? <folder>/xacct.yaml has prod, dev [USAGE]\n  → name one: xacct explain prod\n',
  });
});

test('of a role that is of no target asks with the credentials that the file names for the source', async () => {
  const options = await open(fileOf(''));
  const argv = ['--role-arn', `arn:aws:iam::${TARGET}:role/other`];
  const verified = await product.run(['verify', ...argv], options);
  expect(verified.stdout).toContain(JANE);
  const { stdout, stderr } = await product.run(['explain', ...argv], options);
  expect(stderr).not.toContain('NO_CREDENTIALS');
  expect(stdout).toContain(JANE);
});
