/** The external ID's default: an organization that both accounts are in takes its place, and whatever is not known counts as no. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { SandboxSeed } from '#sandbox/open.ts';
import { stateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const ORG = 'o-abcdefghij';
const TOGETHER: SandboxSeed = {
  organization: { Id: ORG, ManagementAccountId: '999999999999', accounts: { [SOURCE]: {}, [TARGET]: {} } },
};
const APART: SandboxSeed = { organization: { Id: ORG, accounts: { [TARGET]: {} } } };
const ID = '1'.padStart(32, '0');

const INIT = ['init', ...BOTH, '--policy', 's3=./s3.json', '--yes', '--timeout', '5s'];

const FILE = `version: 1
source: { account: "${SOURCE}" }
role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"] }
permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}" }
`;

let product: Product;
const open = async (seed: SandboxSeed): Promise<void> => {
  product = await openProduct({ seed });
  await product.put('s3.json', S3_POLICY);
};
afterEach(() => product.close());

interface Trust {
  readonly Statement: readonly { readonly Condition?: { readonly StringEquals?: Readonly<Record<string, unknown>> } }[];
}

/** What the trust policy of the role asks for. */
const asked = async (): Promise<object> => {
  const { roles } = await stateOf(product.sandbox, TARGET);
  const trust = roles.find(({ name }) => name === 'xacct-terraform')?.trust as Trust;
  return Object.assign({}, ...trust.Statement.map(({ Condition }) => Condition?.StringEquals)) as object;
};

const looks = (): number => product.sandbox.log().filter(({ action }) => action === 'DescribeOrganization').length;

