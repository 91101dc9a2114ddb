/** Who may be trusted, as a person names it. */
import { describe, expect, test } from 'vitest';
import { isSsoRole, namePrincipal, settleAccount, settleArn } from '#domain/principal.ts';
import { parsePrincipal, type PrincipalRequest } from '#domain/principal-request.ts';

const TAKEN: readonly (readonly [string, PrincipalRequest])[] = [
  ['self', { kind: 'self' }],
  ['111111111111', { kind: 'account', account: '111111111111' }],
  [
    'arn:aws:iam::111111111111:root',
    { kind: 'arn', arn: 'arn:aws:iam::111111111111:root', account: '111111111111', partition: 'aws' },
  ],
  [
    'arn:aws-cn:iam::111111111111:user/ops/jane',
    { kind: 'arn', arn: 'arn:aws-cn:iam::111111111111:user/ops/jane', account: '111111111111', partition: 'aws-cn' },
  ],
  [
    'arn:aws:iam::111111111111:role/ci',
    { kind: 'arn', arn: 'arn:aws:iam::111111111111:role/ci', account: '111111111111', partition: 'aws' },
  ],
];

const oidc = (
  name: string,
  issuer: string,
  audience: string,
  ...subjects: readonly [string, ...string[]]
): readonly [string, PrincipalRequest] => [name, { kind: 'oidc', name, issuer, audience, subjects }];
const GITHUB = 'token.actions.githubusercontent.com';
const EKS = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';

const OTHERS: readonly (readonly [string, PrincipalRequest])[] = [
  ['sso:My.Set', { kind: 'sso', permissionSet: 'My.Set', account: undefined }],
  ['sso:111111111111/Admin', { kind: 'sso', permissionSet: 'Admin', account: '111111111111' }],
  ['ec2', { kind: 'ec2', roleName: undefined }],
  ['ec2:runner', { kind: 'ec2', roleName: 'runner' }],
  oidc('github:acme/app:ref=refs/heads/main', GITHUB, 'sts.amazonaws.com', 'repo:acme/app:ref:refs/heads/main'),
  oidc('github:acme/app:environment=a:b', GITHUB, 'sts.amazonaws.com', 'repo:acme/app:environment:a%3Ab'),
  oidc(
    'github:acme@1/app@2:pull_request',
    GITHUB,
    'sts.amazonaws.com',
    'repo:acme/app:pull_request',
    'repo:acme@1/app@2:pull_request',
  ),
  oidc('gitlab:a/b/c:tag=v1', 'gitlab.com', 'https://gitlab.com', 'project_path:a/b/c:ref_type:tag:ref:v1'),
  oidc('gitlab:git.acme.io//a/b:branch=main', 'git.acme.io', 'https://git.acme.io', 'project_path:a/b:ref_type:branch:ref:main'),
  oidc(
    'tfc:acme/web/prod:plan',
    'app.terraform.io',
    'aws.workload.identity',
    'organization:acme:project:web:workspace:prod:run_phase:plan',
  ),
  oidc(
    'tfc:acme/web/prod',
    'app.terraform.io',
    'aws.workload.identity',
    'organization:acme:project:web:workspace:prod:run_phase:plan',
    'organization:acme:project:web:workspace:prod:run_phase:apply',
  ),
  oidc(`irsa:https://${EKS}:infra/terraform`, EKS, 'sts.amazonaws.com', 'system:serviceaccount:infra:terraform'),
];

