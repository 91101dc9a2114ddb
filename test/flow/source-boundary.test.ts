/** The permissions boundary of the roles that init makes in the source: put on as they are made, kept, taken along, and judged. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { DeleteRolePermissionsBoundaryCommand, PutRolePermissionsBoundaryCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, test } from 'vitest';
import { wholeStateOf } from '../support/account-state.ts';
import { adminOf } from '../support/sandbox-clients.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran, type RunOptions } from '../support/product.ts';

const PROD = '333333333333';
const POWER = 'arn:aws:iam::aws:policy/PowerUserAccess';
const EDGE = `arn:aws:iam::${SOURCE}:policy/edge`;
const NO_STS = `arn:aws:iam::${SOURCE}:policy/no-sts`;
const ADMIN = `arn:aws:iam::${SOURCE}:user/admin`;
const FLAG = '--source-permissions-boundary';

const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const policy = (PolicyName: string, ...statements: readonly object[]) => ({
  PolicyName,
  PolicyDocument: JSON.stringify(document(...statements)),
});
const EC2 = document({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });

const SOURCE_SEED = {
  policies: [
    policy('edge', { Effect: 'Allow', Action: 'sts:*', Resource: '*' }),
    policy('no-sts', { Effect: 'Allow', Action: 's3:*', Resource: '*' }),
    policy('one-target', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `arn:aws:iam::${TARGET}:role/*` }),
  ],
  roles: [
    { RoleName: 'web', AssumeRolePolicyDocument: EC2 },
    { RoleName: 'bounded', AssumeRolePolicyDocument: EC2, PermissionsBoundary: NO_STS },
  ],
};

let product: Product;
afterEach(() => product.close());

const open = async (more: object = {}): Promise<void> => {
  product = await openProduct({
    accounts: [SOURCE, TARGET, PROD],
    seed: { accounts: { [SOURCE]: { ...SOURCE_SEED, ...more } } },
  });
  await product.put('s3.json', S3_POLICY);
};

const run = (argv: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  product.run([...argv, ...(argv[0] === 'init' ? ['--timeout', '1s'] : [])], options);
const SET_UP = [...BOTH, '--policy', 's3.json', '--external-id', 'none'];
const init = (...args: readonly string[]): Promise<Ran> => run(['init', ...SET_UP, '--yes', ...args]);
const again = (...args: readonly string[]): Promise<Ran> => run(['init', ...BOTH, '--yes', ...args]);

const source = () => wholeStateOf(product.sandbox, SOURCE);
const boundaryOf = async (role: string): Promise<unknown> => (await source()).roles[role]?.boundary;
const ended = ({ status, stderr }: Ran, wanted = 0) =>
  expect({ status, stderr: status === wanted ? '' : stderr }).toEqual({ status: wanted, stderr: '' });
const words = ({ stderr }: Pick<Ran, 'stderr'>): string => stderr.replaceAll(/\s+/g, ' ');
const calls = (action: string): number => product.sandbox.log().filter((entry) => entry.action === action).length;

/** Behind our back. */
const bound = (RoleName: string, PermissionsBoundary: string) =>
  adminOf(product.sandbox, SOURCE).iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
const unbound = (RoleName: string) =>
  adminOf(product.sandbox, SOURCE).iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));

const fileOf = (head: readonly string[], targets: Readonly<Record<string, string>> = {}): string =>
  [
    'version: 1',
    'source:',
    `  account: "${SOURCE}"`,
    ...head,
    `role: { trust: ["github:acme/infra:environment=prod"] }`,
    'permissions: { policies: { s3: s3.json } }',
    'targets:',
    `  dev: { account: "${TARGET}", profile: "${TARGET}", role: { externalId: dev-1 ${targets['dev'] ?? ''} }`,
    `  prod: { account: "${PROD}", profile: "${PROD}", role: { externalId: prod-1 ${targets['prod'] ?? ''} }`,
    '',
  ].join('\n');
const PLAIN = { dev: '}', prod: '}' };
const HEAD = `  permissionsBoundary: ${EDGE}`;

