/**
 * What a whole process takes that calls nobody, or AWS once, against Node alone; and the package itself. `node bench/startup.mjs [pairs]`;
 * needs a build.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { compare, runOnce } from './paired.mjs';
import { openFolder, RUNNER, SOURCE, TARGET, xacct } from './set-up.mjs';
import { printAlone } from './table.mjs';

/** @typedef {import('./table.mjs').Row} Row */
/** @typedef {import('./paired.mjs').Command} Command */

const PAIRS = Number(process.argv[1]?.endsWith('startup.mjs') ? (process.argv[2] ?? 15) : 15);
const root = path.resolve(import.meta.dirname, '..');
const EXTERNAL_ID = '7f3c9a1be4d2';
const ROLE = `arn:aws:iam::${TARGET}:role/xacct/terraform`;
const EMIT_TF = ['emit-tf', '--role-arn', ROLE, '--region', 'eu-central-1', '--external-id', EXTERNAL_ID];

const FILE = `version: 1
source: { account: "${SOURCE}" }
role: { name: xacct-terraform, externalId: ${EXTERNAL_ID} }
targets:
  dev: { account: "${TARGET}" }
`;

/** @param {number} ms */
const inMs = (ms) => `${ms.toFixed(0)} ms`;

/** @param {string} what @param {Command} node @param {Command} mine @param {{must: number, aim: number}} bar @returns {Promise<Row[]>} */
const wallAndCpu = async (what, node, mine, { must, aim }) => {
  const { wall, cpu } = await compare(node, mine, PAIRS);
  const figures = (/** @type {import('./paired.mjs').Comparison} */ one) => ({
    floor: `node -e 0, ${inMs(one.floor)}`,
    mine: inMs(one.mine),
  });
  return [
    { what: `${what}, wall`, ...figures(wall), value: wall.ratio, unit: 'x', must, aim },
    ...(cpu
      ? /** @type {Row[]} */ ([
          {
            what: `${what}, CPU`,
            floor: `node -e 0, ${inMs(cpu.floor / PAIRS)}`,
            mine: inMs(cpu.mine / PAIRS),
            value: cpu.ratio,
            unit: 'x',
            must,
            aim,
          },
        ])
      : []),
  ];
};

/** @param {Command} node @param {Omit<Command, 'args'>} at @returns {Promise<Row[]>} */
const offline = async (node, at) => {
  const bar = { must: 1.3, aim: 1.15 };
  const mine = (/** @type {readonly string[]} */ ...args) => ({ ...at, args: [xacct, ...args] });
  const all = [
    ...(await wallAndCpu('--version', node, mine('--version'), bar)),
    ...(await wallAndCpu('--help', node, mine('--help'), bar)),
    ...(await wallAndCpu('emit-tf from flags', node, mine(...EMIT_TF), bar)),
    ...(await wallAndCpu('emit-tf from xacct.yaml', node, mine('emit-tf', '--config', 'set-up/xacct.yaml'), {
      must: 1.45,
      aim: 1.3,
    })),
  ];
  const { wall, peakMb } = await compare(node, mine(...EMIT_TF), PAIRS);
  all.push({
    what: 'emit-tf, beyond Node',
    floor: `node -e 0, ${inMs(wall.floor)}`,
    mine: inMs(wall.mine),
    value: wall.difference,
    unit: 'ms',
    must: 20,
    aim: 10,
  });
  if (peakMb)
    all.push({
      what: 'emit-tf, peak memory',
      floor: `node -e 0, ${peakMb.floor.toFixed(0)} MB`,
      mine: `${peakMb.mine.toFixed(0)} MB`,
      value: peakMb.ratio,
      unit: 'x',
      must: 1.15,
      aim: 1.1,
    });
  return all;
};

