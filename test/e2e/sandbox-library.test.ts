/** `import { openSandbox } from 'xacct/sandbox'` as other people's tests do it: both module systems, and the types. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnvironment, run, runOk, ROOT, type ChildOptions } from '../support/child.ts';

let folder = '';
const here = (): ChildOptions => ({ cwd: folder, env: cleanEnvironment(folder), timeoutMs: 60_000 });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-library-'));
  await mkdir(path.join(folder, 'node_modules'));
  await symlink(ROOT, path.join(folder, 'node_modules/xacct'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const USE = `(async () => {
  const sandbox = await openSandbox({ seed: { accounts: { '222222222222': { users: [{ UserName: 'bob' }] } } } });
  const before = sandbox.userCredentials('222222222222', 'bob').accessKeyId.slice(0, 4);
  sandbox.advanceClock(3_600_000);
  sandbox.reset({});
  let gone = false;
  try { sandbox.userCredentials('222222222222', 'bob'); } catch { gone = true; }
  await sandbox[Symbol.asyncDispose]();
  console.log(before, gone, await fetch(sandbox.endpoint).then(() => 'open', () => 'closed'));
})()`;

describe('the library', () => {
  test.each([
    ['module', `import { openSandbox } from 'xacct/sandbox'; await ${USE}`],
    ['commonjs', `const { openSandbox } = require('xacct/sandbox'); ${USE}`],
  ])('opens, seeds, resets and closes from a %s', async (type, script) => {
    const { stdout } = await runOk(process.execPath, [`--input-type=${type}`, '-e', script], here());
    expect(stdout).toBe('AKIA true closed\n');
  });

  test('has types that stand without this checkout', async () => {
    await writeFile(
      path.join(folder, 'use.mts'),
      `import { openSandbox, type Sandbox, type SandboxSeed } from 'xacct/sandbox';
const seed: SandboxSeed = { accounts: { '222222222222': { users: [{ UserName: 'bob' }] } } };
export const use = async (): Promise<string> => {
  await using sandbox: Sandbox = await openSandbox({ seed, faults: { rules: [{ kind: 'throttle' }] } });
  // @ts-expect-error -- a fault that there is not
  sandbox.setFaults({ rules: [{ kind: 'nonsense' }] });
  // @ts-expect-error -- a member that there is not
  sandbox.nonsense();
  return sandbox.endpoint;
};
`,
    );
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      strict: true,
      noEmit: true,
      preserveSymlinks: true,
      types: ['node'],
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
    };
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
    expect(await run(path.join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], here())).toMatchObject({ status: 0, stdout: '' });
  });
});