describe('the boundary of roles in the source', () => {
  test.each([
    ['instances', 'xacct-instance', ['--trust', 'ec2']],
    ['a hub', 'xacct-hub', ['--source-trust', ADMIN]],
  ])(
    'of %s: there from the first moment, in the file, no difference the next time, and gone with the role',
    async (_, role, who) => {
      await open();
      const before = await source();
      ended(await init(...who, FLAG, EDGE));
      expect(await boundaryOf(role)).toBe(EDGE);
      expect((await wholeStateOf(product.sandbox, TARGET)).roles['xacct-terraform']?.boundary).toBeUndefined();
      expect([calls('CreateRole'), calls('PutRolePermissionsBoundary')]).toEqual([2, 0]);
      expect(await product.read('xacct.yaml')).toMatch(new RegExp(`permissionsBoundary: "?${EDGE}`));
      const writes = product.writes().length;
      ended(await again());
      ended(await run(['plan', ...BOTH, '--check']));
      expect(product.writes()).toHaveLength(writes);
      ended(await run(['destroy', ...BOTH, '--yes']));
      expect(await source()).toEqual(before);
    },
  );

  test("is not the target's, and the target's is not the source's, one of AWS neither", async () => {
    await open();
    ended(await init('--trust', 'ec2', '--permissions-boundary', POWER));
    expect(await boundaryOf('xacct-instance')).toBeUndefined();
    expect((await wholeStateOf(product.sandbox, TARGET)).roles['xacct-terraform']?.boundary).toBe(POWER);
  });

  test('of a hub that several targets enter by is said once, made once, and its policy read once', async () => {
    await open();
    await product.put('xacct.yaml', fileOf([HEAD], PLAIN));
    ended(await run(['init', '--all', '--source-profile', 'source', '--yes']));
    expect(await boundaryOf('xacct-hub')).toBe(EDGE);
    expect(product.sandbox.log().filter(({ action, account }) => action === 'GetPolicy' && account === SOURCE)).toHaveLength(1);
    const writes = product.writes().length;
    ended(await run(['init', '--all', '--source-profile', 'source', '--yes']));
    expect(product.writes()).toHaveLength(writes);
  });

  test('is in the plan in a file, which is carried out as it says; one that names another account is no plan', async () => {
    await open();
    ended(await run(['plan', ...SET_UP, '--trust', 'ec2', FLAG, EDGE, '--out', 'a.plan']));
    const plan = JSON.parse(await product.read('a.plan')) as { digest: string; targets: { spec: { source: object } }[] };
    for (const permissionsBoundary of [
      `arn:aws:iam::${PROD}:policy/edge`,
      'arn:aws-cn:iam::aws:policy/PowerUserAccess',
      'edge',
    ]) {
      const { digest: _, ...content } = structuredClone(plan);
      for (const { spec } of content.targets) Object.assign(spec.source, { permissionsBoundary });
      const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
      await product.put('b.plan', JSON.stringify({ ...content, digest }));
      const refused = await run(['init', ...BOTH, '--plan', 'b.plan', '--yes']);
      ended(refused, 2);
      expect(refused.stderr).toContain('b.plan is no plan of xacct');
    }
    expect(product.writes()).toEqual([]);
    ended(await run(['init', ...BOTH, '--plan', 'a.plan', '--yes']));
    expect(await boundaryOf('xacct-instance')).toBe(EDGE);
  });

  test('of a pair is in the plan in a file, and nobody else can say another one there', async () => {
    await open();
    const pair = ['--pair', '--source-trust', ADMIN, '--plan-trust', ADMIN, FLAG, EDGE];
    ended(await run(['plan', ...SET_UP, ...pair, '--out', 'a.plan']));
    const plan = JSON.parse(await product.read('a.plan')) as { digest: string; targets: { pair: { undivided: object } }[] };
    const { digest: _, ...content } = structuredClone(plan);
    for (const {
      pair: { undivided },
    } of content.targets)
      Object.assign(undivided, { sourcePermissionsBoundary: { value: POWER, place: '' } });
    const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    await product.put('b.plan', JSON.stringify({ ...content, digest }));
    const refused = await run(['init', ...BOTH, '--plan', 'b.plan', '--yes']);
    ended(refused, 2);
    expect(refused.stderr).toContain('b.plan is no plan of xacct');
    ended(await run(['init', ...BOTH, '--plan', 'a.plan', '--yes']));
    expect(await boundaryOf('xacct-hub-apply')).toBe(EDGE);
  });

  test('is saved into the file by --save', async () => {
    await open();
    ended(await init('--trust', 'ec2'));
    ended(await again(FLAG, EDGE, '--save', '--prune'));
    expect(await product.read('xacct.yaml')).toMatch(new RegExp(`permissionsBoundary: "?${EDGE}`));
    expect(await boundaryOf('xacct-instance')).toBe(EDGE);
  });

  test('is put on a hub that is taken over', async () => {
    await open();
    const hub = ['--source-trust', ADMIN];
    ended(await init(...hub));
    const { iam } = adminOf(product.sandbox, SOURCE);
    const { UntagRoleCommand } = await import('@aws-sdk/client-iam');
    await iam.send(new UntagRoleCommand({ RoleName: 'xacct-hub', TagKeys: ['xacct:managed', 'xacct:id'] }));
    ended(await again(FLAG, EDGE), 5);
    ended(await again(FLAG, EDGE, '--adopt', '--prune'));
    expect(await boundaryOf('xacct-hub')).toBe(EDGE);
  });

  test('of one half of a pair is for the half that has a hub', async () => {
    await open();
    const pair = ['--pair', '--source-trust', ADMIN, '--plan-trust', ADMIN];
    ended(await init(...pair, FLAG, EDGE));
    expect(await boundaryOf('xacct-hub-apply')).toBe(EDGE);
    expect(Object.keys((await source()).roles)).not.toContain('xacct-hub-plan');
  });
});