describe('the external ID that nobody named', () => {
  test('gives way to the organization of both accounts', async () => {
    await open(TOGETHER);
    const { status, stderr } = await product.run(INIT);
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining(`asks for organization ${ORG}`) });
    expect(await asked()).toEqual({ 'aws:PrincipalOrgID': ORG });
    const file = await product.read('xacct.yaml');
    expect(file).toContain(`orgId: ${ORG}`);
    expect(file).toContain('externalId: none');
    expect((await product.run(['emit-tf'])).stdout).not.toContain('external_id');
  });

  test.each([
    ['both sides may do what docs/permissions says', true, { 'aws:PrincipalOrgID': ORG }],
    ['the target may not', false, { 'sts:ExternalId': ID }],
  ])('follows what can be read: %s', async (_who, mayLook, expected) => {
    const look = JSON.parse(
      readFileSync(path.join(import.meta.dirname, '../../docs/permissions/organization.json'), 'utf8'),
    ) as object;
    const iam = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] };
    const users = [
      {
        UserName: 'operator',
        Policies: [iam, ...(mayLook ? [look] : [])].map((document, index) => ({
          PolicyName: `p${index}`,
          PolicyDocument: document,
        })),
      },
    ];
    await open({ ...TOGETHER, accounts: { [TARGET]: { users } } });
    const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(TARGET, 'operator');
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const args = ['init', '--source-profile', 'source', ...INIT.slice(5)];
    expect(await product.run(args, { env: keys })).toMatchObject({ status: 0 });
    expect(await asked()).toEqual(expected);
  });

  test('is not wondered about again where the file says it', async () => {
    await open(TOGETHER);
    await product.run(INIT);
    const before = product.sandbox.log().length;
    expect(await product.run(['init', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
    expect({ looks: looks(), calls: product.sandbox.log().length - before }).toEqual({ looks: 2, calls: 9 });
    expect(product.writes()).toHaveLength(3);
  });

  test('is written into a file that says nothing of it', async () => {
    await open(TOGETHER);
    await product.put('xacct.yaml', FILE);
    expect(await product.run(['init', ...BOTH, '--yes'])).toMatchObject({ status: 0 });
    const file = await product.read('xacct.yaml');
    expect([file.includes('externalId: none'), file.includes(`orgId: ${ORG}`)]).toEqual([true, true]);
  });

  test.each<[string, SandboxSeed, readonly string[]]>([
    ['one account is in no organization', APART, []],
    ['neither is', {}, []],
    [
      'the target may not look',
      { ...TOGETHER, faults: { rules: [{ kind: 'server-error', action: 'DescribeOrganization', times: 1 }] } },
      [],
    ],
    ['everyone in the source is trusted', TOGETHER, ['--trust', SOURCE]],
    ['another organization was named', TOGETHER, ['--org', 'o-zzzzzzzzzz', '--skip', 'negative']],
  ])('is generated where %s', async (_why, seed, more) => {
    await open(seed);
    await product.run([...INIT, ...more]);
    expect(await asked()).toMatchObject({ 'sts:ExternalId': ID });
  });

  test('is generated, and nobody is asked, where somebody asks for one', async () => {
    await open(TOGETHER);
    await product.run([...INIT, '--external-id', 'generate']);
    expect({ asked: await asked(), looks: looks() }).toEqual({ asked: { 'sts:ExternalId': ID }, looks: 0 });
  });

  test('is generated, and nobody is asked, where the source is not at hand', async () => {
    await open(TOGETHER);
    const target = ['--target-profile', 'target', '--trust', `arn:aws:iam::${SOURCE}:user/admin`];
    expect(await product.run(['init', ...target, ...INIT.slice(5)])).toMatchObject({ status: 0 });
    expect({ asked: await asked(), looks: looks() }).toEqual({ asked: { 'sts:ExternalId': ID }, looks: 0 });
  });

  test('waits for no answer that does not come', async () => {
    await open({ ...TOGETHER, faults: { rules: [{ kind: 'hang', action: 'DescribeOrganization' }] } });
    const startedAt = Date.now();
    expect(await product.run(INIT)).toMatchObject({ status: 0 });
    expect(await asked()).toEqual({ 'sts:ExternalId': ID });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });

  test('stays where a role has one, in an organization or not', async () => {
    await open(TOGETHER);
    await product.run([...INIT, '--external-id', 'generate']);
    const { status } = await product.run([...INIT, '--config', 'other.yaml']);
    expect({ status, asked: await asked() }).toEqual({ status: 0, asked: { 'sts:ExternalId': ID } });
  });

  test('is not added to a role that asks for an organization, when nobody can look', async () => {
    await open(TOGETHER);
    await product.run(INIT);
    product.sandbox.setFaults({ rules: [{ kind: 'server-error', action: 'DescribeOrganization' }] });
    const { status } = await product.run([...INIT, '--config', 'other.yaml', '--trust', `arn:aws:iam::${SOURCE}:role/runner`]);
    expect({ status: status === 70, asked: await asked() }).toEqual({ status: false, asked: { 'aws:PrincipalOrgID': ORG } });
  });

  test('does not send what belongs to a stand-in for AWS to AWS', async () => {
    await open(TOGETHER);
    const { endpoint } = product.sandbox;
    const config = product.sandbox.awsConfigText().replaceAll(/^endpoint_url.*$/gm, '');
    await product.put('aws-config', config);
    const here = { AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_STS: endpoint, AWS_ENDPOINT_URL_IAM: endpoint };
    const env = { ...here, AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
    expect(await product.run(INIT, { env })).toMatchObject({ status: 0 });
    expect({ asked: await asked(), looks: looks() }).toEqual({ asked: { 'sts:ExternalId': ID }, looks: 0 });
    // Here it is said where.
    await product.run([...INIT, '--config', 'other.yaml', '--role-name', 'other'], {
      env: { ...env, AWS_ENDPOINT_URL_ORGANIZATIONS: endpoint },
    });
    expect(looks()).toBe(2);
  });
});

test('to look takes one call where the target is in no organization, and none where the answer would decide nothing', async () => {
  await open({});
  await product.run(INIT);
  expect(looks()).toBe(1);
  await product.run(['init', ...BOTH, '--yes']);
  await product.run(['plan', ...BOTH, '--policy', 's3=./s3.json', '--external-id', 'none', '--config', 'other.yaml']);
  expect(looks()).toBe(1);
});
