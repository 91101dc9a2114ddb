/** From what was said to an Access or a SpecRequest: defaults, places, and every problem at once. */
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#domain/diagnostic.ts';
import { parseAccess } from '#domain/parse-access.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import type { Result } from '#domain/result.ts';
import { NO_CONDITIONS } from '#domain/trust-conditions.ts';
import { layer } from '#domain/layer-input.ts';
import { allow, anAccess, anInput, SESSION_WISH } from '../../support/builders.ts';

const FRESH = 'f'.repeat(32);
const ROLE = 'arn:aws:iam::222222222222:role/ops/ci';
const NO_PERMISSIONS = { permissions: { value: 'none', place: '--permissions' } };

const problemsOf = (result: Result<unknown>): readonly string[] =>
  result.ok ? [] : result.diagnostics.map(({ path, code, message }: Diagnostic) => `${path} ${code}: ${message}`);

const policy = (name: string, content: string) => ({ value: `${name}=./p.json`, place: '--policy', content });
const S3 = policy('s3', JSON.stringify(allow('s3:GetObject')));

describe('a SpecRequest', () => {
  test('of nothing but permissions has every default', () => {
    expect(parseSpecRequest(anInput({}, NO_PERMISSIONS), FRESH)).toEqual({
      ok: true,
      value: {
        name: 'dev',
        sourceAccount: undefined,
        targetAccount: undefined,
        region: undefined,
        viaRole: [],
        source: {
          isGranted: false,
          grantTo: [],
          hubRole: 'xacct-hub',
          instanceRole: 'xacct-instance',
          trust: [],
          permissionsBoundary: undefined,
        },
        role: {
          name: 'xacct-terraform',
          path: '/',
          description: 'Assumed by Terraform from another account, managed by xacct',
          maxSessionSeconds: 3600,
          tags: {},
          trust: [{ kind: 'self' }],
          externalId: { kind: 'generate', fresh: FRESH, isDefault: true },
          conditions: NO_CONDITIONS,
          permissionsBoundary: undefined,
        },
        permissions: { policies: [], policyArns: [], presets: [], isAdminAllowed: false },
        session: SESSION_WISH,
      },
    });
  });

  test('tells every problem at once, each with its place', () => {
    const input = anInput(
      {
        sourceAccount: '1',
        targetAccount: '2',
        region: 'x',
        roleName: 'a b',
        path: 'ops',
        description: '日本',
        maxSessionDuration: '13h',
        tags: ['a'],
        trust: ['*', 'self', 'jane'],
        externalId: ['a b'],
        policyArns: ['p'],
        sessionName: 'a/b',
        duration: '1s',
      },
      { policies: [policy('a b', '{')] },
    );
    const result = parseSpecRequest(input, FRESH);
    const places = result.ok ? [] : result.diagnostics.map(({ path = '' }) => path.split('.json')[0]);
    expect(places.toSorted()).toEqual(
      [
        '--source-account',
        '--target-account',
        '--region',
        '--role-name',
        '--path',
        '--description',
        '--max-session-duration',
        '--tags',
        '--trust',
        '--trust',
        '--external-id',
        '--policy-arns',
        '--session-name',
        '--duration',
        '--policy',
        './p',
      ].toSorted(),
    );
  });

  test.each([
    [['generate'], { kind: 'generate', fresh: FRESH }],
    [['none'], { kind: 'none' }],
    [['ab'], { kind: 'given', values: ['ab'] }],
    [['new', 'old'], { kind: 'given', values: ['new', 'old'] }],
  ])('takes the external ids %j', (externalId, wish) => {
    const result = parseSpecRequest(anInput({ externalId }, NO_PERMISSIONS), FRESH);
    expect(result.ok && result.value.role.externalId).toEqual(wish);
  });

  test('wants permissions to be named, or the word none', () => {
    const result = parseSpecRequest(anInput({}), FRESH);
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [
        {
          code: 'USAGE',
          message: 'the role needs permissions, and none were named',
          hints: [
            { command: 'xacct init --preset s3-bucket:NAME' },
            { command: 'xacct init --policy s3=./s3.json' },
            { command: 'xacct init --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess' },
            { command: 'xacct init --permissions none' },
          ],
        },
      ],
    });
  });

  test.each([
    [{}, 'missing'],
    [{ Version: '2008-10-17' }, '2008-10-17'],
  ])('has no policy that IAM would not take as a managed one: %j', (document, version) => {
    const text = JSON.stringify({ ...document, Statement: allow('s3:GetObject').Statement });
    expect(problemsOf(parseSpecRequest(anInput({}, { policies: [policy('s3', text)] }), FRESH))).toEqual([
      `./p.json INVALID_POLICY: Version: is ${version}, and IAM makes managed policies of 2012-10-17 only`,
    ]);
  });

  test('has no two policies of one name, whatever their case', () => {
    const result = parseSpecRequest(anInput({}, { policies: [S3, { ...S3, value: 'S3=./p.json' }] }), FRESH);
    expect(problemsOf(result)).toEqual(['--policy INVALID_VALUE: two policies are called "S3"']);
  });

  test('has no policy whose full name is too long', () => {
    const long = { ...S3, value: `${'p'.repeat(120)}=./p.json` };
    const [said] = problemsOf(parseSpecRequest(anInput({}, { policies: [long] }), FRESH));
    expect(said).toBe(
      `--policy INVALID_VALUE: the policy's full name "xacct-terraform-${'p'.repeat(120)}" has 136 characters: 128 are allowed`,
    );
  });

  test('has no session longer than the role allows', () => {
    expect(problemsOf(parseSpecRequest(anInput({ duration: '2h' }, NO_PERMISSIONS), FRESH))).toEqual([
      "--duration INVALID_VALUE: sessions of 7200 s are longer than the role's maximum of 3600 s",
    ]);
    expect(parseSpecRequest(anInput({ duration: '2h', maxSessionDuration: '2h' }, NO_PERMISSIONS), FRESH).ok).toBe(true);
  });
});

