/** What a set-up costs: calls by action, and waves, which are the sequential round trips; docs/decisions/0005 says what each is for. */
import { DetachRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SandboxSeed } from '#sandbox/open.ts';
import { openSlowLine, type SlowLine } from '../../bench/slow-line.mjs';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';

/** A file that somebody wrote: the accounts are known, the external ID is not. */
const FILE = `version: 1
source: { account: "${SOURCE}" }
role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"] }
permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}" }
`;
/** Who may tag a session of the role, and nobody who may have one. */
const LETS_NOBODY_IN = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${SOURCE}:user/admin` },
      Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
    },
  ],
});
/** Longer than a step's line of the journal takes to reach the disk of a busy machine. */
const QUIET_MS = 250;

let product: Product;
let line: SlowLine;
const open = async (seed?: SandboxSeed): Promise<void> => {
  product = await openProduct(seed ? { seed } : {});
  line = await openSlowLine(product.sandbox.endpoint, { quietMs: QUIET_MS });
  await product.put('s3.json', S3_POLICY);
};
afterEach(async () => {
  await line.close();
  await product.close();
});

/** The calls of each wave, in alphabetical order. */
const wavesOf = async (...argv: readonly string[]): Promise<readonly string[]> => {
  line.forget();
  const ran = await product.run(argv, { env: { AWS_ENDPOINT_URL: line.endpoint } });
  expect(ran).toMatchObject({ status: 0 });
  const waves: string[][] = [];
  for (const { action, wave } of line.calls()) (waves[wave - 1] ??= []).push(action);
  return waves.map((actions) => actions.toSorted().join(' '));
};

const INIT = ['init', ...BOTH, '--yes'];
const FLAGS = ['--policy', 's3=./s3.json'];
const WHO = 'GetCallerIdentity GetCallerIdentity';
const PROOF = ['AssumeRole GetCallerIdentity'];
const MAKE = ['CreatePolicy CreateRole', 'AssumeRole AttachRolePolicy', ...PROOF];

describe('init where nothing is there', () => {
  beforeEach(() => open());

  test('from a file takes 11 calls in 4 waves', async () => {
    await product.put('xacct.yaml', FILE);
    expect(await wavesOf(...INIT)).toEqual([`DescribeOrganization ${WHO} GetPolicy GetRole`, ...MAKE]);
  });

  test('with an external ID of the file spares the organization', async () => {
    await product.put('xacct.yaml', FILE.replace('] }', '], externalId: some-id-of-mine }'));
    expect(await wavesOf(...INIT)).toEqual([`${WHO} GetPolicy GetRole`, ...MAKE]);
  });

  test('from flags takes one wave more: only the credentials say the account, and only the account names the policy', async () => {
    expect(await wavesOf(...INIT, ...FLAGS)).toEqual([`DescribeOrganization ${WHO} GetRole`, 'GetPolicy', ...MAKE]);
  });
});

/** The target's role is made after those of the source that it names, and everything else along with one of the two. */
describe('init of both sides', () => {
  beforeEach(() => open());
  const NEW = [...INIT, ...FLAGS];
  const TARGETS_OWN = ['CreatePolicy CreateRole', 'AttachRolePolicy PutRolePolicy'];

  test('makes a hub and its provider in one wave before that of the target', async () => {
    const waves = await wavesOf(...NEW, '--source-trust', 'github:acme/infra:environment=prod');
    expect(waves.slice(2)).toEqual(['CreateOpenIDConnectProvider CreateRole', ...TARGETS_OWN]);
  });

  test('makes the role of instances along with their profile', async () => {
    const waves = await wavesOf(...NEW, '--trust', 'ec2');
    expect(waves.slice(3)).toEqual(['CreateInstanceProfile CreateRole', 'AddRoleToInstanceProfile', ...TARGETS_OWN]);
  });
});

describe('init where all is as it should be', () => {
  beforeEach(() => open());

  const established = async (): Promise<void> => {
    await product.put('xacct.yaml', FILE);
    expect(await product.run(INIT)).toMatchObject({ status: 0 });
  };
  const HANGING = 'GetPolicy GetPolicyVersion GetRole ListAttachedRolePolicies ListRolePolicies';

  test('reads everything and enters the role at once where it was proved before: 10 calls in 2 waves, no write', async () => {
    await established();
    const written = product.writes();
    expect(await wavesOf(...INIT)).toEqual([`AssumeRole ${WHO} ${HANGING}`, ...PROOF]);
    expect(product.writes()).toEqual(written);
  });

  test('asks for nothing in vain where nobody knows that it is there: 10 calls in 3 waves', async () => {
    await established();
    await product.put('.xacct/proofs/dev.json', '{}');
    expect(await wavesOf(...INIT)).toEqual([
      `${WHO} GetPolicy GetRole`,
      'AssumeRole GetPolicyVersion ListAttachedRolePolicies ListRolePolicies',
      ...PROOF,
    ]);
  });

  test('is the same where a flag says what the file does not', async () => {
    await established();
    await product.put('xacct.yaml', FILE);
    const id = ['--external-id', '1'.padStart(32, '0')];
    expect(await wavesOf(...INIT, ...id)).toHaveLength(2);
  });

  test('asks again only after a change of who gets in: what the role answered before that proves nothing', async () => {
    await established();
    const { iam } = adminOf(product.sandbox, TARGET);
    const PolicyArn = `arn:aws:iam::${TARGET}:policy/xacct-terraform-s3`;
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyArn }));
    expect(await wavesOf(...INIT)).toEqual([`AssumeRole ${WHO} ${HANGING}`, 'AttachRolePolicy', ...PROOF]);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyDocument: LETS_NOBODY_IN }));
    // Before a trust policy is written over, it is looked at once more: somebody may have locked the role since.
    const changes = ['GetRole', 'UpdateAssumeRolePolicy'];
    expect(await wavesOf(...INIT)).toEqual([`AssumeRole ${WHO} ${HANGING}`, ...changes, 'AssumeRole', ...PROOF]);
  });

  test('of a plan in a file proves meanwhile, too', async () => {
    await established();
    await product.put('xacct.yaml', (await product.read('xacct.yaml')).replace('s3: s3.json', 's3: more.json'));
    await product.put('more.json', S3_POLICY.replace('s3:ListBucket', 's3:GetObject'));
    expect(await product.run(['plan', ...BOTH, '--out', 'dev.plan'])).toMatchObject({ status: 0 });
    expect(await wavesOf('init', ...BOTH, '--plan', 'dev.plan', '--yes')).toEqual([
      `${WHO} GetPolicy GetRole`,
      'AssumeRole GetPolicyVersion ListAttachedRolePolicies ListRolePolicies',
      'ListPolicyVersions',
      'CreatePolicyVersion',
      ...PROOF,
    ]);
  });

  test('plans without entering the role', async () => {
    await established();
    expect(await wavesOf('plan', ...BOTH)).toEqual([`${WHO} ${HANGING}`]);
    expect(await wavesOf('init', ...BOTH, '--dry-run')).toEqual([`${WHO} ${HANGING}`]);
  });
});

describe('verify', () => {
  test('takes 4 calls in 2 waves, over 2 connections, and writes nothing', async () => {
    await open();
    await product.put('xacct.yaml', FILE);
    expect(await product.run(INIT)).toMatchObject({ status: 0 });
    const written = product.writes();
    expect(await wavesOf('verify', '--source-profile', 'source')).toEqual(['AssumeRole GetCallerIdentity', ...PROOF]);
    expect(line.connections()).toBe(2);
    expect(product.writes()).toEqual(written);
  });
});
