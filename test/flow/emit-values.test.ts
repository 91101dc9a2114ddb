/** Values that would mean something to who reads the file: none of them becomes a line, a reference or an expression. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const CONFIG = `version: 1
source: { account: "${SOURCE}", profile: ci }
role: { trust: ["arn:aws:iam::${SOURCE}:role/ci"], externalId: the-id }
permissions: { policies: { s3: ./s3.json } }
terraform: { region: eu-central-1 }
targets:
  dev: { account: "${TARGET}" }
`;

const policyOf = (resource: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }] });

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
  await product.put('xacct.yaml', CONFIG);
});
afterEach(() => product.close());

const emit = (...argv: readonly string[]) => product.run(['emit', ...argv]);

test.each(['ci\ncredential_process = /tmp/x', 'ci]', ' ci', 'ci ', 'ci #old', 'ci ;old', '', 'a\u202eb'])(
  'a profile %j does not get into the AWS config file',
  async (profile) => {
    const flag = await emit('aws-config', `--source-profile=${profile}`);
    expect({ status: flag.status, stdout: flag.stdout }).toEqual({ status: 2, stdout: '' });
    expect(flag.stderr).toContain('error --source-profile: ');
    await product.put('xacct.yaml', CONFIG.replace('profile: ci', `profile: ${JSON.stringify(profile)}`));
    const file = await emit('aws-config');
    // An empty text in the file says nothing.
    if (profile !== '') expect({ status: file.status, stdout: file.stdout }).toEqual({ status: 2, stdout: '' });
  },
);

test('a profile with spaces, and of another alphabet, is one word of the AWS config file', async () => {
  const { stdout } = await emit('aws-config', '--source-profile', 'Équipe 漢 ops/ci+1@x');
  expect(stdout).toContain('\nsource_profile = Équipe 漢 ops/ci+1@x\n');
});

test('what CloudFormation would look up in the account of somebody else is refused, and is a text elsewhere', async () => {
  const reference = '{{resolve:secretsmanager:prod/db:SecretString:password}}';
  const described = await emit('cfn', '--description', reference);
  expect({ status: described.status, stdout: described.stdout }).toEqual({ status: 2, stdout: '' });
  expect(described.stderr).toContain('{{resolve:');
  expect(described.stderr).toContain('xacct emit role-tf');
  await product.put('s3.json', policyOf(`arn:aws:s3:::${reference}`));
  expect((await emit('cfn')).status).toBe(2);
  expect((await emit('role-tf')).stdout).toContain(`"arn:aws:s3:::${reference}"`);
});

test('an expression of GitHub in a session policy stays a text', async () => {
  const resource = 'arn:aws:s3:::b/${{ secrets.KEY }}/${aws:username}';
  await product.put('session.json', policyOf(resource));
  const trust = ['--trust', 'github:acme/infra:ref=refs/heads/main', '--layout', 'direct'];
  const { stdout } = await emit('github-actions', ...trust, '--session-policy', 'session.json');
  // https://docs.github.com/en/actions/reference/workflows-and-actions/expressions: what is left of the signs is a string in an expression of its own.
  expect(stdout).toContain("arn:aws:s3:::b/${{ '${{' }} secrets.KEY }}/${aws:username}");
});

test('a branch is the one of that name, and no pattern', async () => {
  const { stdout } = await emit('github-actions', '--trust', 'github:acme/infra:ref=refs/heads/!c++/v1.0');
  expect(stdout).toContain(String.raw`- "\\!c\\+\\+/v1.0"`);
});

test('what turns the direction of text, or is not seen, is written out in Terraform', async () => {
  const argv = ['emit-tf', '--backend', 's3', '--backend-bucket', 'state', '--backend-key', 'a\u202eb\u200bc\u2066d'];
  expect((await product.run(argv)).stdout).toContain(String.raw`"a\u202eb\u200bc\u2066d"`);
  expect((await product.run([...argv, '--format', 'json'])).stdout).toContain(String.raw`"a\u202eb\u200bc\u2066d"`);
});

test.each(['role-tf', 'cfn', 'cli', 'policies', 'github-actions', 'aws-config'])(
  '%s has the same bytes whatever the order of the keys in xacct.yaml',
  async (kind) => {
    await product.put(
      'xacct.yaml',
      `version: 1
source: { account: "${SOURCE}", profile: ci }
role:
  trust: ["github:acme/infra:environment=prod", "arn:aws:iam::${SOURCE}:role/ci"]
  externalId: the-id
  tags: { team: a b, cost: c }
  conditions: { sessionTags: { Team: x, Cost: y }, sessionNamePrefix: ci- }
permissions: { policies: { s3: ./s3.json, logs: ./s3.json } }
terraform: { region: eu-central-1, sessionName: ci-1, sessionTags: { Team: x, Cost: y } }
targets:
  dev: { account: "${TARGET}", role: { description: d, path: /a/ } }
`,
    );
    const first = await emit(kind);
    await product.put(
      'xacct.yaml',
      `targets:
  dev: { role: { path: /a/, description: d }, account: "${TARGET}" }
terraform: { sessionTags: { Cost: y, Team: x }, sessionName: ci-1, region: eu-central-1 }
permissions: { policies: { logs: ./s3.json, s3: ./s3.json } }
role:
  conditions: { sessionNamePrefix: ci-, sessionTags: { Cost: y, Team: x } }
  tags: { cost: c, team: a b }
  externalId: the-id
  trust: ["github:acme/infra:environment=prod", "arn:aws:iam::${SOURCE}:role/ci"]
source: { profile: ci, account: "${SOURCE}" }
version: 1
`,
    );
    expect(first.status).toBe(0);
    expect((await emit(kind)).stdout).toBe(first.stdout);
  },
);

test("an empty file is nobody's: the shell makes one when a command before it fails", async () => {
  await product.put('provider.tf', '\n');
  const ran = await product.run(['emit-tf', '-q', '--out', 'provider.tf']);
  expect(ran.status).toBe(0);
  expect(ran.stderr).toContain('wrote provider.tf');
});

test.each([
  ['role-tf', '# mine\n', 'resource "aws_iam_role_policy_attachment" "mine" {}\n'],
  ['cfn', '# mine\n', '# reviewed\n'],
  ['cli', '#!/usr/bin/env bash\n# mine\n', 'echo mine\n'],
])('what others wrote around %s stays when it is emitted again', async (kind, above, below) => {
  await emit(kind, '--out', 'file');
  const ours = (await product.read('file')).replace('#!/usr/bin/env bash\n', '');
  await product.put('file', `${above}${ours}${below}`);
  expect((await emit(kind, '--description', 'another', '--out', 'file')).status).toBe(0);
  const after = await product.read('file');
  expect(after.startsWith(`${above}# Made by xacct emit ${kind}`)).toBe(true);
  expect(after.endsWith(below)).toBe(true);
  expect(after).toContain('another');
});
