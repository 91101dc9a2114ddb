/** What verify leaves for others: reports for CI systems, one table for many targets, and the proof that emit-tf looks for. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { trustPolicy } from '../support/sandbox-clients.ts';

const withId = (id: string): string => trustPolicy({ AWS: SOURCE }, { StringEquals: { 'sts:ExternalId': id } });
const FILE = `version: 1
source: { account: "${SOURCE}", profile: source }
role: { trust: ["${SOURCE}"] }
terraform: { region: us-east-1 }
targets:
  dev: { account: "${TARGET}", role: { name: dev, externalId: id-of-dev } }
  prod: { account: "${TARGET}", role: { name: prod, externalId: id-of-prod } }
`;

let product: Product;
beforeEach(async () => {
  const role = (RoleName: string, id: string) => ({ RoleName, AssumeRolePolicyDocument: withId(id) });
  product = await openProduct({
    seed: {
      accounts: { [TARGET]: { roles: [role('dev', 'id-of-dev'), role('prod', 'another & <id>'.replaceAll(/[^a-z]/g, '-'))] } },
    },
  });
  await product.put('xacct.yaml', FILE);
});
afterEach(() => product.close());

const verify = (...argv: readonly string[]) => product.run(['verify', ...argv, '--timeout', '0']);

describe('verify --all', () => {
  test('proves the targets at once, in their order, and ends with one table', async () => {
    const ran = await verify('--all');
    expect(ran.status).toBe(1);
    expect(ran.stdout.split('\n').slice(-4)).toEqual([
      'target  result  checks  cause',
      'dev     proved  4 of 4',
      'prod    FAILED  1 of 2  TRUST_REFUSES',
      '',
    ]);
    expect(ran.stdout.indexOf('role/dev')).toBeLessThan(ran.stdout.indexOf('role/prod'));
    expect(product.writes()).toEqual([]);
  });

  test('--format junit: a suite for each target, a case for each check', async () => {
    const { stdout } = await verify('--all', '--format', 'junit');
    expect(stdout).toContain('<testsuite name="dev" tests="4" failures="0" errors="0" skipped="0"');
    expect(stdout).toContain('<testsuite name="prod" tests="4" failures="1" errors="0" skipped="2"');
    expect(stdout).toMatch(/<failure type="assume-role" message="the trust policy .*&quot;id-of-prod&quot; was sent/);
    expect(stdout.match(/<testcase /g)).toHaveLength(8);
  });

  test('--format github: an annotation for each failure, and a summary behind what other steps wrote', async () => {
    await product.put('summary.md', '# before\n');
    const env = { GITHUB_STEP_SUMMARY: `${product.folder}/summary.md` };
    const { stdout, status } = await product.run(['verify', '--all', '--format', 'github', '--timeout', '0'], { env });
    expect(status).toBe(1);
    expect(stdout.split('\n').map((line) => line.slice(0, 50))).toEqual([
      '::notice title=xacct verify dev::arn:aws:iam::2222',
      '::error title=xacct verify prod::the source may as',
      '',
    ]);
    expect(await product.read('summary.md')).toMatch(
      /^# before\n### xacct verify\n[\s\S]*\| dev \| ✅ \|[\s\S]*\| prod \| ❌ \|/,
    );
  });

  test('--format json is the envelope', async () => {
    expect(JSON.parse((await verify('dev', '--format', 'json')).stdout)).toMatchObject({ command: 'verify', ok: true });
  });
});

describe('a proof', () => {
  const emit = (...argv: readonly string[]) => product.run(['emit-tf', 'dev', ...argv]);

  test('is missed by emit-tf, which prints the same all the same, and refuses only with --require-proof', async () => {
    const before = await emit();
    expect(before).toMatchObject({ status: 0, stderr: expect.stringContaining('it was not proved yet [NOT_PROVED]') as unknown });
    expect(await emit('--require-proof')).toMatchObject({ status: 1, stdout: '' });
    expect((await verify('dev')).status).toBe(0);
    expect(await emit('--require-proof')).toEqual({ status: 0, stdout: before.stdout, stderr: '' });
  });

  test('is no proof of what was changed since, nor where it failed', async () => {
    await verify('--all');
    expect((await product.run(['emit-tf', 'prod'])).stderr).toContain('failed: assume-role');
    await product.put('xacct.yaml', FILE.replace('id-of-dev', 'new-id-of-dev'));
    expect((await emit('--require-proof')).stderr).toContain('it has changed since it was proved');
  });

  test('may come from another job', async () => {
    await verify('dev');
    await product.put('theirs.json', await product.read('.xacct/proofs/dev.json'));
    const flags = ['--role-arn', `arn:aws:iam::${TARGET}:role/dev`, '--external-id', 'id-of-dev', '--region', 'us-east-1'];
    await product.put('xacct.yaml', FILE.replace('dev:', 'other:'));
    const ran = await product.run(['emit-tf', '-c', 'absent.yaml', ...flags, '--proof', 'theirs.json', '--require-proof']);
    expect(ran.stderr).not.toContain('NOT_PROVED');
  });

  test('holds who proved what, and nothing secret', async () => {
    await verify('dev');
    const proof = JSON.parse(await product.read('.xacct/proofs/dev.json')) as object;
    expect(proof).toEqual({
      schema: 1,
      accessDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      sourceArn: `arn:aws:iam::${SOURCE}:user/admin`,
      roleArn: `arn:aws:iam::${TARGET}:role/dev`,
      checks: ['source-identity', 'assume-role', 'target-identity', 'no-external-id'].map((id) => ({ id, status: 'pass' })),
      provedSessionSeconds: 3600,
      provedAt: expect.any(String) as unknown,
    });
  });
});
