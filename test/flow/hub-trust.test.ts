/** A hub lets whoever it trusts into all of its targets: what only one of them trusts must not get into the others by it. */
import { PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, trustPolicy } from '../support/sandbox-clients.ts';

const PROD = '333333333333';
const tokenOf = (name: string): string => `github:acme/infra:${name}`;
const [MAIN, FEATURE] = [tokenOf('environment=prod'), tokenOf('ref=refs/heads/feature')];

interface Wish {
  readonly all?: string;
  readonly dev?: string;
  readonly prod?: string;
  readonly source?: string;
  readonly role?: string;
}

const fileOf = ({ all = '', dev = '', prod = '', source = '', role = '' }: Wish): string => `version: 1
source: { account: "${SOURCE}", profile: source${source} }
role: { name: r, trust: [${all}]${role} }
permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}", profile: target, role: { externalId: first }${dev} }
  prod: { account: "${PROD}", profile: "${PROD}", role: { externalId: other }${prod} }
`;
/** As a target of a file says it. */
const trusting = (...tokens: readonly string[]): string => `, role: { trust: [${tokens.join(', ')}] }`;

let product: Product;
beforeEach(async () => {
  product = await openProduct({ accounts: [SOURCE, TARGET, PROD] });
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const put = (wish: Wish) =>
  product.put('xacct.yaml', fileOf(wish).replace(/role: \{ externalId: (\w+) \}, role: \{/g, 'role: { externalId: $1,'));
const init = (...argv: readonly string[]) => product.run(['init', '--yes', '--timeout', '1s', ...argv]);

const REFUSED = 'dev and prod share the hub xacct-hub, which';

describe('a file whose targets trust different tokens', () => {
  const DIFFERENT: Wish = { all: MAIN, dev: trusting(MAIN, FEATURE) };

  test.for([
    ['init', '--all', '--yes'],
    ['init', 'prod', '--yes'],
    ['plan', '--all'],
    ['plan', 'dev', '--out', 'dev.plan'],
    ['emit', 'role-tf', '--all', '--out', 'made'],
    ['emit', 'cfn', '--all', '--out', 'made'],
    ['emit', 'cli', '--all', '--out', 'made'],
    ['docs', '--all'],
  ])('is refused by %s %s before anything is made, with the ways out', async (argv) => {
    await put(DIFFERENT);
    const { status, stdout, stderr } = await product.run(argv);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(REFUSED)]);
    expect(stderr).toContain(`only dev ${FEATURE}`);
    expect(stderr).toContain('source.hubRole: xacct-hub-prod in target prod');
    expect(stderr).toContain('source.layout: direct');
    expect(product.writes()).toEqual([]);
  });

  test('is no hindrance to what looks, locks and removes', async () => {
    await put({ all: MAIN });
    expect(await init('--all')).toMatchObject({ status: 0 });
    await put(DIFFERENT);
    expect(await product.run(['emit-tf', 'prod', '--entered'])).toMatchObject({ status: 0 });
    expect(await product.run(['lock', '--all', '--yes'])).toMatchObject({ status: 0 });
    expect(await product.run(['destroy', '--all', '--yes'])).toMatchObject({ status: 0 });
  });

  test.for([
    ['a hub for each', { dev: `${trusting(MAIN, FEATURE)}, source: { hubRole: dev-hub }` }],
    ['no hub', { source: ', layout: direct' }],
  ] as const)('goes with %s, and each token gets into what trusts it', async ([, wish]) => {
    await put({ ...DIFFERENT, ...wish });
    expect(await init('--all')).toMatchObject({ status: 0 });
    expect(await init('--all')).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing to do') });
  });
});

describe('one target alone', () => {
  test('is not given what the others would take by the hub, by a flag', async () => {
    await put({ all: MAIN });
    expect(await init('--all')).toMatchObject({ status: 0 });
    const before = product.writes().length;
    for (const more of [
      ['--trust', FEATURE],
      ['--trust', FEATURE, '--save'],
    ]) {
      const { status, stderr } = await init('prod', ...more);
      expect([status, stderr]).toEqual([2, expect.stringContaining(REFUSED)]);
    }
    expect(product.writes().length).toBe(before);
    expect(await init('--all', '--trust', FEATURE)).toMatchObject({ status: 0 });
  });
});

test('the halves of pairs are told apart, and compared with their like', async () => {
  const pair = { role: ', pair: true', all: MAIN };
  await put({ ...pair, dev: trusting(MAIN, 'github:contractor/sandbox:environment=dev') });
  const { status, stderr } = await init('--all');
  expect([status, stderr]).toEqual([2, expect.stringContaining('share the hub xacct-hub-apply')]);
  await put(pair);
  expect(await product.run(['plan', '--all'])).toMatchObject({ status: 0 });
});

describe('two files of one source account', () => {
  const [ONE, OTHER] = [tokenOf('environment=one'), tokenOf('environment=other')];
  const aloneOf = (name: string, account: string, token: string): string => `version: 1
source: { account: "${SOURCE}", profile: source, layout: hub }
role: { name: ${name}, trust: [${token}] }
permissions: { policies: { s3: s3.json } }
targets: { ${name}: { account: "${account}", profile: "${account}", role: { externalId: first } } }
`;
  const hubTrust = async () => JSON.stringify((await wholeStateOf(product.sandbox, SOURCE)).roles['xacct-hub']?.trust);

  test.for(['--keep', '--prune', '--adopt'])('do not change a hub that lets into roles of the other, with %s', async (more) => {
    await product.put('a.yaml', aloneOf('ra', TARGET, ONE));
    await product.put('b.yaml', aloneOf('rb', PROD, OTHER));
    expect(await init('--config', 'a.yaml')).toMatchObject({ status: 0 });
    const trust = await hubTrust();
    const ran = await init('--config', 'b.yaml', more);
    expect([ran.status, ran.stderr]).toEqual([5, expect.stringContaining('NOT_OURS')]);
    expect(ran.stderr).toContain(`xacct-${TARGET}-ra`);
    expect(ran.stderr).toContain('--hub-role');
    expect(await hubTrust()).toBe(trust);
    expect(await init('--config', 'b.yaml', '--hub-role', 'b-hub')).toMatchObject({ status: 0 });
    expect(await init('--config', 'a.yaml')).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing to do') });
  });

  test('have nothing against one that only this set-up uses, where flags alone describe it', async () => {
    const flags = ['--target-profile', 'target', '--source-profile', 'source', '--policy', 's3.json', '--layout', 'hub'];
    expect(await init(...flags, '--trust', ONE)).toMatchObject({ status: 0 });
    const ran = await init('--config', 'other.yaml', ...flags, '--trust', ONE, '--trust', OTHER, '--dry-run');
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining('role/xacct-hub/trust')]);
  });

  test('put right who may have a role of instances that both use: that is AWS', async () => {
    const flags = ['--target-profile', 'target', '--source-profile', 'source', '--policy', 's3.json', '--trust', 'ec2'];
    expect(await init(...flags)).toMatchObject({ status: 0 });
    const { iam } = adminOf(product.sandbox, SOURCE);
    const [RoleName, PolicyName] = ['xacct-instance', `xacct-${PROD}-other`];
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
    });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    await iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trustPolicy({ Service: 'lambda.amazonaws.com' }) }),
    );
    expect(await init('--target-profile', 'target', '--source-profile', 'source', '--prune')).toMatchObject({ status: 0 });
    expect(JSON.stringify((await wholeStateOf(product.sandbox, SOURCE)).roles[RoleName]?.trust)).toContain('ec2.amazonaws.com');
  });

  test('may share one that both want alike', async () => {
    await product.put('a.yaml', aloneOf('ra', TARGET, ONE));
    await product.put('b.yaml', aloneOf('rb', PROD, ONE));
    expect(await init('--config', 'a.yaml')).toMatchObject({ status: 0 });
    expect(await init('--config', 'b.yaml')).toMatchObject({ status: 0 });
  });
});

