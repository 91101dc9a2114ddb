/**
 * Decisions a second on one core, over compiled policies, for a typical cross-account case: `npm run bench policy`. The median of several
 * runs; beside it, where bench/oracle is installed, what @cloud-copilot/iam-simulate does in the same run. CPU time, because other
 * processes of the machine do not slow it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadPolicy } from './bundle.mjs';
import { requestsOf } from './oracle/context.mjs';
import { printAlone } from './table.mjs';

const RUNS = 9;
const DECISIONS = 40_000;
/** Decisions go round so many calls, each of another session with objects of its own: nothing but the policies is the same twice in a row. */
const CALLS = 500;
const GOAL = 100_000;
const ROLE = 'arn:aws:iam::222222222222:role/xacct/terraform';

const trustPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'AllowAssume',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111111111111:role/ci/deployer' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'EXT-ID' } },
    },
    {
      Sid: 'AllowTags',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111111111111:role/ci/deployer' },
      Action: ['sts:TagSession', 'sts:SetSourceIdentity'],
    },
  ],
};
const identity = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::state/*' },
    { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: 'arn:aws:iam::*:role/xacct/*' },
  ],
};
const scenario = {
  caller: {
    arn: 'arn:aws:sts::111111111111:assumed-role/deployer/run-1',
    kind: 'assumed-role',
    roleArn: 'arn:aws:iam::111111111111:role/ci/deployer',
    identityPolicies: [identity],
  },
  role: { arn: ROLE, trustPolicy },
  request: { sessionName: 'terraform', externalId: 'EXT-ID', durationSeconds: 900 },
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const { decideAssumeRole, compilePolicy } = await loadPolicy({ decideAssumeRole: 'evaluate.ts', compilePolicy: 'compile.ts' });
const policies = { identity: compilePolicy(identity, 'identity'), trustPolicy: compilePolicy(trustPolicy, 'trust') };

const calls = (ownPolicies, change = {}) =>
  Array.from({ length: CALLS }, (_, i) => ({
    caller: {
      ...scenario.caller,
      arn: `arn:aws:sts::111111111111:assumed-role/deployer/run-${i}`,
      identityPolicies: [ownPolicies.identity],
    },
    role: { ...scenario.role, trustPolicy: ownPolicies.trustPolicy },
    request: { ...scenario.request, sessionName: `terraform-${i}`, ...change },
  }));

/** @param {any[]} subjects @param {string} verdict @param {number} count */
const measure = (subjects, verdict, count) => {
  const rates = [];
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++)
      if (decideAssumeRole(subjects[i % CALLS]).verdict !== verdict) throw new Error(`not ${verdict}`);
    const { user, system } = process.cpuUsage(start);
    rates.push((count * 1e6) / (user + system));
  }
  return Math.round(median(rates));
};

/** @returns {Promise<number>} */
const oracleRate = () =>
  new Promise((resolve, reject) => {
    const answer = path.join(import.meta.dirname, 'oracle/answer.mjs');
    const child = spawn(process.execPath, [answer, '--time', '5'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Number(output)));
    child.stdin.end(`${JSON.stringify({ scenario, requests: requestsOf(scenario) })}\n`);
  });

/** @param {number} rate */
const inDecisions = (rate) => `${Math.round(rate).toLocaleString('en')} decisions/s`;

/** @returns {Promise<readonly import('./table.mjs').Row[]>} */
export const rows = async () => {
  const hasOracle = existsSync(path.join(import.meta.dirname, 'oracle/node_modules'));
  if (!hasOracle) process.stderr.write('  @cloud-copilot/iam-simulate: not installed (npm ci --prefix bench/oracle)\n');
  const floor = hasOracle ? { floor: `iam-simulate, ${inDecisions(await oracleRate())}` } : {};
  const rate = measure(calls(policies), 'allowed', DECISIONS);
  const denied = measure(calls(policies, { externalId: 'WRONG' }), 'denied', DECISIONS / 4);
  const anew = measure(calls({ identity, trustPolicy }), 'allowed', DECISIONS / 8);
  const mine = `with its fix when denied ${inDecisions(denied)}, compiled each time ${inDecisions(anew)}`;
  return [{ what: 'evaluator, compiled once, allowed', ...floor, mine, value: rate, unit: '/s', must: GOAL, isMore: true }];
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printAlone(rows);