describe('a boundary that somebody changed', () => {
  test.each<[string, (role: string) => Promise<unknown>, string, unknown]>([
    ['took off', unbound, 'the role has no boundary: somebody changed it', undefined],
    ['replaced', (role) => bound(role, POWER), `the role has the boundary ${POWER}: somebody changed it`, POWER],
  ])('%s is told, waits for --prune, and is put right', async (_, change, note, found) => {
    await open();
    ended(await init('--trust', 'ec2', FLAG, EDGE));
    await change('xacct-instance');
    const planned = await run(['plan', ...BOTH, '--check']);
    ended(planned, 1);
    const said = planned.stdout.replaceAll(/\s*\n\s*/g, ' ');
    expect(said).toContain('source/role/xacct-instance/boundary (removes access)');
    expect(said).toContain(note);
    expect(said).toContain(`+ ${EDGE}`);
    ended(await again(), 1);
    expect(await boundaryOf('xacct-instance')).toBe(found);
    ended(await again('--prune'));
    expect(await boundaryOf('xacct-instance')).toBe(EDGE);
    ended(await run(['plan', ...BOTH, '--check']));
  });

  test('stays where the file no longer says one', async () => {
    await open();
    ended(await init('--trust', 'ec2', FLAG, EDGE));
    await product.put('xacct.yaml', (await product.read('xacct.yaml')).replace(/^ +permissionsBoundary:.*\n/m, ''));
    ended(await again('--prune'));
    expect(await boundaryOf('xacct-instance')).toBe(EDGE);
  });
});

