/** xacct plan: what init would change, in words, JSON and Markdown; and a plan in a file that is carried out exactly or not at all. */
import { AttachRolePolicyCommand, CreateUserCommand, PutUserPolicyCommand, UpdateRoleCommand } from '@aws-sdk/client-iam';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, allowPolicy } from '../support/sandbox-clients.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

const CONFIG = `version: 1
source: { account: "${SOURCE}", profile: source }
role:
  trust: [arn:aws:iam::${SOURCE}:user/admin]
permissions: { policies: { s3: ./s3.json } }
targets:
  dev: { account: "${TARGET}", profile: target }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const withFile = async (): Promise<void> => product.put('xacct.yaml', CONFIG);

const resultOf = (stdout: string) => {
  const envelope = JSON.parse(stdout) as {
    ok: boolean;
    result: { targets: readonly { name: string; changes: readonly { action: string; address: string }[] }[] };
  };
  return { ok: envelope.ok, target: envelope.result.targets[0] };
};

describe('plan', () => {
  test('shows what init would make, on stdout, and writes nothing anywhere', async () => {
    await withFile();
    const before = await stateOf(product.sandbox, TARGET);
    const ran = await product.run(['plan']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('Plan for account 222222222222: 3 to change');
    expect(ran.stdout).toContain('generated-when-applied');
    expect(await stateOf(product.sandbox, TARGET)).toEqual(before);
    expect(product.writes()).toEqual([]);
    expect(await product.read('xacct.yaml')).toBe(CONFIG);
    expect(await product.list()).toEqual(['s3.json', 'xacct.yaml']);
  });

  test('works from flags alone, like init', async () => {
    const ran = await product.run(['plan', ...BOTH, '--policy', 's3=s3.json', '--check']);
    expect({ status: ran.status, writes: product.writes() }).toEqual({ status: 1, writes: [] });
  });

  test('--check is 0 where nothing would change, and 1 where somebody changed the role', async () => {
    await withFile();
    expect((await product.run(['plan', '--check'])).status).toBe(1);
    expect((await product.run(['init', '--yes'])).status).toBe(0);
    expect(await product.run(['plan', '--check'])).toMatchObject({
      status: 0,
      stdout: 'Plan for account 222222222222: nothing to do, all 5 parts are as they should be\n',
    });
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new UpdateRoleCommand({ RoleName: 'xacct-terraform', Description: 'by hand' }));
    const ran = await product.run(['plan', '--check', '--json']);
    expect(ran.status).toBe(1);
    const { ok, target } = resultOf(ran.stdout);
    expect({ ok, changed: target?.changes.filter(({ action }) => action !== 'none').map(({ address }) => address) }).toEqual({
      ok: false,
      changed: ['role/xacct-terraform/settings'],
    });
  });

  test('--format json is --json, for failures too', async () => {
    await withFile();
    const [format, flag] = [await product.run(['plan', '--format', 'json']), await product.run(['plan', '--json'])];
    expect(format.stdout).toBe(flag.stdout);
    expect(resultOf(format.stdout).target?.name).toBe('dev');
    const failed = await product.run(['plan', 'nobody', '--format', 'json']);
    expect(failed.status).toBe(2);
    expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false, command: 'plan', error: { code: 'USAGE' } });
  });

  test('--format md is a table with the differences below it', async () => {
    await withFile();
    await product.run(['init', '--yes']);
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyArn: READ_ONLY }));
    await iam.send(new UpdateRoleCommand({ RoleName: 'xacct-terraform', Description: 'a | b ``` c' }));
    const { stdout } = await product.run(['plan', '--format', 'md']);
    expect(stdout.replace(/last used at \S+/, 'last used at SOME TIME')).toMatchInlineSnapshot(`
      "### xacct plan: dev (account 222222222222)

      2 to change, 4 as they should be.

      | | what | risk |
      |---|---|---|
      | ✏️ update | \`role/xacct-terraform/settings\` |  |
      | ➖ delete | \`role/xacct-terraform/attachment/arn:aws:iam::aws:policy/ReadOnlyAccess\` | ⚠️ **removes access** |

      <details><summary>differences</summary>

      #### \`role/xacct-terraform/settings\`

      \`\`\`diff
      - description: a | b ''' c
      + description: Assumed by Terraform from another account, managed by xacct
      \`\`\`

      #### \`role/xacct-terraform/attachment/arn:aws:iam::aws:policy/ReadOnlyAccess\`

      - the role was last used at SOME TIME


      </details>

      **Who may assume the role then:**

      - \`arn:aws:iam::111111111111:user/admin\`
      "
    `);
  });

  test('says what it could not read, and who may let it', async () => {
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(new CreateUserCommand({ UserName: 'reader' }));
    const actions = ['iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:GetPolicy', 'iam:GetPolicyVersion'];
    const PolicyDocument = allowPolicy(actions);
    await iam.send(new PutUserPolicyCommand({ UserName: 'reader', PolicyName: 'read', PolicyDocument }));
    await withFile();
    expect(await product.run(['init', '--yes'])).toMatchObject({ status: 0 });
    await product.put('xacct.yaml', CONFIG.replace(', profile: target', ''));
    const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(TARGET, 'reader');
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const ran = await product.run(['plan', '--prune'], { env });
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('not read:');
    const words = ran.stdout.replaceAll(/\s+/g, ' ');
    expect(words).toContain('iam:ListRolePolicies was refused (AccessDenied)');
    expect(words).toContain('iam:ListPolicies was refused (AccessDenied)');
    const { result } = JSON.parse((await product.run(['plan', '--json'], { env })).stdout) as { result: object };
    expect(result).toMatchObject({ targets: [{ unread: [{ permission: 'iam:ListRolePolicies', account: TARGET }] }] });
  });
});

