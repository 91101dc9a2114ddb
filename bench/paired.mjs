/**
 * Whole processes, paired: A B A B … in the same minutes, so that what else the machine does falls on both. Of wall time and peak memory the
 * medians, and of each pair the ratio and the difference; CPU time, which is counted in hundredths of a second, over all runs together.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

/**
 * `before`: what it begins with is made, and does not count. `untilLine`: its time ends with the first line on stdout, and it is stopped then. `status`: what it must exit with, 0 unless said.
 * @typedef {{command: string, args: readonly string[], env?: Record<string, string>, cwd?: string, status?: number, untilLine?: true, before?: () => Promise<void>}} Command
 */
/** CPU time and memory are missing where there is no GNU time. @typedef {{wallMs: number, cpuMs?: number, peakMb?: number}} Run */
/** @typedef {{floor: number, mine: number, ratio: number, difference: number}} Comparison */

const GNU_TIME = '/usr/bin/time';

/** @param {readonly number[]} values */
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((all, value) => all + value, 0);

/** @param {Command} command @returns {Promise<Run>} */
const untilLine = async ({ command, args, env, cwd }) => {
  const start = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  const wallMs = performance.now() - start;
  if (!text.includes('\n')) throw new Error(`${command} ${args.join(' ')}: no line on stdout`);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
  return { wallMs };
};

/** @param {Command} command @returns {Promise<Run>} */
const untilEnd = async ({ command, args, env, cwd, status = 0 }) => {
  const hasTime = existsSync(GNU_TIME);
  const [file, words] = hasTime ? [GNU_TIME, ['--quiet', '-f', '%U %S %M', command, ...args]] : [command, args];
  const start = performance.now();
  const child = spawn(file, words, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const exited = once(child, 'exit').then(([code]) => [code, performance.now() - start]);
  const [[code, wallMs]] = await Promise.all([exited, once(child, 'close')]);
  if (code !== status) throw new Error(`${command} ${args.join(' ')}: exit status ${code}\n${said}`);
  if (!hasTime) return { wallMs };
  // GNU time says it last.
  const [user = 0, system = 0, kilobytes = 0] = (said.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wallMs, cpuMs: (user + system) * 1000, peakMb: kilobytes / 1024 };
};

/** @param {Command} command @returns {Promise<Run>} */
export const runOnce = async (command) => {
  await command.before?.();
  return command.untilLine ? untilLine(command) : untilEnd(command);
};

/** @param {readonly (readonly [number, number])[]} pairs @param {(values: readonly number[]) => number} middle @returns {Comparison} */
const comparison = (pairs, middle) => ({
  floor: middle(pairs.map(([a]) => a)),
  mine: middle(pairs.map(([, b]) => b)),
  ratio: middle === sum ? sum(pairs.map(([, b]) => b)) / sum(pairs.map(([a]) => a)) : middle(pairs.map(([a, b]) => b / a)),
  difference: middle(pairs.map(([a, b]) => b - a)),
});

/**
 * @param {Command} floor
 * @param {Command} mine
 * @param {number} count of pairs
 * @returns {Promise<{wall: Comparison, cpu?: Comparison, peakMb?: Comparison}>}
 */
export const compare = async (floor, mine, count) => {
  // The first pair reads the files from the disk.
  await runOnce(floor);
  await runOnce(mine);
  /** @type {[Run, Run][]} */
  const runs = [];
  for (let pair = 0; pair < count; pair++) runs.push([await runOnce(floor), await runOnce(mine)]);
  const wall = comparison(
    runs.map(([a, b]) => [a.wallMs, b.wallMs]),
    median,
  );
  if (runs.some((pair) => pair.some(({ cpuMs }) => cpuMs === undefined))) return { wall };
  return {
    wall,
    cpu: comparison(
      runs.map(([a, b]) => [a.cpuMs ?? 0, b.cpuMs ?? 0]),
      sum,
    ),
    peakMb: comparison(
      runs.map(([a, b]) => [a.peakMb ?? 0, b.peakMb ?? 0]),
      median,
    ),
  };
};
