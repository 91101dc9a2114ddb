/** xacct destroy, whose source was not at hand when the role went: a later run finds what is left there, and leaves what others use. */
import { DeleteUserPolicyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';

const PROD = '333333333333';
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;
const GITHUB = 'token.actions.githubusercontent.com';
const grantOf = (account: string): string => `xacct-${account}-xacct-terraform`;

const fileOf = (trust: string, source: readonly string[] = []): string =>
  [
    'version: 1',
    'source:',
    `  account: "${SOURCE}"`,
    ...source,
    `role: { trust: ["${trust}"] }`,
    'permissions: { policies: { s3: s3.json } }',
    'targets:',
    `  dev: { account: "${TARGET}", profile: "${TARGET}", role: { externalId: dev-1 } }`,
    `  prod: { account: "${PROD}", profile: "${PROD}", role: { externalId: prod-1 } }`,
    '',
  ].join('\n');

let product: Product;
beforeEach(async () => {
  const seed = { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } };
  product = await openProduct({ accounts: [SOURCE, TARGET, PROD], seed });
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const AS_SOURCE = ['--source-profile', 'source'];
const source = () => wholeStateOf(product.sandbox, SOURCE);
const run = (...argv: readonly string[]): Promise<Ran> => product.run(argv);
const ended = ({ status, stderr }: Ran, wanted = 0) =>
  expect({ status, stderr: status === wanted ? '' : stderr }).toEqual({ status: wanted, stderr: '' });

/** The set-up of `file`, whose roles then go without a look at the source. */
const orphaned = async (file: string): Promise<void> => {
  await product.put('xacct.yaml', file);
  ended(await run('init', '--all', ...AS_SOURCE, '--yes', '--timeout', '0'));
  ended(await run('destroy', '--all', '--yes'));
};

const removedBy = async (...argv: readonly string[]): Promise<unknown> => {
  const ran = await run('destroy', ...argv, ...AS_SOURCE, '--yes', '--json');
  ended(ran);
  const { result } = JSON.parse(ran.stdout) as { result: { targets: readonly { removed: unknown }[] } };
  return result.targets.map(({ removed }) => removed);
};

describe('what a role left in the source', () => {
  test('is not called nothing where nobody looked', async () => {
    await orphaned(fileOf(JANE, ['  grant: true']));
    const again = await run('destroy', 'dev', '--yes');
    ended(again);
    expect(again.stderr).toContain(`There is no role xacct-terraform in account ${TARGET}, and nothing of it to remove there\n`);
    expect(again.stderr).not.toContain('nor anything else');
    expect(again.stderr).toContain('the source account was not looked at (its credentials were not given)');
    expect(again.stderr).toContain('xacct destroy dev --yes --source-profile NAME');
    const looked = await run('destroy', 'prod', '--yes', ...AS_SOURCE);
    ended(looked);
    expect(looked.stderr).toContain(`Removal of what xacct-terraform of account ${PROD} left behind: 1 to remove`);
  });

  test('is leave of each target, which goes with that target alone', async () => {
    const before = await source();
    await orphaned(fileOf(JANE, ['  grant: true']));
    expect((await source()).users['jane']).toHaveProperty([grantOf(TARGET)]);
    expect(await removedBy('dev')).toEqual([[`source/user/jane/inline/${grantOf(TARGET)}`]]);
    expect(Object.keys((await source()).users['jane'] ?? {})).toEqual([grantOf(PROD)]);
    expect(await removedBy('prod')).toEqual([[`source/user/jane/inline/${grantOf(PROD)}`]]);
    expect(await source()).toEqual(before);
    expect(await removedBy('--all')).toEqual([[], []]);
  });

  test('is the role of instances, which goes with the last target that it entered', async () => {
    const before = await source();
    await orphaned(fileOf('ec2', ['  grant: true']));
    expect(await removedBy('dev')).toEqual([[`source/role/xacct-instance/inline/${grantOf(TARGET)}`]]);
    expect(await removedBy('prod')).toEqual([
      [
        `source/role/xacct-instance/inline/${grantOf(PROD)}`,
        'source/instance-profile/xacct-instance',
        'source/role/xacct-instance',
      ],
    ]);
    expect(await source()).toEqual(before);
  });

  test('is a hub with its provider; cut off, the next run does the rest', async () => {
    const before = await source();
    await orphaned(fileOf('github:acme/infra:environment=prod'));
    expect(await removedBy('dev')).toEqual([[`source/role/xacct-hub/inline/${grantOf(TARGET)}`]]);
    product.sandbox.setFaults({ rules: [{ kind: 'drop', action: 'DeleteOpenIDConnectProvider', times: 30 }] });
    expect([6, 7]).toContain((await run('destroy', 'prod', ...AS_SOURCE, '--yes')).status);
    product.sandbox.setFaults({});
    expect((await source()).roles).not.toHaveProperty('xacct-hub');
    expect(await removedBy('prod')).toEqual([[`source/provider/${GITHUB}`]]);
    expect(await source()).toEqual(before);
  });

  test('is found by the names of the file where nobody may look for others; and that is said', async () => {
    const before = await source();
    await orphaned(fileOf(JANE, ['  grant: true']));
    const { iam } = adminOf(product.sandbox, SOURCE);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'iam:GetAccountAuthorizationDetails', Resource: '*' }],
    });
    await iam.send(new PutUserPolicyCommand({ UserName: 'admin', PolicyName: 'no-look', PolicyDocument }));
    const gone = await run('destroy', '--all', ...AS_SOURCE, '--yes');
    ended(gone);
    expect(gone.stderr).toContain('could not be looked for: iam:GetAccountAuthorizationDetails was refused');
    await iam.send(new DeleteUserPolicyCommand({ UserName: 'admin', PolicyName: 'no-look' }));
    expect(await source()).toEqual(before);
  });
});
