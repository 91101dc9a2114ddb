/** init --plan takes the source's credentials that init takes of the same target, and no other target's. */
import { afterEach, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';

let product: Product;
afterEach(() => product.close());

test('a target without a profile of the source has none in a plan, either', async () => {
  product = await openProduct();
  await product.put(
    'xacct.yaml',
    `version: 1
source: { account: "${SOURCE}" }
role: { trust: ["arn:aws:iam::${SOURCE}:user/admin"], externalId: the-external-id }
permissions: { presets: [read-only] }
terraform: { region: us-east-1 }
targets:
  dev: { account: "333333333333", source: { profile: source } }
  prod: { account: "${TARGET}", profile: target }
`,
  );
  const planned = await product.run(['plan', 'prod', '--out', 'p']);
  expect({ status: planned.status, stderr: planned.stderr.includes('wrote the plan') }).toEqual({ status: 0, stderr: true });
  const { status, stderr } = await product.run(['init', '--plan', 'p', '--yes']);
  expect(stderr).toContain('made, not proved: the credentials of the source were not given');
  expect(status).toBe(0);
});
