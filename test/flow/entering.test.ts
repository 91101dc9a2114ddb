/** How the target is entered: with a code of an MFA device, through roles of others; and what stops before anything is written. */
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

const MANAGEMENT = '999999999999';
const ENTRY = `arn:aws:iam::${MANAGEMENT}:role/entry`;

const seed = {
  accounts: {
    [SOURCE]: {
      users: [{ UserName: 'jane', ManagedPolicyArns: [ADMIN], MFADevices: [{ Name: 'jane', Base32StringSeed: SEED }] }],
    },
    [MANAGEMENT]: { roles: [{ RoleName: 'entry', ManagedPolicyArns: [ADMIN], AssumeRolePolicyDocument: trusting(JANE) }] },
    [TARGET]: {
      roles: [
        { RoleName: 'OrganizationAccountAccessRole', ManagedPolicyArns: [ADMIN], AssumeRolePolicyDocument: trusting(ENTRY) },
        { RoleName: 'direct', ManagedPolicyArns: [ADMIN], AssumeRolePolicyDocument: trusting(JANE) },
        { RoleName: 'guarded', ManagedPolicyArns: [ADMIN], AssumeRolePolicyDocument: trusting(JANE, MFA_ONLY) },
      ],
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
    '[profile jane-mfa]',
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
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

const THROUGH = ['--target-profile', 'jane', '--trust', JANE, '--policy', 's3.json', '--external-id', 'none', '--yes'];

/** Who made what there is. */
const callers = (): readonly (string | null)[] => [
  ...new Set(product.sandbox.log().flatMap(({ write, caller }) => (write ? [caller] : []))),
];

describe('--via-role', () => {
  test('enters the target by the role of that name, one role after the other, and is kept in the file', async () => {
    const options = await open();
    const via = ['--via-role', ENTRY, '--via-role', 'OrganizationAccountAccessRole'];
    const made = await product.run(['init', ...THROUGH, '--target-account', TARGET, ...via], options);
    expect({ status: made.status, stderr: made.status === 0 ? '' : made.stderr }).toEqual({ status: 0, stderr: '' });
    expect(callers()).toEqual([`arn:aws:sts::${TARGET}:assumed-role/OrganizationAccountAccessRole/xacct`]);
    expect(await product.read('xacct.yaml')).toContain(`viaRole: ["${ENTRY}", "OrganizationAccountAccessRole"]`);
    const planned = await product.run(['plan', '--target-profile', 'jane', '--check'], options);
    expect(planned.status).toBe(0);
    const gone = await product.run(['destroy', '--target-profile', 'jane', '--yes'], options);
    expect({ status: gone.status, stderr: gone.status === 0 ? '' : gone.stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('is the way of a plan in a file, too, from flags and from the file that came of them', async () => {
    const options = await open();
    const via = ['--via-role', ENTRY, '--via-role', 'OrganizationAccountAccessRole'];
    const flags = THROUGH.slice(0, -1);
    const ended = async (argv: readonly string[]) => {
      const { status, stderr } = await product.run(argv, options);
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    };
    await ended(['plan', ...flags, '--target-account', TARGET, ...via, '--out', 'p']);
    await ended(['init', '--target-profile', 'jane', '--plan', 'p', '--yes']);
    expect(callers()).toEqual([`arn:aws:sts::${TARGET}:assumed-role/OrganizationAccountAccessRole/xacct`]);
    expect(await product.read('xacct.yaml')).toContain(`viaRole: ["${ENTRY}", "OrganizationAccountAccessRole"]`);
    await ended(['plan', '--target-profile', 'jane', '--max-session-duration', '2h', '--out', 'q']);
    await ended(['init', '--target-profile', 'jane', '--plan', 'q', '--yes']);
    expect(callers()).toHaveLength(1);
  });

  test('writes no credential anywhere', async () => {
    const options = await open();
    const made = await product.run(['init', ...THROUGH, '--target-account', TARGET, '--via-role', 'direct', '--debug'], options);
    expect(made.status).toBe(0);
    const said = [made.stdout, made.stderr, await product.journal(), await product.read('xacct.yaml')].join('');
    expect(said).not.toMatch(/ASIA[A-Z0-9]{12}|SecretAccessKey|SessionToken/);
  });

  test('with a profile of keys and an MFA device asks for a code for the first role', async () => {
    const options = await open();
    const args = ['--target-profile', 'jane-mfa', '--target-account', TARGET, '--via-role', 'guarded'];
    await product.put('xacct.yaml', fileOf());
    const answers = [{ ...CODE, answer: mfaCodeOf(SEED) }];
    expect(await product.run(['plan', ...args], { ...options, answers })).toMatchObject({ status: 0 });
    const { status, stderr } = await product.run(['plan', ...args], options);
    expect([status, stderr]).toEqual([3, expect.stringContaining('because no role trust policy')]);
  });

  test.each([
    ['that lets nobody in', ['--target-account', TARGET, '--via-role', 'missing'], 3, 'profile jane cannot enter'],
    ['of another account', ['--target-account', TARGET, '--via-role', ENTRY], 3, `the way in ends in account ${MANAGEMENT}`],
    ['without an account', ['--via-role', 'direct'], 2, 'of which account was not said'],
    [
      'of another partition',
      ['--target-account', TARGET, '--via-role', `arn:aws-cn:iam::${TARGET}:role/direct`],
      2,
      'is not in the partition of region us-east-1',
    ],
    ['that is no role', ['--target-account', TARGET, '--via-role', 'a role'], 2, 'is neither the name of a role nor its ARN'],
  ])('%s stops before anything is written', async (_, args, wanted, text) => {
    const options = await open();
    const { status, stderr } = await product.run(['init', ...THROUGH, '--region', 'us-east-1', ...args], options);
    expect({ status, says: stderr.includes(text) ? text : stderr }).toEqual({ status: wanted, says: text });
    expect(product.writes()).toEqual([]);
  });
});

describe('what was expected', () => {
  test.each([
    ['--target-account', MANAGEMENT, 3, 'the target should be account'],
    ['--source-account', MANAGEMENT, 3, 'the source should be account'],
    ['--region', 'cn-north-1', 2, 'is not in partition'],
  ])('%s %s, and is not, stops before anything is written', async (flag, value, wanted, text) => {
    const options = await open();
    const args = ['--target-profile', 'jane', '--source-profile', 'jane'];
    const both = flag === '--source-account' ? ['--via-role', `arn:aws:iam::${TARGET}:role/direct`, ...args] : args.slice(0, 2);
    const rest = ['--trust', JANE, '--policy', 's3.json', '--yes', flag, value];
    const { status, stderr } = await product.run(['init', ...both, ...rest], options);
    expect({ status, says: stderr.includes(text) ? text : stderr }).toEqual({ status: wanted, says: text });
    expect(product.writes()).toEqual([]);
  });
});
