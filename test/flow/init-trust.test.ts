/** Who is let in and on what terms, through the whole product: conditions, external IDs in rotation, and what xacct.yaml keeps of it. */
import { afterEach, describe, expect, test } from 'vitest';
import { stateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

let product: Product;
afterEach(() => product.close());

const CONFIG = `# ours
version: 1
source:
  account: "111111111111" # the pipeline
role:
  trust: [arn:aws:iam::111111111111:user/admin]
permissions:
  policies: { s3: s3.json }
terraform: { region: eu-central-1 }
targets:
  dev:
    account: "222222222222"
    role:
      externalId: first
`;

const open = async (config: string | null = CONFIG): Promise<void> => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
  if (config !== null) await product.put('xacct.yaml', config);
};

const init = (...argv: readonly string[]) => product.run(['init', ...BOTH, '--yes', ...argv]);

interface Planned {
  readonly result: {
    readonly targets: readonly { readonly plan: { readonly changes: readonly { readonly after: unknown }[] } }[];
  };
}

const trustOf = async (...argv: readonly string[]): Promise<string> => {
  const { stdout } = await init('--dry-run', '--json', ...argv);
  const { result } = JSON.parse(stdout) as Planned;
  return JSON.stringify(result.targets[0]?.plan.changes[0]?.after);
};

describe('an external ID', () => {
  test('is rotated: the new one first, the old one good until it is retired', async () => {
    await open();
    expect((await init()).status).toBe(0);
    expect((await init('--rotate-external-id')).status).toBe(0);
    const [, fresh = ''] = /externalId: \["?(\w+)"?, first\]/.exec(await product.read('xacct.yaml')) ?? [];
    expect(fresh).toMatch(/^0+\d$/);
    expect((await product.run(['verify', '--source-profile', 'source', '--external-id', 'first'])).status).toBe(0);
    expect((await product.run(['emit-tf'])).stdout).toContain(fresh);
    const plan = await product.run(['plan', ...BOTH, '--retire-external-id']);
    expect(plan.stdout).toContain('role/xacct-terraform/trust (removes access, as asked)');
    expect((await init('--retire-external-id')).status).toBe(0);
    expect(await product.read('xacct.yaml')).toBe(CONFIG.replace('externalId: first', `externalId: "${fresh}"`));
    const again = await init('--retire-external-id');
    expect([again.status, again.stderr]).toEqual([0, expect.not.stringContaining('wrote')]);
    const verified = await product.run(['verify', '--source-profile', 'source']);
    expect(verified.status).toBe(0);
    expect((await product.run(['verify', '--source-profile', 'source', '--external-id', 'first', '--timeout', '0'])).status).toBe(
      1,
    );
  });

  test('is not retired without the source, which alone can prove the new one', async () => {
    await open(CONFIG.replace('externalId: first', 'externalId: [second, first]'));
    expect((await init()).status).toBe(0);
    const writes = product.writes().length;
    const { status, stderr } = await product.run(['init', '--target-profile', 'target', '--yes', '--retire-external-id']);
    expect([status, product.writes().length]).toEqual([3, writes]);
    expect(stderr).toContain('only the source can prove that the new external ID works');
  });

  const HUB = CONFIG.replace('role:\n  trust: [arn:aws:iam::111111111111:user/admin]\n', '').replace(
    '# the pipeline\n',
    '# the pipeline\n  trust: [arn:aws:iam::111111111111:user/admin]\n',
  );

  test('is retired once the source gets in by its hub, as Terraform does', async () => {
    await open(HUB);
    expect(await init()).toMatchObject({ status: 0 });
    expect(await init('--rotate-external-id')).toMatchObject({ status: 0 });
    const retired = await init('--retire-external-id');
    expect({ status: retired.status, stderr: retired.status === 0 ? '' : retired.stderr }).toEqual({ status: 0, stderr: '' });
    expect(await product.read('xacct.yaml')).toMatch(/externalId: "?0+\d"?\n/);
    expect(await product.run(['verify', '--source-profile', 'source'])).toMatchObject({ status: 0 });
  });

  test.each([
    ['somebody else', 'arn:aws:iam::111111111111:user/jane', 4, 'does not get in with the first external ID'],
    ['tokens', '"github:acme/app:environment=prod"', 3, 'is entered with a token'],
  ])('is not retired where the hub lets %s in, and not the source', async (_who, trust, status, words) => {
    product = await openProduct({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } } });
    await product.put('s3.json', S3_POLICY);
    await product.put('xacct.yaml', HUB.replace('trust: [arn:aws:iam::111111111111:user/admin]', `trust: [${trust}]`));
    expect(await init()).toMatchObject({ status: 0 });
    expect(await init('--rotate-external-id')).toMatchObject({ status: 0 });
    const writes = product.writes().length;
    expect(await init('--retire-external-id')).toMatchObject({ status, stderr: expect.stringContaining(words) as unknown });
    expect(product.writes()).toHaveLength(writes);
  });

  test('is dropped where the flag says so: that is the asking', async () => {
    await open();
    expect(await init()).toMatchObject({ status: 0 });
    const ran = await init('--external-id', 'none');
    expect([ran.status, ran.stderr]).toEqual([
      0,
      expect.stringContaining('role/xacct-terraform/trust (drops a condition, as asked)'),
    ]);
    expect(JSON.stringify((await stateOf(product.sandbox, TARGET)).roles[0]?.trust)).not.toContain('ExternalId');
  });

  test.each([
    [['--rotate-external-id', '--retire-external-id'], 'rotated in one run and the old one retired in a later one'],
    [['--rotate-external-id', '--external-id', 'none'], 'there is no external ID to change'],
  ])('is not changed by %j', async (flags, said) => {
    await open();
    const { status, stderr } = await init(...flags);
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});

