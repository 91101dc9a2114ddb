/**
 * What init, its re-run and verify ask of AWS: how many calls, over how many connections, and how many sequential round trips, as the slope
 * of wall time over a delay of 50 and of 150 ms a request. Whatever else the machine does can only add to a wall time, so of several runs the
 * quickest at each delay counts; waves (`slow-line.mjs`) are counted besides. `node bench/calls.mjs [runs]`; needs a build.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runOnce } from './paired.mjs';
import { openFolder, openSandbox, RUNNER, SOURCE, TARGET, xacct } from './set-up.mjs';
import { openSlowLine } from './slow-line.mjs';
import { printAlone } from './table.mjs';

const RUNS = Number(process.argv[1]?.endsWith('calls.mjs') ? (process.argv[2] ?? 5) : 5);
const SHORT_MS = 50;
const LONG_MS = 150;
/** Longer than the program works between two waves on a busy machine. */
const QUIET_MS = 400;

/** A file that somebody wrote: the accounts are known, the external ID is not. */
const FILE = `version: 1
source: { account: "${SOURCE}" }
role: { trust: ["${RUNNER}"] }
permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}" }
`;

/** @typedef {'create' | 're-run' | 'verify'} Job */

/** @type {readonly {job: Job, args: readonly string[]}[]} */
const JOBS = [
  { job: 'create', args: ['init', '--yes'] },
  { job: 're-run', args: ['init', '--yes'] },
  { job: 'verify', args: ['verify'] },
];

/** @type {Record<Job, {calls: readonly [must: number, aim: number], trips: readonly [must: number, aim: number]}>} */
const BARS = {
  create: { calls: [11, 10], trips: [5.2, 4.1] },
  're-run': { calls: [11, 10], trips: [3.2, 2.1] },
  verify: { calls: [4, 4], trips: [2.2, 2.1] },
};

/** @typedef {{wallMs: number, calls: readonly import('./slow-line.mjs').Call[], connections: number, writes: number}} Measured */

/**
 * The life of one set-up, in a folder and accounts of its own.
 * @param {any} sandbox
 * @param {import('./slow-line.mjs').SlowLine} line
 * @param {{isFromFile: boolean}} how
 * @returns {Promise<Record<Job, Measured>>}
 */
const live = async (sandbox, line, { isFromFile }) => {
  sandbox.reset();
  const { folder, env, close } = await openFolder(sandbox, line.endpoint);
  try {
    if (isFromFile) await writeFile(path.join(folder, 'xacct.yaml'), FILE);
    /** @type {Partial<Record<Job, Measured>>} */
    const measured = {};
    for (const { job, args } of JOBS) {
      const sides = ['--source-profile', 'source', ...(job === 'verify' ? [] : ['--target-profile', 'target'])];
      const flags = job === 'create' && !isFromFile ? ['--policy', 's3=./s3.json'] : [];
      line.forget();
      const before = sandbox.log().length;
      const command = { command: process.execPath, args: [xacct, ...args, ...sides, ...flags], cwd: folder, env };
      const { wallMs } = await runOnce(command);
      const writes = sandbox
        .log()
        .slice(before)
        .filter((/** @type {{write: boolean}} */ { write }) => write).length;
      measured[job] = { wallMs, calls: line.calls(), connections: line.connections(), writes };
    }
    return /** @type {Record<Job, Measured>} */ (measured);
  } finally {
    await close();
  }
};

/** @param {readonly import('./slow-line.mjs').Call[]} calls */
const byAction = (calls) => {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { action } of calls) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, count]) => (count > 1 ? `${count} ${action}` : action)).join(', ');
};

/** @param {any} sandbox @param {{delayMs: number} | {quietMs: number}} how @param {boolean} isFromFile */
const at = async (sandbox, how, isFromFile) => {
  const line = await openSlowLine(sandbox.endpoint, how);
  try {
    return await live(sandbox, line, { isFromFile });
  } finally {
    await line.close();
  }
};

/** @returns {Promise<readonly import('./table.mjs').Row[]>} */
export const rows = async () => {
  const sandbox = await openSandbox();
  /** @type {import('./table.mjs').Row[]} */
  const all = [];
  try {
    for (const isFromFile of [false, true]) {
      const waves = await at(sandbox, { quietMs: QUIET_MS }, isFromFile);
      /** @type {[Record<Job, Measured>, Record<Job, Measured>][]} */
      const pairs = [];
      for (let run = 0; run < RUNS; run += 1)
        pairs.push([await at(sandbox, { delayMs: SHORT_MS }, isFromFile), await at(sandbox, { delayMs: LONG_MS }, isFromFile)]);
      for (const { job } of JOBS) {
        if (job !== 'create' && isFromFile) continue;
        const { calls, connections, writes } = waves[job];
        const [must, aim] = BARS[job].calls;
        const [mustTrips, aimTrips] = BARS[job].trips;
        const name = job === 'create' ? `create, from ${isFromFile ? 'a file' : 'flags'}` : job;
        const near = Math.min(...pairs.map(([short]) => short[job].wallMs));
        const far = Math.min(...pairs.map(([, long]) => long[job].wallMs));
        const mine = `${writes} writes, ${connections} connections`;
        all.push({ what: `${name}: calls`, mine, value: calls.length, unit: 'calls', must, aim });
        if (job === 're-run') all.push({ what: `${name}: writes`, mine: '', value: writes, unit: 'calls', must: 0 });
        const said = `${calls.at(-1)?.wave} waves; ${near.toFixed(0)} ms at +${SHORT_MS}, ${far.toFixed(0)} ms at +${LONG_MS}`;
        const slope = (far - near) / (LONG_MS - SHORT_MS);
        all.push({ what: `${name}: slope`, mine: said, value: slope, unit: 'round trips', must: mustTrips, aim: aimTrips });
        process.stderr.write(`  ${name}: ${byAction(calls)}\n`);
      }
    }
    return all;
  } finally {
    await sandbox.close();
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printAlone(rows);
