import { describe, expect, test } from 'vitest';
import { settlePermissions, type PermissionsRequest } from '#domain/permissions.ts';
import type { PolicyDocument, Statement } from '#domain/policy-document.ts';
import type { PresetPlace } from '#domain/preset.ts';
import { exampleOf, PRESETS } from '#domain/presets.ts';

const PLACE: PresetPlace = {
  partition: 'aws',
  account: '222222222222',
  role: { name: 'xacct-terraform', path: '/' },
  boundary: undefined,
};

const settle = (request: Partial<PermissionsRequest>, place = PLACE) =>
  settlePermissions({ presets: [], policies: [], policyArns: [], isAdminAllowed: false, ...request }, place);

const policy = (...Statement: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*'): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const one = (document: PolicyDocument, name = 'p') => ({ policies: [{ name, document }] });

/** Severity, code and the words of what was found. */
const findings = (request: Partial<PermissionsRequest>, place = PLACE): readonly string[] => {
  const result = settle(request, place);
  const found = result.ok ? result.value.warnings : result.diagnostics;
  return found.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
};

test('a preset that is none is refused with all else that is wrong', () => {
  expect(findings({ ...one(policy(allow('*'))), presets: ['s3'] })).toEqual([
    expect.stringMatching(/^error INVALID_VALUE "s3" is no preset/),
    expect.stringMatching(/^error ADMIN_ACCESS/),
  ]);
});

describe('administrators', () => {
  const EVERYTHING = 'policy p, Statement[0] allows everything, IAM included';
  const IAM = 'policy p, Statement[0] allows all of IAM, by which the role can give itself everything';

  test.each<readonly [string, Statement, string]>([
    ['*', allow('*'), EVERYTHING],
    ['*:*', allow('*:*'), EVERYTHING],
    ['a list with *', allow(['s3:GetObject', '*']), EVERYTHING],
    ['on every ARN', allow('*', 'arn:aws:*'), EVERYTHING],
    ['everything but something', { Effect: 'Allow', NotAction: 's3:DeleteBucket', Resource: '*' }, EVERYTHING],
    ['everything but on something', { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::x' }, EVERYTHING],
    ['with a condition', { ...allow('*'), Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } }, EVERYTHING],
    ['iam:*', allow('iam:*'), IAM],
    ['IAM:*', allow('IAM:*'), IAM],
    ['i*', allow('i*'), IAM],
    ['iam:* on roles', allow('iam:*', 'arn:aws:iam::222222222222:role/*'), IAM],
  ])('%s is refused, and a warning with --allow-admin', (_, statement, message) => {
    expect(findings(one(policy(statement)))).toEqual([`error ADMIN_ACCESS ${message}`]);
    expect(findings({ ...one(policy(statement)), isAdminAllowed: true })).toContain(`warning ADMIN_ACCESS ${message}`);
  });

  test.each(['AdministratorAccess', 'IAMFullAccess'])('%s is refused too', (name) => {
    const policyArns = [`arn:aws:iam::aws:policy/${name}`];
    expect(findings({ policyArns })).toEqual([expect.stringMatching(/^error ADMIN_ACCESS arn:/)]);
    expect(findings({ policyArns, isAdminAllowed: true })).toEqual([expect.stringMatching(/^warning ADMIN_ACCESS arn:/)]);
  });

  test('a policy of the account that has the same name is not', () => {
    expect(findings({ policyArns: ['arn:aws:iam::222222222222:policy/AdministratorAccess'] })).toEqual([]);
  });

  test('a way to the same is a warning', () => {
    for (const action of ['iam:AttachRolePolicy', 'iam:Put*', ['s3:GetObject', 'iam:CreatePolicyVersion']])
      expect(findings(one(policy(allow(action))))).toEqual([
        expect.stringMatching(
          /^warning ADMIN_ACCESS policy p, Statement\[0\] lets the role change the policies of any role, its own too/,
        ),
      ]);
  });

  test.each<readonly [string, Statement]>([
    ['one service', allow('s3:*')],
    ['reading IAM', allow(['iam:Get*', 'iam:List*'])],
    ['IAM below a path', allow('iam:*', 'arn:aws:iam::222222222222:role/app/*')],
    [
      'roles with a boundary',
      { ...allow('iam:*'), Condition: { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::2:policy/b' } } },
    ],
    ['everything but IAM', { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: '*' }],
    ['denying everything', { Effect: 'Deny', Action: '*', Resource: '*' }],
  ])('%s is not', (_, statement) => {
    expect(findings(one(policy(statement))).filter((text) => text.includes('ADMIN_ACCESS'))).toEqual([]);
  });

  test('of the presets only admin is one, whatever the boundary', () => {
    const refused = PRESETS.filter((one) => {
      const places = [PLACE, { ...PLACE, boundary: 'arn:aws:iam::222222222222:policy/edge' }];
      return places.some((place) =>
        findings({ presets: [exampleOf(one)] }, place).some((text) => text.startsWith('error ADMIN_ACCESS')),
      );
    });
    expect(refused.map(({ name }) => name)).toEqual(['admin']);
  });
});

describe('documents that are too long', () => {
  const statement = (index: number, resources: number): Statement => ({
    Sid: `S${index}`,
    ...allow(
      's3:GetObject',
      Array.from({ length: resources }, (_, i) => `arn:aws:s3:::bucket-${index}-${String(i).padStart(4, '0')}/*`),
    ),
  });
  // 80 resources are some 2,900 characters: two statements fit, three do not.
  const long = policy(...[1, 2, 3, 4, 5].map((index) => statement(index, 80)));

  test('become several, in order, each within the quota, always the same', () => {
    const result = settle(one(long, 'big'));
    if (!result.ok) throw new Error('refused');
    const parts = result.value.policies.map(({ name, document }) => [name, [document.Statement].flat().map(({ Sid }) => Sid)]);
    expect(parts).toEqual([
      ['big', ['S1', 'S2']],
      ['big-2', ['S3', 'S4']],
      ['big-3', ['S5']],
    ]);
    for (const { document } of result.value.policies) expect(JSON.stringify(document).length).toBeLessThanOrEqual(6144);
    expect(settle(one(long, 'big'))).toEqual(result);
  });

  test('are measured without white space, to the character', () => {
    const filled = (size: number): PolicyDocument => {
      const empty = policy({ ...allow('s3:GetObject', 'arn:aws:s3:::') });
      return policy(allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(size - JSON.stringify(empty).length)}`));
    };
    expect(JSON.stringify(filled(6144))).toHaveLength(6144);
    expect(findings(one(filled(6144)))).toEqual([]);
    expect(findings(one(filled(6145)))).toEqual([
      'error POLICY_TOO_LONG statement 0 (counted from 0) of the policy p has 6,145 characters without white space: a managed policy takes 6,144',
    ]);
    const spaced = policy(allow('s3:GetObject', `arn:aws:s3:::${' '.repeat(7000)}`));
    expect(findings(one(spaced))).toEqual([]);
  });

  test('a part whose name is taken is refused', () => {
    const policies = [...one(long, 'big').policies, { name: 'BIG-2', document: policy(allow('s3:GetObject')) }];
    expect(findings({ policies })).toEqual([
      'error INVALID_VALUE two policies would be called "BIG-2"'.replace('BIG-2', 'BIG-2'),
    ]);
    expect(findings({ ...one(policy(allow('s3:GetObject')), 's3-bucket'), presets: ['s3-bucket:abc'] })).toEqual([
      'error INVALID_VALUE two policies would be called "s3-bucket"',
    ]);
  });

  test('more attachments than a role takes are refused, more than the usual quota are a warning', () => {
    const arns = (count: number) => Array.from({ length: count }, (_, i) => `arn:aws:iam::aws:policy/P${i}`);
    expect(findings({ policyArns: arns(10) })).toEqual([]);
    expect(findings({ policyArns: arns(11) })).toEqual([
      'warning POLICY_TOO_LONG the role would have 11 policies attached: AWS takes 10 unless the quota of the account was raised (25 at most)',
    ]);
    expect(findings({ policyArns: arns(25), ...one(policy(allow('s3:GetObject'))) })).toEqual([
      'error POLICY_TOO_LONG the role would have 26 policies attached: AWS takes 25 at most',
    ]);
  });
});

describe('creating without reading', () => {
  test('the create-and-delete policy of many a tutorial is warned of, with the way out', () => {
    const result = settle(one(policy(allow(['s3:CreateBucket', 's3:DeleteBucket', 's3:PutObject'], 'arn:aws:s3:::b'))));
    expect(result).toMatchObject({
      ok: true,
      value: {
        warnings: [
          {
            code: 'MISSING_READS',
            message: expect.stringMatching(
              /^s3:CreateBucket is allowed, and 14 of the 14 reads by which Terraform refreshes aws_s3_bucket are not: /,
            ),
            hints: [{ text: expect.stringContaining('s3:GetBucketCORS') }, { command: 'xacct init --preset s3-bucket:NAME' }],
          },
        ],
      },
    });
  });

  test('one read that is missing is named', () => {
    const most = ['s3:CreateBucket', 's3:GetBucket*', 's3:GetEncryptionConfiguration', 's3:GetLifecycleConfiguration'];
    const document = policy(allow([...most, 's3:GetReplicationConfiguration', 's3:ListBucket'], 'arn:aws:s3:::b'));
    expect(findings(one(document))).toEqual([
      expect.stringContaining(
        '1 of the 14 reads by which Terraform refreshes aws_s3_bucket are not: s3:GetAccelerateConfiguration;',
      ),
    ]);
  });

  test.each([
    [
      'sqs:CreateQueue',
      '2 of the 2 reads by which Terraform refreshes aws_sqs_queue are not: sqs:GetQueueAttributes, sqs:ListQueueTags;',
    ],
    [
      'iam:CreatePolicy',
      '2 of the 2 reads by which Terraform refreshes aws_iam_policy are not: iam:GetPolicy, iam:GetPolicyVersion;',
    ],
    ['ec2:CreateSubnet', '1 of the 1 reads by which Terraform refreshes aws_subnet are not: ec2:DescribeSubnets;'],
    ['kms:CreateKey', 'aws_kms_key are not: kms:DescribeKey, kms:GetKeyPolicy, kms:GetKeyRotationStatus, kms:ListResourceTags;'],
  ])('%s alone is warned of', (action, said) => {
    expect(findings(one(policy(allow(action, 'arn:aws:x:::y'))))).toEqual([expect.stringContaining(said)]);
  });

  test('reads count wherever they stand, and an attached policy may hold them', () => {
    const creates = policy(allow('s3:CreateBucket'));
    const reads = { name: 'reads', document: policy(allow(['s3:Get*', 's3:List*'])) };
    expect(findings({ policies: [...one(creates).policies, reads] })).toEqual([]);
    expect(findings({ ...one(creates), policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] })).toEqual([]);
    expect(findings(one(policy(allow('s3:GetBucketAcl'))))).toEqual([]);
  });

  test('no preset lacks a read', () => {
    for (const one of PRESETS) {
      const found = findings({ presets: [exampleOf(one)], isAdminAllowed: true });
      expect(found.filter((text) => text.includes('MISSING_READS'))).toEqual([]);
    }
  });
});
