/** The wizard against the sandbox: what it asks, what it finds out, what it refuses, and that its command line says the same. */
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product, type Ran } from '../support/product.ts';
import { adminOf, trustPolicy } from '../support/sandbox-clients.ts';
import { BACK, ENTER, type Answer } from '../support/script.ts';

let product: Product;

beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
});

afterEach(() => product.close());

const TARGET_PROFILE = { asked: 'Which credentials administer the target', answer: 'target' };
const ENTRY = { asked: 'Which account is the target?', answer: ENTER };
const SOURCE_PROFILE = { asked: 'Which credentials will run Terraform', answer: 'source' };
const TRUST = { asked: 'Who may assume the role?', answer: ENTER };
const LAYOUT = { asked: 'Where do the tokens enter?', answer: ENTER };
const EXTERNAL_ID = { asked: 'External ID?', answer: ENTER };
const CONDITION = { asked: 'Must the caller meet a condition', answer: ENTER };
const PERMISSIONS = { asked: 'What may the role do', answer: ENTER };
const BUCKET = { asked: 'NAME:', answer: 'my-bucket' };
const MORE = { asked: 'Anything else that it may do?', answer: ENTER };
const NAME = { asked: 'Name of the role:', answer: ENTER };
const REGION = { asked: 'Region of the provider:', answer: ENTER };
const SETTING = { asked: 'Change another setting', answer: ENTER };
const GRANT = { asked: 'Let the caller use the role', answer: ENTER };
const SUMMARY = { asked: 'Is that what you want?', answer: ENTER };

const ACCOUNTS = [TARGET_PROFILE, ENTRY, SOURCE_PROFILE];
const WHAT = [PERMISSIONS, BUCKET, MORE];
const ROLE = [NAME, REGION, SETTING];

const DRY = ['init', '--dry-run', '--json'];

/** The words of a command line that was printed, as a shell would read them. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(
    ([, quoted, bare = '']) => quoted?.replaceAll(String.raw`'\''`, "'") ?? bare,
  );

const commandOf = ({ stderr }: Ran): string => /^the same without questions: (.*)$/m.exec(stderr)?.[1] ?? stderr;

/** The flags that answers stand for; the same plan must come of them. */
const flagsOf = async (answers: readonly Answer[], argv: readonly string[] = DRY, env: Record<string, string> = {}) => {
  const asked = await product.run(argv, { answers, env });
  expect(asked.status, asked.stderr).toBe(0);
  const command = commandOf(asked);
  const again = await product.run(wordsOf(command).slice(1), { env });
  expect({ status: again.status, stdout: again.stdout }, again.stderr).toEqual({ status: 0, stdout: asked.stdout });
  return command
    .replace('xacct init ', '')
    .replace('--dry-run --json ', '')
    .replace(/ --yes$/, '');
};

const COMMON = '--target-profile target --source-profile source';
const LAST = '--preset s3-bucket:my-bucket --role-name xacct-terraform --region us-east-1';

const roleNamed = (RoleName: string, principal: Readonly<Record<string, string>>, Path = '/') =>
  new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trustPolicy(principal) });

/** Up to the question about who comes, by flags. */
const KNOWN = [...DRY, ...BOTH];
const REST = [EXTERNAL_ID, CONDITION, ...WHAT, ...ROLE];
const usualRest = `--external-id generate ${LAST}`;

