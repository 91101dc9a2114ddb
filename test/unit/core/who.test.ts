/** What trust statements name, who callers are by their names, and which conditions a caller can meet: without an account. */
import { describe, expect, test } from 'vitest';
import type { Statement } from '#domain/policy-document.ts';
import { ssoRolePatterns } from '#domain/principal.ts';
import { parseCallerName } from '#core/name-caller.ts';
import { compareWho, faultsOfExpected } from '#core/who-expected.ts';
import { judgeCaller } from '#core/who-can.ts';
import { namedIn } from '#core/who-principals.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Caller } from '#policy/scenario.ts';

const ROOT = 'arn:aws:iam::111111111111:root';
const GITHUB = 'arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com';
const SSO = 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Deploy_Prod_*';
const sub = (operator: string, value: string | readonly string[]): Statement['Condition'] => ({
  [operator]: { 'token.actions.githubusercontent.com:sub': value },
});

const names = (Principal: Statement['Principal'], Condition?: Statement['Condition'], action = 'sts:*'): readonly string[] => {
  const covers = (asked: string): boolean => action === 'sts:*' || action.toLowerCase() === asked;
  const statement = { Effect: 'Allow', Principal, Action: action, ...(Condition && { Condition }) } as Statement;
  return namedIn(statement, covers).map(
    ({ kind, principal, via }) => `${kind} ${principal}${via === principal ? '' : ` < ${via}`}`,
  );
};