test('a session has a name that begins as the role asks for, where nobody named it', async () => {
  await open(null);
  const ran = await init('--policy', 's3.json', '--session-name-prefix', 'ci-');
  expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining('✓ the source may assume the role')]);
  expect((await product.run(['emit-tf'])).stdout).toMatch(/session_name\s*= "ci-terraform"/);
  expect(await product.run(['verify', '--source-profile', 'source'])).toMatchObject({ status: 0 });
});

describe('xacct.yaml', () => {
  test('keeps what the flags say with --save, and its comments', async () => {
    await open();
    const flags = ['--require-session-tag', 'team=infra', '--session-tag', 'team=infra', '--source-ip', '127.0.0.0/8'];
    expect((await init('--save', '--max-session-duration', '2h', ...flags)).stderr).toContain('is private');
    const { status, stderr } = await init('--save', '--max-session-duration', '2h', ...flags.slice(0, 4));
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('wrote role.maxSessionDuration, role.conditions.sessionTags.team, terraform.sessionTags.team'),
    ]);
    const text = await product.read('xacct.yaml');
    expect(text).toContain('# ours\n');
    expect(text).toContain('account: "111111111111" # the pipeline');
    expect((await product.run(['plan', ...BOTH, '--check'])).status).toBe(0);
  });

  test('is not changed without it', async () => {
    await open();
    expect((await init('--max-session-duration', '2h')).stderr).toContain('--max-session-duration counts for this run only');
    expect(await product.read('xacct.yaml')).toBe(CONFIG);
  });

  test('gains whom --trust names and loses whom --untrust names', async () => {
    await open();
    expect((await init('--save', '--trust', 'sso:Admin', '--trust', SOURCE)).status).toBe(0);
    expect(await product.read('xacct.yaml')).toContain(
      'trust: [ arn:aws:iam::111111111111:user/admin, sso:Admin, arn:aws:iam::111111111111:root ]'.replaceAll(
        /(\[) | (\])/g,
        '$1$2',
      ),
    );
    expect((await init('--save', '--untrust', `arn:aws:iam::${SOURCE}:root`, '--prune')).status).toBe(0);
    expect(await product.read('xacct.yaml')).toContain('trust: [arn:aws:iam::111111111111:user/admin, sso:Admin]');
    const { status, stderr } = await init('--untrust', 'sso:Nobody');
    expect([status, stderr]).toEqual([2, expect.stringContaining('sso:Nobody is not trusted')]);
  });

  test('that is new names its schema, and keeps what was said of people and repositories', async () => {
    await open(null);
    const said = ['--trust', 'sso:Admin', '--trust', 'self', '--org', 'o-a1b2c3d4e5', '--policy', 's3.json'];
    expect((await init(...said, '--skip', 'negative')).stderr).toContain('wrote ./xacct.yaml');
    const text = await product.read('xacct.yaml').catch(() => '');
    expect(text).toContain('$schema=https://unpkg.com/xacct@0.0.0-test/schemas/xacct.schema.json\n');
    expect(text).toContain('trust: ["sso:Admin", "arn:aws:iam::111111111111:user/admin"]');
    expect(text).toContain('conditions:\n    orgId: o-a1b2c3d4e5\n');
  });
});

