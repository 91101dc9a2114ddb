/** What init does in the source account: leave for those who are trusted, the role of instances, the hub of several targets. */
import path from 'node:path';
import { DeleteUserPolicyCommand, PutRolePermissionsBoundaryCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { adminOf } from '../support/sandbox-clients.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran, type RunOptions } from '../support/product.ts';

const CI = `arn:aws:iam::${SOURCE}:role/ci`;
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;
const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const GRANT = `xacct-${TARGET}-xacct-terraform`;
const PROD = '333333333333';
const GITHUB = 'token.actions.githubusercontent.com';

const trusting = (Principal: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
});

const EC2 = trusting({ Service: 'ec2.amazonaws.com' });

const seed = {
  accounts: {
    [SOURCE]: {
      users: [{ UserName: 'jane' }],
      roles: [
        { RoleName: 'ci', AssumeRolePolicyDocument: trusting({ AWS: SOURCE }) },
        { RoleName: 'web', Path: '/apps/', AssumeRolePolicyDocument: EC2 },
        { RoleName: 'worker', AssumeRolePolicyDocument: EC2 },
        {
          RoleName: 'AWSReservedSSO_Deploy_0123456789abcdef',
          Path: '/aws-reserved/sso.amazonaws.com/',
          AssumeRolePolicyDocument: trusting({ AWS: SOURCE }),
        },
      ],
      instanceProfiles: [{ InstanceProfileName: 'web-profile', Path: '/', Roles: ['web'] }],
    },
  },
};

let product: Product;

const open = async (): Promise<void> => {
  product = await openProduct({ accounts: [SOURCE, TARGET, PROD], seed });
  await product.put('s3.json', S3_POLICY);
};

afterEach(() => product.close());

const init = (...args: readonly string[]): Promise<Ran> => run(['init', ...BOTH, '--policy', 's3.json', '--yes', ...args]);