test.each<readonly [title: string, got: readonly string[], expected: readonly string[]]>([
  ['an account id', names({ AWS: '111111111111' }), [`account ${ROOT}`]],
  ['a root', names({ AWS: ROOT }), [`account ${ROOT}`]],
  [
    'a user and a session',
    names({ AWS: ['arn:aws:iam::111111111111:user/a', 'arn:aws:sts::111111111111:assumed-role/r/s'] }),
    ['user arn:aws:iam::111111111111:user/a', 'session arn:aws:sts::111111111111:assumed-role/r/s'],
  ],
  ['the id of somebody who was deleted', names({ AWS: 'AROADBQP57FF2AEXAMPLE' }), ['deleted AROADBQP57FF2AEXAMPLE']],
  ['everybody', names({ AWS: '*' }), ['anyone *']],
  [
    'of everybody those whom a condition names',
    names(
      { AWS: '*' },
      { ArnEquals: { 'aws:PrincipalArn': ['arn:aws:iam::111111111111:role/ci', 'arn:aws:iam::111111111111:user/a'] } },
    ),
    ['role arn:aws:iam::111111111111:role/ci < *', 'user arn:aws:iam::111111111111:user/a < *'],
  ],
  [
    'of everybody the account of a pattern',
    names(
      { AWS: '*' },
      { ArnLike: { 'aws:principalarn': ['arn:aws:iam::111111111111:role/ci-*', 'arn:aws:iam::111111111111:role/x-*'] } },
    ),
    [`account ${ROOT} < *`],
  ],
  [
    'of everybody an account',
    names({ AWS: '*' }, { StringEquals: { 'aws:PrincipalAccount': '111111111111' } }),
    [`account ${ROOT} < *`],
  ],
  [
    'everybody, where the pattern may be any account, or the condition excludes',
    [
      ...names({ AWS: '*' }, { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ci' } }),
      ...names({ AWS: '*' }, { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/ci' } }),
      ...names({ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }),
    ],
    ['anyone *', 'anyone *', 'anyone *'],
  ],
  [
    'a service, for the action it calls',
    names({ Service: 'ec2.amazonaws.com' }, undefined, 'sts:AssumeRole'),
    ['service ec2.amazonaws.com'],
  ],
  [
    'a permission set behind an account',
    names({ AWS: ROOT }, { ArnLike: { 'aws:PrincipalArn': SSO } }),
    [`permission-set sso:Deploy_Prod < ${ROOT}`],
  ],
  [
    'a permission set behind everybody',
    names({ AWS: '*' }, { StringLike: { 'AWS:principalarn': [SSO] } }),
    ['permission-set sso:Deploy_Prod < *'],
  ],
  [
    'the set that xacct lets in by exactly 16 letters at the end',
    names({ AWS: ROOT }, { ArnLike: { 'aws:PrincipalArn': ssoRolePatterns('aws', '111111111111', 'Admin') } }),
    [`permission-set sso:Admin < ${ROOT}`, `permission-set sso:Admin < ${ROOT}`],
  ],
  [
    'an account, where the condition excludes a permission set',
    names({ AWS: ROOT }, { ArnNotLike: { 'aws:PrincipalArn': SSO } }),
    [`account ${ROOT}`],
  ],
  [
    'a branch of a repository',
    names({ Federated: GITHUB }, sub('StringEquals', 'repo:acme/app:ref:refs/heads/main')),
    [`oidc github:acme/app:ref=refs/heads/main < ${GITHUB}`],
  ],
  [
    'an environment, a pull request and all of a repository',
    names({ Federated: GITHUB }, sub('StringLike', ['repo:a/b:environment:prod', 'repo:a/b:pull_request', 'repo:a/b:*'])),
    [`oidc github:a/b:environment=prod < ${GITHUB}`, `oidc github:a/b:pull_request < ${GITHUB}`, `oidc github:a/b:* < ${GITHUB}`],
  ],
  [
    'every token of an issuer, where no subject is asked for',
    names({ Federated: GITHUB }),
    [`oidc token.actions.githubusercontent.com:* < ${GITHUB}`],
  ],
  [
    'another issuer',
    names(
      { Federated: 'arn:aws:iam::222222222222:oidc-provider/gitlab.com' },
      { StringEquals: { 'gitlab.com:sub': 'project_path:a/b' } },
    ),
    ['oidc gitlab.com:project_path:a/b < arn:aws:iam::222222222222:oidc-provider/gitlab.com'],
  ],
  [
    'nobody by SAML, where the action is for OIDC',
    names({ Federated: 'arn:aws:iam::222222222222:saml-provider/x' }, undefined, 'sts:AssumeRoleWithWebIdentity'),
    [],
  ],
  [
    'a SAML provider',
    names({ Federated: 'arn:aws:iam::222222222222:saml-provider/x' }, undefined, 'sts:AssumeRoleWithSAML'),
    ['saml arn:aws:iam::222222222222:saml-provider/x'],
  ],
  [
    'nobody signed, where the action is for OIDC',
    names({ AWS: ROOT, Federated: GITHUB }, undefined, 'sts:AssumeRoleWithWebIdentity'),
    [`oidc token.actions.githubusercontent.com:* < ${GITHUB}`],
  ],
])('a statement names %s', (_, got, expected) => {
  expect(got).toEqual(expected);
});

const callerOf = (value: string): Caller => {
  const named = parseCallerName({ value, place: '--as' });
  if (!named.ok || named.value.kind !== 'caller') throw new Error(`${value} is no caller`);
  return named.value.caller;
};

describe('--as', () => {
  test.each([
    [
      'github:acme/app:ref=refs/heads/main',
      'token.actions.githubusercontent.com',
      { sub: 'repo:acme/app:ref:refs/heads/main', aud: 'sts.amazonaws.com' },
    ],
    [
      'github:acme@12/app@34:environment=prod',
      'token.actions.githubusercontent.com',
      { sub: 'repo:acme@12/app@34:environment:prod', repository: 'acme/app' },
    ],
    ['github:acme/app:pull_request', 'token.actions.githubusercontent.com', { sub: 'repo:acme/app:pull_request' }],
    ['gitlab:group/sub/project:branch=main', 'gitlab.com', { sub: 'project_path:group/sub/project:ref_type:branch:ref:main' }],
    [
      'gitlab:git.example.com//group/project:tag=v1',
      'git.example.com',
      { sub: 'project_path:group/project:ref_type:tag:ref:v1' },
    ],
    [
      'tfc:acme/platform/prod:plan',
      'app.terraform.io',
      { sub: 'organization:acme:project:platform:workspace:prod:run_phase:plan' },
    ],
    [
      'irsa:https://oidc.eks.eu-west-1.amazonaws.com/id/ABC:apps/deployer',
      'oidc.eks.eu-west-1.amazonaws.com/id/ABC',
      { sub: 'system:serviceaccount:apps:deployer' },
    ],
  ])('%s is a web identity that its trust policy takes', (name, issuer, claims) => {
    const caller = callerOf(name);
    expect(caller).toMatchObject({ kind: 'web-identity', claims });
    const trust = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::222222222222:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${issuer}:sub`]: claims.sub } },
    };
    const decide = (Statement: object) =>
      decideAssumeRole({
        caller,
        role: { arn: 'arn:aws:iam::222222222222:role/r', trustPolicy: { Version: '2012-10-17', Statement: [Statement] } },
        request: { sessionName: 'session' },
      }).verdict;
    expect([decide(trust), decide({ ...trust, Condition: { StringEquals: { [`${issuer}:sub`]: 'other' } } })]).toEqual([
      'allowed',
      'denied',
    ]);
  });

  test.each([
    ['arn:aws:iam::111111111111:user/a/b', 'user'],
    ['arn:aws:iam::111111111111:role/r', 'role'],
    ['arn:aws:sts::111111111111:assumed-role/r/s', 'assumed-role'],
    ['arn:aws:iam::111111111111:root', 'root'],
    ['arn:aws:sts::111111111111:federated-user/f', 'federated-user'],
    ['ec2.amazonaws.com', 'service'],
  ])('%s is a %s', (name, kind) => {
    expect(callerOf(name)).toMatchObject({ arn: name, kind });
  });

  test('self and permission sets wait for the credentials', () => {
    expect([parseCallerName({ value: 'self', place: '' }), parseCallerName({ value: 'sso:Admin', place: '' })]).toEqual([
      { ok: true, value: { kind: 'self' } },
      { ok: true, value: { kind: 'permission-set', name: 'Admin' } },
    ]);
  });

  test.each([
    '',
    '111111111111',
    'jane',
    'github:acme/app',
    'github:acme:ref=x',
    'gitlab:project',
    'tfc:acme',
    'irsa:http://x:a/b',
    'sso:',
    'constructor:x',
    'arn:aws:s3:::b',
  ])('"%s" is refused', (value) => {
    const named = parseCallerName({ value, place: '--as' });
    expect(named).toMatchObject({ ok: false, diagnostics: [{ code: 'INVALID_VALUE', path: '--as' }] });
  });
});

describe('a caller of another account', () => {
  const caller: Caller = {
    arn: 'arn:aws:iam::111111111111:role/r',
    kind: 'role',
    identityPolicies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] }],
  };
  const judge = (Condition: object, who: Caller = caller) =>
    judgeCaller(who, {
      arn: 'arn:aws:iam::222222222222:role/t',
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'sts:AssumeRole', Condition }],
      },
    }).can;

  test.each([
    [
      'an external ID, a session name and a source identity',
      { StringEquals: { 'sts:ExternalId': 'abc' }, StringLike: { 'sts:RoleSessionName': 'deploy-*' } },
      'yes',
    ],
    [
      'MFA and its age',
      { Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } },
      'yes',
    ],
    ['an address', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, 'yes'],
    ['an organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }, 'yes'],
    ['a VPC endpoint, which nobody can tell', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, 'unknown'],
    ['the ARN of somebody else', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/other' } }, 'no'],
  ])('under a condition on %s', (_, condition, can) => {
    expect(judge(condition)).toBe(can);
  });

  test('whose policies nobody read, and one that has none', () => {
    expect([judge({}, { ...caller, identityPolicies: 'unknown' }), judge({}, { ...caller, identityPolicies: [] })]).toEqual([
      'unknown',
      'no',
    ]);
  });
});

test.each([
  ['111111111111', true],
  [ROOT, true],
  ['arn:aws:iam::111111111111:role/ci', true],
  ['arn:aws:sts::111111111111:assumed-role/ci/x', true],
  ['arn:aws:iam::222222222222:saml-provider/x', true],
  ['AROADBQP57FF2AEXAMPLE', true],
  ['ec2.amazonaws.com', true],
  ['sso:Deployer', true],
  ['github:acme/app:ref=refs/heads/main', true],
  ['gitlab.com:project_path:a/b', true],
  ['oidc.eks.eu-west-1.amazonaws.com/id/ABC:system:serviceaccount:ns:sa', true],
  ['*', true],
  ['garbage', false],
  ['', false],
  ['11111111111', false],
  ['arn:aws:iam::111111111111:group/admins', false],
  ['arn:aws:s3:::bucket', false],
  ['jane@example.com', false],
])('--expect %s: %s', (value, isOne) => {
  expect(faultsOfExpected([{ value, place: '--expect' }]).length === 0).toBe(isOne);
});

test('what is expected is compared by every name, and who cannot get in does not count', () => {
  const entry = (principal: string, can: 'yes' | 'no' | 'unknown', via = principal) =>
    ({ principal, kind: 'user', via, statement: { sid: null, index: 0 }, conditions: null, can, why: null }) as const;
  const who = { principals: [entry('a', 'yes', ROOT), entry('b', 'unknown'), entry('c', 'no')], chains: [entry('d', 'yes')] };
  expect(compareWho(who, ['111111111111', 'c'], 'aws')).toEqual({ missing: ['c'], unexpected: ['b'] });
  // Who comes through a role is there, and is expected with that role.
  expect(compareWho(who, ['a', 'b', 'd'], 'aws')).toEqual({ missing: [], unexpected: [] });
});