describe('the wizard', () => {
  test('asks for what no flag said, and everything but the names of things has a default', async () => {
    const answers = [...ACCOUNTS, TRUST, EXTERNAL_ID, CONDITION, ...WHAT, ...ROLE, GRANT, SUMMARY];
    expect(await flagsOf(answers)).toBe(`${COMMON} --trust self --external-id generate ${LAST}`);
  });

  test('makes and proves what was answered, and the file says it', async () => {
    const ran = await product.run(['init', '--role-name', 'xacct-wizard', ...BOTH], {
      answers: [
        TRUST,
        { ...EXTERNAL_ID, answer: 'given' },
        { asked: 'The external ID:', answer: 'our-word' },
        CONDITION,
        { ...PERMISSIONS, answer: 'policy' },
        { asked: 'The JSON file:', answer: 's3=./s3.json' },
        MORE,
        { ...REGION, answer: 'eu-west-1' },
        SETTING,
        GRANT,
        SUMMARY,
        { asked: 'Make these changes in account 222222222222?', answer: true },
      ],
    });
    expect(ran.status, ran.stderr).toBe(0);
    expect(commandOf(ran)).toBe(
      'xacct init --target-profile target --source-profile source --role-name xacct-wizard --trust self --external-id our-word --policy s3=./s3.json --region eu-west-1 --yes',
    );
    expect((await product.run(['emit-tf'])).stdout).toContain('external_id  = "our-word"');
  });

  test('is not needed where flags say who comes and what they may do', async () => {
    const argv = [...DRY, ...BOTH, '--trust', 'self', '--permissions', 'none'];
    expect(await product.run(argv, { answers: [] })).toMatchObject({ status: 0 });
  });

  test('says what the answers come to before it plans anything', async () => {
    const { stderr } = await product.run(KNOWN, { answers: [TRUST, ...REST, GRANT, SUMMARY] });
    expect(stderr.slice(stderr.indexOf('  target  '), stderr.indexOf('\nthe same without'))).toMatchInlineSnapshot(`
      "  target          account 222222222222 (target), profile target
        source          account 111111111111 (source), profile source
        who comes       self (arn:aws:iam::111111111111:user/admin)
        external ID     generate
        conditions      none
        permissions     s3-bucket:my-bucket
        role            xacct-terraform
        longest session 1h
        region          us-east-1
        source side     left as it is
      "
    `);
  });
});

