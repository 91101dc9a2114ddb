/**
 * The other side of the comparison: reads {scenario, requests} as JSON lines, asks @cloud-copilot/iam-simulate about each request and
 * answers `allowed`, `denied` or `error` a line. With --time SECONDS it answers the first line over and over, and prints answers a second.
 */
import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';
import { runSimulation } from '@cloud-copilot/iam-simulate';

const documentOf = (source) => (typeof source === 'string' ? JSON.parse(source) : source);
const named = (sources, prefix) => (sources ?? []).map((source, i) => ({ name: `${prefix}${i}`, policy: documentOf(source) }));
const levels = (list) =>
  (list ?? []).map(({ level, policies }) => ({ orgIdentifier: level, policies: named(policies, 'policy') }));

/** It puts RCPFullAWSAccess onto every level itself, and takes no other RCP that allows. */
const denyOnly = (list) =>
  (list ?? []).map((level) => ({
    ...level,
    policies: level.policies.filter((source) => documentOf(source).Statement.every(({ Effect }) => Effect === 'Deny')),
  }));

/** @param {any} scenario @param {{action: string, context: Record<string, string | string[]>}} request */
const simulate = async ({ caller, role, resource = role.arn }, { action, context }) => {
  const simulation = {
    request: {
      principal: caller.arn,
      action,
      resource: { resource, accountId: resource.split(':')[4] || caller.arn.split(':')[4] },
      contextVariables: context,
    },
    identityPolicies: named(caller.identityPolicies, 'identity'),
    serviceControlPolicies: levels(caller.scps),
    resourceControlPolicies: levels(denyOnly(role?.rcps)),
    ...(role === undefined ? {} : { resourcePolicy: documentOf(role.trustPolicy) }),
    ...(caller.boundary === undefined ? {} : { permissionBoundaryPolicies: named([caller.boundary], 'boundary') }),
    ...(caller.sessionPolicy === undefined ? {} : { sessionPolicy: documentOf(caller.sessionPolicy) }),
  };
  const outcome = await runSimulation(simulation, { simulationMode: 'Strict' });
  if (outcome.resultType === 'error') return { verdict: 'error', detail: JSON.stringify(outcome.errors) };
  return { verdict: outcome.overallResult === 'Allowed' ? 'allowed' : 'denied', detail: outcome.overallResult };
};

const answer = async (line) => {
  const { scenario, requests } = JSON.parse(line);
  for (const request of requests) {
    const result = await simulate(scenario, request);
    if (result.verdict !== 'allowed') return result;
  }
  return { verdict: 'allowed' };
};

const seconds = process.argv[2] === '--time' ? Number(process.argv[3]) : 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (seconds === 0) {
    process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
    continue;
  }
  const { scenario, requests } = JSON.parse(line);
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < seconds * 1000) {
    await simulate(scenario, requests[0]);
    count += 1;
  }
  process.stdout.write(`${Math.round((count * 1000) / (performance.now() - start))}\n`);
}