describe('a plan in a file', () => {
  const makePlan = async (...more: readonly string[]) => {
    await withFile();
    expect(await product.run(['plan', '--out', 'dev.plan', ...more])).toMatchObject({ status: 0 });
  };
  const applyPlan = (...more: readonly string[]) => product.run(['init', '--plan', 'dev.plan', '--yes', ...more]);

  test('has a real external ID, digests, and no secret; init carries out exactly that', async () => {
    await makePlan();
    const text = await product.read('dev.plan');
    expect(text).not.toContain('generated-when-applied');
    const { secretAccessKey } = product.sandbox.credentials(TARGET);
    expect(text).not.toContain(secretAccessKey);
    const ran = await applyPlan();
    expect({ status: ran.status, stderr: ran.stderr.includes('✓') }).toEqual({ status: 0, stderr: true });
    const id = /"fresh": "([0-9a-f]{32})"/.exec(text)?.[1] ?? 'none';
    expect(await product.read('xacct.yaml')).toContain(id);
    const { roles } = await stateOf(product.sandbox, TARGET);
    expect(JSON.stringify(roles[0]?.trust)).toContain(id);
    expect((await product.run(['plan', '--check'])).status).toBe(0);
  });

  test.each<readonly [words: readonly string[], said: string]>([
    [['prod'], 'the plan dev.plan is for dev, not for prod'],
    [['dev', 'prod'], 'the plan dev.plan is for dev, not for prod'],
  ])('is not carried out for %j', async (words, said) => {
    await makePlan();
    const ran = await product.run(['init', '--plan', 'dev.plan', ...words, '--yes']);
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(ran.stderr).toContain('→ carry it out: xacct init --plan dev.plan --yes\n');
    expect(product.writes()).toEqual([]);
    expect(await product.run(['init', '--plan', 'dev.plan', 'dev', '--yes'])).toMatchObject({ status: 0 });
  });

  test.each([[['--trust', '333333333333']], [['--handoff', 'grant.json']], [['--policy', 's3=s3.json', '--save']]])(
    'is carried out as it is: %j would not be heeded, and is refused',
    async (more) => {
      await makePlan();
      const ran = await applyPlan(...more);
      const said = more.filter((word) => word.startsWith('--')).join(', ');
      expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining(`carries out the plan as it is, without ${said}`)]);
      expect(product.writes()).toEqual([]);
      expect(await product.run(['init', '--plan', 'dev.plan', '--yes'], { env: { XACCT_TRUST: '333333333333' } })).toMatchObject({
        status: 0,
      });
    },
  );

  test('takes the values of flags for what they are, also where they are called like a target', async () => {
    await withFile();
    expect(await product.run(['plan', '--target-profile', 'target', '--out', 'target'])).toMatchObject({ status: 0 });
    const ran = await product.run(['init', 'target', '--target-profile', 'target', '--plan', 'target', '--yes']);
    expect(ran.stderr).toContain('→ carry it out: xacct init --target-profile target --plan target --yes\n');
  });

  test('is carried out whole: who names some of its targets is told', async () => {
    await product.put('xacct.yaml', `${CONFIG}  prod: { account: "${TARGET}", profile: target, role: { name: prod } }\n`);
    expect(await product.run(['plan', '--all', '--out', 'all.plan'])).toMatchObject({ status: 0 });
    const ran = await product.run(['init', 'dev', '--plan', 'all.plan', '--yes']);
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining('is for dev, prod, and is carried out whole')]);
    expect(product.writes()).toEqual([]);
  });

  test('from flags alone writes the file that init would have written', async () => {
    await product.run(['plan', ...BOTH, '--policy', 's3=s3.json', '--out', 'dev.plan']);
    expect(await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes'])).toMatchObject({ status: 0 });
    expect(await product.read('xacct.yaml')).toContain('s3: "./s3.json"');
    expect((await product.run(['plan', ...BOTH, '--check'])).status).toBe(0);
  });

  test('from flags alone keeps in that file what no Spec holds', async () => {
    const who = `arn:aws:iam::${SOURCE}:user/admin`;
    const argv = ['--policy', 's3=s3.json', '--trust', SOURCE, '--grant-to', who, '--hub-role', 'our-hub'];
    expect(await product.run(['plan', ...BOTH, ...argv, '--out', 'dev.plan'])).toMatchObject({ status: 0 });
    expect(await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes'])).toMatchObject({ status: 0 });
    const file = await product.read('xacct.yaml');
    expect(file).toContain(`grantTo: ["${who}"]`);
    expect(file).toContain('hubRole: our-hub');
    expect(await product.run(['plan', ...BOTH, '--check'])).toMatchObject({ status: 0 });
  });

  test('that rotates the external ID puts the new one into the file', async () => {
    await withFile();
    expect(await product.run(['init', '--yes'])).toMatchObject({ status: 0 });
    expect(await product.run(['plan', '--rotate-external-id', '--out', 'dev.plan'])).toMatchObject({ status: 0 });
    expect(await applyPlan('--source-profile', 'source')).toMatchObject({ status: 0 });
    expect(await product.read('xacct.yaml')).toMatch(/externalId: \["?\w+"?, "?\w+"?\]/);
    expect(await product.run(['plan', '--check'])).toMatchObject({ status: 0 });
  });

  test('says which of its flags the file does not keep', async () => {
    await withFile();
    expect(await product.run(['plan', '--max-session-duration', '2h', '--out', 'dev.plan'])).toMatchObject({ status: 0 });
    expect((await applyPlan()).stderr).toContain('--max-session-duration counts for this run only');
  });

  test.each<readonly [title: string, change: () => Promise<unknown>, said: string]>([
    ['the account', () => product.run(['init', '--yes']), 'has changed since the plan was made'],
    [
      'xacct.yaml',
      () => product.put('xacct.yaml', CONFIG.replace('version: 1', 'version: 1\nterraform: { region: us-west-2 }')),
      'was made from another xacct.yaml',
    ],
    [
      'the plan itself',
      async () => product.put('dev.plan', (await product.read('dev.plan')).replace('user/admin', 'user/other')),
      'was edited after it was made',
    ],
  ])('is refused with 5 when %s has changed, before any write', async (_title, change, said) => {
    await makePlan();
    const text = await product.read('xacct.yaml');
    await change();
    if (text !== (await product.read('xacct.yaml')) && said.startsWith('has')) await product.put('xacct.yaml', text);
    const before = await stateOf(product.sandbox, TARGET);
    const ran = await applyPlan();
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 5, stdout: '' });
    expect(ran.stderr).toContain(said);
    expect(await stateOf(product.sandbox, TARGET)).toEqual(before);
  });

  test('cannot be carried out twice', async () => {
    await makePlan();
    const text = await product.read('xacct.yaml');
    expect(await applyPlan()).toMatchObject({ status: 0 });
    await product.put('xacct.yaml', text);
    expect(await applyPlan()).toMatchObject({ status: 5 });
  });

  test('keeps a tag that sessions must have with any value', async () => {
    const wish = [...BOTH, '--policy', 's3=s3.json', '--require-session-tag', 'team', '--session-tag', 'team=a'];
    await product.run(['plan', ...wish, '--out', 'dev.plan']);
    expect(await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes'])).toMatchObject({ status: 0 });
    expect(await product.read('xacct.yaml')).toMatch(/conditions:\s+sessionTags:/);
    expect(await product.run(['plan', ...BOTH, '--check'])).toMatchObject({ status: 0 });
  });

  type Forged = Record<string, unknown>;
  const role = (spec: Forged) => spec['role'] as Forged;
  const trusted = (spec: Forged) => (role(spec)['trust'] as readonly [Forged])[0];
  const ROOT = 'arn:aws:iam::999999999999:root';
  const BOUNDARY = `arn:aws:iam::${SOURCE}:policy/other`;
  type Content = { targets: readonly [{ spec: Forged; input: Forged; pair: { undivided: Forged } }] };
  const forged = async (change: (content: Content) => void): Promise<void> => {
    const { digest: _, ...content } = JSON.parse(await product.read('dev.plan'));
    change(content);
    const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    await product.put('dev.plan', JSON.stringify({ ...content, digest }));
  };
  const GITHUB = {
    kind: 'oidc',
    name: 'github:acme/app:environment=prod',
    issuer: 'https://token.actions.githubusercontent.com',
    audience: 'sts.amazonaws.com',
    subjects: ['repo:acme/app:environment:prod'],
  };
  test.each<readonly [title: string, forge: (spec: Forged, target: Forged) => void]>([
    ['a role without a name', (spec) => delete role(spec)['name']],
    ['a way in that is no role', (_, target) => void ((target['input'] as Forged)['viaRole'] = [{ value: 'a b', place: '' }])],
    ['a value of no name', (_, target) => void ((target['flags'] as Forged)['rogue'] = { value: 'x', place: '' })],
    ['a switch that is text', (_, target) => void ((target['flags'] as Forged)['pair'] = { value: 'true', place: '' })],
    ['a preset of no name', (_, target) => void ((target['input'] as Forged)['presets'] = [{ value: 'all', place: '' }])],
    ['a name that is none', (spec) => void (role(spec)['name'] = 'a/b')],
    ['a path that leads elsewhere', (spec) => void (role(spec)['path'] = '/a b/')],
    ['a trust that is text', (spec) => void (role(spec)['trust'] = 'everybody')],
    ['a principal of no kind', (spec) => void (role(spec)['trust'] = [{ kind: 'any' }])],
    ['a principal that is a wildcard', (spec) => void (role(spec)['trust'] = [{ kind: 'aws', arn: '*', account: TARGET }])],
    [
      'a permission set that stands for all',
      (spec) => void (role(spec)['trust'] = [{ kind: 'sso', account: SOURCE, permissionSet: '*' }]),
    ],
    [
      'a token of another subject than its name says',
      (spec) => void (role(spec)['trust'] = [{ ...GITHUB, subjects: ['repo:acme/app:*'] }]),
    ],
    [
      'a token of another issuer than its name says',
      (spec) => void (role(spec)['trust'] = [{ ...GITHUB, issuer: 'https://token.example.com' }]),
    ],
    ['a target whose name is a path', (spec) => void (spec['name'] = '../dev')],
    ['a grant to nobody of that name', (spec) => void ((spec['source'] as Forged)['grants'] = [{ kind: 'user', name: 'a/b' }])],
    ['no conditions', (spec) => delete role(spec)['conditions']],
    ['an external ID that is a list of none', (spec) => void (role(spec)['externalId'] = { kind: 'given', values: [] })],
    ['tags that mark what is ours', (spec) => void (role(spec)['tags'] = { 'xacct:managed': '1' })],
    ['an account that is none', (spec) => void (spec['targetAccount'] = '2')],
    ['no source', (spec) => delete spec['source']],
    ['a preset that is none', (spec) => void (spec['permissions'] = { ...(spec['permissions'] as Forged), presets: ['root'] })],
    ['one thing too many', (spec) => void (spec['more'] = 1)],
    ['no digests', (_, target) => delete target['digests']],
    ['half of no pair', (_, target) => void (target['pair'] = { half: 'other', undivided: {} })],
    ['another name for one who is trusted', (spec) => void (trusted(spec)['said'] = ROOT)],
    ['instances by the name of another role', (spec) => void (trusted(spec)['said'] = 'ec2:other')],
    ['one who is of another account than its ARN', (spec) => void (trusted(spec)['account'] = TARGET)],
    ['a trust by a word', (spec) => void (trusted(spec)['arn'] = 'self')],
    ...(
      [
        ['the input of another target', 'name', 'prod'],
        ['a hub that the Spec has not', 'sourceTrust', [{ value: ROOT, place: '' }]],
        ['a half that the Spec has not', 'planTrust', [{ value: ROOT, place: '' }]],
        ['a pair that the Spec is not', 'pair', { value: true, place: '' }],
        ['leave that the Spec does not give', 'grantSource', { value: true, place: '' }],
        ['leave for another than the Spec gives it', 'grantTo', [{ value: ROOT, place: '' }]],
        ['a boundary of the source that the Spec has not', 'sourcePermissionsBoundary', { value: BOUNDARY, place: '' }],
        ['a session policy that the Spec has not', 'sessionPolicy', { value: 's3.json', place: '' }],
      ] as const
    ).map(
      ([title, name, value]) => [title, (_: Forged, target: Forged) => void ((target['input'] as Forged)[name] = value)] as const,
    ),
  ])('that was forged, with %s, is no plan', async (_title, forge) => {
    await makePlan();
    await forged(({ targets: [target] }) => forge(target.spec, target));
    const ran = await applyPlan();
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('dev.plan is no plan of xacct') as unknown });
    expect(product.writes()).toEqual([]);
  });

  test('of a pair that was forged, with another trust of the half that plans, is no plan', async () => {
    const argv = ['--policy', 's3=s3.json', '--pair', '--trust', 'github:acme@1/app@2:environment=prod'];
    expect(await product.run(['plan', ...BOTH, ...argv, '--out', 'dev.plan'])).toMatchObject({ status: 0 });
    const whole = await product.read('dev.plan');
    const root = [{ value: ROOT, place: '' }];
    for (const change of [
      ({ targets: [one] }: Content) => void (one.pair.undivided['planTrust'] = root),
      ({ targets }: Content) => targets.forEach(({ pair }) => void (pair.undivided['planTrust'] = root)),
      ({ targets }: Content) => targets.forEach(({ pair }) => void (pair.undivided['name'] = 'prod')),
      ({ targets }: Content) => void (targets as unknown as unknown[]).pop(),
    ]) {
      await product.put('dev.plan', whole);
      await forged(change);
      const ran = await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--yes']);
      expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('dev.plan is no plan of xacct') as unknown });
    }
    expect(product.writes()).toEqual([]);
  });

  test('from flags alone shows the file that it will write, before anything is made', async () => {
    await product.run(['plan', ...BOTH, '--policy', 's3=s3.json', '--session-name', 'tf-dev', '--out', 'dev.plan']);
    const { stderr } = await product.run(['init', ...BOTH, '--plan', 'dev.plan', '--dry-run']);
    expect(stderr).toContain('xacct.yaml will say\n');
    expect(stderr).toContain('sessionName: tf-dev');
    expect(stderr.indexOf('sessionName: tf-dev')).toBeLessThan(stderr.indexOf('Plan for account'));
  });

  test('saves no flag that somebody may have put into it', async () => {
    await withFile();
    expect(await product.run(['plan', '--max-session-duration', '2h', '--out', 'dev.plan'])).toMatchObject({ status: 0 });
    await product.run(['init', '--plan', 'dev.plan', '--yes'], { env: { XACCT_SAVE: '1' } });
    expect(await product.read('xacct.yaml')).not.toContain('maxSessionDuration');
  });

  test('is refused with credentials of another account', async () => {
    await makePlan();
    expect(await applyPlan('--target-profile', 'source')).toMatchObject({ status: 3 });
  });

  test.each([
    ['nothing', undefined, 'there is no plan'],
    ['something else', '{"schema":1}', 'is no plan of xacct'],
    ['no JSON', 'plan', 'is no plan of xacct'],
  ])('that is %s is a usage error', async (_title, text, said) => {
    await withFile();
    if (text !== undefined) await product.put('dev.plan', text);
    const ran = await applyPlan();
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(said);
  });
});
