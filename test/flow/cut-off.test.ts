/** Whoever writes says first what an earlier run was in the middle of when it was killed; once, whichever command comes first. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOTH, openProduct, TARGET, type Product } from '../support/product.ts';

let product: Product;
beforeEach(async () => {
  product = await openProduct();
  const init = ['init', ...BOTH, '--permissions', 'none', '--external-id', 'abcd', '--yes', '--skip', 'negative'];
  expect(await product.run(init)).toMatchObject({ status: 0 });
  const handOff = ['init', '--target-profile', 'target', '--handoff', 'grant.json', '--yes', '--save'];
  expect(await product.run(handOff)).toMatchObject({ status: 0 });
});
afterEach(() => product.close());

const OLD = { event: 'begin', step: { id: 'create-role old' } };
const NEW = { event: 'begin', step: { id: 'create-role new', account: TARGET } };

test.each([
  ['init', ...BOTH, '--yes'],
  ['init', '--target-profile', 'target', '--handoff', 'other.json', '--yes'],
  ['accept', 'grant.json', '--source-profile', 'source', '--yes'],
  ['lock', '--target-profile', 'target', '--yes'],
  ['unlock', '--target-profile', 'target', '--yes'],
  ['destroy', ...BOTH, '--yes'],
])('%s tells what a killed run was in the middle of, in which account where its journal says it', async (...argv) => {
  await mkdir(path.join(product.folder, '.xacct/runs'), { recursive: true });
  // Newer than any other.
  await product.put('.xacct/runs/9.jsonl', [OLD, NEW].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const told = `cut off in the middle of create-role old, create-role new in account ${TARGET}: `;
  const ran = await product.run(argv);
  expect(ran.status, ran.stderr).toBe(0);
  expect(ran.stderr.split(told)).toHaveLength(2);
  expect((await product.run(argv)).stderr).not.toContain('CUT_OFF');
});

test('a dry run leaves that to the next', async () => {
  await product.put('.xacct/runs/9.jsonl', `${JSON.stringify(NEW)}\n`);
  expect((await product.run(['init', ...BOTH, '--dry-run'])).stderr).not.toContain('CUT_OFF');
  expect((await product.run(['accept', 'grant.json', '--source-profile', 'source', '--dry-run'])).stderr).not.toContain(
    'CUT_OFF',
  );
  expect(await product.run(['plan', ...BOTH, '--out', 'p'])).toMatchObject({ status: 0 });
  expect((await product.run(['init', ...BOTH, '--plan', 'p', '--dry-run'])).stderr).not.toContain('CUT_OFF');
  expect((await product.run(['init', ...BOTH, '--yes'])).stderr).toContain('CUT_OFF');
});