/** A sandbox that is a process of its own: in this one it would wait for what measures it. */
const startSandbox = async () => {
  const child = spawn(process.execPath, [xacct, 'sandbox', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  const { endpoint, environment } = JSON.parse(text).result;
  const config = await readFile(environment.AWS_CONFIG_FILE, 'utf8');
  return {
    sandbox: { endpoint, awsConfigText: () => config },
    stop: async () => {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const IN_SDK = `import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
const sts = new STSClient({});
const [, , RoleArn, ExternalId, times = '1'] = process.argv;
for (let time = 0; time < Number(times); time++)
  await sts.send(new AssumeRoleCommand({ RoleArn, ExternalId, RoleSessionName: 'terraform' }));
process.exit();
`;

/** The same AssumeRole by the SDK alone, with nothing of ours: what verify can come to as long as the SDK stays. @param {string} folder */
const bundleSdk = async (folder) => {
  const file = path.join(folder, 'sdk.mjs');
  await build({
    stdin: { contents: IN_SDK, resolveDir: root },
    outfile: file,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    bundle: true,
    minify: true,
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return file;
};

/** One AssumeRole, with keys from the environment. @param {Command} node @returns {Promise<Row[]>} */
const verifying = async (node) => {
  const { sandbox, stop } = await startSandbox();
  const { folder, env, close } = await openFolder(sandbox, sandbox.endpoint);
  try {
    const at = { command: process.execPath, cwd: folder, env };
    const init = ['init', '--yes', '--external-id', EXTERNAL_ID, '--trust', RUNNER, '--permissions', 'none'];
    await runOnce({ ...at, args: [xacct, ...init, '--target-profile', 'target', '--source-profile', 'source'] });
    const role = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
    const args = ['verify', '--role-arn', role, '--external-id', EXTERNAL_ID, '--skip', 'negative', '--timeout', '0'];
    const ofSource = /\[profile source\][^[]*/.exec(sandbox.awsConfigText())?.[0] ?? '';
    const valueOf = (/** @type {string} */ key) => new RegExp(`${key} *= *(\\S+)`).exec(ofSource)?.[1] ?? '';
    const keys = { AWS_ACCESS_KEY_ID: valueOf('aws_access_key_id'), AWS_SECRET_ACCESS_KEY: valueOf('aws_secret_access_key') };
    const { AWS_CONFIG_FILE: _, ...rest } = env;
    const asRunner = { ...at, env: { ...rest, ...keys, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } };
    const sdk = await bundleSdk(folder);
    // A server at 0 ms has long been running.
    await runOnce({ ...asRunner, args: [sdk, role, EXTERNAL_ID, '500'] });
    const bare = await compare(node, { ...asRunner, args: [sdk, role, EXTERNAL_ID] }, PAIRS);
    const mine = await compare(node, { ...asRunner, args: [xacct, ...args] }, PAIRS);
    const figures = (/** @type {typeof mine} */ { wall }) => ({
      floor: `node -e 0, ${inMs(wall.floor)}`,
      mine: inMs(wall.mine),
      value: wall.ratio,
      unit: /** @type {const} */ ('x'),
      must: 2.3,
      aim: 2,
    });
    return [
      { what: 'that AssumeRole by the SDK alone', ...figures(bare) },
      { what: 'verify, one AssumeRole at 0 ms', ...figures(mine) },
    ];
  } finally {
    await close();
    await stop();
  }
};

/** @param {Command} node @param {Omit<Command, 'args'>} at @returns {Promise<Row[]>} */
const serving = async (node, at) => {
  const { wall } = await compare(node, { ...at, args: [xacct, 'sandbox'], untilLine: true }, PAIRS);
  const figures = { floor: `node -e 0, ${inMs(wall.floor)}`, mine: inMs(wall.mine) };
  return [{ what: 'sandbox until its first line, beyond Node', ...figures, value: wall.difference, unit: 'ms', must: 100 }];
};

/** The tarball by npx, from an empty cache, against a package with nothing in it. @param {string} home @param {NodeJS.ProcessEnv} env @returns {Promise<Row[]>} */
const packed = async (home, env) => {
  const pack = (/** @type {string} */ cwd) => {
    const said = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(said.slice(said.indexOf('[')))[0];
  };
  const empty = path.join(home, 'empty');
  await mkdir(path.join(empty, 'bin'), { recursive: true });
  await writeFile(path.join(empty, 'package.json'), '{"name":"empty","version":"1.0.0","bin":{"empty":"bin/empty.js"}}');
  await writeFile(path.join(empty, 'bin/empty.js'), '#!/usr/bin/env node\nconsole.log("1.0.0");\n', { mode: 0o755 });
  const [mine, floor] = [pack(root), pack(empty)];
  // Each run begins with an empty cache: the shell removes it.
  const npx = (/** @type {string} */ file) => ({
    command: '/bin/sh',
    args: ['-c', `rm -rf .npm && npx --yes ./${file} --version`],
    cwd: home,
    env: { ...env, npm_config_cache: path.join(home, '.npm'), npm_config_offline: 'true', npm_config_update_notifier: 'false' },
  });
  const { wall } = await compare(npx(floor.filename), npx(mine.filename), Math.ceil(PAIRS / 3));
  const { dependencies = {} } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  return [
    {
      what: 'npx --version from an empty cache',
      floor: `an empty package, ${inMs(wall.floor)}`,
      mine: inMs(wall.mine),
      value: wall.ratio,
      unit: 'x',
      must: 1.5,
      aim: 1.2,
    },
    {
      what: 'package, unpacked',
      mine: `${mine.files.length} files`,
      value: mine.unpackedSize / 1e6,
      unit: 'MB',
      must: 2.5,
      aim: 1.5,
    },
    { what: 'dependencies to install', mine: '', value: Object.keys(dependencies).length, unit: '', must: 0 },
  ];
};

/** @returns {Promise<readonly Row[]>} */
export const rows = async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'xacct-bench-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, AWS_EC2_METADATA_DISABLED: 'true' };
  const at = { command: process.execPath, env, cwd: home };
  const node = { ...at, args: ['-e', '0'] };
  try {
    await mkdir(path.join(home, 'set-up'));
    await writeFile(path.join(home, 'set-up/xacct.yaml'), FILE);
    return [
      ...(await offline(node, at)),
      ...(await verifying(node)),
      ...(await serving(node, at)),
      ...(process.platform === 'win32' ? [] : await packed(home, env)),
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printAlone(rows);
