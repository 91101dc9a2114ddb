/** `npm run bench [piece …]`: every piece of the benchmark, one table. Needs a build and Node only. Exit status 1 where a must is missed. */
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { circumstances, reached, table } from './table.mjs';

/** In the order of the table: the quiet ones first, then those that load both cores. */
const PIECES = ['startup', 'calls', 'policy', 'sandbox'];

const wished = process.argv.slice(2);
const unknown = wished.filter((name) => !PIECES.includes(name));
if (unknown.length > 0) throw new Error(`no piece ${unknown.join(', ')}; there are ${PIECES.join(', ')}`);

process.stdout.write(circumstances());
const rows = [];
for (const piece of PIECES.filter((name) => wished.length === 0 || wished.includes(name))) {
  process.stderr.write(`${piece} …\n`);
  /** @type {import('./table.mjs').Piece} */
  const { rows: measure } = await import(pathToFileURL(path.join(import.meta.dirname, `${piece}.mjs`)).href);
  rows.push(...(await measure()));
}
process.stdout.write(`\n${table(rows)}\n${circumstances()}`);
process.exitCode = rows.some((row) => reached(row) === 'MISSED') ? 1 : 0;
