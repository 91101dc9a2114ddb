/** Two empty accounts and a folder with all that a set-up is made from: what `calls.mjs` and `peers.mjs` begin with. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
export const xacct = path.join(root, 'bin/xacct.js');

export const SOURCE = '111111111111';
export const TARGET = '222222222222';
export const RUNNER = `arn:aws:iam::${SOURCE}:user/admin`;

export const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::my-bucket' }],
});

/** Of the build. @returns {Promise<any>} */
export const openSandbox = () => createRequire(import.meta.url)(path.join(root, 'dist/sandbox.cjs')).openSandbox();

/**
 * With profiles `source` and `target`, whose calls go to this endpoint.
 * @param {any} sandbox
 * @param {string} endpoint
 */
export const openFolder = async (sandbox, endpoint) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'xacct-bench-'));
  await writeFile(path.join(folder, 's3.json'), POLICY);
  await writeFile(path.join(folder, 'aws.conf'), sandbox.awsConfigText().replaceAll(sandbox.endpoint, endpoint));
  return {
    folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      AWS_CONFIG_FILE: path.join(folder, 'aws.conf'),
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'us-east-1',
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
