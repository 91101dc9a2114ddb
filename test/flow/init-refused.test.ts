/** What AWS refuses an administrator for an organization's rules: the rule is found in their own policies, with the flag that keeps it. */
import { afterEach, describe, expect, test } from 'vitest';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const BOUNDARY = `arn:aws:iam::${TARGET}:policy/developers`;
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const statement = (more: object, effect = 'Allow'): object => ({
  Effect: effect,
  Action: 'iam:CreateRole',
  Resource: '*',
  ...more,
});

let product: Product;
afterEach(() => product.close());

/** As an administrator with these statements. */
const init = async (statements: readonly object[], ...more: readonly string[]) => {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const users = [{ UserName: 'limited', Policies: [{ PolicyName: 'rules', PolicyDocument: document }] }];
  const Document = JSON.stringify({ Version: '2012-10-17', Statement: [ALL] });
  const policies = [{ PolicyName: 'developers', PolicyDocument: Document }];
  product = await openProduct({ seed: { accounts: { [TARGET]: { users, policies } } } });
  await product.put('s3.json', S3_POLICY);
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(TARGET, 'limited');
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return product.run(['init', '--trust', SOURCE, '--permissions', 'none', '--yes', ...more], { env });
};

const rest = { Effect: 'Allow', NotAction: 'iam:CreateRole', Resource: '*' };

describe('init that is refused', () => {
  test.each<readonly [title: string, statements: readonly object[], hint: string, fix: readonly string[]]>([
    [
      'for want of a boundary that an Allow names',
      [rest, statement({ Condition: { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } } })],
      `policy rules demands the permissions boundary ${BOUNDARY}: xacct init --permissions-boundary ${BOUNDARY}`,
      ['--permissions-boundary', BOUNDARY],
    ],
    [
      'for want of a boundary, by a Deny',
      [ALL, statement({ Condition: { StringNotEquals: { 'iam:PermissionsBoundary': BOUNDARY } } }, 'Deny')],
      `policy rules demands the permissions boundary ${BOUNDARY}: xacct init --permissions-boundary ${BOUNDARY}`,
      ['--permissions-boundary', BOUNDARY],
    ],
    [
      'for another path and name',
      [rest, statement({ Resource: `arn:aws:iam::${TARGET}:role/teams/web-*` })],
      `policy rules lets only arn:aws:iam::${TARGET}:role/teams/web-* be made: xacct init --path /teams/ --role-name web-NAME`,
      ['--path', '/teams/', '--role-name', 'web-terraform'],
    ],
    [
      'for want of a tag',
      [ALL, statement({ Condition: { Null: { 'aws:RequestTag/CostCenter': 'true' } } }, 'Deny')],
      'policy rules demands the tag CostCenter: xacct init --tag CostCenter=VALUE',
      ['--tag', 'CostCenter=42'],
    ],
  ])('%s says which rule, and the flag keeps it', async (_title, statements, hint, fix) => {
    const refused = await init(statements);
    expect({ status: refused.status, hint: refused.stderr.includes(hint) ? hint : refused.stderr }).toEqual({ status: 4, hint });
    await product.close();
    expect(await init(statements, ...fix)).toMatchObject({ status: 0 });
  });

  test('for nothing of the kind has the usual hint alone', async () => {
    const ran = await init([
      { Effect: 'Allow', Action: 'iam:Get*', Resource: '*' },
      { Effect: 'Allow', Action: 'iam:List*', Resource: '*' },
    ]);
    expect(ran.status).toBe(4);
    expect(ran.stderr).toContain('allow iam:CreateRole on');
    expect(ran.stderr).not.toContain('demands');
  });
});

describe('init that the organization refuses', () => {
  const scp = (statement: object) => ({
    Name: 'roles',
    Content: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iam:CreateRole', Resource: '*', ...statement }] },
  });
  const role = (RoleName: string) => ({
    RoleName,
    Path: '/teams/',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: TARGET }, Action: 'sts:AssumeRole' }],
    },
    PermissionsBoundary: BOUNDARY,
    Tags: [
      { Key: 'CostCenter', Value: '42' },
      { Key: 'Owner', Value: RoleName },
    ],
  });
  const open = async (roles: readonly ReturnType<typeof role>[]) => {
    const Document = JSON.stringify({ Version: '2012-10-17', Statement: [ALL] });
    const Condition = { StringNotEquals: { 'iam:PermissionsBoundary': BOUNDARY } };
    product = await openProduct({
      seed: {
        organization: { accounts: { [SOURCE]: {}, [TARGET]: { serviceControlPolicies: [scp({ Condition })] } } },
        accounts: { [TARGET]: { roles, policies: [{ PolicyName: 'developers', PolicyDocument: Document }] } },
      },
    });
  };
  const argv = ['init', '--target-profile', 'target', '--trust', SOURCE, '--permissions', 'none', '--yes'];

  test('shows what the other roles of the account have, each with its flag; and that gets it through', async () => {
    await open([role('one'), role('two')]);
    const refused = await product.run(argv);
    expect(refused.status).toBe(4);
    const lines = refused.stderr.replaceAll(/\s+/g, ' ');
    expect(lines).toContain(`boundary ${BOUNDARY}: xacct init --permissions-boundary ${BOUNDARY}`);
    expect(lines).toContain('have the path /teams/: xacct init --path /teams/');
    expect(lines).toContain('have the tag CostCenter: xacct init --tag CostCenter=42');
    expect(lines).toContain('have the tag Owner: xacct init --tag Owner=VALUE');
    expect(await product.run([...argv, '--permissions-boundary', BOUNDARY])).toMatchObject({ status: 0 });
  });

  test('says whom to ask, and with which flags, where one role shows nothing', async () => {
    await open([role('one')]);
    const refused = await product.run(argv);
    expect(refused.status).toBe(4);
    const lines = refused.stderr.replaceAll(/\s+/g, ' ');
    expect(lines).toContain("it is the organization's rule, which cannot be read from this account");
    expect(lines).not.toContain('other roles of the account');
  });
});

test('a trust policy that is longer than the quota of the account is warned of, and the refusal names the quota', async () => {
  product = await openProduct();
  const trust = Array.from({ length: 60 }, (_, i) => ['--trust', `github:acme/app:environment=e${i}`]).flat();
  const argv = [
    'init',
    '--target-profile',
    'target',
    '--source-account',
    SOURCE,
    '--permissions',
    'none',
    '--external-id',
    'none',
  ];
  const ran = await product.run([...argv, ...trust, '--yes']);
  expect(ran.status).toBe(4);
  const lines = ran.stderr.replaceAll(/\s+/g, ' ');
  expect(lines).toMatch(
    /has 2,\d\d\d characters without white space: AWS takes 2,048 unless the quota of the account was raised \(8,192 at most\)/,
  );
  expect(lines).toContain('the quota of 2048 is for the length of a trust policy');
  expect(lines).toContain('--quota-code L-C07B4B0D');
  const long = Array.from({ length: 300 }, (_, i) => ['--trust', `github:acme/app:environment=e${i}`]).flat();
  const refused = await product.run([...argv, ...long, '--yes']);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('AWS takes 8,192 at most');
});
