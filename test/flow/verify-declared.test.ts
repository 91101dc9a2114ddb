/** The file is the truth: nobody whom it does not name is let in by a patch, and no condition that it declares is led round. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  DeleteUserPolicyCommand,
  GetRoleCommand,
  PutUserPermissionsBoundaryCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VerifyReport } from '#domain/verify-report.ts';
import { carryOut } from '../support/apply-patch.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, allowPolicy } from '../support/sandbox-clients.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-snp`;
const CI = `arn:aws:iam::${SOURCE}:user/ci`;
const MADE = ['--target-profile', 'target', '--permissions', 'none', '--region', 'eu-central-1', '--yes'];

let product: Product;
beforeEach(async () => {
  const Policies = [{ PolicyName: 'all', PolicyDocument: allowPolicy(['sts:*']) }];
  product = await openProduct({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'ci', Policies }] } } } });
});
afterEach(() => product.close());

const ciEnv = (): Readonly<Record<string, string>> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'ci');
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};

const init = async (...argv: readonly string[]) => {
  const ran = await product.runRaw(['init', ...MADE, ...argv]);
  expect(ran.status, ran.stderr).toBe(0);
  return ran;
};

/** As the user ci, unless profiles are named. */
const verify = async (argv: readonly string[], env?: Readonly<Record<string, string>>) => {
  const ran = await product.runRaw(['verify', ...argv, '--timeout', '0', '--json'], env && { env });
  const { result } = JSON.parse(ran.stdout) as { result: { targets: readonly VerifyReport[] } };
  return { status: ran.status, causes: result.targets.map(({ cause }) => cause), stderr: ran.stderr };
};

describe('a trust policy that nobody read', () => {
  test.each([
    ['a session name', ['--session-name-prefix', 'ci-']],
    ['an address', ['--source-ip', '203.0.113.0/24']],
    ['an organization', ['--org', 'o-aaaaaaaaaa']],
  ])('is not added to where it asks for %s', async (_, flags) => {
    await init('--role-name', 'xacct-snp', '--external-id', 'dev-1', '--trust', CI, ...flags);
    // From an empty folder.
    await rm(path.join(product.folder, 'xacct.yaml'));
    const { status, causes } = await verify(['--role-arn', ROLE, '--external-id', 'dev-1'], ciEnv());
    expect({ status, code: causes[0]?.code }).toEqual({ status: 1, code: 'TRUST_REFUSES' });
    expect(causes[0]?.patch).toMatchObject({ change: null, hcl: null });
    expect(JSON.stringify(causes[0]?.patch)).not.toContain('update-assume-role-policy');
    expect(causes[0]?.patch.xacct).toMatch(/^xacct explain .*--target-profile NAME$/);
  });
});

describe('credentials of one whom xacct.yaml does not name', () => {
  test('are the wrong ones: no patch lets them in, and the next command names the right', async () => {
    await init('--role-name', 'xacct-snp', '--external-id', 'dev-1', '--trust', CI);
    for (const side of [[], ['--target-profile', 'target']]) {
      const { status, causes } = await verify(['--source-profile', 'source', ...side]);
      expect(status).toBe(1);
      expect(causes[0]).toMatchObject({ code: 'SOURCE_NOT_DECLARED', actor: 'you', patch: { change: null, command: null } });
      expect(causes[0]?.patch.xacct).toMatch(/^xacct verify \S+ --source-profile PROFILE-OF-ci$/);
      expect(causes[0]?.explanation).toContain(CI);
    }
    expect((await verify([], ciEnv())).status).toBe(0);
  });
});

test('where the role is for instances, the next command is run on one, and asks for no profile', async () => {
  const made = await init('--role-name', 'xacct-snp', '--external-id', 'dev-1', '--trust', 'ec2', '--source-profile', 'source');
  expect(made.stderr).toMatch(/made, not proved[^]*xacct verify --source ec2\n/);
  for (const asked of [[], ['--source-profile', 'source']]) {
    const { causes } = await verify(asked, ciEnv());
    expect(causes[0]).toMatchObject({ code: 'SOURCE_NOT_DECLARED' });
    expect(causes[0]?.patch.xacct).toMatch(/^xacct verify \S+ --source ec2$/);
  }
});

describe('what is proved', () => {
  const proof = () => product.read('.xacct/proofs/dev.json');

  test('is not taken back by a refusal of somebody else, and is by one of the same', async () => {
    await product.put(
      'xacct.yaml',
      [
        'version: 1',
        `role: { name: xacct-snp, trust: ["${CI}"], externalId: dev-1 }`,
        'permissions: { presets: [], policies: {}, policyArns: [] }',
        `targets: { dev: { account: "${TARGET}" } }`,
        '',
      ].join('\n'),
    );
    const made = await init('dev');
    // Whoever made it was not let in, and is told by whose credentials it is proved.
    expect(made.stderr).toMatch(/made, not proved[^]*xacct verify --region eu-central-1 --source-profile PROFILE-OF-ci\n/);
    expect((await verify(['dev'], ciEnv())).status).toBe(0);
    const good = await proof();
    expect((await verify(['dev', '--source-profile', 'source'])).status).toBe(1);
    expect(await proof()).toBe(good);
    expect((await product.runRaw(['lock', 'dev', '--yes', '--target-profile', 'target'])).status).toBe(0);
    expect((await verify(['dev'], ciEnv())).status).toBe(1);
    expect(await proof()).not.toBe(good);
  });
});

