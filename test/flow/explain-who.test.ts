/** explain --who over HTTP: everyone who can become a role, what stands between, who can rewrite it, and the difference to who should. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { allowPolicy, trustPolicy } from '../support/sandbox-clients.ts';

const arn = (name: string): string => `arn:aws:iam::${TARGET}:role/${name}`;
const user = (name: string, account = SOURCE): string => `arn:aws:iam::${account}:user/${name}`;
const SSO_NAME = 'AWSReservedSSO_Deployer_0123456789abcdef';
const SSO_ROLE = `arn:aws:iam::${SOURCE}:role/aws-reserved/sso.amazonaws.com/eu-west-1/${SSO_NAME}`;
const CI = `arn:aws:iam::${SOURCE}:role/ci`;
const HUB = `arn:aws:iam::${SOURCE}:role/ops/hub`;
const GITHUB = `arn:aws:iam::${TARGET}:oidc-provider/token.actions.githubusercontent.com`;
const ROOT = `arn:aws:iam::${SOURCE}:root`;
const THIRD = '333333333333';
const ASSUME = { PolicyName: 'assume', PolicyDocument: allowPolicy('sts:AssumeRole', arn('*')) };
const reading = (...actions: readonly string[]) => [{ PolicyName: 'read', PolicyDocument: allowPolicy(actions) }];

const SEED = {
  accounts: {
    [THIRD]: {},
    [SOURCE]: {
      groups: [{ GroupName: 'grants', Policies: [ASSUME] }],
      users: [
        { UserName: 'granted', Policies: [ASSUME] },
        { UserName: 'member', Groups: ['grants'] },
        { UserName: 'deployer', Policies: [{ PolicyName: 'hop', PolicyDocument: allowPolicy('sts:AssumeRole', HUB) }] },
        { UserName: 'ungranted' },
        { UserName: 'lister', Policies: reading('iam:Get*', 'iam:List*') },
        { UserName: 'blind', Policies: [ASSUME] },
      ],
      roles: [
        {
          RoleName: 'hub',
          Path: '/ops/',
          AssumeRolePolicyDocument: trustPolicy({ AWS: [SOURCE], Service: 'codebuild.amazonaws.com' }),
          Policies: [ASSUME],
        },
        {
          RoleName: 'before-hub',
          AssumeRolePolicyDocument: trustPolicy({ Federated: `arn:aws:iam::${SOURCE}:saml-provider/idp` }, undefined, [
            'sts:AssumeRoleWithSAML',
          ]),
          Policies: [{ PolicyName: 'hop', PolicyDocument: allowPolicy('sts:AssumeRole', HUB) }],
        },
        { RoleName: 'ci', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }), Policies: [ASSUME] },
        {
          RoleName: SSO_NAME,
          Path: '/aws-reserved/sso.amazonaws.com/eu-west-1/',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }),
          Policies: [ASSUME],
        },
      ],
    },
    [TARGET]: {
      oidcProviders: [{ Url: 'https://token.actions.githubusercontent.com', ClientIDList: ['sts.amazonaws.com'] }],
      users: [
        {
          UserName: 'rewriter',
          Policies: [{ PolicyName: 'a', PolicyDocument: allowPolicy('iam:UpdateAssumeRolePolicy', arn('account')) }],
        },
        {
          UserName: 'remaker',
          Policies: [{ PolicyName: 'a', PolicyDocument: allowPolicy(['iam:CreateRole', 'iam:DeleteRole']) }],
        },
        { UserName: 'onlooker', Policies: [{ PolicyName: 'a', PolicyDocument: allowPolicy('iam:CreateRole') }] },
      ],
      roles: [
        {
          RoleName: 'account',
          AssumeRolePolicyDocument: trustPolicy(
            { AWS: SOURCE },
            { StringEquals: { 'sts:ExternalId': 'abc' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
          ),
        },
        {
          RoleName: 'named',
          AssumeRolePolicyDocument: trustPolicy({ AWS: [CI, user('ungranted')], Service: 'ec2.amazonaws.com' }),
        },
        {
          RoleName: 'sso',
          AssumeRolePolicyDocument: trustPolicy(
            { AWS: SOURCE },
            {
              ArnLike: {
                'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Deployer_*`,
              },
            },
          ),
        },
        { RoleName: 'third', AssumeRolePolicyDocument: trustPolicy({ AWS: THIRD }) },
        {
          RoleName: 'world',
          AssumeRolePolicyDocument: trustPolicy({ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }),
        },
        {
          RoleName: 'world-of-ci',
          AssumeRolePolicyDocument: trustPolicy(
            { AWS: '*' },
            { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:role/c*` } },
          ),
        },
        {
          RoleName: 'some',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: '*', Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] },
                Action: 'sts:AssumeRole',
              },
              { Effect: 'Deny', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          }),
        },
        {
          RoleName: 'ajar',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: [user('granted'), CI] },
                Action: 'sts:AssumeRole',
                Condition: { StringEquals: { 'sts:ExternalId': 'abc' } },
              },
              {
                Effect: 'Allow',
                Principal: { AWS: SOURCE },
                Action: 'sts:AssumeRole',
                Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:user/gr*` } },
              },
              { Effect: 'Allow', Principal: { AWS: user('granted') }, Action: ['sts:TagSession'] },
              { Effect: 'Allow', Principal: { AWS: user('granted') }, Action: 'sts:AssumeRole' },
            ],
          }),
        },
        { RoleName: 'chained', AssumeRolePolicyDocument: trustPolicy({ AWS: HUB }) },
        {
          RoleName: 'org-path',
          AssumeRolePolicyDocument: trustPolicy(
            { AWS: SOURCE },
            { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*'] } },
          ),
        },
        {
          RoleName: 'signed-in',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Federated: `arn:aws:iam::${TARGET}:saml-provider/idp` },
                Action: 'sts:AssumeRoleWithSAML',
                Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
              },
              {
                Effect: 'Allow',
                Principal: { Federated: GITHUB },
                Action: 'sts:AssumeRoleWithWebIdentity',
                Condition: {
                  StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
                  StringLike: {
                    'token.actions.githubusercontent.com:sub': [
                      'repo:acme/*:ref:refs/heads/*',
                      'repo:acme/infra:environment:prod',
                    ],
                  },
                },
              },
            ],
          }),
        },
        {
          RoleName: 'nobody',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
          }),
        },
      ],
    },
  },
};

let product: Product;
beforeAll(async () => {
  product = await openProduct({ seed: SEED });
});
afterAll(async () => {
  const log = product.sandbox.log();
  await product.close();
  expect(log.filter(({ action, write }) => write || action === 'AssumeRole')).toEqual([]);
});

interface Who {
  readonly chains: readonly {
    readonly principal: string;
    readonly kind: string;
    readonly can: string;
    readonly through: readonly string[];
  }[];
  readonly principals: readonly {
    readonly principal: string;
    readonly kind: string;
    readonly via: string;
    readonly can: string;
    readonly why: string | null;
    readonly statement: { readonly index: number };
  }[];
  readonly rewriters: readonly { readonly principal: string; readonly actions: readonly string[] }[];
  readonly unread: readonly { readonly what: string }[];
  readonly expected: { readonly missing: readonly string[]; readonly unexpected: readonly string[] } | null;
}

const BOTH = ['--source-profile', 'source', '--target-profile', 'target'];

const who = async (role: string, more: readonly string[] = [], sides: readonly string[] = BOTH) => {
  const ran = await product.run(['explain', '--who', '--role-arn', arn(role), ...sides, ...more, '--json']);
  const { result } = JSON.parse(ran.stdout) as { result: Who };
  return { ...ran, result, list: result.principals.map(({ principal, kind, can }) => `${can} ${kind} ${principal}`).toSorted() };
};

describe('explain --who lists', () => {
  test('of a trusted account those who hold sts:AssumeRole, by the account, under its conditions', async () => {
    const { status, list, result } = await who('account');
    expect(list).toEqual(
      [
        `yes permission-set ${SSO_ROLE}`,
        `yes role ${CI}`,
        `yes role arn:aws:iam::${SOURCE}:role/runner`,
        `yes user ${user('admin')}`,
        `yes user ${user('blind')}`,
        `yes user ${user('granted')}`,
        `yes user ${user('member')}`,
        `yes role ${HUB}`,
      ].toSorted(),
    );
    expect(new Set(result.principals.map(({ via }) => via))).toEqual(new Set([ROOT]));
    expect(result.principals[0]).toMatchObject({
      statement: { sid: null, index: 0 },
      conditions: { StringEquals: { 'sts:ExternalId': 'abc' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    });
    expect(status).toBe(0);
  });

  test('named principals, of whom one lacks the grant of its own account, and services', async () => {
    const { list, result } = await who('named');
    expect(list).toEqual([`no user ${user('ungranted')}`, `yes role ${CI}`, 'yes service ec2.amazonaws.com']);
    expect(result.principals.find(({ can }) => can === 'no')?.why).toContain("the caller's identity policies");
  });

  test('every way in, also the one that asks for less, and nobody under a statement that does not let them in', async () => {
    const { result } = await who('ajar');
    const ways = result.principals.map(({ principal, statement, can }) => [principal, statement.index, can]);
    expect(ways).toEqual([
      [user('granted'), 0, 'yes'],
      [CI, 0, 'yes'],
      [user('granted'), 1, 'yes'],
      [user('granted'), 3, 'yes'],
    ]);
    const told = await product.run(['explain', '--who', '--role-arn', arn('ajar'), ...BOTH, '--expect', CI]);
    expect(told.stdout).toContain('when aws:PrincipalArn ArnLike');
    expect(told.stdout.match(/without a condition/g)).toHaveLength(1);
    expect(told.stdout.match(/can, and is not expected/g)).toHaveLength(1);
  });

  test('permission sets, by their roles', async () => {
    expect((await who('sso')).list).toEqual([`yes permission-set ${SSO_ROLE}`]);
  });

  test('permission sets by their name, where the account cannot be read', async () => {
    expect((await who('sso', [], ['--target-profile', 'target'])).list).toEqual(['unknown permission-set sso:Deployer']);
  });

  test('an account that nobody could read as a whole', async () => {
    const { list, result } = await who('third');
    expect(list).toEqual([`unknown account arn:aws:iam::${THIRD}:root`]);
    expect(result.principals[0]?.why).toContain("anyone that account's administrators choose");
    expect(result.unread.map(({ what }) => what)).toContain(`the users and roles of account ${THIRD}`);
  });

  test('anyone, with the condition that is left', async () => {
    const { list, result } = await who('world');
    expect(list).toEqual(['yes anyone *']);
    expect(result.principals[0]).toMatchObject({ conditions: { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } } });
  });

  test('of anyone those of the account that a pattern leaves', async () => {
    expect((await who('world-of-ci')).list).toEqual([`yes role ${CI}`]);
    const unread = await who('world-of-ci', [], ['--target-profile', 'target']);
    expect(unread.list).toEqual([`unknown account ${ROOT}`]);
    expect(unread.result.unread[0]?.what).toBe(`the users and roles of account ${SOURCE}`);
  });

  test('those whom a Deny statement leaves', async () => {
    expect((await who('some')).list).toEqual([
      'no service lambda.amazonaws.com',
      'unknown anyone *',
      'yes service ec2.amazonaws.com',
    ]);
  });

  test('nobody', async () => {
    expect((await who('nobody')).list).toEqual([]);
  });

  test('who can become a role that can, by which way, and who can become those', async () => {
    const { list, result } = await who('chained');
    expect(list).toEqual([`yes role ${HUB}`]);
    const chains = result.chains.map(
      ({ can, kind, principal, through }) => `${can} ${kind} ${principal} > ${through.join(' > ')}`,
    );
    expect(chains.toSorted()).toEqual(
      [
        `yes user ${user('deployer')} > ${HUB}`,
        `yes user ${user('admin')} > ${HUB}`,
        `yes role arn:aws:iam::${SOURCE}:role/runner > ${HUB}`,
        `yes role arn:aws:iam::${SOURCE}:role/before-hub > ${HUB}`,
        `yes service codebuild.amazonaws.com > ${HUB}`,
        `yes saml arn:aws:iam::${SOURCE}:saml-provider/idp > arn:aws:iam::${SOURCE}:role/before-hub > ${HUB}`,
        `yes service ec2.amazonaws.com > arn:aws:iam::${SOURCE}:role/runner > ${HUB}`,
      ].toSorted(),
    );
    const ran = await product.run(['explain', '--who', '--role-arn', arn('chained'), ...BOTH, '--expect', HUB]);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain(`by assuming ${HUB}\n`);
  });

  test('no chain through an account that could not be read, and says so', async () => {
    const { result } = await who('chained', [], ['--target-profile', 'target']);
    expect(result.chains).toEqual([]);
    expect(result.unread.map(({ what }) => what)).toContain(`who can become ${HUB}`);
  });

  test('of an account those of an organizational unit, where nobody could read the organization', async () => {
    const { list, result } = await who('org-path');
    expect(list).toContain(`yes user ${user('granted')}`);
    expect(list).not.toContain(`yes user ${user('ungranted')}`);
    expect(result.principals[0]).toMatchObject({
      conditions: { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*'] } },
    });
  });

  test('who signs in elsewhere: SAML, and repositories and refs by their pattern', async () => {
    expect((await who('signed-in')).list).toEqual([
      'yes oidc github:acme/*:ref=refs/heads/*',
      'yes oidc github:acme/infra:environment=prod',
      `yes saml arn:aws:iam::${TARGET}:saml-provider/idp`,
    ]);
  });

  test('those who can rewrite the trust policy, or make the role anew', async () => {
    const { result } = await who('account');
    expect(result.rewriters.map(({ principal, actions }) => `${principal} ${actions.join(',')}`).toSorted()).toEqual(
      [
        `arn:aws:iam::${TARGET}:root iam:UpdateAssumeRolePolicy`,
        `${user('admin', TARGET)} iam:UpdateAssumeRolePolicy`,
        `${user('remaker', TARGET)} iam:DeleteRole,iam:CreateRole`,
        `${user('rewriter', TARGET)} iam:UpdateAssumeRolePolicy`,
      ].toSorted(),
    );
  });

  test('the same whether the account is read at once or one by one', async () => {
    const withKeys = async (name: string) => {
      const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, name);
      const { accessKeyId: id, secretAccessKey: secret } = product.sandbox.credentials(TARGET);
      const section = (profile: string, key: string, hidden: string): string =>
        `[profile ${profile}]\naws_access_key_id = ${key}\naws_secret_access_key = ${hidden}\nregion = us-east-1\nendpoint_url = ${product.sandbox.endpoint}\n`;
      await product.put('config', `${section('reader', accessKeyId, secretAccessKey)}${section('boss', id, secret)}`);
      const argv = [
        'explain',
        '--who',
        '--role-arn',
        arn('account'),
        '--source-profile',
        'reader',
        '--target-profile',
        'boss',
        '--json',
      ];
      const ran = await product.run(argv, { env: { AWS_CONFIG_FILE: `${product.folder}/config` } });
      return (JSON.parse(ran.stdout) as { result: Who }).result;
    };
    const read = await withKeys('lister');
    expect(read.principals.map(({ principal }) => principal).toSorted()).toEqual(
      (await who('account')).result.principals.map(({ principal }) => principal).toSorted(),
    );
    const blind = await withKeys('blind');
    expect(blind.principals.map(({ principal, can }) => `${can} ${principal}`)).toEqual([`unknown ${ROOT}`]);
  });
});

describe('--expect', () => {
  const expecting = (role: string, ...names: readonly string[]) =>
    who(
      role,
      names.flatMap((name) => ['--expect', name]),
    );

  test('is met by the principals, an account for all of its own, and a permission set by its name', async () => {
    expect(await expecting('account', SOURCE)).toMatchObject({
      status: 0,
      result: { expected: { missing: [], unexpected: [] } },
    });
    expect(await expecting('sso', 'sso:Deployer')).toMatchObject({ status: 0 });
    expect(await expecting('named', CI, 'ec2.amazonaws.com')).toMatchObject({ status: 0 });
  });

  test('names both differences, and exits 1', async () => {
    const { status, result } = await expecting('named', CI, user('ungranted'), THIRD);
    expect({ status, expected: result.expected }).toEqual({
      status: 1,
      expected: { missing: [user('ungranted'), THIRD], unexpected: ['ec2.amazonaws.com'] },
    });
  });

  test('that nobody could be is refused before anything is read', async () => {
    const ran = await product.run(['explain', '--who', '--role-arn', arn('account'), ...BOTH, '--expect', 'garbage']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('--expect: "garbage" is nobody that --who could list [INVALID_VALUE]');
  });

  test('is told to a person', async () => {
    const ran = await product.run(['explain', '--who', '--role-arn', arn('named'), ...BOTH, '--expect', THIRD]);
    expect(ran).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "",
        "stdout": "who can become arn:aws:iam::222222222222:role/named:
        ✓   arn:aws:iam::111111111111:role/ci (role; statement 0)
        -   arn:aws:iam::111111111111:user/ungranted (user; statement 0)
            nothing in the caller's identity policies allows sts:AssumeRole on
            arn:aws:iam::222222222222:role/named; nothing in it allows anything
        ✓   ec2.amazonaws.com (AWS service; statement 0)
        who can become one of these roles, and so this one:
        ✓   arn:aws:iam::111111111111:user/admin (user, through
            arn:aws:iam::111111111111:root; statement 0)
            by assuming arn:aws:iam::111111111111:role/ci
        ✓   arn:aws:iam::111111111111:role/runner (role, through
            arn:aws:iam::111111111111:root; statement 0)
            by assuming arn:aws:iam::111111111111:role/ci
        who can let others in, by rewriting it:
        ✓   arn:aws:iam::222222222222:root (iam:UpdateAssumeRolePolicy)
        ✓   arn:aws:iam::222222222222:user/admin (iam:UpdateAssumeRolePolicy)
        ✓   arn:aws:iam::222222222222:user/remaker (iam:DeleteRole and iam:CreateRole)
        ✗ other than expected:
          - 333333333333 is expected, and cannot
          + arn:aws:iam::111111111111:role/ci can, and is not expected
          + ec2.amazonaws.com can, and is not expected
        not read:
          - the service and resource control policies of the organizations: they can
            only take away from this list (organizations:ListPoliciesForTarget)
      ",
      }
    `);
  });
});

test('without credentials of the target there is nothing to list', async () => {
  const ran = await product.run(['explain', '--who', '--role-arn', arn('named'), '--source-profile', 'source']);
  expect({ status: ran.status, said: ran.stderr.includes('--target-profile') }).toEqual({ status: 2, said: true });
});