describe('who comes', () => {
  const alice = `arn:aws:iam::${SOURCE}:role/pipeline`;
  const role = { ...TRUST, answer: 'arn' };

  test.for<readonly [string, readonly Answer[], string]>([
    [
      'a role',
      [
        role,
        { asked: 'ARN of', answer: '' },
        { asked: 'ARN of', answer: `${alice}*` },
        { asked: 'ARN of', answer: alice },
        ...REST,
        { ...GRANT, answer: 'no' },
      ],
      `--trust ${alice} ${usualRest}`,
    ],
    [
      'a role that gets its policy',
      [role, { asked: 'ARN of', answer: alice }, ...REST, GRANT],
      `--trust ${alice} ${usualRest} --grant-source`,
    ],
    [
      'a permission set',
      [{ ...TRUST, answer: 'sso' }, { asked: 'permission set:', answer: 'Admin+Ops' }, ...REST],
      `--trust sso:Admin+Ops ${usualRest}`,
    ],
    [
      'instances',
      [{ ...TRUST, answer: 'ec2' }, { asked: "instances' role:", answer: ENTER }, ...REST],
      `--trust ec2:machines ${usualRest}`,
    ],
    [
      'an account',
      [
        { ...TRUST, answer: 'account' },
        { asked: 'Id of the account:', answer: 'ci' },
        { asked: 'Id of the account:', answer: ENTER },
        ...REST,
      ],
      `--trust 111111111111 ${usualRest}`,
    ],
  ])('%s', async ([, answers, flags]) => {
    await adminOf(product.sandbox, SOURCE).iam.send(roleNamed('pipeline', { AWS: SOURCE }));
    await adminOf(product.sandbox, SOURCE).iam.send(roleNamed('machines', { Service: 'ec2.amazonaws.com' }));
    expect(await flagsOf([...answers, SUMMARY], KNOWN)).toContain(flags);
  });

  const github = [
    { ...TRUST, answer: 'github' },
    { asked: 'Repository:', answer: ENTER },
  ];
  const tokens = [LAYOUT, CONDITION, ...WHAT, ...ROLE, SUMMARY];

  test.for<readonly [string, readonly Answer[], string]>([
    [
      'a branch',
      [
        { asked: 'Which of its runs?', answer: ENTER },
        { asked: 'Name of the branch:', answer: ENTER },
      ],
      'ref=refs/heads/main',
    ],
    [
      'an environment',
      [
        { asked: 'Which of its runs?', answer: 'environment' },
        { asked: 'Name of the environment:', answer: 'my prod' },
      ],
      'environment=my prod',
    ],
    [
      'a tag',
      [
        { asked: 'Which of its runs?', answer: 'tag' },
        { asked: 'Name of the tag:', answer: 'v2' },
      ],
      'ref=refs/tags/v2',
    ],
    ['pull requests', [{ asked: 'Which of its runs?', answer: 'pull_request' }], 'pull_request'],
  ])(
    "a workflow of GitHub, found by the folder's own repository: %s; there is no external ID for a token",
    async ([, answers, qualifier]) => {
      await mkdir(`${product.folder}/.git`);
      await product.put('.git/config', '[remote "origin"]\n\turl = git@github.com:acme/infra.git\n');
      const said = await flagsOf([...github, ...answers, ...tokens], KNOWN);
      expect(wordsOf(said)).toContain(`github:acme/infra:${qualifier}`);
      expect(said).toContain(' --layout direct --preset');
    },
  );

  test('a repository that is none is asked again; others come by their form', async () => {
    const wrong = { asked: 'Repository:', answer: 'acme' };
    const stop = [
      { ...TRUST, answer: 'ci' },
      { asked: 'Project, workspace', answer: 'acme/infra' },
      { asked: 'Project, workspace', answer: 'gitlab:acme/infra' },
    ];
    const right = { asked: 'Project, workspace', answer: 'tfc:acme/infra/prod' };
    const said = await flagsOf(
      [{ ...TRUST, answer: 'github' }, wrong, { asked: 'Repository:', answer: BACK }, ...stop, right, ...tokens],
      KNOWN,
    );
    expect(said).toContain('--trust tfc:acme/infra/prod');
  });

  test('an SSO session is no pipeline: its permission set is the default', async () => {
    const name = 'AWSReservedSSO_Ops_0123456789abcdef';
    const arn = `arn:aws:iam::${SOURCE}:role/aws-reserved/sso.amazonaws.com/${name}`;
    await adminOf(product.sandbox, SOURCE).iam.send(roleNamed(name, { AWS: SOURCE }, '/aws-reserved/sso.amazonaws.com/'));
    const { accessKeyId, secretAccessKey, sessionToken } = product.sandbox.sessionFor(arn);
    const credentials = `\n[profile sso]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`;
    await product.put('aws-config', `${product.sandbox.awsConfigText()}${credentials}`);
    const env = { AWS_CONFIG_FILE: `${product.folder}/aws-config` };
    const argv = [...DRY, '--target-profile', 'target', '--source-profile', 'sso'];
    const ran = await product.run(argv, { env, answers: [TRUST, { asked: 'permission set:', answer: ENTER }, ...REST, SUMMARY] });
    expect(commandOf(ran)).toContain('--trust sso:Ops --external-id generate');
    // Nothing may be read with it: neither the alias nor the roles, which only help.
    const roles = [
      { ...TRUST, answer: 'ec2' },
      { asked: "instances' role:", answer: BACK },
    ];
    const again = await product.run(argv, {
      env,
      answers: [...roles, { ...TRUST, answer: 'sso' }, { asked: 'permission set:', answer: ENTER }, ...REST, SUMMARY],
    });
    expect(commandOf(again)).toBe(commandOf(ran));
    const self = await product.run(argv, { env, answers: [{ ...TRUST, answer: 'self' }] });
    expect(self.stdout).toContain('is no choice of');
  });

  test('without credentials of the source its account is asked for, and nothing is offered that needs them', async () => {
    const answers = [
      { ...SOURCE_PROFILE, answer: ENTER },
      { ...TRUST, answer: 'sso' },
      { asked: 'Account that they sign in to', answer: TARGET },
      { asked: 'Account that they sign in to', answer: SOURCE },
      { asked: 'permission set:', answer: 'Ops' },
      ...REST,
      SUMMARY,
    ];
    const said = await flagsOf(answers, [...DRY, '--target-profile', 'target']);
    expect(said).toBe(`--target-profile target --source-account 111111111111 --trust sso:Ops ${usualRest}`);
  });
});

