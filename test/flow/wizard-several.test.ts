/** What of a set-up is more than one: several who come, two roles, and the step that another administrator takes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOTH, openProduct, SOURCE, type Product } from '../support/product.ts';
import { BACK, ENTER, type Answer } from '../support/script.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

const TRUST = { asked: 'Who may assume the role?', answer: ENTER };
const SETTING = { asked: 'Change another setting', answer: ENTER };
const GRANT = { asked: 'Let the caller use the role', answer: ENTER };
const SUMMARY = { asked: 'Is that what you want?', answer: ENTER };
const UP_TO_REGION = [
  { asked: 'External ID?', answer: ENTER },
  { asked: 'Must the caller meet a condition', answer: ENTER },
  { asked: 'What may the role do', answer: ENTER },
  { asked: 'NAME:', answer: 'my-bucket' },
  { asked: 'Anything else that it may do?', answer: ENTER },
  { asked: 'Name of the role:', answer: ENTER },
  { asked: 'Region of the provider:', answer: ENTER },
];
const DRY = ['init', '--dry-run', '--json'];
const KNOWN = [...DRY, ...BOTH];

/** The command line that says the same, once the plan was made of the answers. */
const flagsOf = async (answers: readonly Answer[], argv: readonly string[]): Promise<string> => {
  const { status, stderr } = await product.run(argv, { answers });
  expect(status, stderr).toBe(0);
  return /^the same without questions: (.*)$/m.exec(stderr)?.[1] ?? stderr;
};

describe('several come', () => {
  const again = { asked: 'And another one?', answer: ENTER };
  const more = (answer: string) => ({ asked: 'Who else may assume it?', answer });
  const start = [TRUST, ...UP_TO_REGION];

  test('who else is asked as often as there is somebody; what is no principal is asked again', async () => {
    const answers = [
      ...start,
      { ...SETTING, answer: 'trust' },
      more('nobody'),
      more(''),
      more(SOURCE),
      { ...again, answer: 'trust' },
      more(`arn:aws:iam::${SOURCE}:role/runner`),
      again,
      { ...GRANT, answer: 'no' },
      SUMMARY,
    ];
    const said = await flagsOf(answers, KNOWN);
    expect(said).toContain('--trust self');
    expect(said).toContain(`--trust ${SOURCE} --trust arn:aws:iam::${SOURCE}:role/runner`);
  });

  const pair = [...start, { ...SETTING, answer: 'pair' }, again];
  const planner = { asked: 'Who may assume xacct-terraform-plan?', answer: ENTER };

  test('two roles, where one is only to plan: whoever applies plans by default', async () => {
    const said = await flagsOf([...pair, planner, GRANT, SUMMARY], KNOWN);
    expect(said).toContain('--pair');
    expect(said).not.toContain('--plan-trust');
  });

  test('or somebody else, who is asked again where it is nobody; Esc leads back', async () => {
    const who = (answer: string) => ({ asked: 'Who only plans:', answer });
    const other = { ...planner, answer: 'other' };
    const answers = [
      ...pair,
      { ...planner, answer: BACK },
      again,
      other,
      who(BACK),
      other,
      who(''),
      who('nobody'),
      who(SOURCE),
      GRANT,
      SUMMARY,
    ];
    expect(await flagsOf(answers, KNOWN)).toContain(`--pair --plan-trust ${SOURCE}`);
  });

  test('who plans is not asked where a flag says it, and asked where a flag wants the pair', async () => {
    const answers = [...start, SETTING, GRANT, SUMMARY];
    expect(await flagsOf(answers, [...KNOWN, '--pair', '--plan-trust', SOURCE])).toContain(`--pair --plan-trust ${SOURCE}`);
    expect(await flagsOf([...start, SETTING, planner, GRANT, SUMMARY], [...KNOWN, '--pair'])).not.toContain('--plan-trust');
  });
});

test('without credentials of the source, what its administrator is to do is written down', async () => {
  const answers = (answer: string): readonly Answer[] => [
    { asked: 'Which credentials will run Terraform', answer: ENTER },
    { ...TRUST, answer: 'arn' },
    { asked: 'ARN of', answer: `arn:aws:iam::${SOURCE}:role/runner` },
    ...UP_TO_REGION,
    SETTING,
    { asked: 'Write down what', answer },
    SUMMARY,
  ];
  const argv = [...DRY, '--target-profile', 'target'];
  expect(await flagsOf(answers(ENTER), argv)).not.toContain('--handoff');
  expect(await flagsOf(answers('yes'), argv)).toContain('--handoff grant.json');
});