describe('a boundary that cannot be', () => {
  test.each<[string, readonly string[], string, string]>([
    [
      'of another account',
      ['--trust', 'ec2', FLAG, `arn:aws:iam::${TARGET}:policy/edge`],
      `${TARGET}:policy/edge is of account ${TARGET}`,
      'list-policies',
    ],
    [
      'of another partition',
      ['--trust', 'ec2', FLAG, 'arn:aws-cn:iam::aws:policy/PowerUserAccess'],
      'is not in partition aws of the source',
      ` ${FLAG} ${POWER}`,
    ],
    [
      'that is no policy',
      ['--trust', 'ec2', FLAG, `arn:aws:iam::${SOURCE}:role/edge`],
      `"arn:aws:iam::${SOURCE}:role/edge" is not the ARN of a managed policy`,
      'list-policies',
    ],
    [
      'of nothing',
      ['--trust', ADMIN, FLAG, EDGE],
      `${EDGE} is to bound the roles that are made in the source, and none is made there`,
      `xacct init --trust ec2 ${FLAG} ${EDGE}`,
    ],
    [
      'of tokens that enter the target itself',
      ['--trust', 'github:acme/app:environment=prod', FLAG, EDGE],
      'none is made there',
      '--layout hub',
    ],
    [
      "of the target's role, from the source",
      ['--trust', ADMIN, '--permissions-boundary', EDGE],
      `the role that it would bound is of the target, ${TARGET}`,
      FLAG,
    ],
  ])('%s is refused before anything is written, with the way out', async (_, args, reason, hint) => {
    await open();
    const refused = await init(...args);
    ended(refused, 2);
    expect(words(refused)).toContain(reason);
    expect(words(refused)).toContain(hint);
    expect(product.writes()).toEqual([]);
  });

  test('is found out without credentials, where the file says the accounts', async () => {
    await open();
    await product.put('xacct.yaml', fileOf([`  permissionsBoundary: arn:aws:iam::${TARGET}:policy/edge`], PLAIN));
    const refused = await run(['emit', 'cfn', 'dev'], { onlyEnv: {} });
    ended(refused, 2);
    expect(words(refused)).toContain(`is of the source, ${SOURCE}`);
    expect(refused.stderr).toContain('xacct.yaml:4');
  });

  test('is the variable, too', async () => {
    await open();
    const refused = await run(['init', ...SET_UP, '--trust', ADMIN, '--yes'], {
      env: { XACCT_SOURCE_PERMISSIONS_BOUNDARY: EDGE },
    });
    ended(refused, 2);
    expect(words(refused)).toContain('none is made there');
  });
});

describe('a boundary that is said once for several targets', () => {
  const direct = (own: string) => ({ dev: '}', prod: `}, source: { layout: direct${own} }` });
  const plan = (...args: readonly string[]) => run(['plan', '--source-profile', 'source', ...args]);

  test('is for those that have a role in the source', async () => {
    await open();
    await product.put('xacct.yaml', fileOf([HEAD], direct('')));
    ended(await plan('--all'));
    ended(await plan('prod'));
    await product.put('xacct.yaml', fileOf([], direct('')));
    ended(await plan('--all', FLAG, EDGE));
  });

  test('is refused where none of them has one, and where one says it for itself and has none', async () => {
    await open();
    await product.put('xacct.yaml', fileOf([HEAD, '  layout: direct'], PLAIN));
    expect(words(await plan('--all'))).toContain('none is made there');
    await product.put('xacct.yaml', fileOf([], direct(`, permissionsBoundary: ${EDGE}`)));
    expect(words(await plan('prod'))).toContain('none is made there');
    ended(await plan('prod', FLAG, EDGE), 2);
  });

  test.each([
    ['at the head', [HEAD], PLAIN],
    ['by the pair alone', [], { ...PLAIN, dev: `}, source: { permissionsBoundary: ${EDGE} }` }],
  ])('%s, is for the half of a pair that has a hub, also where one half is named', async (_, head, own) => {
    await open();
    const pair = { ...own, dev: `, pair: true, planTrust: ["${ADMIN}"] ${own.dev}` };
    await product.put('xacct.yaml', fileOf(head, pair));
    ended(await plan('dev'));
    ended(await plan('dev-plan'));
    const made = await plan('dev-apply', '--json');
    ended(made);
    expect(made.stdout).toContain(`"permissionsBoundary":"${EDGE}"`);
    ended(await plan('dev-plan', FLAG, EDGE), 2);
  });

  test('is no reason for verify to leave out what is declared', async () => {
    await open();
    const direct = { dev: '}', prod: `, trust: ["${ADMIN}"] }` };
    await product.put('xacct.yaml', fileOf([HEAD], direct));
    ended(await run(['init', 'prod', '--source-profile', 'source', '--yes']));
    const proved = await run(['verify', 'prod', '--source-profile', 'source', '--target-profile', PROD, '--thorough', '--json']);
    ended(proved);
    expect(proved.stdout).toMatch(/"id":"permissions"[^}]*"status":"pass"/);
  });

  test('is refused where they say different things of the same role', async () => {
    await open();
    const own = { dev: `}, source: { permissionsBoundary: ${EDGE} }`, prod: '}' };
    await product.put('xacct.yaml', fileOf([], own));
    const refused = await plan('--all');
    ended(refused, 2);
    expect(words(refused)).toContain(`the role xacct-hub of the source has one boundary: dev says ${EDGE}, prod says none`);
    ended(await plan('dev'));
  });
});

