/** Variables stand in for flags: whatever was typed comes before them, and an error names whom it is about. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProduct, TARGET, type Product } from '../support/product.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

test('a switch that a variable sets is called by the name of the variable', async () => {
  const argv = ['plan', '--target-profile', 'target', '--rotate-external-id', '--permissions', 'none', '--json'];
  const { stdout } = await product.run(argv, { env: { XACCT_RETIRE_EXTERNAL_ID: '1' } });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', path: 'XACCT_RETIRE_EXTERNAL_ID' } });
});

describe('what was typed comes first', () => {
  test('who is asked about by --as, before XACCT_WHO', async () => {
    const argv = ['explain', '--as', `arn:aws:iam::${TARGET}:user/admin`, '--role-arn', ROLE, '--json'];
    const { stdout } = await product.run(argv, { env: { XACCT_WHO: '1', AWS_PROFILE: 'target' } });
    expect(JSON.parse(stdout)).toMatchObject({ result: { verdict: expect.any(String) as string } });
  });

  test('--expect compares the list that XACCT_WHO asks for', async () => {
    const argv = ['explain', '--expect', 'nobody', '--role-arn', ROLE];
    const { stderr } = await product.run(argv, { env: { XACCT_WHO: '1' } });
    expect(stderr).not.toContain('--expect compares the list');
  });
});

test('a shell gets completions, and no JSON that it did not ask for', async () => {
  const env = { XACCT_JSON: '1' };
  expect(await product.run(['completion', '--list', '--', 'pl'], { env })).toMatchObject({ status: 0, stdout: 'plan\n' });
  expect((await product.run(['completion', 'bash'], { env })).stdout).toMatch(/^#/);
  expect((await product.run(['completion', 'bash', '--json'])).stdout).toMatch(/^\{"schema":1,/);
});
