/** The wizard where tokens come: into the target itself, or by a hub of the source. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { BACK, ENTER, type Answer } from '../support/script.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

const PULLS = 'github:acme/app:pull_request';
const GITHUB = [
  { asked: 'Who may assume the role?', answer: 'github' },
  { asked: 'Repository:', answer: 'acme/app' },
  { asked: 'Which of its runs?', answer: 'pull_request' },
];
const LAYOUT = { asked: 'Where do the tokens enter?', answer: ENTER };
const HUB = { ...LAYOUT, answer: 'hub' };
const HUB_ROLE = { asked: 'Name of the hub role:', answer: ENTER };
const EXTERNAL_ID = { asked: 'External ID?', answer: ENTER };
const CONDITION = { asked: 'Must the caller meet a condition', answer: ENTER };
const SETTING = { asked: 'Change another setting', answer: ENTER };
const SUMMARY = { asked: 'Is that what you want?', answer: ENTER };
const UP_TO_SETTINGS = [
  { asked: 'What may the role do', answer: 'none' },
  { asked: 'Name of the role:', answer: ENTER },
  { asked: 'Region of the provider:', answer: ENTER },
];
const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess';
const WHO_EC2 = { asked: 'Who may assume the role?', answer: 'ec2' };
const BOUNDARY = [
  { ...SETTING, answer: 'source-permissions-boundary' },
  { asked: 'ARN of the boundary in the source:', answer: `arn:aws:iam::${SOURCE}:role/x` },
  { asked: 'ARN of the boundary in the source:', answer: ENTER },
  { asked: 'And another one?', answer: ENTER },
];
const REST = [CONDITION, ...UP_TO_SETTINGS, SETTING];
const KNOWN = ['init', '--dry-run', ...BOTH];

const walk = async (answers: readonly Answer[], argv: readonly string[] = KNOWN) => {
  const { status, stderr } = await product.run(argv, { answers });
  expect(status, stderr).toBe(0);
  return { said: /^the same without questions: (.*)$/m.exec(stderr)?.[1] ?? stderr, stderr };
};

describe('a hub', () => {
  test('is offered where tokens come; with it an external ID makes sense, and the plan has its role', async () => {
    const { said, stderr } = await walk([...GITHUB, HUB, HUB_ROLE, EXTERNAL_ID, ...REST, SUMMARY]);
    expect(said).toContain(`--trust ${PULLS} --layout hub --hub-role xacct-hub --external-id generate --permissions none`);
    expect(stderr).toMatch(/tokens enter +the source: xacct-hub$/m);
    expect(stderr).toMatch(
      /source side +the hub and the provider of its tokens where missing, and its\n +policy to use the role$/m,
    );
    expect(stderr).toContain(`arn:aws:iam::${SOURCE}:role/xacct-hub`);
  });

  test('can have another name; Esc leads back to where the tokens enter, and from there to who comes', async () => {
    const back = { ...HUB_ROLE, answer: BACK };
    const answers = [
      ...GITHUB,
      HUB,
      back,
      { ...LAYOUT, answer: BACK },
      { asked: 'Which of its runs?', answer: 'pull_request' },
      HUB,
      { ...HUB_ROLE, answer: 'a b' },
      { ...HUB_ROLE, answer: 'ci-hub' },
      EXTERNAL_ID,
      ...REST,
      SUMMARY,
    ];
    expect((await walk(answers)).said).toContain('--layout hub --hub-role ci-hub');
  });

  test.each([
    ['hub', [...GITHUB, HUB, HUB_ROLE]],
    ['role of instances', [WHO_EC2, { asked: "Name of the instances' role:", answer: ENTER }]],
  ])('can have a boundary, as a %s can: a wrong one is asked again, and the summary says it', async (_, who) => {
    const { said, stderr } = await walk([...who, EXTERNAL_ID, CONDITION, ...UP_TO_SETTINGS, ...BOUNDARY, SUMMARY]);
    expect(said).toContain(`--source-permissions-boundary ${POWER_USER}`);
    expect(stderr).toContain(`  source boundary ${POWER_USER}\n`);
  });

  test('can have a boundary where one half of a pair has none', async () => {
    const argv = [...KNOWN, '--pair', '--plan-trust', `arn:aws:iam::${SOURCE}:user/admin`];
    const run = [
      { asked: 'Which of its runs?', answer: ENTER },
      { asked: 'Name of the branch:', answer: ENTER },
    ];
    const { said } = await walk(
      [...GITHUB.slice(0, 2), ...run, HUB, HUB_ROLE, EXTERNAL_ID, CONDITION, ...UP_TO_SETTINGS, ...BOUNDARY, SUMMARY],
      argv,
    );
    expect(said).toContain(`--source-permissions-boundary ${POWER_USER}`);
  });

  test('has no boundary to choose where there is none', async () => {
    const answers = [...GITHUB, LAYOUT, CONDITION, ...UP_TO_SETTINGS, ...BOUNDARY, SUMMARY];
    await expect(product.run(KNOWN, { answers })).rejects.toThrow('never asked: ARN of the boundary');
  });

  test('lets a condition on the organization stand, which a token alone could not meet', async () => {
    const org = [
      { ...CONDITION, answer: 'org' },
      { asked: 'Id of the organization:', answer: 'o-a1b2c3d4e5' },
      { asked: 'Another condition?', answer: ENTER },
    ];
    const { said } = await walk([...GITHUB, HUB, HUB_ROLE, EXTERNAL_ID, ...org, ...UP_TO_SETTINGS, SETTING, SUMMARY]);
    expect(said).toContain('--org o-a1b2c3d4e5');
  });

  test('is in an account that is asked for where nobody gave credentials of the source', async () => {
    const account = (answer: string) => ({ asked: 'Account that has the hub', answer });
    const answers = [
      { asked: 'Which credentials will run Terraform', answer: ENTER },
      ...GITHUB,
      HUB,
      HUB_ROLE,
      account('12'),
      account(TARGET),
      account(SOURCE),
      EXTERNAL_ID,
      ...REST,
      SUMMARY,
    ];
    const { said } = await walk(answers, ['init', '--dry-run', '--target-profile', 'target']);
    expect(said).toContain(`--layout hub --hub-role xacct-hub --source-account ${SOURCE}`);
  });

  test('of a pair is two, and the summary says so', async () => {
    const planner = { asked: 'Who may assume xacct-terraform-plan?', answer: ENTER };
    const branch = [
      ...GITHUB.slice(0, 2),
      { asked: 'Which of its runs?', answer: 'environment' },
      { asked: 'Name of the environment:', answer: 'prod' },
    ];
    const { said, stderr } = await walk([...branch, HUB, HUB_ROLE, EXTERNAL_ID, ...REST, planner, SUMMARY], [...KNOWN, '--pair']);
    expect(said).toContain('--trust github:acme/app:environment=prod');
    expect(stderr).toMatch(/tokens enter +the source: xacct-hub-apply, xacct-hub-plan$/m);
    expect(stderr).toMatch(/role +xacct-terraform-apply, xacct-terraform-plan$/m);
    expect(stderr).toMatch(/who only plans +pull requests and plan phases of those, else the same$/m);
  });
});

describe('where the tokens enter', () => {
  test('is the target by default', async () => {
    expect((await walk([...GITHUB, LAYOUT, ...REST, SUMMARY])).said).toContain('--layout direct');
  });

  test('is asked when a token comes later, too', async () => {
    const later = [
      { ...SETTING, answer: 'trust' },
      { asked: 'Who else may assume it?', answer: PULLS },
      { asked: 'And another one?', answer: ENTER },
    ];
    const grant = { asked: 'Let the caller use the role', answer: ENTER };
    const self = { asked: 'Who may assume the role?', answer: ENTER };
    const { said } = await walk([self, EXTERNAL_ID, CONDITION, ...UP_TO_SETTINGS, ...later, LAYOUT, grant, SUMMARY]);
    expect(said).toContain(`--trust ${PULLS} --layout direct`);
  });

  test('is not asked where a flag says it', async () => {
    const { said } = await walk([...GITHUB, ...REST, SUMMARY], [...KNOWN, '--layout', 'direct']);
    expect(said).toContain('--layout direct');
    await walk([...GITHUB, EXTERNAL_ID, ...REST, SUMMARY], [...KNOWN, '--layout', 'hub', '--hub-role', 'ci']);
  });
});
