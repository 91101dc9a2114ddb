/**
 * What every piece of the benchmark hands over, and the one table that it is printed in. A piece is a file with `rows()`; bench/run.mjs names them.
 * One row is one bar: `value` is judged against `must` and `aim`, both in `unit`.
 */
import os from 'node:os';

/**
 * `floor`: what it is measured against, with its figure. `mine`: this project's figure. `isMore`: a higher value is better, as of a rate.
 * @typedef {{what: string, floor?: string, mine: string, value: number, unit: 'x' | 'ms' | 'MB' | '/s' | 'calls' | 'round trips' | '', must: number, aim?: number, isMore?: true}} Row
 */
/** @typedef {{rows: () => Promise<readonly Row[]>}} Piece */

/** @param {number} value */
const figure = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3))));

/** @param {number} value @param {Row['unit']} unit */
const withUnit = (value, unit) => `${figure(value)}${unit === 'x' || unit === '/s' ? unit : unit && ` ${unit}`}`;

/** @param {Row} row @returns {'aim' | 'must' | 'MISSED'} the highest goal that is reached */
export const reached = ({ value, must, aim = must, isMore }) => {
  const isWithin = (/** @type {number} */ goal) => (isMore ? value >= goal : value <= goal);
  if (isWithin(aim)) return 'aim';
  return isWithin(must) ? 'must' : 'MISSED';
};

const HEAD = ['what', 'floor', 'this project', 'value', 'must', 'aim', 'reached'];

/** @param {readonly Row[]} rows @returns {string} Markdown that also reads well in a terminal */
export const table = (rows) => {
  const lines = rows.map((row) => [
    row.what,
    row.floor ?? '',
    row.mine,
    withUnit(row.value, row.unit),
    withUnit(row.must, row.unit),
    withUnit(row.aim ?? row.must, row.unit),
    reached(row),
  ]);
  const widths = HEAD.map((name, column) => Math.max(name.length, ...lines.map((cells) => cells[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...lines.map(line)].join('');
};

/** What a figure was measured on and under. */
export const circumstances = () =>
  `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC · Node ${process.version} · ${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? 'CPU'} · load ${os
    .loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')}\n`;

/** For a piece that is run alone: `node bench/startup.mjs`. @param {Piece['rows']} rows */
export const printAlone = async (rows) => {
  process.stdout.write(circumstances());
  const all = await rows();
  process.stdout.write(`\n${table(all)}\n${circumstances()}`);
  process.exitCode = all.some((row) => reached(row) === 'MISSED') ? 1 : 0;
};
