/** Flags beside an xacct.yaml: what they change in one run, and what --save keeps of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { stateOf } from '../support/account-state.ts';

const CONFIG = `version: 1
source: { account: "${SOURCE}" }
role:
  trust: [arn:aws:iam::${SOURCE}:user/admin]
  tags:
    team: ops # of the pager
    stage: dev
permissions:
  policies:
    s3: s3.json # what it is for
targets:
  dev: { account: "${TARGET}", role: { externalId: 0123456789abcdef } }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
  await product.put('extra.json', S3_POLICY);
  await product.put('xacct.yaml', CONFIG);
});
afterEach(() => product.close());

const init = (...argv: readonly string[]) => product.run(['init', ...BOTH, '--yes', '--timeout', '1s', ...argv]);

const roleNow = async () => {
  const [role] = (await stateOf(product.sandbox, TARGET)).roles;
  return { policies: role?.attached.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)), tags: role?.tags };
};

const ADDED = ['--policy', './extra.json', '--tag', 'stage=prod', '--tag', 'new=1'];
const WITH_ADDED = {
  policies: ['xacct-terraform-extra', 'xacct-terraform-s3'],
  tags: expect.objectContaining({ team: 'ops', stage: 'prod', new: '1' }) as unknown,
};

describe('what a flag says of a map', () => {
  test('stands beside what the file says of it, for one run', async () => {
    const { status, stderr } = await init(...ADDED);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('--tag, --policy count for this run only');
    expect(await roleNow()).toEqual(WITH_ADDED);
    expect(await product.read('xacct.yaml')).toBe(CONFIG);
  });

  test('is saved entry by entry: the file then says what the run made, with its comments', async () => {
    const { status, stderr } = await init('--save', ...ADDED);
    expect(status, stderr).toBe(0);
    expect(await roleNow()).toEqual(WITH_ADDED);
    const file = await product.read('xacct.yaml');
    expect(file).toContain('team: ops # of the pager');
    expect(file).toContain('s3: s3.json # what it is for');
    expect(file).toContain('./extra.json');
    expect(await product.run(['plan', ...BOTH, '--check'])).toMatchObject({ status: 0 });
  });
});

describe('--permissions none --save', () => {
  const none = ['--permissions', 'none', '--save'];

  test('of the only target takes away what the file gives all', async () => {
    expect(await init(...none)).toMatchObject({ status: 0 });
    expect(await product.read('xacct.yaml')).not.toContain('s3.json');
    expect(await product.run(['plan', ...BOTH, '--check'])).toMatchObject({ status: 0 });
  });

  test('of one of several is refused before anything is made: what all inherit, one cannot leave out', async () => {
    const two = `${CONFIG}  prod: { account: "333333333333" }\n`;
    await product.put('xacct.yaml', two);
    const { status, stderr } = await init('dev', ...none);
    expect([status, stderr]).toEqual([2, expect.stringContaining('every target inherits permissions.policies')]);
    expect(product.writes()).toEqual([]);
    expect(await product.read('xacct.yaml')).toBe(two);
  });

  test('of one of several is written where the policies are its own', async () => {
    const own = CONFIG.replace(/permissions:[^]*?targets:\n/, 'targets:\n').replace(
      'role: { externalId: 0123456789abcdef } }',
      'role: { externalId: 0123456789abcdef }, permissions: { policies: { s3: s3.json } } }\n  prod: { account: "333333333333" }',
    );
    await product.put('xacct.yaml', own);
    expect(await init('dev', ...none)).toMatchObject({ status: 0 });
    expect(await product.read('xacct.yaml')).toContain('permissions: { policies: {} }');
    expect(await product.run(['plan', 'dev', ...BOTH, '--check'])).toMatchObject({ status: 0 });
  });
});

describe('a flag that says what the file says', () => {
  test('is no news: nobody is told that it was not saved, however it is written', async () => {
    await product.put('xacct.yaml', CONFIG.replace('role:\n', 'role:\n  maxSessionDuration: 90m\n'));
    await init();
    const same = ['--trust', 'self', '--tag', 'stage=dev', '--policy', 's3=./s3.json', '--role-name', 'xacct-terraform'];
    const { status, stderr } = await init(...same, '--max-session-duration', '5400', '--external-id', 'generate');
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain('NOT_SAVED');
  });

  test('is named only where it says something else', async () => {
    const { stderr } = await init(
      '--tag',
      'stage=dev',
      '--trust',
      `arn:aws:iam::${SOURCE}:root`,
      '--path',
      '/x/',
      '--untrust',
      `arn:aws:iam::${SOURCE}:user/admin`,
    );
    expect(stderr).toContain('warning --path, --trust, --untrust count for this run only: <folder>/xacct.yaml was not changed');
  });

  test('is not written by --save, and nobody is told that it was', async () => {
    const { status, stderr } = await init('--save', '--tag', 'stage=dev', '--trust', 'self', '--role-name', 'xacct-terraform');
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain('wrote');
    expect(await product.read('xacct.yaml')).toBe(CONFIG);
  });

  test('is a token that enters by a hub: it is named, and saved as what it is', async () => {
    await product.close();
    product = await openProduct({ accounts: [SOURCE, TARGET, '333333333333'] });
    const source = `source: { account: "${SOURCE}", trust: ["github:acme/app:pull_request"] }`;
    const targets = `targets:\n  dev: { account: "${TARGET}" }\n  prod: { account: "333333333333", source: { hubRole: xacct-hub-prod } }\n`;
    await product.put('xacct.yaml', `version: 1\n${source}\npermissions: { policies: {} }\n${targets}`);
    const more = ['--trust', 'github:acme/app:environment=prod'];
    expect((await init('dev', ...more)).stderr).toContain('--trust counts for this run only');
    expect((await init('dev', '--save', ...more)).status).toBe(0);
    expect(await product.read('xacct.yaml')).toMatch(/trust: \[\s*"?github:acme\/app:environment=prod"?\s*\]/);
    expect((await init('dev', ...more)).stderr).not.toContain('NOT_SAVED');
    const less = ['--untrust', 'github:acme/app:pull_request'];
    expect((await init('dev', ...less)).stderr).toContain('--untrust counts for this run only');
    expect((await init('dev', '--save', ...less)).stderr).toContain('wrote source.trust of dev');
    expect(await product.read('xacct.yaml')).toMatch(/source: \{\s*trust: \[\]\s*\}/);
  });

  test('is an external ID of the file: --save keeps the value, and writes no wish in its place', async () => {
    await init();
    expect((await init('--save', '--external-id', 'generate')).stderr).not.toContain('wrote');
    expect(await product.read('xacct.yaml')).toBe(CONFIG);
  });

  test('is generated where the file has none, and written there', async () => {
    await product.put('xacct.yaml', CONFIG.replace(', role: { externalId: 0123456789abcdef }', ''));
    const { stderr } = await init('--external-id', 'generate');
    expect(stderr).not.toContain('NOT_SAVED');
    expect(await product.read('xacct.yaml')).toMatch(/externalId: "?0+1"?/);
  });
});