describe('a repository of GitHub', () => {
  const IDS = { GITHUB_REPOSITORY: 'acme/app', GITHUB_REPOSITORY_ID: '2', GITHUB_REPOSITORY_OWNER_ID: '1' };
  const trust = ['--trust', 'github:acme/app:ref=refs/heads/main', '--external-id', 'none'];

  test('is trusted by both its subjects in a run of its own', async () => {
    await open();
    const { stdout } = await product.run(['init', ...BOTH, '--yes', '--dry-run', '--json', ...trust], { env: IDS });
    expect(stdout).toContain('["repo:acme/app:ref:refs/heads/main","repo:acme@1/app@2:ref:refs/heads/main"]');
  });

  test.each([{}, { ...IDS, GITHUB_REPOSITORY: 'acme/other' }])(
    'is trusted by the classic one, with a warning, in %j',
    async (env) => {
      await open();
      const { stdout, stderr } = await product.run(['init', ...BOTH, '--yes', '--dry-run', '--json', ...trust], { env });
      expect(stdout).toContain('"token.actions.githubusercontent.com:sub":"repo:acme/app:ref:refs/heads/main"');
      expect(stdout + stderr).toContain('gh api repos/acme/app');
    },
  );

  test('cannot bring an MFA code or an organization', async () => {
    await open();
    const { status, stderr } = await init(...trust, '--require-mfa', '--org', 'o-a1b2c3d4e5');
    expect([status, stderr]).toEqual([2, expect.stringContaining('a token has no MFA code')]);
    expect(stderr).toContain('a token has no organization');
  });
});

describe('MFA', () => {
  test('is no matter for Terraform: emit-tf refuses, and says what to do', async () => {
    await open(CONFIG.replace('role:\n  trust', 'role:\n  conditions: { mfa: true }\n  trust'));
    const { status, stderr } = await product.run(['emit-tf']);
    expect([status, stderr]).toEqual([2, expect.stringContaining("Terraform's provider cannot send one")]);
    expect(stderr).toContain('aws sts get-session-token');
  });
});

test('init that asks for MFA hands nothing over to Terraform', async () => {
  await open();
  const { stderr } = await init('--trust', `arn:aws:iam::${SOURCE}:user/admin`, '--require-mfa');
  expect(stderr).toContain("Terraform's provider cannot send");
  expect(stderr).not.toContain('emit-tf');
});

describe('a trust policy', () => {
  const users = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, i) => ['--trust', `arn:aws:iam::${SOURCE}:user/a-very-long-name-of-a-person-${i}`]).flat();
  const plan = (count: number) => product.run(['plan', ...BOTH, '--permissions', 'none', ...users(count)]);

  test('that is longer than AWS takes is refused with the numbers, before anything is made', async () => {
    await open(null);
    const { status, stderr } = await plan(90);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/has \d+,\d{3} characters .* AWS takes 8,192/),
    });
    expect(product.writes()).toEqual([]);
  });

  test('that only a raised quota takes has a warning in the plan', async () => {
    await open(null);
    const { status, stdout } = await plan(15);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/has 2,\d{3} characters[^[]*AWS takes 2,048/),
    });
    expect((await plan(5)).stdout).not.toContain('2,048');
  });
});

test('a transitive tag without its tag is refused wherever the role is assumed', async () => {
  await open();
  const { status, stderr } = await product.run(['verify', '--source-profile', 'source', '--transitive-tag', 'team']);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('no session tag of that key is passed') });
});

