/** The wizard's last word before the plan: what its answers come to. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOTH, openProduct, SOURCE, type Product } from '../support/product.ts';
import { ENTER, type Answer } from '../support/script.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

const KNOWN = ['init', '--dry-run', '--json', ...BOTH];
const TRUST = { asked: 'Who may assume the role?', answer: ENTER };
const GRANT = { asked: 'Let the caller use the role', answer: ENTER };
const SUMMARY = { asked: 'Is that what you want?', answer: ENTER };
const REST = [
  { asked: 'External ID?', answer: ENTER },
  { asked: 'Must the caller meet a condition', answer: ENTER },
  { asked: 'What may the role do', answer: 'none' },
  { asked: 'Name of the role:', answer: ENTER },
  { asked: 'Region of the provider:', answer: ENTER },
  { asked: 'Change another setting', answer: ENTER },
];

test.for<readonly [said: string, trust: readonly Answer[], rest: readonly Answer[], says: RegExp]>([
  [
    'a role of instances',
    [
      { ...TRUST, answer: 'ec2' },
      { asked: "instances' role:", answer: ENTER },
    ],
    [],
    /^ {2}source side {5}the instances' role runner and its instance profile where\n {18}missing, and its policy to use the role$/m,
  ],
  [
    'a policy for the caller',
    [TRUST],
    [{ ...GRANT, answer: 'yes' }],
    /^ {2}source side {5}a policy lets the caller use the role$/m,
  ],
])('says what is made in the source: %s', async ([, trust, rest, says]) => {
  const { stderr } = await product.run(KNOWN, { answers: [...trust, ...REST, ...rest, SUMMARY] });
  expect(stderr).toMatch(says);
});

test('names the role with its path, where it has one', async () => {
  const { stderr } = await product.run([...KNOWN, '--path', '/terraform/'], { answers: [TRUST, ...REST, GRANT, SUMMARY] });
  expect(stderr).toMatch(/^ {2}role {12}\/terraform\/xacct-terraform$/m);
});

test("says that the source's side is written down", async () => {
  const alice = `arn:aws:iam::${SOURCE}:role/pipeline`;
  const argv = ['init', '--dry-run', '--json', '--target-profile', 'target', '--source-account', SOURCE, '--trust', alice];
  const handoff = { asked: "Write down what the source's administrator", answer: 'yes' };
  const { stderr } = await product.run(argv, {
    answers: [{ asked: 'Which credentials will run Terraform', answer: ENTER }, ...REST, handoff, SUMMARY],
  });
  expect(stderr).toMatch(/^ {2}source side {5}what its administrator is to do goes into grant\.json$/m);
});
