/** A client that knows nothing of us: test/e2e/sandbox_client.py, boto3's view of IAM and STS, class by class. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, ROOT, xacct } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

const SUITE = path.join(ROOT, 'test/e2e/sandbox_client.py');

describeWithPeers(['boto3'], 'boto3', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xacct-client-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('finds IAM and STS as AWS describes them', async () => {
    const { status, stderr } = await xacct(['sandbox', '--', pathOf('boto3'), SUITE], {
      cwd: folder,
      env: cleanEnvironment(folder, { PYTHONDONTWRITEBYTECODE: '1' }),
      timeoutMs: 110_000,
    });
    expect(stderr).toMatch(/Ran (?:[4-9]\d|\d{3}) tests in .*\n\nOK\n$/s);
    expect(status).toBe(0);
  });
});