describe('the accounts', () => {
  test('credentials that do not work, and those of the target itself, are told at once, and others can be chosen', async () => {
    await product.put('aws-config', `${product.sandbox.awsConfigText()}\n[profile broken]\nregion = eu-west-1\n`);
    const { stderr } = await product.run(DRY, {
      env: { AWS_CONFIG_FILE: `${product.folder}/aws-config` },
      answers: [
        { ...TARGET_PROFILE, answer: 'broken' },
        TARGET_PROFILE,
        ENTRY,
        { ...SOURCE_PROFILE, answer: TARGET },
        SOURCE_PROFILE,
        TRUST,
        ...REST,
        GRANT,
        SUMMARY,
      ],
    });
    expect(commandOf({ status: 0, stdout: '', stderr })).toContain(COMMON);
    expect(stderr).toContain('arn:aws:iam::222222222222:user/admin, account target (profile target)');
  });

  test('credentials that flags name and that do not work end it before the first question', async () => {
    expect(await product.run([...DRY, '--target-profile', 'nobody'], { answers: [] })).toMatchObject({ status: 3 });
    expect(await product.run([...DRY, '--target-profile', 'target', '--source-profile', TARGET], { answers: [] })).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('TARGET_AS_SOURCE') as unknown,
    });
    expect(await product.run([...KNOWN, '--target-account', '333333333333'], { answers: [] })).toMatchObject({
      stdout: expect.stringContaining('WRONG_ACCOUNT') as unknown,
    });
    expect(product.writes()).toEqual([]);
  });

  test('another account is entered through a role of it', async () => {
    await product.close();
    product = await openProduct({ accounts: [SOURCE, TARGET, '333333333333'] });
    const { iam } = adminOf(product.sandbox, TARGET);
    await iam.send(roleNamed('OrganizationAccountAccessRole', { AWS: '333333333333' }));
    await iam.send(
      new AttachRolePolicyCommand({
        RoleName: 'OrganizationAccountAccessRole',
        PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    );
    const answers = [
      { ...TARGET_PROFILE, answer: '333333333333' },
      { ...ENTRY, answer: 'via' },
      { asked: 'Id of the target account:', answer: '333333333333' },
      { asked: 'Id of the target account:', answer: '22' },
      { asked: 'Id of the target account:', answer: TARGET },
      { asked: 'Role through which', answer: 'Nobody' },
      { asked: 'Role through which', answer: ENTER },
      SOURCE_PROFILE,
      TRUST,
      ...REST,
      GRANT,
      SUMMARY,
    ];
    expect(await flagsOf(answers)).toBe(
      `--target-profile 333333333333 --target-account 222222222222 --via-role OrganizationAccountAccessRole --source-profile source --trust self ${usualRest}`,
    );
  });
});

describe('the organization', () => {
  const ORG = 'o-abcdefghij';

  beforeEach(async () => {
    await product.close();
    product = await openProduct({ seed: { organization: { Id: ORG, accounts: { [SOURCE]: {}, [TARGET]: {} } } } });
  });

  test('of both accounts stands for an external ID by default, where users and roles are named', async () => {
    const answers = [TRUST, EXTERNAL_ID, CONDITION, ...WHAT, ...ROLE, GRANT, SUMMARY];
    expect(await flagsOf(answers, KNOWN)).toContain(`--trust self --external-id none --org ${ORG} --preset`);
    const account = [
      { ...TRUST, answer: 'account' },
      { asked: 'Id of the account:', answer: ENTER },
    ];
    const condition = [
      { ...CONDITION, answer: 'org' },
      { asked: 'Id of the organization:', answer: ENTER },
    ];
    const whole = [
      ...account,
      EXTERNAL_ID,
      ...condition,
      { asked: 'Another condition?', answer: ENTER },
      ...WHAT,
      ...ROLE,
      SUMMARY,
    ];
    expect(await flagsOf(whole, KNOWN)).toContain(`--trust ${SOURCE} --external-id generate --org ${ORG} --preset`);
  });

  test('is asked of AWS once a side, however often somebody goes back', async () => {
    const answers = [TRUST, EXTERNAL_ID, { ...CONDITION, answer: BACK }, EXTERNAL_ID, CONDITION, ...WHAT, ...ROLE, GRANT];
    await product.run(KNOWN, {
      answers: [
        ...answers,
        { ...SUMMARY, answer: 'again' },
        TRUST,
        { ...EXTERNAL_ID, answer: 'none' },
        CONDITION,
        { ...PERMISSIONS, answer: 'none' },
        ...ROLE,
        GRANT,
        SUMMARY,
      ],
    });
    const asked = product.sandbox.log().filter(({ action }) => action === 'DescribeOrganization');
    expect(asked.map(({ account }) => account).toSorted()).toEqual([SOURCE, TARGET]);
  });
});

