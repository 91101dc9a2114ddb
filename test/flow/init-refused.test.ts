/** What AWS refuses an administrator for an organization's rules: the rule is found in their own policies, with the flag that keeps it. */
import path from 'node:path';
import { ListRolesCommand, PutRolePermissionsBoundaryCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, test } from 'vitest';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';

const BOUNDARY = `arn:aws:iam::${TARGET}:policy/developers`;
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const statement = (more: object, effect = 'Allow'): object => ({
  Effect: effect,
  Action: 'iam:CreateRole',
  Resource: '*',
  ...more,
});

let product: Product;
afterEach(() => product.close());

/** What was typed stands in a hint's command before the flags that it adds. */
const inHint = (hint: string): RegExp => {
  const [text = '', flags = ''] = hint
    .split(': xacct init ')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`${text}: xacct init (?:\\S+ )*${flags}(?= |$)`);
};
const saidIn = ({ stderr }: { readonly stderr: string }): string => stderr.replaceAll(/\s+/g, ' ');

/** As an administrator with these statements. */
const init = async (statements: readonly object[], ...more: readonly string[]) => {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const users = [{ UserName: 'limited', Policies: [{ PolicyName: 'rules', PolicyDocument: document }] }];
  const Document = JSON.stringify({ Version: '2012-10-17', Statement: [ALL] });
  const policies = [{ PolicyName: 'developers', PolicyDocument: Document }];
  product = await openProduct({ seed: { accounts: { [TARGET]: { users, policies } } } });
  await product.put('s3.json', S3_POLICY);
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(TARGET, 'limited');
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return product.run(['init', '--trust', SOURCE, '--permissions', 'none', '--yes', ...more], { env });
};

const rest = { Effect: 'Allow', NotAction: 'iam:CreateRole', Resource: '*' };

describe('init that is refused', () => {
  test.each<readonly [title: string, statements: readonly object[], hint: string, fix: readonly string[]]>([
    [
      'for want of a boundary that an Allow names',
      [rest, statement({ Condition: { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } } })],
      `policy rules demands the permissions boundary ${BOUNDARY}: xacct init --permissions-boundary ${BOUNDARY}`,
      ['--permissions-boundary', BOUNDARY],
    ],
    [
      'for want of a boundary, by a Deny',
      [ALL, statement({ Condition: { StringNotEquals: { 'iam:PermissionsBoundary': BOUNDARY } } }, 'Deny')],
      `policy rules demands the permissions boundary ${BOUNDARY}: xacct init --permissions-boundary ${BOUNDARY}`,
      ['--permissions-boundary', BOUNDARY],
    ],
    [
      'for another path and name',
      [rest, statement({ Resource: `arn:aws:iam::${TARGET}:role/teams/web-*` })],
      `policy rules lets only arn:aws:iam::${TARGET}:role/teams/web-* be made: xacct init --path /teams/ --role-name web-NAME`,
      ['--path', '/teams/', '--role-name', 'web-terraform'],
    ],
    [
      'for want of a tag',
      [ALL, statement({ Condition: { Null: { 'aws:RequestTag/CostCenter': 'true' } } }, 'Deny')],
      'policy rules demands the tag CostCenter: xacct init --tag CostCenter=VALUE',
      ['--tag', 'CostCenter=42'],
    ],
  ])('%s says which rule, and the flag keeps it', async (_title, statements, hint, fix) => {
    const refused = await init(statements);
    expect(refused.status).toBe(4);
    expect(saidIn(refused)).toMatch(inHint(hint));
    await product.close();
    expect(await init(statements, ...fix)).toMatchObject({ status: 0 });
  });

  test('for nothing of the kind has the usual hint alone', async () => {
    const ran = await init([
      { Effect: 'Allow', Action: 'iam:Get*', Resource: '*' },
      { Effect: 'Allow', Action: 'iam:List*', Resource: '*' },
    ]);
    expect(ran.status).toBe(4);
    expect(ran.stderr).toContain('allow iam:CreateRole on');
    expect(ran.stderr).not.toContain('demands');
  });
});

