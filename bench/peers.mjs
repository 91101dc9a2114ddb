/**
 * `npm run bench:peers [pairs]`: the same job by the AWS CLI, by Terraform and by init, in one sandbox, every request delayed by 50 ms. The job:
 * a role with an external ID, one policy, attached; the CLI's script assumes the role at the end, Terraform's does not, and init reads first and
 * proves. `cdk bootstrap --trust` makes other roles and more than roles, and needs CloudFormation: it and init are paired in moto_server, which
 * enforces nothing. What is not on the PATH is said, and left out. Needs a build.
 */
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compare, runOnce } from './paired.mjs';
import { keysOf, openMoto } from './moto.mjs';
import { openFolder, openSandbox, POLICY, RUNNER, SOURCE, TARGET, xacct } from './set-up.mjs';
import { openSlowLine } from './slow-line.mjs';
import { printAlone } from './table.mjs';
import { findPeer, onPath } from '../scripts/peers.mjs';

const PAIRS = Number(process.argv[2] ?? 7);
const DELAY_MS = 50;
const ID = '7f3c9a1be4d2a0b1c2d3e4f5a6b7c8d9';
const NAME = 'xacct-terraform';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: RUNNER },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': ID } },
    },
  ],
});

const SCRIPT = `set -eu
aws iam create-role --profile target --role-name ${NAME} --assume-role-policy-document '${TRUST}'
aws iam create-policy --profile target --policy-name ${NAME}-s3 --policy-document file://s3.json
aws iam attach-role-policy --profile target --role-name ${NAME} --policy-arn arn:aws:iam::${TARGET}:policy/${NAME}-s3
aws sts assume-role --profile source --role-arn arn:aws:iam::${TARGET}:role/${NAME} --role-session-name terraform --external-id ${ID}
`;

const MODULE = `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region  = "us-east-1"
  profile = "target"
}
resource "aws_iam_role" "this" {
  name               = "${NAME}"
  assume_role_policy = ${JSON.stringify(TRUST)}
}
resource "aws_iam_policy" "this" {
  name   = "${NAME}-s3"
  policy = ${JSON.stringify(POLICY)}
}
resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}
`;

/** What both other ways are told, too. */
const INIT = [
  'init --yes --target-profile target --source-profile source',
  `--target-account ${TARGET} --source-account ${SOURCE} --trust ${RUNNER} --external-id ${ID} --policy s3=./s3.json`,
].flatMap((words) => words.split(' '));

/** Past pyenv's shim, which would cost the CLI some tenths of a second. @param {string} found */
const behindShim = (found) => {
  if (!found.includes('/.pyenv/shims/')) return found;
  return execFileSync('pyenv', ['which', path.basename(found)], { encoding: 'utf8' }).trim();
};

/** @param {string} command @param {readonly string[]} args */
const versionOf = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0] ?? '';

/** moto's own account. */
const OF_MOTO = '123456789012';

/** @param {string} cdk @param {string} program @param {{cwd: string, env: Record<string, string>}} at */
const besideCdk = async (cdk, program, { cwd, env }) => {
  const moto = await openMoto(program);
  const line = await openSlowLine(moto.endpoint, { delayMs: DELAY_MS });
  try {
    const ofMoto = { ...env, AWS_ENDPOINT_URL: line.endpoint, CI: '1' };
    const config = path.join(cwd, 'moto.conf');
    /** Keys end with a reset. */
    const begin = async () => {
      await moto.reset();
      for (const name of ['xacct.yaml', '.xacct']) await rm(path.join(cwd, name), { recursive: true, force: true });
      const { id, secret, token } = await keysOf(moto.endpoint, TARGET);
      const target = `[profile target]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\naws_session_token = ${token}\n`;
      await writeFile(config, `${target}[profile source]\naws_access_key_id = any\naws_secret_access_key = any\n`);
    };
    const bootstrap = [
      `bootstrap aws://${TARGET}/us-east-1 --profile target --trust ${SOURCE} --no-version-reporting --no-notices`,
      '--cloudformation-execution-policies arn:aws:iam::aws:policy/ReadOnlyAccess',
    ].flatMap((words) => words.split(' '));
    const init = INIT.map((word) => word.replace(SOURCE, OF_MOTO)).concat('--skip', 'negative');
    const common = { cwd, env: { ...ofMoto, AWS_CONFIG_FILE: config }, before: begin };
    return await compare(
      { ...common, command: cdk, args: bootstrap },
      { ...common, command: process.execPath, args: [xacct, ...init] },
      PAIRS,
    );
  } finally {
    await line.close();
    await moto.close();
  }
};