const run = (argv: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  product.run([...argv, ...(argv[0] === 'init' ? ['--timeout', '1s'] : [])], options);

const source = () => wholeStateOf(product.sandbox, SOURCE);

const ended = ({ status, stderr }: Ran, wanted = 0) =>
  expect({ status, stderr: status === wanted ? '' : stderr }).toEqual({ status: wanted, stderr: '' });

/** What the grant says, wherever it stands. */
const leave = { Statement: [{ Effect: 'Allow', Action: expect.arrayContaining(['sts:AssumeRole']), Resource: ROLE }] };

/** As jane, who has nothing but what was granted. */
const asJane = async (): Promise<RunOptions> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'jane');
  const lines = [
    '[profile jane]',
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    'region = us-east-1',
  ];
  await product.put('aws-config', `${product.sandbox.awsConfigText()}\n${lines.join('\n')}\n`);
  return { env: { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') } };
};

describe('--grant-source', () => {
  test('lets a user in by an inline policy of theirs, which their own proof shows; again, it writes nothing', async () => {
    await open();
    const made = await init('--trust', JANE, '--grant-source', '--external-id', 'none');
    ended(made);
    expect(made.stderr).toContain(`made 1 change in account ${SOURCE} and 3 changes in account ${TARGET}\n`);
    expect(made.stderr).toContain(`made, not proved: the credentials of the source are arn:aws:iam::${SOURCE}:user/`);
    expect((await source()).users).toMatchObject({ jane: { [GRANT]: leave } });
    ended(await run(['verify', '--source-profile', 'jane', '--role-arn', ROLE], await asJane()));
    const writes = product.writes().length;
    ended(await init('--trust', JANE, '--grant-source'));
    expect(product.writes().length).toBe(writes);
  });

  test('that is missing is found at once: only what this run wrote has to spread, and it wrote nothing in the source', async () => {
    await open();
    ended(await init('--trust', JANE, '--external-id', 'none'), 1);
    const argv = ['init', '--target-profile', 'target', '--source-profile', 'jane', '--yes'];
    const waitOf = async (later: number): Promise<readonly [status: number, hasWaited: boolean]> => {
      let waited = later;
      const clock = { now: () => Date.now() + waited, sleep: async (ms: number) => void (waited += ms) };
      const { status } = await product.run(argv, { ...(await asJane()), clock });
      return [status, waited > later];
    };
    expect(await waitOf(0)).toEqual([1, false]);
    expect(await waitOf(600_000)).toEqual([1, false]);
  });

  test('by an administrator leaves their profile out of the file: a plain verify is of whoever the role trusts', async () => {
    await open();
    ended(await init('--trust', JANE, '--grant-source'));
    const file = await product.read('xacct.yaml');
    expect(file).toContain(`account: "${SOURCE}"`);
    expect(file).not.toContain('profile: source');
    expect(file).toContain('profile: target');
    const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'jane');
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    ended(await run(['verify'], { env }));
    ended(await run(['plan', '--check', '--source-profile', 'source']));
  });

  test('by one of those who are trusted keeps it, also where a whole account is', async () => {
    await open();
    ended(await init('--trust', SOURCE, '--grant-to', JANE));
    expect(await product.read('xacct.yaml')).toContain('profile: source');
  });

  test('as `source.grant` in the file is the same, and is what a new file says', async () => {
    await open();
    ended(await init('--trust', CI, '--grant-source'));
    expect(await product.read('xacct.yaml')).toMatch(/^ {2}grant: true$/m);
    expect((await source()).roles).toMatchObject({ ci: { inline: { [GRANT]: leave } } });
    ended(await run(['plan', ...BOTH, '--check']));
  });

  test('lets several in', async () => {
    await open();
    ended(await init('--trust', CI, '--trust', JANE, '--grant-source'));
    const { users, roles } = await source();
    expect([users, roles]).toMatchObject([{ jane: { [GRANT]: leave } }, { ci: { inline: { [GRANT]: leave } } }]);
  });

  test('of a whole account needs to know who: asked, or said', async () => {
    await open();
    const refused = await init('--trust', SOURCE, '--grant-source');
    ended(refused, 2);
    expect(refused.stderr).toContain('--grant-to');
    expect(product.writes()).toEqual([]);
    ended(await init('--trust', SOURCE, '--grant-to', JANE));
    expect((await source()).users).toMatchObject({ jane: { [GRANT]: leave } });
    await product.put('xacct.yaml', (await product.read('xacct.yaml')).replace(/^ {2}grantTo:.*\n/m, ''));
    const answers = [
      { asked: 'Which user or role', answer: CI },
      { asked: `Make this change in account ${SOURCE}?`, answer: true },
    ];
    ended(await run(['init', ...BOTH, '--grant-source'], { answers }));
    expect((await source()).roles).toMatchObject({ ci: { inline: { [GRANT]: leave } } });
  });

  test('goes with the role, from everybody who holds it in an account that is trusted as a whole', async () => {
    await open();
    const before = await source();
    ended(await init('--trust', SOURCE, '--grant-to', JANE, '--grant-to', CI));
    await product.put('xacct.yaml', (await product.read('xacct.yaml')).replace(/^ {2}grantTo:.*\n/m, ''));
    ended(await run(['destroy', ...BOTH, '--yes']));
    expect(await source()).toEqual(before);
  });

  test('goes from those whom the file names, where nobody may look for others; and that is said', async () => {
    await open();
    const before = await source();
    ended(await init('--trust', SOURCE, '--grant-to', JANE));
    const { iam } = adminOf(product.sandbox, SOURCE);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'iam:GetAccountAuthorizationDetails', Resource: '*' }],
    });
    await iam.send(new PutUserPolicyCommand({ UserName: 'admin', PolicyName: 'no-look', PolicyDocument }));
    const gone = await run(['destroy', ...BOTH, '--yes']);
    ended(gone);
    expect(gone.stderr).toContain('could not be looked for: iam:GetAccountAuthorizationDetails was refused');
    await iam.send(new DeleteUserPolicyCommand({ UserName: 'admin', PolicyName: 'no-look' }));
    expect(await source()).toEqual(before);
  });

  test('lets nobody in who is not trusted', async () => {
    await open();
    const refused = await init('--trust', CI, '--grant-to', JANE);
    ended(refused, 2);
    expect(refused.stderr).toContain('is not trusted by the role');
  });

  test('leaves the roles of IAM Identity Center alone, and prints what its permission set needs', async () => {
    await open();
    const made = await init('--trust', 'sso:Deploy', '--grant-source');
    ended(made);
    expect(made.stderr).toMatch(/sso:Deploy is a permission set.*\[NOT_GRANTED\]/s);
    expect(made.stderr.replaceAll(/\s+/g, '')).toContain(`"Resource":"${ROLE}"`);
    expect(made.stderr).not.toContain('has no role of a permission set');
    expect(Object.values((await source()).roles).flatMap(({ inline }) => Object.keys(inline))).not.toContain(GRANT);
  });

  test('says that a permission set has no role in the account', async () => {
    await open();
    const made = await init('--trust', 'sso:Admin', '--dry-run');
    ended(made);
    expect(made.stderr).toContain(`account ${SOURCE} has no role of a permission set Admin`);
    expect(made.stderr).toContain('it has those of: Deploy');
  });

  test('touches no service-linked role', async () => {
    await open();
    const arn = `arn:aws:iam::${SOURCE}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
    const refused = await init('--trust', arn, '--grant-source');
    ended(refused, 2);
    expect(refused.stderr).toContain('is a service-linked role');
  });

  test('without credentials of the source is refused before anything is written, with the way by a file', async () => {
    await open();
    const refused = await run([
      'init',
      '--target-profile',
      'target',
      '--trust',
      CI,
      '--policy',
      's3.json',
      '--grant-source',
      '--yes',
    ]);
    ended(refused, 2);
    expect(refused.stderr).toContain('--handoff grant.json');
    expect(product.writes()).toEqual([]);
  });
});

describe('--trust ec2', () => {
  test('makes the role of instances, its profile and its leave, trusts it, and says how an instance gets it', async () => {
    await open();
    const made = await init('--trust', 'ec2');
    ended(made);
    const { roles, profiles } = await source();
    expect(roles).toMatchObject({
      'xacct-instance': { trust: { Statement: [{ Principal: { Service: 'ec2.amazonaws.com' } }] }, inline: { [GRANT]: leave } },
    });
    expect(profiles).toMatchObject({ 'xacct-instance': { roles: ['xacct-instance'] } });
    expect(made.stderr).toContain('aws ec2 associate-iam-instance-profile');
    expect(made.stderr).toContain('--http-put-response-hop-limit 2');
    expect(await product.read('xacct.yaml')).toContain('trust: ["ec2:xacct-instance"]');
    const writes = product.writes().length;
    ended(await run(['init', ...BOTH, '--yes']));
    expect(product.writes().length).toBe(writes);
  });

  test('and the instance gets in', async () => {
    await open();
    ended(await init('--trust', 'ec2'));
    product.sandbox.addSeed({
      accounts: { [SOURCE]: { instances: [{ InstanceId: 'i-00000000000000001', InstanceProfileName: 'xacct-instance' }] } },
    });
    const endpoint = await product.sandbox.instanceEndpoint('i-00000000000000001');
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint, AWS_EC2_METADATA_DISABLED: 'false' };
    const proved = await run(['verify', '--source', 'ec2'], { env });
    expect(proved).toMatchObject({ status: 0 });
  });

  test('takes a role of instances as it is, and its profile', async () => {
    await open();
    const made = await init('--trust', 'ec2:web');
    ended(made);
    const { roles, profiles } = await source();
    expect(roles['web']).toMatchObject({ path: '/apps/', tags: {}, inline: { [GRANT]: leave } });
    expect(Object.keys(profiles)).not.toContain('web');
    expect(made.stderr).toContain('Name=web-profile');
  });

  test('gives a profile to a role of instances that has none', async () => {
    await open();
    ended(await init('--trust', 'ec2:worker'));
    expect((await source()).profiles).toMatchObject({ worker: { roles: ['worker'] } });
    ended(await run(['plan', ...BOTH, '--check']));
  });

  test('takes the name of the role from --instance-role, or the file, where it says none', async () => {
    await open();
    ended(await init('--trust', 'ec2', '--instance-role', 'worker'));
    expect(await product.read('xacct.yaml')).toContain('instanceRole: worker');
    expect((await source()).roles['worker']?.inline).toMatchObject({ [GRANT]: leave });
  });

  test('leaves a role alone that no instance can have', async () => {
    await open();
    const refused = await init('--trust', 'ec2:ci');
    ended(refused, 5);
    expect(refused.stderr).toContain('does not let EC2 in');
    expect(product.writes()).toEqual([]);
  });

  test('goes with the last that used it', async () => {
    await open();
    const before = await source();
    ended(await init('--trust', 'ec2'));
    ended(await run(['destroy', ...BOTH, '--yes']));
    expect(await source()).toEqual(before);
  });

  test('goes from around a role of others, too, with the last that used it', async () => {
    await open();
    const before = await source();
    ended(await init('--trust', 'ec2:worker'));
    ended(await init('--trust', 'ec2:worker', '--role-name', 'second', '--config', 'second.yaml'));
    const first = await run(['destroy', ...BOTH, '--yes', '--json']);
    ended(first);
    expect(first.stdout).toContain('"address":"source/instance-profile/worker","reason":"another set-up uses it"');
    expect((await source()).profiles).toMatchObject({ worker: { roles: ['worker'] } });
    ended(await run(['destroy', ...BOTH, '--yes', '--config', 'second.yaml']));
    expect(await source()).toEqual(before);
  });

  test.each(['ec2.amazonaws.com', 'pods.eks.amazonaws.com'])('instead of %s is what is offered', async (service) => {
    await open();
    const refused = await init('--trust', service);
    ended(refused, 2);
    expect(refused.stderr).toContain('is a service');
  });
});

const fileOf = (more: readonly string[] = []): string =>
  [
    'version: 1',
    'source:',
    `  account: "${SOURCE}"`,
    ...more,
    'role: { trust: ["github:acme/infra:environment=prod"] }',
    'permissions: { policies: { s3: s3.json } }',
    'targets:',
    `  dev: { account: "${TARGET}", profile: "${TARGET}", role: { externalId: dev-1 } }`,
    `  prod: { account: "${PROD}", profile: "${PROD}", role: { externalId: prod-1 } }`,
    '',
  ].join('\n');

describe('tokens', () => {
  test('enter one target by a provider of its own', async () => {
    await open();
    ended(
      await run([
        'init',
        '--target-profile',
        'target',
        '--policy',
        's3.json',
        '--yes',
        '--trust',
        'github:acme/infra:environment=prod',
      ]),
    );
    const { providers, roles } = await wholeStateOf(product.sandbox, TARGET);
    expect(Object.keys(providers)).toEqual([`arn:aws:iam::${TARGET}:oidc-provider/${GITHUB}`]);
    expect(JSON.stringify(roles['xacct-terraform']?.trust)).toContain('repo:acme/infra:environment:prod');
  });

  test('enter several targets by one hub in the source', async () => {
    await open();
    await product.put('xacct.yaml', fileOf());
    const before = await source();
    ended(await run(['init', '--all', '--source-profile', 'source', '--yes']));
    const { providers, roles } = await source();
    expect(Object.keys(providers)).toEqual([`arn:aws:iam::${SOURCE}:oidc-provider/${GITHUB}`]);
    expect(JSON.stringify(roles['xacct-hub']?.trust)).toContain('repo:acme/infra:environment:prod');
    expect(Object.keys(roles['xacct-hub']?.inline ?? {})).toEqual([GRANT, `xacct-${PROD}-xacct-terraform`]);
    for (const account of [TARGET, PROD]) {
      const target = await wholeStateOf(product.sandbox, account);
      expect(target.providers).toEqual({});
      expect(JSON.stringify(target.roles['xacct-terraform']?.trust)).toContain(`arn:aws:iam::${SOURCE}:role/xacct-hub`);
    }
    const writes = product.writes().length;
    ended(await run(['init', '--all', '--source-profile', 'source', '--yes']));
    expect(product.writes().length).toBe(writes);
    const emitted = await product.run(['emit-tf', 'dev', '--web-identity-token-file', '/token']);
    ended(emitted);
    expect(emitted.stdout).toContain(`arn:aws:iam::${SOURCE}:role/xacct-hub`);
    const untold = await product.run(['emit-tf', '--all']);
    expect(untold.stderr.match(/^error .*/gm)).toHaveLength(1);
    expect(untold.stderr).toContain('dev and prod are entered with a token');
    const [, entered = ''] = /xacct (emit-tf .* --entered)/.exec(untold.stderr) ?? [];
    ended(await product.run(entered.split(' ')));
    const verified = await run(['verify', 'dev', '--source-profile', 'source', '--timeout', '0']);
    expect(verified.status).toBe(3);
    expect(verified.stderr).toContain(`arn:aws:iam::${SOURCE}:role/xacct-hub is entered with a token of https://${GITHUB}`);
    const token = product.sandbox.webIdentityToken({
      iss: `https://${GITHUB}`,
      sub: 'repo:acme/infra:environment:prod',
      aud: 'sts.amazonaws.com',
    });
    await product.put('token', token);
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: path.join(product.folder, 'token') };
    ended(await run(['verify', '--all', '--thorough', '--timeout', '0'], { env }));
    // Where the token lies is no part of what was proved.
    ended(await run(['emit-tf', '--all', '--web-identity-token-file', 'elsewhere', '--require-proof']));
    ended(await run(['destroy', 'dev', '--source-profile', 'source', '--yes']));
    expect(Object.keys((await source()).roles['xacct-hub']?.inline ?? {})).toEqual([`xacct-${PROD}-xacct-terraform`]);
    ended(await run(['destroy', 'prod', '--source-profile', 'source', '--yes']));
    expect(await source()).toEqual(before);
  });

  test('enter several targets by a hub as a plan in a file has it: it is made once, by the first of them', async () => {
    await open();
    await product.put('xacct.yaml', fileOf());
    ended(await run(['plan', '--all', '--source-profile', 'source', '--out', 'all.plan']));
    ended(await run(['init', '--source-profile', 'source', '--plan', 'all.plan', '--yes']));
    const hub = (await source()).roles['xacct-hub'];
    expect(Object.keys(hub?.inline ?? {})).toEqual([GRANT, `xacct-${PROD}-xacct-terraform`]);
    expect(product.writes().filter((action) => action === 'CreateRole')).toHaveLength(3);
  });

  test.each([
    ['said outright', ['--source-trust', 'github:acme/infra:environment=prod']],
    ['by the layout', ['--trust', 'github:acme/infra:environment=prod', '--layout', 'hub']],
  ])('enter a single target by a hub, %s, of a name that is wanted', async (_, args) => {
    await open();
    const made = await init(...args, '--hub-role', 'gate');
    ended(made);
    expect(made.stderr).toContain(`the way in leads through arn:aws:iam::${SOURCE}:role/gate`);
    expect((await source()).roles['gate']?.inline).toMatchObject({ [GRANT]: leave });
    const { roles, providers } = await wholeStateOf(product.sandbox, TARGET);
    expect(JSON.stringify(roles['xacct-terraform']?.trust)).toContain(`arn:aws:iam::${SOURCE}:role/gate`);
    expect(providers).toEqual({});
    ended(await run(['plan', ...BOTH, '--check']));
  });

  test('are proved through the hub where it lets these credentials in', async () => {
    await open();
    const made = await init('--source-trust', `arn:aws:iam::${SOURCE}:user/admin`, '--hub-role', 'gate');
    ended(made);
    expect(made.stderr).not.toContain('not proved');
    const entered = product.sandbox.log().filter(({ action, decision }) => action === 'AssumeRole' && decision === 'allowed');
    expect(entered.map(({ resource }) => resource)).toEqual([
      `arn:aws:iam::${SOURCE}:role/gate`,
      expect.stringContaining('role/xacct-terraform') as unknown,
    ]);
  });

  test('leave the boundary that somebody put on the hub, and take it for no difference', async () => {
    await open();
    const hub = ['--source-trust', `arn:aws:iam::${SOURCE}:user/admin`, '--hub-role', 'gate'];
    ended(await init(...hub));
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    const { iam } = adminOf(product.sandbox, SOURCE);
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'gate', PermissionsBoundary }));
    ended(await run(['plan', ...BOTH, '--check']));
    ended(await init(...hub, '--prune'));
    expect((await source()).roles['gate']?.boundary).toBe(PermissionsBoundary);
  });

  test('have no other layout than the two', async () => {
    await open();
    ended(await init('--trust', 'github:acme/infra:environment=prod', '--layout', 'star'), 2);
  });

  test('enter several targets directly where the file says so', async () => {
    await open();
    await product.put('xacct.yaml', fileOf(['  layout: direct']));
    ended(await run(['init', '--all', '--yes']));
    // No session is of two roles.
    expect((await product.run(['emit-tf', '--all'])).stderr).not.toContain('--entered');
    for (const account of [TARGET, PROD])
      expect(Object.keys((await wholeStateOf(product.sandbox, account)).providers)).toHaveLength(1);
    expect((await source()).providers).toEqual({});
  });

  test('through a hub get an hour at most', async () => {
    await open();
    await product.put(
      'xacct.yaml',
      `${fileOf()}terraform: { duration: 2h }\n`.replace('role: {', 'role: { maxSessionDuration: 2h,'),
    );
    const refused = await run(['init', '--all', '--source-profile', 'source', '--yes']);
    ended(refused, 2);
    expect(refused.stderr).toContain('sessions through a hub last 1h at most');
  });
});
