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
import { requestsOf } from './oracle/context.mjs';
import { generate } from './oracle/generate.mjs';
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
    for (const scenario of scenarios) child.stdin.write(`${JSON.stringify({ scenario, requests: requestsOf(scenario) })}\n`);
    child.stdin.end();
  });

if (!existsSync(path.join(folder, 'node_modules/@cloud-copilot/iam-simulate'))) {
  process.stderr.write('the oracle is not installed\n  install it: npm ci --prefix bench/oracle\n');
  process.exit(2);
}

const { decideAssumeRole } = await loadPolicy({ decideAssumeRole: 'evaluate.ts' });
const count = Number(values.count);
const scenarios = Array.from({ length: count }, (_, i) => generate(Number(values.seed) + i));
const answers = await askOracle(scenarios);
const disagreements = scenarios.filter((scenario, i) => decideAssumeRole(scenario).verdict !== answers[i]?.verdict);

/** Rules one after the other, each on what the earlier ones left over. */
let open = disagreements.map((scenario) => ({ scenario, changed: scenario }));
const lines = [];
const removeOne = async (rule, pending) => {
  const changed = pending.map((it) => rule.without(it.changed));
  const said = await askOracle(changed);
  return pending.filter((_, i) => decideAssumeRole(changed[i]).verdict !== said[i]?.verdict);
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
  const rest = open.filter((_, i) => decideAssumeRole(all[i]).verdict !== said[i]?.verdict);
  if (open.length > rest.length) lines.push(`  ${open.length - rest.length} explained by several of these together`);
  open = rest;
}

const agreed = count - disagreements.length;
const allowed = scenarios.filter((scenario) => decideAssumeRole(scenario).verdict === 'allowed').length;
process.stdout.write(`${agreed} of ${count} agree (${((agreed / count) * 100).toFixed(2)} %), ${allowed} allowed by ours\n`);
process.stdout.write(`${lines.join('\n')}${lines.length > 0 ? '\n' : ''}`);
for (const { scenario } of open) {
  const { verdict, explanation } = decideAssumeRole(scenario);
  process.stdout.write(`UNEXPLAINED ${scenario.id}: ours says ${verdict}: ${explanation}\n${JSON.stringify(scenario)}\n`);
}
process.exitCode = open.length > 0 ? 1 : 0;