describe('a permissions boundary', () => {
  const EDGE = 'arn:aws:iam::111111111111:policy/edge';
  const OF_AWS = 'arn:aws-cn:iam::aws:policy/PowerUserAccess';
  const saying = (texts: Readonly<Record<string, string | readonly string[]>>): readonly string[] =>
    problemsOf(parseSpecRequest(anInput(texts, NO_PERMISSIONS), FRESH));

  test.each<readonly [string, Readonly<Record<string, string | readonly string[]>>]>([
    ['of a role of instances', { trust: ['ec2'], sourcePermissionsBoundary: EDGE }],
    [
      'of the role of instances of that name',
      { trust: ['ec2:web'], sourcePermissionsBoundary: EDGE, sourceAccount: '111111111111' },
    ],
    ['of a hub', { sourceTrust: ['self'], sourcePermissionsBoundary: EDGE, sourceAccount: '111111111111' }],
    [
      'by AWS, whose partition is still to be found out',
      { trust: ['ec2'], sourcePermissionsBoundary: OF_AWS, sourceAccount: '111111111111' },
    ],
    [
      'of both sides',
      {
        trust: ['ec2'],
        sourcePermissionsBoundary: EDGE,
        permissionsBoundary: 'arn:aws:iam::222222222222:policy/edge',
        sourceAccount: '111111111111',
        targetAccount: '222222222222',
      },
    ],
  ])('%s is good', (_, texts) => {
    expect(saying(texts)).toEqual([]);
  });

  test.each<readonly [string, Readonly<Record<string, string | readonly string[]>>, readonly string[]]>([
    [
      'that is no policy',
      { trust: ['ec2'], sourcePermissionsBoundary: 'edge' },
      ['--source-permissions-boundary INVALID_VALUE: "edge" is not the ARN of a managed policy'],
    ],
    [
      'of the other account, on either side',
      {
        trust: ['ec2'],
        sourcePermissionsBoundary: 'arn:aws:iam::222222222222:policy/edge',
        permissionsBoundary: EDGE,
        sourceAccount: '111111111111',
        targetAccount: '222222222222',
      },
      [
        '--source-permissions-boundary INVALID_VALUE: the permissions boundary arn:aws:iam::222222222222:policy/edge is of account 222222222222, and the role that it would bound is of the source, 111111111111',
        `--permissions-boundary INVALID_VALUE: the permissions boundary ${EDGE} is of account 111111111111, and the role that it would bound is of the target, 222222222222`,
      ],
    ],
    [
      'of the source, where nothing is made',
      { trust: ['self', 'sso:Admin', 'github:acme/app:environment=prod'], sourcePermissionsBoundary: EDGE },
      [`--source-permissions-boundary USAGE: ${EDGE} is to bound the roles that are made in the source, and none is made there`],
    ],
  ])('%s is refused', (_, texts, said) => {
    expect(saying(texts)).toEqual(said);
  });
});

