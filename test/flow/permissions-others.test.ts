/** plan, destroy, lock and unlock work with exactly what docs/permissions says of them, and with no action less. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreatePolicyVersionCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, test } from 'vitest';
import { stateOf } from '../support/account-state.ts';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';

interface Document {
  readonly Version: string;
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

const read = (name: string): Document =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, '../../docs/permissions', `${name}.json`), 'utf8')) as Document;

const [PLAN, DESTROY, LOCK] = [read('plan-target'), read('destroy-target'), read('lock-target')];

const without = (document: Document, action: string): Document => ({
  ...document,
  Statement: document.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().map((name) => (name === action ? 'iam:GetAccountSummary' : name)),
  })),
});

const actionsOf = (document: Document): readonly string[] => document.Statement.flatMap(({ Action }) => Action);

let product: Product;
afterEach(() => product.close());

const ROLE = 'xacct-terraform';
const OWN = [
  { Key: 'xacct:managed', Value: '1' },
  { Key: 'xacct:id', Value: `${SOURCE}/${TARGET}/${ROLE}` },
];

/** A set-up of an administrator's with everything that can hang on a role; then somebody with this document alone comes. */
const asOperator = async (document: Document, ...commands: readonly (readonly string[])[]): Promise<Ran> => {
  product = await openProduct({ seed: { accounts: { [TARGET]: { users: [{ UserName: 'operator' }] } } } });
  await product.put('s3.json', S3_POLICY);
  const trust = ['--trust', `arn:aws:iam::${SOURCE}:user/admin`, '--trust', 'github:acme/app:environment=prod'];
  const init = ['init', '--target-profile', 'target', '--source-account', SOURCE, '--policy', 's3=s3.json', '--yes'];
  expect(await product.run([...init, ...trust, '--external-id', 'word'])).toMatchObject({ status: 0 });
  const { iam } = adminOf(product.sandbox, TARGET);
  const PolicyArn = `arn:aws:iam::${TARGET}:policy/${ROLE}-s3`;
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: S3_POLICY, SetAsDefault: true }));
  await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'hand', PolicyDocument: S3_POLICY }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: ROLE, Tags: OWN }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: ROLE, RoleName: ROLE }));
  const PolicyDocument = JSON.stringify(document);
  await iam.send(new PutUserPolicyCommand({ UserName: 'operator', PolicyName: 'docs', PolicyDocument }));
  // The file's hint is the administrator's profile.
  await product.put('xacct.yaml', (await product.read('xacct.yaml')).replaceAll(/^ +profile:.*\n/gm, ''));
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(TARGET, 'operator');
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  let last: Ran = { status: 0, stdout: '', stderr: '' };
  for (const command of commands) {
    last = await product.run(command, { env });
    if (last.status !== 0) return last;
  }
  return last;
};

const said = ({ stdout, stderr }: Ran): string => `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');

describe('plan', () => {
  /** Without these a plan is made all the same, and says what it did not see. */
  const SEEING_ONLY = ['iam:ListRolePolicies', 'iam:GetRolePolicy'];
  const argv = ['plan', '--json'];

  test('needs no more than its document', async () => {
    const ran = await asOperator(PLAN, argv);
    expect({ status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ status: 0, stderr: '' });
    expect(said(ran)).not.toContain('was refused');
    expect(said(ran)).toContain('role/xacct-terraform/inline/hand');
  });

  test.each(actionsOf(PLAN))('needs %s', async (action) => {
    const ran = await asOperator(without(PLAN, action), argv);
    expect({ status: ran.status, names: said(ran).includes(action) }).toEqual({
      status: SEEING_ONLY.includes(action) ? 0 : 4,
      names: true,
    });
  });
});

describe('destroy', () => {
  const argv = ['destroy', '--yes'];

  test('needs no more than its document', async () => {
    const ran = await asOperator(DESTROY, argv);
    expect({ status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ status: 0, stderr: '' });
    expect(await stateOf(product.sandbox, TARGET)).toMatchObject({ roles: [], policies: [] });
  });

  test.each(actionsOf(DESTROY))('needs %s', async (action) => {
    const ran = await asOperator(without(DESTROY, action), argv);
    expect({ isDone: ran.status === 0, names: said(ran).includes(action) }).toEqual({ isDone: false, names: true });
  });
});

describe('lock and unlock', () => {
  const both = [
    ['lock', '--yes'],
    ['unlock', '--yes'],
  ];

  test('need no more than their document', async () => {
    const ran = await asOperator(LOCK, ...both);
    expect({ status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each(actionsOf(LOCK))('need %s', async (action) => {
    const ran = await asOperator(without(LOCK, action), ...both);
    expect({ isDone: ran.status === 0, names: said(ran).includes(action) }).toEqual({ isDone: false, names: true });
  });
});