describe('--save', () => {
  test.for([
    ['--trust', [MAIN], [MAIN, FEATURE]],
    ['--untrust', [MAIN, FEATURE], [MAIN]],
  ] as const)('%s keeps the tokens of a hub in the file', async ([flag, before, after]) => {
    await put({ all: before.join(', ') });
    expect(await init('--all')).toMatchObject({ status: 0 });
    expect(await init('--all', flag, FEATURE, '--save')).toMatchObject({ status: 0 });
    const file = parse(await product.read('xacct.yaml')) as {
      readonly targets: Record<string, { readonly role: { readonly trust: unknown } }>;
    };
    expect(Object.values(file.targets).map(({ role }) => role.trust)).toEqual([after, after]);
    expect(await product.run(['plan', '--all', '--check'])).toMatchObject({ status: 0 });
  });

  test('of somebody else leaves the tokens of a hub in the file', async () => {
    const admin = `arn:aws:iam::${SOURCE}:user/admin`;
    await put({ all: MAIN });
    expect(await init('--all')).toMatchObject({ status: 0 });
    expect(await init('prod', '--trust', admin, '--save')).toMatchObject({ status: 0 });
    expect(parse(await product.read('xacct.yaml'))).toMatchObject({ targets: { prod: { role: { trust: [admin, MAIN] } } } });
    expect(await product.run(['plan', '--all', '--check'])).toMatchObject({ status: 0 });
  });
});
