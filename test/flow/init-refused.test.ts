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
