/** How the target is entered: with a code of an MFA device. */
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product, type RunOptions } from '../support/product.ts';
import { mfaCodeOf } from '../support/totp.ts';

const SEED = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const DEVICE = `arn:aws:iam::${SOURCE}:mfa/jane`;
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;

const trusting = (principal: string, condition: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole', ...condition }],
});

const MFA_ONLY = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

const seed = {
  accounts: {
    [SOURCE]: {
      users: [{ UserName: 'jane', ManagedPolicyArns: [ADMIN], MFADevices: [{ Name: 'jane', Base32StringSeed: SEED }] }],
    },
    [TARGET]: {
      roles: [{ RoleName: 'guarded', ManagedPolicyArns: [ADMIN], AssumeRolePolicyDocument: trusting(JANE, MFA_ONLY) }],
    },
  },
};

let product: Product;

afterEach(() => product.close());

/** Profiles of jane: her keys; and the guarded role, for which she shows a code. */
const open = async (): Promise<Pick<RunOptions, 'env'>> => {
  product = await openProduct({ seed });
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'jane');
  const lines = [
    '[profile jane]',
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    'region = us-east-1',
    '[profile guarded]',
    `role_arn = arn:aws:iam::${TARGET}:role/guarded`,
    'source_profile = jane',
    `mfa_serial = ${DEVICE}`,
    '',
  ];
  await product.put('aws-config', lines.join('\n'));
  await product.put('s3.json', S3_POLICY);
  return { env: { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') } };
};

const INIT = ['init', '--target-profile', 'guarded', '--trust', JANE, '--policy', 's3.json'];
const CODE = { asked: `Code of the MFA device ${DEVICE}` };

describe('a profile with an MFA device', () => {
  test('asks for one code, and for no other as long as the session lasts', async () => {
    const options = await open();
    await product.put('xacct.yaml', fileOf());
    const { status, stderr } = await product.run(['init', '--target-profile', 'guarded'], {
      ...options,
      answers: [
        { ...CODE, answer: '12345' },
        { ...CODE, answer: mfaCodeOf(SEED) },
        { asked: 'Make these changes', answer: true },
      ],
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('with a wrong code is told so, and nothing is written', async () => {
    const options = await open();
    await product.put('xacct.yaml', fileOf());
    const { status, stderr } = await product.run(['plan', '--target-profile', 'guarded'], {
      ...options,
      answers: [{ ...CODE, answer: '000000' }],
    });
    expect(status).toBe(3);
    expect(stderr).toContain('invalid MFA one time pass code');
    expect(product.writes()).toEqual([]);
  });

  test('without a person names the device and the way without one', async () => {
    const options = await open();
    const { status, stderr } = await product.run([...INIT, '--yes'], options);
    expect(status).toBe(3);
    expect(stderr).toContain(`profile guarded needs a code of the MFA device ${DEVICE}, and there is nobody to ask`);
    expect(stderr).toContain('aws configure export-credentials --profile guarded --format env');
  });
});

const fileOf = (): string =>
  [
    'version: 1',
    `source: { account: "${SOURCE}" }`,
    `role: { trust: ["${JANE}"] }`,
    'permissions: { policies: { s3: s3.json } }',
    `targets: { dev: { account: "${TARGET}", role: { externalId: none } } }`,
    '',
  ].join('\n');
