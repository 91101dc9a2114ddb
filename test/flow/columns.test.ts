/** In a terminal of 80 columns no line of talk runs past the edge, but for what must stay whole: a command, an ARN. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOTH, openProduct, SOURCE, type Product } from '../support/product.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct({ seed: { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } } });
});
afterEach(() => product.close());

/** A command may stand alone on its line; a word that is too long cannot be broken. */
const isWhole = (line: string): boolean =>
  /^ *(?:xacct|aws|AWS_\w+=) ?/.test(line) ||
  !line
    .trim()
    .replace(/^[+~-] /, '')
    .includes(' ');

/** The reporter of these tests breaks none; test/unit/cli/render.test.ts has its lines. */
const isOfReporter = (line: string): boolean => /^(?:warning|note|error| {2}→) /.test(line);

const tooWide = async (...argv: readonly string[]): Promise<readonly string[]> => {
  const { stderr } = await product.run(argv, { context: { columns: 80 } });
  return stderr.split('\n').filter((line) => line.length > 80 && !isWhole(line) && !isOfReporter(line));
};

const PROFILE = ['--target-profile', 'target'];

test.for([
  [
    'what init leaves, and the command that goes on',
    ['init', ...BOTH, '--trust', `arn:aws:iam::${SOURCE}:user/jane`, '--untrust', 'self', '--yes'],
  ],
  ['lock', ['lock', ...BOTH, '--yes']],
  ['unlock', ['unlock', ...BOTH, '--yes']],
  ['a plan in a file', ['plan', ...BOTH, '--out', 'a-rather-long-name-of-a-plan.plan']],
  ['a hand-off', ['init', ...PROFILE, '--handoff', 'grant.json', '--yes']],
  ['a hand-off that is accepted', ['accept', 'grant.json', '--source-profile', 'source', '--yes']],
  ['destroy', ['destroy', ...BOTH, '--yes']],
] as const)('%s', async ([, argv]) => {
  const trust = ['--trust', `arn:aws:iam::${SOURCE}:user/jane`, '--permissions', 'none'];
  await product.run(['init', ...PROFILE, ...trust, '--handoff', 'grant.json', '--yes']);
  if (argv[0] === 'unlock') await product.run(['lock', ...PROFILE, '--yes']);
  expect(await tooWide(...argv)).toEqual([]);
});

test('a plan in a file is told below the plan, where the eye is', async () => {
  const said: string[] = [];
  const context = { out: async (text: string) => void said.push(text), say: (text: string) => void said.push(text) };
  await product.run(['plan', ...BOTH, '--permissions', 'none', '--trust', 'self', '--out', 'x.plan'], { context });
  expect(said.at(-1)).toMatch(/^wrote the plan to x\.plan/);
  expect(said.at(-2)).toContain('Plan for account');
});