test('explain by one who may read nothing names the command that may', async () => {
  await init('--role-name', 'xacct-snp', '--external-id', 'dev-1', '--trust', CI);
  const asked = await product.runRaw(['explain', '--target-profile', 'target', '--json'], { env: ciEnv() });
  const { result } = JSON.parse(asked.stdout) as { result: { isSettled: boolean; fix: { xacct: string } } };
  expect(asked.status).toBe(1);
  expect(result.fix.xacct).toBe(`xacct explain --target-profile target --json --as ${CI} --source-profile ADMIN-OF-${SOURCE}`);
  const again = result.fix.xacct.replace(`ADMIN-OF-${SOURCE}`, 'source').split(' ').slice(1);
  expect((await product.runRaw(again)).status).toBe(0);
});

describe('a role of the file that was changed by hand', () => {
  const ASKED = ['--role-name', 'xacct-snp', '--external-id', 'dev-1', '--trust', CI, '--session-tag', 'team=infra'];
  const iam = () => adminOf(product.sandbox, TARGET).iam;

  test('to another external ID is put right by init, and the wrong one is not sent', async () => {
    await init(...ASKED);
    const { Role } = await iam().send(new GetRoleCommand({ RoleName: 'xacct-snp' }));
    const document = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '').replaceAll('dev-1', 'dev-2');
    await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-snp', PolicyDocument: document }));
    const { causes } = await verify(['--target-profile', 'target'], ciEnv());
    expect(causes[0]).toMatchObject({ code: 'EXTERNAL_ID_WRONG', actor: 'target-admin', patch: { change: null, command: null } });
    const argv = (causes[0]?.patch.xacct ?? '').split(' ').slice(1);
    expect(argv).toContain('--prune');
    expect((await product.runRaw([...argv, '--target-profile', 'target', '--yes'])).status).toBe(0);
    expect((await verify([], ciEnv())).status).toBe(0);
  });

  test('to name somebody else is put right by init, with all that the call brings along', async () => {
    await init(...ASKED);
    const { Role } = await iam().send(new GetRoleCommand({ RoleName: 'xacct-snp' }));
    const document = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '').replaceAll(CI, `arn:aws:iam::${SOURCE}:user/admin`);
    await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-snp', PolicyDocument: document }));
    const { causes } = await verify(['--target-profile', 'target'], ciEnv());
    expect(causes[0]).toMatchObject({
      code: 'TRUST_NAMES_OTHERS',
      actor: 'target-admin',
      patch: { change: null, command: null },
    });
    const argv = (causes[0]?.patch.xacct ?? '').split(' ').slice(1);
    expect((await product.runRaw([...argv, '--target-profile', 'target', '--yes'])).status).toBe(0);
    expect((await verify([], ciEnv())).status).toBe(0);
  });
});

test('a policy of the source that is gone comes back with all that the call brings along', async () => {
  await init(
    '--role-name',
    'xacct-snp',
    '--external-id',
    'dev-1',
    '--trust',
    CI,
    '--session-tag',
    'team=infra',
    '--duration',
    '4h',
    '--max-session-duration',
    '4h',
  );
  const { iam } = adminOf(product.sandbox, SOURCE);
  await iam.send(new DeleteUserPolicyCommand({ UserName: 'ci', PolicyName: 'all' }));
  const { causes } = await verify(['--target-profile', 'target'], ciEnv());
  expect(causes[0]).toMatchObject({ code: 'SOURCE_GRANT_MISSING', actor: 'source-admin' });
  expect(await carryOut(causes[0]?.patch.command ?? '', product.sandbox, SOURCE)).toBe(true);
  expect(await verify([], ciEnv())).toMatchObject({ status: 0, causes: [null] });
});

test('a boundary that AWS keeps is not to be changed: another one is to be put in its place', async () => {
  await init('--role-name', 'xacct-snp', '--external-id', 'dev-1', '--trust', CI);
  const { iam } = adminOf(product.sandbox, SOURCE);
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'ci', PermissionsBoundary }));
  const asked = ['explain', '--as', CI, '--source-profile', 'source', '--target-profile', 'target', '--json'];
  const { result } = JSON.parse((await product.runRaw(asked)).stdout) as { result: { layer: string; fix: object } };
  expect(result).toMatchObject({ layer: 'boundary', fix: { change: null, command: null, hcl: null } });
  expect(JSON.stringify(result.fix)).toContain('put a boundary of your own in the place of');
});