describe('conditions', () => {
  const one = (answer: string) => ({ ...CONDITION, answer });
  const NO_MORE = { asked: 'Another condition?', answer: ENTER };

  test.for<readonly [string, string, string, string]>([
    ['source-ip', 'Address or range:', '203.0.113.0/24', '--source-ip 203.0.113.0/24'],
    ['org', 'Id of the organization:', 'o-exampleorg1', '--org o-exampleorg1'],
    ['session-name-prefix', 'Beginning of the name:', ENTER, '--session-name-prefix ci'],
    ['require-session-tag', 'Tag as', ENTER, '--require-session-tag team=platform --session-tag team=platform'],
    ['require-source-identity', 'Source identity:', ENTER, '--require-source-identity terraform --source-identity terraform'],
  ])('%s: nothing is no answer, and what the caller must bring Terraform sends', async ([item, asked, answer, flags]) => {
    const given = [one(item), { asked, answer: '' }, { asked, answer }, NO_MORE];
    const said = await flagsOf([TRUST, EXTERNAL_ID, ...given, ...WHAT, ...ROLE, GRANT, SUMMARY], KNOWN);
    expect(said).toContain(`--external-id generate ${flags} --preset`);
  });

  test('stand in the summary once each', async () => {
    const given = [one('session-name-prefix'), { asked: 'Beginning of the name:', answer: ENTER }, NO_MORE];
    const { stderr } = await product.run(KNOWN, { answers: [TRUST, EXTERNAL_ID, ...given, ...WHAT, ...ROLE, GRANT, SUMMARY] });
    expect(stderr).toMatch(/^ {2}conditions +session name begins with ci$/m);
  });

  test('an MFA code is refused, with the reason; several conditions go together', async () => {
    const given = [
      one('require-mfa'),
      one('source-ip'),
      { asked: 'Address or range:', answer: '203.0.113.7' },
      { asked: 'Another condition?', answer: 'source-ip' },
      { asked: 'Address or range:', answer: '203.0.113.8/33' },
      { asked: 'Address or range:', answer: '203.0.113.8' },
      NO_MORE,
    ];
    const said = await flagsOf([TRUST, EXTERNAL_ID, ...given, ...WHAT, ...ROLE, GRANT, SUMMARY], KNOWN);
    expect(said).toContain('--source-ip 203.0.113.7 --source-ip 203.0.113.8 --preset');
  });
});

describe('permissions', () => {
  const what = (answer: string) => ({ ...PERMISSIONS, answer });
  const more = (answer: string) => ({ ...MORE, answer });
  const flagsFor = async (answers: readonly Answer[]) =>
    flagsOf([TRUST, EXTERNAL_ID, CONDITION, ...answers, ...ROLE, GRANT, SUMMARY], KNOWN);

  test.for<readonly [string, string, string]>([
    ['s3-prefix', 'app-', '--preset s3-prefix:app-'],
    ['tf-state', 'states/prod/terraform.tfstate', '--preset tf-state:states/prod/terraform.tfstate'],
    ['read-only', '', '--preset read-only'],
  ])('the preset %s', async ([preset, argument, flags]) => {
    expect(await flagsFor([what(preset), { asked: ':', answer: argument }, MORE])).toContain(flags);
  });

  test('several go together, and an administrator is one by choice alone', async () => {
    const arn = { asked: 'ARN of the policy:', answer: 'arn:aws:iam::aws:policy/AdministratorAccess' };
    const given = [
      what('power-user'),
      more('policy-arn'),
      arn,
      { ...arn, answer: ENTER },
      more('policy'),
      { asked: 'The JSON file:', answer: './s3.json' },
      MORE,
    ];
    expect(await flagsFor(given)).toContain(
      '--preset power-user --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --policy ./s3.json --role-name',
    );
    expect(await flagsFor([what('admin'), MORE])).toContain('--allow-admin --preset admin --role-name');
    expect(await flagsFor([what('none')])).toContain('--permissions none --role-name');
  });

  test('a file that is missing, or no policy, and a bucket that cannot be are asked again', async () => {
    await product.put('bad.json', '{"Statement": 1}');
    const file = (answer: string) => ({ asked: 'The JSON file:', answer });
    expect(
      await flagsFor([what('policy'), file(''), file('./gone.json'), file('./bad.json'), file('./s3.json'), MORE]),
    ).toContain('--policy ./s3.json');
    expect(await flagsFor([PERMISSIONS, { ...BUCKET, answer: '' }, { ...BUCKET, answer: 'No Bucket' }, BUCKET, MORE])).toContain(
      '--preset s3-bucket:my-bucket',
    );
  });
});