describe('an Access', () => {
  test('comes from the ARN of the role', () => {
    expect(parseAccess(anInput({ roleArn: ROLE, externalId: ['7f3c', 'old'], duration: '15m', region: 'eu-west-1' }))).toEqual({
      ok: true,
      value: anAccess({
        roleArn: ROLE,
        role: { partition: 'aws', account: '222222222222', path: '/ops/', name: 'ci' },
        externalIds: ['7f3c', 'old'],
        sessionSeconds: 900,
        region: 'eu-west-1',
      }),
    });
  });

  test.each([
    [{ targetAccount: '222222222222' }, 'arn:aws:iam::222222222222:role/xacct-terraform', 'us-east-1'],
    [
      { targetAccount: '222222222222', region: 'cn-north-1', roleName: 'ci', path: '/ops/' },
      'arn:aws-cn:iam::222222222222:role/ops/ci',
      'cn-north-1',
    ],
    [{ roleArn: 'arn:aws-us-gov:iam::222222222222:role/ci' }, 'arn:aws-us-gov:iam::222222222222:role/ci', 'us-gov-west-1'],
  ])('of %j is %s in %s', (texts, roleArn, region) => {
    const result = parseAccess(anInput(texts));
    expect(result.ok && [result.value.roleArn, result.value.region, result.value.externalIds]).toEqual([roleArn, region, []]);
  });

  test.each<readonly [Readonly<Record<string, string | readonly string[]>>, readonly string[]]>([
    [{}, ['--role-arn USAGE: which role? none was named']],
    [
      { roleArn: ROLE, region: 'cn-north-1' },
      ['--region MIXED_PARTITIONS: the role is in partition aws, and region cn-north-1 is not'],
    ],
    [
      { roleArn: ROLE, externalId: ['generate'] },
      ['--external-id INVALID_VALUE: generate makes sense where the role is made, in init'],
    ],
    [
      { roleArn: 'ci', sessionName: 'a/b', duration: '1s' },
      [
        '--role-arn INVALID_VALUE: "ci" is not the ARN of an IAM role',
        '--session-name INVALID_VALUE: "a/b" has a character that AWS does not take here: letters, digits and _ + = , . @ - are allowed',
        '--duration INVALID_VALUE: "1s" is 1 seconds: a session lasts between 15m and 12h',
      ],
    ],
  ])('of %j is refused', (texts, said) => {
    expect(problemsOf(parseAccess(anInput(texts)))).toEqual(said);
  });
});

describe('flags over file', () => {
  const flags = anInput({ roleName: 'flag', trust: ['self'], tags: ['a=1'] });
  const file = anInput(
    { roleName: 'file', path: '/file/', trust: ['111111111111'], tags: ['b=2', 'c=3'], policyArns: ['x'] },
    { policies: [S3] },
  );

  test('replace value by value, lists as a whole, but --trust adds to the file', () => {
    expect(layer(flags, file)).toEqual({
      ...file,
      roleName: flags.roleName,
      tags: [...(file.tags ?? []), ...(flags.tags ?? [])],
      trust: [...(file.trust ?? []), ...(flags.trust ?? [])],
    });
  });

  test.each([
    ['tags', ['Team=a', 'env=x'], ['team=b'], ['env=x', 'team=b']],
    ['requiredSessionTags', ['team', 'env=x'], ['team=b'], ['env=x', 'team=b']],
    ['policies', ['s3=policies/s3.json', 'kms=kms.json'], ['./new/S3.json'], ['kms=kms.json', './new/S3.json']],
  ] as const)('keep of the map %s what they do not name', (name, inFile, flag, both) => {
    const layered = layer(anInput({ [name]: flag }), anInput({ [name]: inFile }));
    expect(layered[name]?.map(({ value }) => value)).toEqual(both);
  });

  test('keep the file where nothing was said, and are alone where there is no file', () => {
    expect(layer(anInput({}), file)).toEqual(file);
    expect(layer(flags, anInput({}))).toEqual(flags);
  });

  test('--permissions none takes the permissions of the file away; a policy takes none away', () => {
    const none = anInput({}, NO_PERMISSIONS);
    expect(layer(none, file)).toEqual({ ...file, ...NO_PERMISSIONS, policies: undefined, policyArns: undefined });
    expect(layer(anInput({ policyArns: ['y'] }), none)).toEqual(anInput({ policyArns: ['y'] }));
    expect(layer(anInput({}), none)).toEqual(none);
  });
});
