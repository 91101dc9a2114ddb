/**
 * Compares the evaluator with @cloud-copilot/iam-simulate on generated scenarios: `npm run test:oracle [-- --count N --seed N --print]`.
 * The oracle has a package.json and a process of its own (bench/oracle, `npm ci` there). Fails on a disagreement that no rule of
 * bench/oracle/known.mjs explains.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadPolicy } from './bundle.mjs';
import { asKnownKeys, requestsOf } from './oracle/context.mjs';
import { generateAccess } from './oracle/generate-access.mjs';
import { generate } from './oracle/generate.mjs';
import { generateWebIdentity } from './oracle/generate-web-identity.mjs';
import { KNOWN } from './oracle/known.mjs';

const folder = path.join(import.meta.dirname, 'oracle');
const { values } = parseArgs({
  options: { count: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' }, print: { type: 'boolean' } },
});

/** @param {any[]} scenarios @returns {Promise<{verdict: string, detail?: string}[]>} */
const askOracle = (scenarios) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(folder, 'answer.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const answers = output
        .trimEnd()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      if (status === 0 && answers.length === scenarios.length) resolve(answers);
      else reject(new Error(`the oracle ended with ${status} after ${answers.length} of ${scenarios.length} answers`));
    });
    for (const scenario of scenarios)
      child.stdin.write(`${JSON.stringify({ scenario: asKnownKeys(scenario), requests: requestsOf(scenario) })}\n`);
    child.stdin.end();
  });

if (!existsSync(path.join(folder, 'node_modules/@cloud-copilot/iam-simulate'))) {
  process.stderr.write('the oracle is not installed\n  install it: npm ci --prefix bench/oracle\n');
  process.exit(2);
}

const { decideAssumeRole, decideAccess } = await loadPolicy({ decideAssumeRole: 'evaluate.ts', decideAccess: 'evaluate.ts' });
const count = Number(values.count);
const first = Number(values.seed);

/** @param {any} scenario */
const decide = (scenario) => (scenario.role === undefined ? decideAccess(scenario) : decideAssumeRole(scenario));

/** @param {(seed: number) => any} make */
const several = (number, make) => Array.from({ length: number }, (_, i) => make(first + i));

/** Compares one kind of question; false when a disagreement is left that no rule explains. */
const compare = async (title, scenarios) => {
  const answers = await askOracle(scenarios);
  const disagreements = scenarios.filter((scenario, i) => decide(scenario).verdict !== answers[i]?.verdict);
  /** Rules one after the other, each on what the earlier ones left over. */
  let open = disagreements.map((scenario) => ({ scenario, changed: scenario }));
  const lines = [];
  const removeOne = async (rule, pending) => {
    const changed = pending.map((it) => rule.without(it.changed));
    const said = await askOracle(changed);
    return pending.filter((_, i) => decide(changed[i]).verdict !== said[i]?.verdict);
  };
  for (const rule of KNOWN) {
    if (open.length === 0) break;
    const rest = await removeOne(rule, open);
    if (open.length > rest.length)
      lines.push(
        `  ${open.length - rest.length} explained: ${rule.name}\n    ${rule.source}\n    test/cases/policy/${rule.golden}.json`,
      );
    if (values.print)
      for (const { scenario } of open.filter((it) => !rest.includes(it)).slice(0, 1)) lines.push(JSON.stringify(scenario));
    open = rest;
  }
  /** What is left over may have two reasons at once. */
  if (open.length > 0) {
    const all = open.map(({ scenario }) => KNOWN.reduce((it, rule) => rule.without(it), scenario));
    const said = await askOracle(all);
    const rest = open.filter((_, i) => decide(all[i]).verdict !== said[i]?.verdict);
    if (open.length > rest.length) lines.push(`  ${open.length - rest.length} explained by several of these together`);
    open = rest;
  }
  const agreed = scenarios.length - disagreements.length;
  const allowed = scenarios.filter((scenario) => decide(scenario).verdict === 'allowed').length;
  const share = ((agreed / scenarios.length) * 100).toFixed(2);
  process.stdout.write(`${title}: ${agreed} of ${scenarios.length} agree (${share} %), ${allowed} allowed by ours\n`);
  process.stdout.write(`${lines.join('\n')}${lines.length > 0 ? '\n' : ''}`);
  for (const { scenario } of open) {
    const { verdict, explanation } = decide(scenario);
    process.stdout.write(`UNEXPLAINED ${scenario.id}: ours says ${verdict}: ${explanation}\n${JSON.stringify(scenario)}\n`);
  }
  return open.length === 0;
};

const results = [
  await compare('sts:AssumeRole', several(count, generate)),
  await compare('sts:AssumeRoleWithWebIdentity', several(Math.ceil(count / 5), generateWebIdentity)),
  await compare('other actions', several(Math.ceil(count / 5), generateAccess)),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