describe('init that the organization refuses', () => {
  const scp = (statement: object) => ({
    Name: 'roles',
    Content: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iam:CreateRole', Resource: '*', ...statement }] },
  });
  const role = (RoleName: string) => ({
    RoleName,
    Path: '/teams/',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: TARGET }, Action: 'sts:AssumeRole' }],
    },
    PermissionsBoundary: BOUNDARY,
    Tags: [
      { Key: 'CostCenter', Value: '42' },
      { Key: 'Owner', Value: RoleName },
    ],
  });
  const open = async (roles: readonly ReturnType<typeof role>[]) => {
    const Document = JSON.stringify({ Version: '2012-10-17', Statement: [ALL] });
    const Condition = { StringNotEquals: { 'iam:PermissionsBoundary': BOUNDARY } };
    product = await openProduct({
      seed: {
        organization: { accounts: { [SOURCE]: {}, [TARGET]: { serviceControlPolicies: [scp({ Condition })] } } },
        accounts: { [TARGET]: { roles, policies: [{ PolicyName: 'developers', PolicyDocument: Document }] } },
      },
    });
  };
  const argv = ['init', '--target-profile', 'target', '--trust', SOURCE, '--permissions', 'none', '--yes'];

  test('shows what the other roles of the account have, each with its flag; and that gets it through', async () => {
    await open([role('one'), role('two')]);
    const refused = await product.run(argv);
    expect(refused.status).toBe(4);
    const lines = refused.stderr.replaceAll(/\s+/g, ' ');
    expect(lines).toMatch(inHint(`boundary ${BOUNDARY}: xacct init --permissions-boundary ${BOUNDARY}`));
    expect(lines).toMatch(inHint('have the path /teams/: xacct init --path /teams/'));
    expect(lines).toMatch(inHint('have the tag CostCenter: xacct init --tag CostCenter=42'));
    expect(lines).toMatch(inHint('have the tag Owner: xacct init --tag Owner=VALUE'));
    expect(await product.run([...argv, '--permissions-boundary', BOUNDARY])).toMatchObject({ status: 0 });
  });

  test('says whom to ask, and with which flags, where one role shows nothing', async () => {
    await open([role('one')]);
    const refused = await product.run(argv);
    expect(refused.status).toBe(4);
    const lines = refused.stderr.replaceAll(/\s+/g, ' ');
    expect(lines).toContain("it is the organization's rule, which cannot be read from this account");
    expect(lines).not.toContain('other roles of the account');
  });
});

