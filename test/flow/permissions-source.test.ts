/** docs/permissions/init-source.json is what the source's administrator needs: enough for every change there, with nothing to spare. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openProduct, SOURCE, type Product, type Ran } from '../support/product.ts';

interface Document {
  readonly Version: string;
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const SOURCE_DOCUMENT = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../docs/permissions/init-source.json'), 'utf8'),
) as Document;

const without = (action: string): Document => ({
  ...SOURCE_DOCUMENT,
  Statement: SOURCE_DOCUMENT.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.map((name) => (name === action ? 'iam:GetAccountSummary' : name)),
  })),
});

const JANE = `arn:aws:iam::${SOURCE}:user/jane`;
const CI = `arn:aws:iam::${SOURCE}:role/ci`;
const GITHUB = 'github:acme/infra:environment=prod';

const trusting = (Principal: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
});

const ROLES = [
  { RoleName: 'ci', AssumeRolePolicyDocument: trusting({ AWS: SOURCE }) },
  { RoleName: 'xacct-worker', AssumeRolePolicyDocument: trusting({ Service: 'ec2.amazonaws.com' }) },
  // Ours, as an older xacct might have made it.
  {
    RoleName: 'xacct-hub',
    Description: 'old',
    AssumeRolePolicyDocument: trusting({ AWS: JANE }),
    Tags: [
      { Key: 'xacct:managed', Value: '1' },
      { Key: 'xacct:id', Value: `${SOURCE}/${SOURCE}/xacct-hub` },
    ],
  },
];

/** Ours, as if somebody had taken its audience away. */
const GITLAB = {
  Url: 'https://gitlab.com',
  ClientIDList: ['other'],
  Tags: [
    { Key: 'xacct:managed', Value: '1' },
    { Key: 'xacct:id', Value: `${SOURCE}/${SOURCE}/xacct-hub` },
  ],
};

/** Each set-up has a file and a role of its own; the last word is whether it ends well. */
const CHANGES = [
  ['jane', '--trust', JANE, '--grant-source'],
  ['ci', '--trust', CI, '--grant-source'],
  ['instances', '--trust', 'ec2'],
  ['worker', '--trust', 'ec2:xacct-worker'],
  ['hub', ...[GITHUB, 'gitlab:acme/infra:branch=main', JANE].flatMap((name) => ['--source-trust', name])],
];

const changes = async (document: Document, extra: readonly string[] = []): Promise<Ran> => {
  const users = [{ UserName: 'boss', Policies: [{ PolicyName: 'docs', PolicyDocument: document }] }, { UserName: 'jane' }];
  const product = await openProduct({ seed: { accounts: { [SOURCE]: { users, roles: ROLES, oidcProviders: [GITLAB] } } } });
  try {
    return await everyChange(product, extra);
  } finally {
    await product.close();
  }
};

const everyChange = async (product: Product, extra: readonly string[]): Promise<Ran> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'boss');
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}`;
  const boss = `[profile boss]\n${keys}\nregion = us-east-1\nendpoint_url = ${product.sandbox.endpoint}\n`;
  await product.put('aws-config', `${product.sandbox.awsConfigText()}\n${boss}`);
  const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
  let last: Ran = { status: 0, stdout: '', stderr: '' };
  for (const [name = '', ...args] of CHANGES) {
    const file = ['--config', `${name}.yaml`, '--role-name', `xacct-${name}`];
    const sides = ['--target-profile', 'target', '--source-profile', 'boss', '--permissions', 'none', '--yes'];
    last = await product.run(['init', ...sides, ...file, ...args, ...extra], { env });
    if (last.status !== 0) return last;
  }
  const grant = [
    '--target-profile',
    'target',
    '--config',
    'bob.yaml',
    '--role-name',
    'xacct-bob',
    '--permissions',
    'none',
    '--yes',
  ];
  await product.run(['init', ...grant, '--trust', JANE, '--handoff', 'grant.json'], { env });
  return product.run(['accept', 'grant.json', '--source-profile', 'boss', '--yes'], { env });
};

/** Only a run that failed takes back. */
const UNDO_ONLY = [
  'iam:DeleteUserPolicy',
  'iam:DeleteRolePolicy',
  'iam:DeleteRole',
  'iam:RemoveRoleFromInstanceProfile',
  'iam:DeleteInstanceProfile',
  'iam:DeleteOpenIDConnectProvider',
  'iam:RemoveClientIDFromOpenIDConnectProvider',
];

describe('the permissions of the source side', () => {
  test('are enough for every change that init and accept make', async () => {
    const { status, stderr } = await changes(SOURCE_DOCUMENT);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('are enough to take back a run that failed', async () => {
    const failed = await changes(SOURCE_DOCUMENT, ['--policy-arn', 'arn:aws:iam::aws:policy/NoSuchPolicyAtAll']);
    expect(failed.status).not.toBe(6);
    expect(failed.status).not.toBe(0);
  });

  test.each(SOURCE_DOCUMENT.Statement.flatMap(({ Action }) => Action).filter((action) => !UNDO_ONLY.includes(action)))(
    '%s is needed',
    async (action) => {
      const { status, stderr } = await changes(without(action));
      expect({ status, names: stderr.includes(action) }).toEqual({ status: 4, names: true });
    },
  );
});
