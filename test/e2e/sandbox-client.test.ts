/** A client that knows nothing of us: test/e2e/sandbox_client*.py, boto3's view of IAM and STS, class by class. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, ROOT, xacct } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

describeWithPeers(['boto3'], 'boto3', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xacct-client-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['sandbox_client.py', 50],
    ['sandbox_client_breadth.py', 30],
  ])('finds IAM and STS as AWS describes them: %s', async (suite, least) => {
    const { status, stderr } = await xacct(['sandbox', '--', pathOf('boto3'), path.join(ROOT, 'test/e2e', suite)], {
      cwd: folder,
      env: cleanEnvironment(folder, { PYTHONDONTWRITEBYTECODE: '1' }),
      timeoutMs: 110_000,
    });
    expect(stderr).toMatch(/Ran \d+ tests in .*\n\nOK\n$/s);
    expect(Number(/Ran (\d+) tests/.exec(stderr)?.[1])).toBeGreaterThanOrEqual(least);
    expect(status).toBe(0);
  });
});
