/**
 * How much of the processor a start takes against Node itself, of which CPU time is the part that a busy machine changes least. The bounds are a
 * third above what was measured (bench/README.md): they hold what was reached, and are not the goals.
 */
import path from 'node:path';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compare } from '../../bench/paired.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAIRS = 12;
const EMIT_TF = ['emit-tf', '--role-arn', 'arn:aws:iam::222222222222:role/xacct/terraform', '--region', 'eu-central-1'];

/** What CPU time of a child is read with. */
const hasGnuTime = existsSync('/usr/bin/time');
if (!hasGnuTime) process.stderr.write('skipped: the CPU time of starts, for want of GNU time in /usr/bin/time\n');

test.runIf(hasGnuTime).each<readonly [args: readonly string[], bound: number]>([
  [['--version'], 1.6],
  [['--help'], 1.65],
  [EMIT_TF, 2.4],
])('%j takes little more than Node alone', async (args, bound) => {
  // Nothing of the machine's: NODE_EXTRA_CA_CERTS alone doubles what Node takes.
  const at = { command: process.execPath, env: { PATH: process.env['PATH'] ?? '', HOME: ROOT } };
  const mine = { ...at, args: [path.join(ROOT, 'bin/xacct.js'), ...args] };
  const { cpu } = await compare({ ...at, args: ['-e', '0'] }, mine, PAIRS);
  expect(cpu?.ratio).toBeGreaterThan(1);
  expect(cpu?.ratio).toBeLessThan(bound);
});