/** @returns {Promise<readonly import('./table.mjs').Row[]>} */
const rows = async () => {
  const sandbox = await openSandbox();
  const line = await openSlowLine(sandbox.endpoint, { delayMs: DELAY_MS });
  const { folder, env, close } = await openFolder(sandbox, line.endpoint);
  const at = { cwd: folder, env: { ...env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', AWS_PAGER: '' } };
  const before = async () => {
    sandbox.reset();
    for (const name of ['xacct.yaml', '.xacct', 'terraform.tfstate', 'terraform.tfstate.backup'])
      await rm(path.join(folder, name), { recursive: true, force: true });
  };
  const init = { ...at, command: process.execPath, args: [xacct, ...INIT], before };
  /** @param {{wall: import('./paired.mjs').Comparison, cpu?: import('./paired.mjs').Comparison}} figures */
  const said = ({ wall, cpu }) => ({
    floor: `${Math.round(wall.floor)} ms`,
    mine: `${Math.round(wall.mine)} ms${cpu ? `, ${cpu.ratio.toFixed(3)}x the CPU` : ''}`,
  });
  /** @type {import('./table.mjs').Row[]} */
  const all = [];
  /** @type {string[]} */
  const absent = [];
  try {
    const aws = findPeer('aws');
    if (aws === undefined) absent.push('aws: not on the PATH');
    else {
      const real = behindShim(aws);
      process.stderr.write(`aws: ${versionOf(real, '--version')}\n`);
      await writeFile(path.join(folder, 'job.sh'), SCRIPT);
      const env = { ...at.env, PATH: `${path.dirname(real)}${path.delimiter}${at.env.PATH}` };
      const figures = await compare({ ...at, env, command: 'bash', args: ['job.sh'], before }, init, PAIRS);
      const what = `init against the AWS CLI's script, +${DELAY_MS} ms`;
      all.push({ what, ...said(figures), value: figures.wall.ratio, unit: 'x', must: 0.25, aim: 0.15 });
    }
    const plugins = findPeer('terraform-provider-aws');
    const terraform = findPeer('terraform');
    if (terraform === undefined || plugins === undefined) absent.push('terraform with its AWS provider: not on this machine');
    else {
      process.stderr.write(`terraform: ${versionOf(terraform, 'version')}\n`);
      await writeFile(path.join(folder, 'main.tf'), MODULE);
      await runOnce({ ...at, command: terraform, args: ['init', `-plugin-dir=${plugins}`] });
      const apply = { ...at, command: terraform, args: ['apply', '-auto-approve'], before };
      const figures = await compare(apply, init, PAIRS);
      const what = `init against terraform apply, +${DELAY_MS} ms`;
      all.push({ what: `${what}, wall`, ...said(figures), value: figures.wall.ratio, unit: 'x', must: 0.1, aim: 0.05 });
      const { peakMb: peak } = figures;
      const bar = { unit: /** @type {const} */ ('x'), must: 0.15 };
      if (peak)
        all.push({
          what: 'peak memory',
          floor: `${peak.floor.toFixed(0)} MB`,
          mine: `${peak.mine.toFixed(0)} MB`,
          value: peak.ratio,
          ...bar,
        });
    }
    const cdk = onPath('cdk');
    const moto = findPeer('moto_server');
    if (cdk === undefined || moto === undefined) absent.push('cdk with moto_server: not on the PATH');
    else {
      process.stderr.write(`cdk: ${versionOf(cdk, '--version')}\n`);
      const figures = await besideCdk(cdk, moto, at);
      const what = `init against cdk bootstrap --trust, both in moto, +${DELAY_MS} ms`;
      // No bar of its own: it must not be the slower one.
      all.push({ what, ...said(figures), value: figures.wall.ratio, unit: 'x', must: 1 });
    }
    process.stderr.write(absent.map((line) => `${line}\n`).join(''));
    return all;
  } finally {
    await close();
    await line.close();
    await sandbox.close();
  }
};

await printAlone(rows);