describe('a boundary that keeps its role out of the target', () => {
  test('is warned of, by the plan', async () => {
    await open();
    const planned = await run(['plan', ...SET_UP, '--trust', 'ec2', FLAG, NO_STS, '--json']);
    ended(planned);
    const { result } = JSON.parse(planned.stdout) as { result: { targets: { warnings: { code: string; message: string }[] }[] } };
    expect(result.targets[0]?.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `NOT_GRANTED the permissions boundary ${NO_STS} does not leave sts:AssumeRole on arn:aws:iam::${TARGET}:role/xacct-terraform to arn:aws:iam::${SOURCE}:role/xacct-instance: nobody gets in through that role`,
    ]);
  });

  const warned = async (...args: readonly string[]): Promise<string> => {
    const planned = await run(['plan', ...SET_UP, ...args]);
    ended(planned);
    return planned.stdout.replaceAll(/\s*\n\s*/g, ' ');
  };

  test.each<[string, readonly string[], string | undefined]>([
    ['one that lets it in', ['--trust', 'ec2', FLAG, EDGE], undefined],
    ['one of AWS that lets it in', ['--source-trust', ADMIN, FLAG, POWER], undefined],
    [
      'session tags, which need leave of their own',
      ['--trust', 'ec2', FLAG, `arn:aws:iam::${SOURCE}:policy/one-target`, '--session-tag', 'a=b'],
      'does not leave sts:TagSession on',
    ],
    ['a policy that is not there', ['--trust', 'ec2', FLAG, `${EDGE}-2`], `there is no policy ${EDGE}-2`],
    ['a role of others that has one', ['--trust', 'ec2:bounded'], `boundary ${NO_STS} does not leave sts:AssumeRole`],
  ])('or not: %s', async (_, args, warning) => {
    await open();
    const said = await warned(...args);
    if (warning === undefined) expect(said).not.toContain('warning');
    else expect(said).toContain(warning);
  });

  test('is warned of where somebody else put it on a hub of ours, too', async () => {
    await open();
    ended(await init('--source-trust', ADMIN));
    await bound('xacct-hub', NO_STS);
    const planned = await run(['plan', ...BOTH, '--check']);
    ended(planned);
    expect(planned.stdout.replaceAll(/\s*\n\s*/g, ' ')).toContain(`boundary ${NO_STS} does not leave sts:AssumeRole`);
  });

  test('is said to be unread where it may not be read', async () => {
    const rules = document(ALL, { Effect: 'Deny', Action: 'iam:GetPolicy', Resource: '*' });
    await open({ users: [{ UserName: 'limited', Policies: [{ PolicyName: 'rules', PolicyDocument: JSON.stringify(rules) }] }] });
    const argv = ['plan', ...SET_UP, '--source-profile', 'limited', '--trust', 'ec2', FLAG, NO_STS];
    const planned = await run(argv, await asLimited());
    ended(planned);
    expect(planned.stdout.replaceAll(/\s*\n\s*/g, ' ')).toContain(`? policy ${NO_STS}: iam:GetPolicy was refused`);
  });
});

/** With a profile of the source's user limited. */
const asLimited = async (): Promise<RunOptions> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'limited');
  const profile = `[profile limited]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\n`;
  await product.put('aws-config', `${product.sandbox.awsConfigText()}\n${profile}`);
  return { env: { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') } };
};

test('a role of others is not bounded, and that is said; unless it is as it should be', async () => {
  await open();
  const plan = () => run(['plan', ...SET_UP, '--trust', 'ec2:web', FLAG, EDGE]);
  const planned = await plan();
  ended(planned);
  expect(words(planned)).toContain(
    `xacct did not make arn:aws:iam::${SOURCE}:role/web, so the boundary ${EDGE} is not put on it`,
  );
  expect(words(planned)).toContain('aws iam put-role-permissions-boundary --role-name web');
  expect(planned.stdout).not.toContain('source/role/web/boundary');
  await bound('web', EDGE);
  expect((await plan()).stderr).not.toContain('xacct did not make');
});
