/** Sessions that are narrowed when they are asked for: by a policy of their own, by managed ones, or by both. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('narrow.json', S3_POLICY);
});
afterEach(() => product.close());

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const INIT = ['init', ...BOTH, '--permissions', 'none', '--yes'];

/** 1,900 characters: with an ARN too much for STS, alone not. */
const LONG = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::b/${'x'.repeat(1800)}` }],
});

test('are of the file once init wrote it, wherever the policy was seen from, and Terraform passes them', async () => {
  const ran = await product.run([...INIT, '--session-policy', 'narrow.json', '--session-policy-arn', READ_ONLY]);
  expect(ran.status, ran.stderr).toBe(0);
  const file = await product.read('xacct.yaml');
  expect(file).toContain('sessionPolicy: "./narrow.json"');
  expect(file).toContain(`sessionPolicyArns: ["${READ_ONLY}"]`);
  const terraform = await product.run(['emit-tf', '--json']);
  expect(terraform.stdout).toContain(`policy_arns  = [\\"${READ_ONLY}\\"]`);
  expect(terraform.stdout).toMatch(/policy +=/);
  expect(await product.run(['plan', '--check'])).toMatchObject({ status: 0 });
  expect((await product.run(['emit', 'aws-config'])).stdout).toContain('a profile passes no session policy');
});

test('are sent when the role is proved: STS packs both, and says when that is too much', async () => {
  await product.put('long.json', LONG);
  expect(await product.run(INIT)).toMatchObject({ status: 0 });
  const verify = ['verify', '--source-profile', 'source', '--session-policy', 'long.json'];
  expect(await product.run(verify)).toMatchObject({ status: 0 });
  const four = ['AdministratorAccess', 'PowerUserAccess', 'ReadOnlyAccess', 'AmazonS3FullAccess'];
  const ran = await product.run([
    ...verify,
    ...four.flatMap((name) => ['--session-policy-arn', `arn:aws:iam::aws:policy/${name}`]),
  ]);
  expect(ran.status).toBe(1);
  expect(ran.stderr + ran.stdout).toContain('PackedPolicyTooLarge');
  const missing = await product.run([
    'verify',
    '--source-profile',
    'source',
    '--session-policy-arn',
    `arn:aws:iam::${TARGET}:policy/gone`,
  ]);
  expect(missing.status).toBe(1);
  expect(missing.stderr + missing.stdout).toContain('does not exist or is not attachable');
});

test('come from a plan file, too, and --save puts them into the file', async () => {
  expect(
    await product.run(['plan', ...BOTH, '--permissions', 'none', '--session-policy', 'narrow.json', '--out', 'p']),
  ).toMatchObject({
    status: 0,
  });
  const ran = await product.run(['init', ...BOTH, '--plan', 'p', '--yes']);
  expect(ran.status, ran.stderr).toBe(0);
  expect(await product.read('xacct.yaml')).toContain('sessionPolicy: "./narrow.json"');
  await product.put('other.json', LONG);
  expect(await product.run(['init', '--yes', '--save', '--session-policy', 'other.json', ...BOTH])).toMatchObject({ status: 0 });
  expect(await product.read('xacct.yaml')).toContain('sessionPolicy: ./other.json');
});

describe('that cannot be', () => {
  test.each<[what: string, argv: readonly string[], words: string]>([
    ['a file that is missing', ['--session-policy', 'gone.json'], 'there is no file gone.json'],
    ['a document that is no policy', ['--session-policy', 'bad.json'], 'Statement'],
    ['one that is too long', ['--session-policy', 'longer.json'], 'characters: STS takes 2048'],
    ['more than ten', Array.from({ length: 11 }, (_, i) => ['--session-policy-arn', `${READ_ONLY}${i}`]).flat(), 'STS takes 10'],
    [
      'one of another account',
      ['--session-policy-arn', `arn:aws:iam::${SOURCE}:policy/p`, '--target-account', TARGET],
      'is not of the target account',
    ],
  ])('are refused before anything is made or asked: %s', async (_what, argv, words) => {
    await product.put('bad.json', '{"Version":"2012-10-17"}');
    await product.put('longer.json', LONG.replace('xxx', 'x'.repeat(400)));
    const made = await product.run([...INIT, ...argv]);
    expect(made.status).toBe(2);
    expect(made.stderr).toContain(words);
    const emitted = await product.run(['emit-tf', '--role-arn', ROLE, '--region', 'us-east-1', ...argv]);
    expect({ status: emitted.status, stdout: emitted.stdout }).toEqual({ status: 2, stdout: '' });
    expect(product.writes()).toEqual([]);
  });
});

test('are not looked for by what takes the role away', async () => {
  expect(await product.run([...INIT, '--session-policy', 'narrow.json'])).toMatchObject({ status: 0 });
  await product.put('xacct.yaml', (await product.read('xacct.yaml')).replace('./narrow.json', './gone.json'));
  expect(await product.run(['verify'])).toMatchObject({ status: 2 });
  expect(await product.run(['lock', '--yes'])).toMatchObject({ status: 0 });
  expect(await product.run(['unlock', '--yes'])).toMatchObject({ status: 0 });
  expect(await product.run(['destroy', '--yes'])).toMatchObject({ status: 0 });
});

test('narrow a workflow that enters the target directly', async () => {
  const trust = ['--trust', 'github:acme/app:environment=prod', '--source-account', SOURCE, '--target-profile', 'target'];
  const argv = ['init', ...trust, '--permissions', 'none', '--external-id', 'none', '--yes'];
  const made = await product.run([...argv, '--session-policy', 'narrow.json', '--session-policy-arn', READ_ONLY]);
  expect(made.status, made.stderr).toBe(0);
  const { stdout } = await product.run(['emit', 'github-actions']);
  expect(stdout).toContain('inline-session-policy: "{');
  expect(stdout).toContain(`managed-session-policies: ${READ_ONLY}`);
});
