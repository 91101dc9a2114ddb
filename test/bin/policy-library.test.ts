/** `import { decideAssumeRole } from 'xacct/policy'` from the packed tarball, installed where there is no checkout: both module systems, and the types. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cleanEnvironment, run, runOk, ROOT, type ChildOptions } from '../support/child.ts';

let folder = '';
const here = (): ChildOptions => ({
  cwd: folder,
  env: cleanEnvironment(folder, { npm_config_offline: 'true', npm_config_cache: path.join(folder, '.cache') }),
  timeoutMs: 60_000,
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-policy-'));
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  await runOk('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', inject('tarball')], here());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SCENARIO = `{
  caller: { arn: 'arn:aws:iam::111111111111:user/alice', kind: 'user' },
  role: { arn: 'arn:aws:iam::222222222222:role/dev', trustPolicy: { Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' } } },
  request: { sessionName: 'it' },
}`;
const USE = `const decision = decideAssumeRole(${SCENARIO});
console.log(decision.layer, decision.reason, decideAssumeRole(applyFix(${SCENARIO}, decision.fix)).verdict, schema.title);`;

describe('the library in the tarball', () => {
  test.each([
    [
      'module',
      `import { applyFix, decideAssumeRole } from 'xacct/policy';
import { createRequire } from 'node:module';
const schema = createRequire(process.cwd() + '/x.js')('xacct/schemas/decision.schema.json');
${USE}`,
    ],
    [
      'commonjs',
      `const { applyFix, decideAssumeRole } = require('xacct/policy'); const schema = require('xacct/schemas/decision.schema.json'); ${USE}`,
    ],
  ])('decides from a %s', async (type, script) => {
    const { stdout } = await runOk(process.execPath, [`--input-type=${type}`, '-e', script], here());
    expect(stdout).toBe('identity NO_POLICY allowed Decision\n');
  });

  test('loads nothing of the command line, and no module of Node', async () => {
    const script = `require('xacct/policy'); console.log(Object.keys(require.cache).filter((file) => !/xacct[^a-z]dist[^a-z](policy|shared-[0-9]+)[.]cjs$/.test(file)).length, process.moduleLoadList.filter((name) => /NativeModule (?:net|http|https|tls|dns|child_process)$/.test(name)).length)`;
    const bare = `console.log(process.moduleLoadList.filter((name) => /NativeModule (?:net|http|https|tls|dns|child_process)$/.test(name)).length)`;
    const [loaded, before] = await Promise.all([script, bare].map((text) => runOk(process.execPath, ['-e', text], here())));
    expect(loaded?.stdout).toBe(`0 ${before?.stdout}`);
  });

  test('has types that take a right use and refuse a wrong one', async () => {
    await writeFile(
      path.join(folder, 'use.mts'),
      `import { applyFix, compilePolicy, decideAssumeRole, type Decision, type Scenario } from 'xacct/policy';
const trustPolicy = compilePolicy({ Statement: [] }, 'trust');
const scenario: Scenario = {
  caller: { arn: 'arn:aws:iam::111111111111:user/alice', kind: 'user', identityPolicies: 'unknown' },
  role: { arn: 'arn:aws:iam::222222222222:role/dev', trustPolicy },
  request: { durationSeconds: 900 },
};
const decision: Decision = decideAssumeRole(scenario);
export const next: Scenario | undefined = decision.fix === null ? undefined : applyFix(scenario, decision.fix);
// @ts-expect-error -- a layer that there is not
export const isMoon = decision.layer === 'moon';
// @ts-expect-error -- a kind of caller that there is not
decideAssumeRole({ ...scenario, caller: { arn: 'x', kind: 'robot' } });
// @ts-expect-error -- a number where text belongs
decideAssumeRole({ ...scenario, request: { externalId: 1 } });
// @ts-expect-error -- no role
decideAssumeRole({ caller: scenario.caller, request: {} });
`,
    );
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: [] };
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
    expect(await run(path.join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], here())).toMatchObject({ status: 0, stdout: '' });
  });
});
