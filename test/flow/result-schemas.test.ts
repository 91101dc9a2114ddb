/** What init, plan and destroy print with --json keeps to the schemas that ship, and to no looser ones. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { schemaFaults, type Schema } from '../support/json-schema.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';

const read = (name: string): Schema =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as Schema;

const FILE = `version: 1
source: { account: "${SOURCE}" }
role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"] }
permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}", role: { externalId: first } }
  gone: { account: "333333333333", role: { externalId: other } }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

interface Envelope {
  readonly result?: { readonly targets: readonly Readonly<Record<string, unknown>>[] };
}

const resultOf = async (argv: readonly string[]) => {
  const { stdout } = await product.run([...argv, '--json']);
  const { result } = JSON.parse(stdout) as Envelope;
  if (result === undefined) throw new Error(stdout);
  return result;
};

const INIT = ['init', ...BOTH, '--policy', 's3=./s3.json', '--yes'];

describe('the schema', () => {
  test('of init holds what a run, a dry run and a run without proof print', async () => {
    const results = [
      await resultOf([...INIT, '--dry-run']),
      await resultOf(INIT),
      await resultOf([...INIT, '--tag', 'team=a', '--description', 'other']),
    ];
    expect(results.map((result) => schemaFaults(read('init'), result))).toEqual([[], [], []]);
    const proof = results[1]?.targets[0]?.['verify'] as object;
    expect(schemaFaults(read('verify'), { targets: [{ name: 'dev', ...proof }] })).toEqual([]);
  });

  test('of plan holds what is new, what is changed, and a target that failed', async () => {
    const before = await resultOf(['plan', ...BOTH, '--policy', 's3=./s3.json']);
    await product.put('xacct.yaml', FILE);
    const several = await resultOf(['plan', ...BOTH, '--all']);
    await product.run(['init', 'dev', ...BOTH, '--yes']);
    const changed = await resultOf(['plan', 'dev', ...BOTH, '--max-session-duration', '2h', '--trust', SOURCE]);
    const failed = several.targets.map((target) => 'error' in target);
    expect({ failed, faults: [before, several, changed].map((result) => schemaFaults(read('plan'), result)) }).toEqual({
      failed: [false, true],
      faults: [[], [], []],
    });
  });

  test('of destroy holds what is removed, and a second time nothing', async () => {
    await product.run(INIT);
    const argv = ['destroy', '--target-profile', 'target', '--yes'];
    const results = [await resultOf(argv), await resultOf(argv)];
    expect(results.map((result) => schemaFaults(read('destroy'), result))).toEqual([[], []]);
    expect(results.map(({ targets: [first = {}] }) => (first['removed'] as readonly string[]).length > 0)).toEqual([true, false]);
  });

  test.each(['init', 'plan', 'destroy'])('of %s takes no key that it does not know', (name) => {
    expect(schemaFaults(read(name), { targets: [{ name: 'dev', secret: 1 }] }).join()).toContain('secret is unknown');
  });
});