describe('init that is refused in the source', () => {
  const EDGE = `arn:aws:iam::${SOURCE}:policy/edge`;
  const Document = JSON.stringify({ Version: '2012-10-17', Statement: [ALL] });
  const MAKE = ['init', '--target-profile', 'target', '--permissions', 'none', '--yes', '--timeout', '1s'];

  /** By a source administrator with these statements; `more` is of the source, too. */
  const refusedBy = async (statements: readonly object[], ...who: readonly string[]) => {
    const rules = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    const users = [{ UserName: 'limited', Policies: [{ PolicyName: 'rules', PolicyDocument: rules }] }, { UserName: 'jane' }];
    const policies = [{ PolicyName: 'edge', PolicyDocument: Document }];
    product = await openProduct({ seed: { accounts: { [SOURCE]: { users, policies } } } });
    const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'limited');
    const profile = `[profile limited]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\n`;
    await product.put('aws-config', `${product.sandbox.awsConfigText()}\n${profile}`);
    const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
    return product.run([...MAKE, '--source-profile', 'limited', ...who], { env });
  };

  const demandsBoundary = statement({ Condition: { StringNotEquals: { 'iam:PermissionsBoundary': EDGE } } }, 'Deny');
  const HUB = ['--source-trust', `arn:aws:iam::${SOURCE}:user/admin`];

  test.each<
    readonly [title: string, who: readonly string[], statements: readonly object[], hint: string, fix: readonly string[]]
  >([
    [
      'for want of a boundary of the hub',
      HUB,
      [ALL, demandsBoundary],
      `demands the permissions boundary ${EDGE}: xacct init --source-permissions-boundary ${EDGE}`,
      ['--source-permissions-boundary', EDGE],
    ],
    [
      'for want of a boundary of the role of instances',
      ['--trust', 'ec2'],
      [ALL, demandsBoundary],
      `demands the permissions boundary ${EDGE}: xacct init --source-permissions-boundary ${EDGE}`,
      ['--source-permissions-boundary', EDGE],
    ],
    [
      'for another name of the hub',
      HUB,
      [rest, statement({ Resource: `arn:aws:iam::${SOURCE}:role/net-*` })],
      `policy rules lets only arn:aws:iam::${SOURCE}:role/net-* be made: xacct init --hub-role net-NAME`,
      ['--hub-role', 'net-hub'],
    ],
    [
      'for another name of the role of instances',
      ['--trust', 'ec2'],
      [rest, statement({ Resource: `arn:aws:iam::${SOURCE}:role/net-*` })],
      `policy rules lets only arn:aws:iam::${SOURCE}:role/net-* be made: xacct init --trust ec2:net-NAME`,
      ['--trust', 'ec2:net-runner'],
    ],
  ])('%s says which rule, and the flag of that side keeps it', async (_title, who, statements, hint, fix) => {
    const refused = await refusedBy(statements, ...who);
    const said = saidIn(refused);
    expect(refused.status).toBe(4);
    expect(said).toMatch(inHint(hint));
    expect(said).not.toContain(' --permissions-boundary');
    await product.close();
    const others = fix[0] === '--trust' ? [] : who;
    expect(await refusedBy(statements, ...others, ...fix)).toMatchObject({ status: 0 });
  });

  test.each([
    [HUB, 'let whoever may make the role xacct-hub at the path / as the rule wants it, and take it over: xacct init --adopt'],
    [
      ['--trust', 'ec2'],
      'let whoever may make a role of instances as the rule wants it, and name it: it is taken as it is: xacct init --trust ec2:NAME',
    ],
  ])('for want of a tag or a path, which no flag gives a role of the source, says what else there is: %s', async (who, way) => {
    const untagged = statement({ Condition: { Null: { 'aws:RequestTag/CostCenter': 'true' } } }, 'Deny');
    const refused = await refusedBy([ALL, untagged], ...who);
    expect(refused.status).toBe(4);
    const said = refused.stderr.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/demands the tag CostCenter of role xacct-\w+, which no flag says/);
    expect(said).toMatch(inHint(way));
    expect(said).not.toContain('--tag ');
    await product.close();
    const elsewhere = await refusedBy([rest, statement({ Resource: `arn:aws:iam::${SOURCE}:role/teams/*` })], ...who);
    const told = elsewhere.stderr.replaceAll(/\s+/g, ' ');
    expect(told).toContain(`lets only arn:aws:iam::${SOURCE}:role/teams/* be made`);
    expect(told).toMatch(inHint(way));
    expect(told).not.toContain('--path ');
  });

  test('for a boundary of somebody else, to whom leave is given, names no flag', async () => {
    const unbound = {
      Effect: 'Deny',
      Action: 'iam:PutUserPolicy',
      Resource: '*',
      Condition: { StringNotEquals: { 'iam:PermissionsBoundary': EDGE } },
    };
    const refused = await refusedBy([ALL, unbound], '--trust', `arn:aws:iam::${SOURCE}:user/jane`, '--grant-source');
    expect(refused.status).toBe(4);
    const said = refused.stderr.replaceAll(/\s+/g, ' ');
    expect(said).toContain(`demands the permissions boundary ${EDGE} of user jane, which no flag says`);
    expect(said).not.toContain('-permissions-boundary ');
  });

  test('by the organization shows what the other roles have, with the flags of that side', async () => {
    const role = (RoleName: string) => ({
      RoleName,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' }],
      },
      PermissionsBoundary: EDGE,
      Tags: [{ Key: 'CostCenter', Value: '42' }],
    });
    const Content = { Version: '2012-10-17', Statement: [{ ...demandsBoundary, Sid: 'Roles' }] };
    product = await openProduct({
      seed: {
        organization: { accounts: { [SOURCE]: { serviceControlPolicies: [{ Name: 'roles', Content }] }, [TARGET]: {} } },
        accounts: {
          [SOURCE]: { roles: [role('one'), role('two')], policies: [{ PolicyName: 'edge', PolicyDocument: Document }] },
        },
      },
    });
    // The sandbox's own, which its instance has, is an example, too.
    const { iam } = adminOf(product.sandbox, SOURCE);
    for (const { RoleName } of (await iam.send(new ListRolesCommand())).Roles ?? [])
      await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: EDGE }));
    const argv = [...MAKE, '--source-profile', 'source', '--trust', 'ec2'];
    const refused = await product.run(argv);
    expect(refused.status).toBe(4);
    const said = refused.stderr.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(inHint(`have the permissions boundary ${EDGE}: xacct init --source-permissions-boundary ${EDGE}`));
    expect(said).toMatch(inHint('what a role must have here: xacct init --source-permissions-boundary ARN --trust ec2:NAME'));
    expect(said).toMatch(inHint('it is taken as it is: xacct init --trust ec2:NAME'));
    expect(said).not.toMatch(/ --(?:permissions-boundary|tag|path) /);
    expect(await product.run([...argv, '--source-permissions-boundary', EDGE])).toMatchObject({ status: 0 });
  });
});

test('a trust policy that is longer than the quota of the account is warned of, and the refusal names the quota', async () => {
  product = await openProduct();
  const trust = Array.from({ length: 60 }, (_, i) => ['--trust', `github:acme/app:environment=e${i}`]).flat();
  const argv = [
    'init',
    '--target-profile',
    'target',
    '--source-account',
    SOURCE,
    '--permissions',
    'none',
    '--external-id',
    'none',
  ];
  const ran = await product.run([...argv, ...trust, '--yes']);
  expect(ran.status).toBe(4);
  const lines = ran.stderr.replaceAll(/\s+/g, ' ');
  expect(lines).toMatch(
    /has 2,\d\d\d characters without white space: AWS takes 2,048 unless the quota of the account was raised \(8,192 at most\)/,
  );
  expect(lines).toContain('the quota of 2048 is for the length of a trust policy');
  expect(lines).toContain('--quota-code L-C07B4B0D');
  const long = Array.from({ length: 300 }, (_, i) => ['--trust', `github:acme/app:environment=e${i}`]).flat();
  const refused = await product.run([...argv, ...long, '--yes']);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('AWS takes 8,192 at most');
});
