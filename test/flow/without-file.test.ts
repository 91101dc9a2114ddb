/** Commands in a folder that has no xacct.yaml: what is missing is the file, and what comes next. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProduct, type Product } from '../support/product.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

test.each([
  ['plan', 'xacct plan'],
  ['plan prod', 'xacct plan prod'],
  ['docs', 'xacct docs'],
  ['emit cfn', 'xacct emit cfn'],
  ['emit cfn prod', 'xacct emit cfn prod'],
  ['emit aws-config prod', 'xacct emit aws-config prod'],
  ['emit-tf', 'xacct emit-tf'],
  ['verify prod', 'xacct verify prod'],
  ['explain', 'xacct explain'],
])('%s', async (line, again) => {
  const { status, stdout, stderr } = await product.run(line.split(' '));
  const [, target] = /(prod)$/.exec(line) ?? [];
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(
    `there is no xacct.yaml${target === undefined ? '' : ` that describes ${target}`} here or in a folder above [USAGE]`,
  );
  expect(stderr).toContain('make one: xacct init\n');
  expect(stderr).toContain(`or name the file: ${again} --config FILE\n`);
  // The last hint is a command that gets further.
  const last = stderr.trim().split('\n').at(-1)?.split(': xacct ')[1]?.split(' ') ?? [];
  expect((await product.run(last)).stderr).not.toContain('there is no xacct.yaml');
});

test('init says what it lacks itself, as it makes the file', async () => {
  const { stderr } = await product.run(['init', '--no-input']);
  expect(stderr).toContain('the role needs permissions');
});
