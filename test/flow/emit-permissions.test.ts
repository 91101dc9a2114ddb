/** What `xacct emit permissions` prints is enough for init in both accounts, and is what docs/permissions says of it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeleteRolePermissionsBoundaryCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, test } from 'vitest';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

type Documents = Readonly<Record<string, { readonly Statement: readonly Statement[] }>>;

const DOCS = path.join(import.meta.dirname, '../../docs/permissions');
const docs = (name: string): readonly Statement[] =>
  (JSON.parse(readFileSync(path.join(DOCS, name), 'utf8')) as { Statement: readonly Statement[] }).Statement;

const BOUNDARY = 'arn:aws:iam::aws:policy/PowerUserAccess';
const EDGE = `arn:aws:iam::${SOURCE}:policy/edge`;

const CONFIG = `version: 1
source:
  account: "${SOURCE}"
  grant: true
  trust: ["github:acme/infra:environment=prod", "arn:aws:iam::${SOURCE}:user/boss"]
  permissionsBoundary: ${EDGE}
role:
  trust: ["ec2:xacct-worker", "arn:aws:iam::${SOURCE}:user/boss", "arn:aws:iam::${SOURCE}:role/apps/web"]
  externalId: the-id
  permissionsBoundary: ${BOUNDARY}
permissions: { policies: { s3: ./s3.json }, policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
terraform: { region: us-east-1 }
targets:
  dev: { account: "${TARGET}" }
`;

const WEB = {
  RoleName: 'web',
  Path: '/apps/',
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }],
  },
};

const NOTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iam:*', Resource: '*' }] };

let product: Product;
afterEach(() => product.close());

/** Two people with nothing but these documents. */
const open = async (documents: Documents): Promise<void> => {
  const person = (UserName: string, name: string) => ({
    UserName,
    Policies: [{ PolicyName: 'emitted', PolicyDocument: documents[name] ?? NOTHING }],
  });
  product = await openProduct({
    seed: {
      accounts: {
        [TARGET]: { users: [person('operator', 'init-target.json')] },
        [SOURCE]: { users: [person('boss', 'init-source.json')], roles: [WEB], policies: [EDGE_POLICY] },
      },
    },
  });
  const profile = (account: string, name: string): string => {
    const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(account, name);
    return `[profile ${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\n`;
  };
  await product.put('aws-config', `${profile(TARGET, 'operator')}\n${profile(SOURCE, 'boss')}`);
  await product.put('s3.json', S3_POLICY);
  await product.put('xacct.yaml', CONFIG);
};

const emitted = async (): Promise<Documents> => JSON.parse((await product.run(['emit', 'permissions'])).stdout) as Documents;

const EDGE_POLICY = {
  PolicyName: 'edge',
  PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] },
};

const init = (...more: readonly string[]): Promise<Ran> =>
  product.run(['init', '--target-profile', 'operator', '--source-profile', 'boss', '--yes', '--timeout', '1s', ...more], {
    env: { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') },
  });

describe('emit permissions', () => {
  test('is enough for a hub, a role of instances, leave, boundaries and policies', async () => {
    await open({});
    const documents = await emitted();
    await product.close();
    await open(documents);
    const { status, stderr } = await init();
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stderr).not.toContain('not read');
  });

  test('is enough for putting a boundary right in the source', async () => {
    await open({});
    const documents = await emitted();
    await product.close();
    await open(documents);
    await init();
    const { iam } = adminOf(product.sandbox, SOURCE);
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'xacct-hub' }));
    expect(await init('--prune')).toMatchObject({ status: 0 });
    expect((await iam.send(new GetRoleCommand({ RoleName: 'xacct-hub' }))).Role?.PermissionsBoundary).toMatchObject({
      PermissionsBoundaryArn: EDGE,
    });
  });

  test('says of each statement what docs/permissions says, about things of this set-up alone', async () => {
    await open({});
    const documents = await emitted();
    const actionsOf = (statements: readonly Statement[] = []) =>
      statements.map(({ Sid, Action }) => [Sid, [Action].flat().filter((action) => !action.endsWith('PermissionsBoundary'))]);
    const wanted = (...names: readonly string[]) => actionsOf(names.flatMap(docs));
    expect({
      target: actionsOf(documents['init-target.json']?.Statement),
      source: actionsOf(documents['init-source.json']?.Statement),
    }).toEqual({
      target: wanted('init-target.json').filter(([sid]) => sid !== 'Providers'),
      source: [
        ...wanted('init-source.json'),
        ['Boundary', ['iam:GetPolicy', 'iam:GetPolicyVersion']],
        ...wanted('verify-source.json'),
      ],
    });
    const all = Object.values(documents).flatMap(({ Statement }) => Statement);
    for (const { Resource } of all)
      for (const resource of [Resource].flat()) expect(resource).toMatch(/^arn:aws:iam::\d{12}:[^*]+\*?$/);
  });
});