describe('a principal', () => {
  test.each(OTHERS)('%s is taken', (text, request) => {
    expect(parsePrincipal({ value: text, place: '--trust' })).toEqual({ ok: true, value: request });
  });

  test.each([
    ['github:acme/app', 'names every branch, tag and pull request of acme/app: say which one'],
    ['github:acme/app:ref=main', 'has a short ref: write :ref=refs/heads/NAME for a branch'],
    ['github:acme/app:branch=main', 'does not say which runs of acme/app'],
    ['github:acme/*:pull_request', 'has a wildcard'],
    ['github:acme/app:environment=${aws:PrincipalTag/any}', 'has a policy variable'],
    ['gitlab:acme/app:branch=${gitlab.com:sub}', 'has a policy variable'],
    ['github:acme@1/app:pull_request', 'has one id'],
    ['github:acme', 'is not OWNER/REPO'],
    ['gitlab:acme/app', 'names every branch and tag of acme/app'],
    ['gitlab:acme:branch=main', 'is not GROUP/PROJECT:branch=NAME'],
    ['tfc:acme/prod', 'is not ORG/PROJECT/WORKSPACE'],
    ['tfc:acme/web/prod:destroy', 'is not ORG/PROJECT/WORKSPACE'],
    ['irsa:http://x:a/b', 'is not https://ISSUER:NAMESPACE/SERVICE_ACCOUNT'],
    ['sso:', 'is not sso:PERMISSION_SET'],
    ['sso:a b', 'is not sso:PERMISSION_SET'],
    ['ec2:a/b', 'is not ec2:ROLE'],
    ['pods.eks.amazonaws.com', 'Trust the role of the pod, by its ARN'],
    ['lambda.amazonaws.com', 'Trust the role that runs there'],
  ])('%s is refused: %s', (text, reason) => {
    expect(parsePrincipal({ value: text, place: '--trust' })).toMatchObject({
      ok: false,
      diagnostics: [{ message: expect.stringContaining(reason) as unknown, path: '--trust' }],
    });
  });

  test.each(TAKEN)('%s is taken', (text, request) => {
    expect(parsePrincipal({ value: text, place: '--trust' })).toEqual({ ok: true, value: request });
  });

  test('a session stands for its role', () => {
    expect(parsePrincipal({ value: 'arn:aws:sts::111111111111:assumed-role/ci/run-1', place: '--trust' })).toMatchObject({
      ok: true,
      value: { kind: 'session', account: '111111111111', partition: 'aws', roleName: 'ci' },
    });
  });

  test.each([
    ['*', 'the principal "*" has a wildcard: a role would trust more than you can name'],
    [
      'arn:aws:iam::111111111111:role/*',
      'the principal "arn:aws:iam::111111111111:role/*" has a wildcard: a role would trust more than you can name',
    ],
    [
      'ec2.amazonaws.com',
      'the principal "ec2.amazonaws.com" is a service: in the target it lets instances of the target in, and none of yours. Trust the role of your instances',
    ],
    ['1111', 'the principal "1111" has 4 digits: an account id has 12'],
    [
      'arn:aws:iam::111111111111:group/admins',
      'the principal "arn:aws:iam::111111111111:group/admins" is an ARN, but not of an account root, user, role or role session',
    ],
    ['jane', 'the principal "jane" is not a principal'],
    ['', 'the principal "" is not a principal'],
    ['Self', 'the principal "Self" is not a principal'],
  ])('%j is refused', (text, message) => {
    const result = parsePrincipal({ value: text, place: '--trust' });
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'INVALID_VALUE', message, path: '--trust' }] });
  });

  test('is settled as an account root in the partition of the target, or as the ARN itself', () => {
    expect(settleAccount('aws-us-gov', '111111111111')).toEqual({
      kind: 'aws',
      arn: 'arn:aws-us-gov:iam::111111111111:root',
      account: '111111111111',
    });
    const arn = 'arn:aws:iam::111111111111:role/ci';
    expect(settleArn(arn, '111111111111')).toEqual({ kind: 'aws', arn, account: '111111111111' });
  });

  test('that is a role of IAM Identity Center stands for its permission set', () => {
    const path = 'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_My_Admins_0123456789abcdef';
    expect(settleArn(`arn:aws:iam::111111111111:role/${path}`, '111111111111')).toEqual({
      kind: 'sso',
      account: '111111111111',
      permissionSet: 'My_Admins',
    });
    expect([isSsoRole('AWSReservedSSO_Admin_0123'), isSsoRole('my-AWSReservedSSO_')]).toEqual([true, false]);
  });

  test('is named as a person would', () => {
    const sso = { kind: 'sso', account: '111111111111', permissionSet: 'Admin' } as const;
    expect([namePrincipal(sso, '111111111111'), namePrincipal(sso, '222222222222')]).toEqual([
      'sso:Admin',
      'sso:111111111111/Admin',
    ]);
  });
});
