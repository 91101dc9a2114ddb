/**
 * The end of .ci/run: adds up the reports in the folder that it is given and prints `N passed, N failed, N skipped` as the last line.
 * Fails when anything failed, when a section left no report, and when a test was skipped for a peer that is here.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { PEERS, findPeer } from './peers.mjs';

const [folder = ''] = process.argv.slice(2);

/** @param {string} name @returns {string[]} */
const linesOf = (name) => {
  try {
    return readFileSync(path.join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
};

/** @typedef {{name: string, passed: number, failed: number, skipped: number}} Report */

/** vitest's JSON; a file that cannot be loaded or a failed hook counts as one failure. @param {string} file @returns {Report} */
const readReport = (file) => {
  const report = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const failed = report.numFailedTests || (report.success === false ? 1 : 0);
  return {
    name: file.replace(/\.json$/, ''),
    passed: report.numPassedTests,
    failed,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
};

/** What makes the run fail beyond the tests. @type {string[]} */
const faults = [];

const reports = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .toSorted()
  .map(readReport);
for (const { name, passed, failed, skipped } of reports)
  process.stdout.write(`${name.padEnd(26)}${passed} passed, ${failed} failed, ${skipped} skipped\n`);

for (const line of linesOf('sections')) {
  const [name = '', status] = line.split(' ');
  const own = reports.filter((report) => report.name === name || report.name.startsWith(`${name}-`));
  if (own.length === 0) faults.push(`${name} left no report`);
  else if (status !== '0' && own.every(({ failed }) => failed === 0)) faults.push(`${name} ended with ${status}`);
}

const log = linesOf('peers.jsonl').map((line) => JSON.parse(line));
/** @param {string} peer @param {string} status */
const was = (peer, status) => log.some((entry) => entry.peer === peer && entry.status === status);
for (const peer of /** @type {import('./peers.mjs').Peer[]} */ (Object.keys(PEERS))) {
  const place = findPeer(peer);
  if (place === undefined) process.stdout.write(`skipped: ${peer} is not on this machine\n`);
  else if (was(peer, 'skipped')) faults.push(`${peer} is here (${place}) and its tests were skipped`);
  else if (!was(peer, 'used')) faults.push(`${peer} is here (${place}) and no test used it`);
}

/** @param {'passed' | 'failed' | 'skipped'} what */
const sum = (what) => reports.reduce((total, report) => total + report[what], 0);
if (sum('skipped') > 0 && !log.some(({ status }) => status === 'skipped'))
  faults.push('tests were skipped and no peer is missing');

for (const fault of faults) process.stdout.write(`failed: ${fault}\n`);
const failed = sum('failed') + faults.length;
process.stdout.write(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped\n`);
process.exitCode = failed > 0 ? 1 : 0;
