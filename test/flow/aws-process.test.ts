/** The adapters in a process of their own: nothing of the SDK's on stderr, and nothing that keeps the process alive. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox/open.ts';
import { ROOT, cleanEnvironment, run } from '../support/child.ts';

let folder = '';
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xacct-process-'));
  sandbox = await openSandbox();
  await writeFile(path.join(folder, 'config'), sandbox.awsConfigText());
  await build({
    stdin: {
      contents: `
        import { openAwsAccounts } from '#aws/open.ts';
        const open = (source) => openAwsAccounts(process.env).open({ source, region: 'us-east-1', endpointUrl: process.env.SANDBOX });
        const sides = [open({ kind: 'profile', name: 'source' }), open({ kind: 'profile', name: 'ec2' })];
        (async () => {
          for (const { sessions } of sides) console.log((await sessions.identity()).account, sessions.credentialSource());
          console.log(await sides[0].iam.readRole('nobody'));
        })();`,
      resolveDir: ROOT,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    outfile: path.join(folder, 'program.cjs'),
  });
});

afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

test('says nothing on stderr and ends at once', async () => {
  const startedAt = performance.now();
  const finished = await run(process.execPath, [path.join(folder, 'program.cjs')], {
    cwd: folder,
    env: cleanEnvironment(folder, {
      AWS_CONFIG_FILE: path.join(folder, 'config'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      SANDBOX: sandbox.endpoint,
    }),
  });
  expect(finished).toMatchObject({
    status: 0,
    stdout: '111111111111 profile source\n111111111111 EC2 instance metadata\nundefined\n',
    stderr: '',
  });
  // Connections that are kept open and not let go would hold the process for seconds.
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});
