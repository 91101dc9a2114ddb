/** How long a command takes that calls nobody, against Node alone. `node bench/startup.mjs [pairs]`; needs a build. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compare } from './paired.mjs';
import { printAlone } from './table.mjs';

const xacct = path.resolve(import.meta.dirname, '../bin/xacct.js');
const PAIRS = Number(process.argv[1]?.endsWith('startup.mjs') ? (process.argv[2] ?? 15) : 15);
const ROLE = 'arn:aws:iam::222222222222:role/xacct/terraform';

/** @type {readonly (readonly [string, readonly string[]])[]} */
const OFFLINE = [
  ['--version', ['--version']],
  ['--help', ['--help']],
  ['emit-tf from flags', ['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1', '--external-id', '7f3c9a1be4d2']],
];

/** @param {number} ms */
const inMs = (ms) => `${ms.toFixed(0)} ms`;

/** @returns {Promise<readonly import('./table.mjs').Row[]>} */
export const rows = async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'xacct-bench-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, AWS_EC2_METADATA_DISABLED: 'true' };
  const at = { command: process.execPath, env, cwd: home };
  const node = { ...at, args: ['-e', '0'] };
  try {
    const all = [];
    for (const [what, args] of OFFLINE) {
      const { wall, cpu } = await compare(node, { ...at, args: [xacct, ...args] }, PAIRS);
      const figures = { floor: `node -e 0, ${inMs(wall.floor)}`, mine: inMs(wall.mine) };
      all.push({ what: `${what}, wall`, ...figures, value: wall.ratio, unit: 'x', must: 1.3, aim: 1.15 });
      all.push({ what: `${what}, more`, ...figures, value: wall.difference, unit: 'ms', must: 20, aim: 10 });
      if (cpu) all.push({ what: `${what}, CPU`, floor: '', mine: '', value: cpu.ratio, unit: 'x', must: 1.3, aim: 1.15 });
    }
    return all;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printAlone(rows);