describe('the role', () => {
  const flagsFor = async (answers: readonly Answer[]) =>
    flagsOf([TRUST, EXTERNAL_ID, CONDITION, ...WHAT, ...answers, GRANT, SUMMARY], KNOWN);

  test('of a name that somebody else has: another name is the default, and that one is refused', async () => {
    await adminOf(product.sandbox, TARGET).iam.send(roleNamed('xacct-terraform', { AWS: TARGET }));
    const taken = { ...NAME, answer: 'xacct-terraform' };
    expect(await flagsFor([taken, NAME, REGION, SETTING])).toContain('--role-name xacct-terraform-2');
  });

  test('that we made before is brought up to date', async () => {
    expect(await product.run(['init', ...BOTH, '--permissions', 'none', '--yes'])).toMatchObject({ status: 0 });
    const argv = [...KNOWN, '--config', 'new.yaml'];
    const { stderr } = await product.run(argv, { answers: [TRUST, ...REST, GRANT, SUMMARY] });
    expect(stderr).toContain('--role-name xacct-terraform --region');
  });

  test.for<readonly [string, string, string, string, string]>([
    ['path', 'Path of the role', 'no slash', ENTER, '--path /terraform/'],
    ['max-session-duration', "The role's longest session:", '13h', ENTER, '--max-session-duration 4h'],
    ['description', 'Description:', '\u{1F600}', "it's ours", String.raw`--description 'it'\''s ours'`],
    [
      'permissions-boundary',
      'ARN of the boundary:',
      'none',
      ENTER,
      '--permissions-boundary arn:aws:iam::aws:policy/PowerUserAccess',
    ],
    ['tag', 'Tag as KEY=VALUE:', 'team', ENTER, '--tag team=platform'],
  ])('can have another %s; a wrong one is asked again', async ([setting, asked, wrong, right, flags]) => {
    const given = [
      { ...SETTING, answer: setting },
      { asked, answer: wrong },
      { asked, answer: right },
      { asked: 'And another one?', answer: ENTER },
    ];
    expect(await flagsFor([NAME, REGION, ...given])).toContain(`--region us-east-1 ${flags}`);
  });

  test('works in a region of its own partition', async () => {
    const there = ['cn-north-1', 'nowhere', 'eu-west-1'].map((answer) => ({ ...REGION, answer }));
    expect(await flagsFor([NAME, ...there, SETTING])).toContain('--region eu-west-1');
  });
});

describe('the way back', () => {
  test('leads through every question, keeps the answers as defaults, and says only what was answered last', async () => {
    const back = (question: Answer): Answer => ({ ...question, answer: BACK });
    const forth = [TRUST, { ...EXTERNAL_ID, answer: 'none' }, CONDITION, ...WHAT, ...ROLE];
    const again = [GRANT, ...forth.toReversed()].map(back);
    const second = [...forth.map((question) => ({ ...question, answer: ENTER })), GRANT];
    const said = await flagsOf([...forth, GRANT, back(SUMMARY), ...again, ...second, SUMMARY], KNOWN);
    expect(said).toBe(`${BOTH.join(' ')} --trust self --external-id none ${LAST}`);
  });

  test('from the summary leads to the beginning, with the answers as defaults', async () => {
    const forth = [TRUST, { ...EXTERNAL_ID, answer: 'none' }, CONDITION, { ...PERMISSIONS, answer: 'none' }, ...ROLE, GRANT];
    const second = forth.map((question) => ({ ...question, answer: ENTER }));
    const said = await flagsOf([...forth, { ...SUMMARY, answer: 'again' }, ...second, SUMMARY], KNOWN);
    expect(said).toContain('--external-id none --permissions none');
  });

  test('takes with it what was asked because of the other answer', async () => {
    const github = [
      { ...TRUST, answer: 'github' },
      { asked: 'Repository:', answer: BACK },
    ];
    expect(await flagsOf([...github, { ...TRUST, answer: 'self' }, ...REST, GRANT, SUMMARY], KNOWN)).toContain(
      `--trust self ${usualRest}`,
    );
  });
});