test('--permissions none --save takes the permissions out of the file', async () => {
  await open();
  await product.put('s3.json', S3_POLICY);
  await product.put(
    'xacct.yaml',
    CONFIG.replace(/permissions:[^\n]*\n( {2}.*\n)*/, 'permissions: { policies: { s3: s3.json }, presets: [read-only] }\n'),
  );
  expect(await product.read('xacct.yaml')).toContain('presets: [read-only]');
  expect(await product.run(['init', ...BOTH, '--yes', '--permissions', 'none', '--save', '--timeout', '1s'])).toMatchObject({
    status: 0,
  });
  const file = await product.read('xacct.yaml');
  expect([file.includes('s3.json'), file.includes('read-only')]).toEqual([false, false]);
  expect(await product.run(['plan', ...BOTH, '--check'])).toMatchObject({ status: 0 });
});

test('a tag key of the file may have a = in it', async () => {
  await open(CONFIG.replace('role:\n', 'role:\n  tags: { "a=b": c=d }\n'));
  expect(await product.run(['init', ...BOTH, '--yes', '--timeout', '1s'])).toMatchObject({ status: 0 });
  expect((await stateOf(product.sandbox, TARGET)).roles[0]?.tags).toMatchObject({ 'a=b': 'c=d' });
  expect(await product.run(['plan', ...BOTH, '--check'])).toMatchObject({ status: 0 });
});

test('every condition has its flag', async () => {
  await open();
  const trust = await trustOf(
    ...['--require-mfa', '--source-ip', '203.0.113.7', '--org', 'o-a1b2c3d4e5', '--org-path', 'o-a1b2c3d4e5/r-ab12/*'],
    ...['--require-source-identity', 'jane', '--session-name-prefix', 'tf-', '--require-session-tag', 'ticket'],
    ...['--permissions-boundary', 'arn:aws:iam::222222222222:policy/bound'],
  );
  expect(trust).toContain('"permissionsBoundary":"arn:aws:iam::222222222222:policy/bound"');
  expect(trust).toContain(
    '"StringEquals":{"sts:ExternalId":"first","aws:PrincipalOrgID":"o-a1b2c3d4e5","sts:SourceIdentity":"jane"}',
  );
  for (const condition of [
    '"Bool":{"aws:MultiFactorAuthPresent":"true"}',
    '"IpAddress":{"aws:SourceIp":"203.0.113.7"}',
    '"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-ab12/*"}',
    '"Null":{"aws:RequestTag/ticket":"false"}',
    '"StringLike":{"sts:RoleSessionName":"tf-*"}',
  ])
    expect(trust).toContain(condition);
});

describe('what the role asks of a session', () => {
  const proved = async (): Promise<void> => {
    const verified = await product.run(['verify', '--source-profile', 'source']);
    expect({ status: verified.status, said: verified.stdout }).toMatchObject({ status: 0 });
  };

  test('is sent by the set-up itself, where there is one answer', async () => {
    await open();
    const asked = ['--require-session-tag', 'team=web', '--require-source-identity', 'alice', '--session-name-prefix', 'tf-'];
    const made = await init(...asked, '--save');
    expect({ status: made.status, said: made.stderr }).toEqual({ status: 0, said: expect.not.stringContaining('NOT_SENT') });
    await proved();
    const terraform = (await product.run(['emit-tf'])).stdout;
    expect(terraform).toMatch(/source_identity += "alice"/);
    expect(terraform).toMatch(/"?team"? += "web"/);
  });

  test('is said before anything is made, where a person has to choose, and the line that sends it is enough', async () => {
    await open();
    const asked = ['--require-session-tag', 'team', '--require-source-identity', 'alice', '--require-source-identity', 'bob'];
    const { stderr } = await product.run(['init', ...BOTH, '--dry-run', ...asked, '--save']);
    expect(stderr).toContain('the role asks for a session tag team, and for the source identity alice or bob');
    const [, line = ''] = /xacct (init dev .*--session-tag team=VALUE --source-identity alice --save)/.exec(stderr) ?? [];
    expect(line).not.toBe('');
    const made = await product.run([...line.replace('VALUE', 'web').split(' '), '--yes']);
    expect({ status: made.status, said: made.stderr }).toEqual({ status: 0, said: expect.not.stringContaining('NOT_SENT') });
    await proved();
  });
});
