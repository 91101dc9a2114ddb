/** verify --thorough proves what is declared for the role: by IAM's simulator, else by the evaluator, and says by which. */
import { afterEach, expect, test } from 'vitest';
import type { Check, VerifyReport } from '#domain/verify-report.ts';
import { carryOut } from '../support/apply-patch.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;

const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const S3 = allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::my-bucket/*');
const SIMULATE = allow('iam:SimulatePrincipalPolicy', ROLE);
const READ = allow(['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'], ROLE);

let product: Product;
afterEach(() => product.close());

/** What the role has, and what the file says that it has. */
const verify = async (
  has: readonly object[],
  declares: readonly object[],
  argv: readonly string[] = [],
  more: {
    readonly role?: object;
    readonly policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: object }[];
  } = {},
) => {
  const role = {
    RoleName: 'xacct-terraform',
    AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { AWS: JANE }, Action: 'sts:AssumeRole' }),
    Policies: [{ PolicyName: 'p', PolicyDocument: document(...has) }],
    ...more.role,
  };
  const jane = { UserName: 'jane', Policies: [{ PolicyName: 'p', PolicyDocument: document(allow('sts:AssumeRole', ROLE)) }] };
  product = await openProduct({
    seed: { accounts: { [SOURCE]: { users: [jane] }, [TARGET]: { roles: [role], policies: more.policies ?? [] } } },
  });
  await product.put('own.json', JSON.stringify(document(...declares)));
  const lines = [
    'version: 1',
    `source: { account: "${SOURCE}" }`,
    `role: { trust: ["${JANE}"] }`,
    ...(declares.length > 0 ? ['permissions: { policies: { own: own.json } }'] : []),
    `targets: { dev: { account: "${TARGET}", role: { externalId: none } } }`,
  ];
  await product.put('xacct.yaml', `${lines.join('\n')}\n`);
  const ran = await again(argv);
  expect(product.writes()).toEqual([]);
  return ran;
};

const again = async (argv: readonly string[]) => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'jane');
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const ran = await product.run(['verify', 'dev', '--thorough', '--timeout', '0', '--json', ...argv], { env });
  if (ran.status > 1) throw new Error(ran.stdout);
  const { result } = JSON.parse(ran.stdout) as { result: { targets: [VerifyReport] } };
  const [report] = result.targets;
  const found = report.checks.find(({ id }) => id === 'permissions') as Check;
  return { status: ran.status, cause: report.cause, found };
};

test.each([
  ['the session itself, where it may', [S3, SIMULATE], [], 'SimulatePrincipalPolicy'],
  ["the target's administrator", [S3], ['--target-profile', 'target'], 'SimulatePrincipalPolicy'],
  ['the evaluator, where the simulator may not be asked', [S3, READ], [], "xacct's own evaluator"],
])('asks %s', async (_, has, argv, by) => {
  const { status, found } = await verify(has, [S3], argv);
  expect({ status, found }).toMatchObject({ status: 0, found: { status: 'pass', expected: '2 declared actions allowed' } });
  expect(found.observed).toContain(by);
});

test.each([
  ['the simulator', [SIMULATE]],
  ['the evaluator', [READ]],
])('names what is missing, by %s', async (_, may) => {
  const { status, cause, found } = await verify([allow('s3:GetObject', 'arn:aws:s3:::my-bucket/*'), ...may], [S3]);
  expect({ status, found: found.status, code: cause?.code }).toEqual({ status: 1, found: 'fail', code: 'PERMISSION_MISSING' });
  expect(cause).toMatchObject({ actor: 'target-admin', account: TARGET });
  expect(cause?.explanation).toContain('s3:PutObject on arn:aws:s3:::my-bucket/*');
  expect(cause?.explanation).not.toContain('s3:GetObject');
});

test('names the boundary that stands against it, and its patch, carried out, is all that was missing', async () => {
  const boundary = `arn:aws:iam::${TARGET}:policy/limit`;
  const bounded = allow('s3:GetObject', 'arn:aws:s3:::my-bucket/*');
  const role = { PermissionsBoundary: boundary };
  const policies = [{ PolicyName: 'limit', PolicyDocument: document(bounded) }];
  const { cause } = await verify([S3], [S3], ['--target-profile', 'target'], { role, policies });
  expect(cause).toMatchObject({ code: 'PERMISSION_MISSING', actor: 'target-admin', account: TARGET });
  expect(cause?.explanation).toContain(`the role's permissions boundary ${boundary} does not leave it to the role`);
  expect(cause?.patch).not.toHaveProperty('xacct');
  expect(cause?.patch.change).toEqual({
    kind: 'add-statement',
    to: 'boundary',
    statement: { Effect: 'Allow', Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::my-bucket/*' },
  });
  expect(await carryOut(cause?.patch.command ?? '', product.sandbox, TARGET)).toBe(true);
  expect(await again(['--target-profile', 'target'])).toMatchObject({ status: 0, cause: null });
});

test('a Deny elsewhere in the role counts', async () => {
  const { found } = await verify([S3, SIMULATE, { ...allow('s3:PutObject'), Effect: 'Deny' }], [S3]);
  expect(found.observed).toContain('not allowed: s3:PutObject');
});

test.each([
  ['nobody may look', [S3], [S3], 'iam:SimulatePrincipalPolicy, iam:GetRole'],
  [
    'none is declared by name',
    [S3],
    [allow('s3:*', 'arn:aws:s3:::my-bucket')],
    'none can be asked by name; not asked: s3:* (a wildcard)',
  ],
  ['none is declared', [S3], [], 'no permissions are declared here'],
])('skips where %s, and says so', async (_, has, declares, reason) => {
  const { status, found } = await verify(has, declares);
  expect({ status, found: found.status }).toEqual({ status: 0, found: 'skip' });
  expect(found.reason).toContain(reason);
});

test('says what was not asked, in the words of the policies', async () => {
  const { found } = await verify(
    [S3, SIMULATE],
    [S3, allow('s3:List*'), allow('ec2:RunInstances', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
  );
  expect(found).toMatchObject({ status: 'pass', expected: '2 declared actions allowed' });
  expect(found.observed).toMatch(
    /; not asked: s3:List\* \(a wildcard\); ec2:RunInstances under a condition on aws:SecureTransport$/,
  );
});
