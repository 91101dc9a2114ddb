/** verify --source ec2 on an instance: what it finds there, and what keeps Terraform on the same machine from it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VerifyReport } from '#domain/verify-report.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { trustPolicy } from '../support/sandbox-clients.ts';

const named = (role: string) => trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:role/${role}` });
const rolesOf = (...names: readonly string[]) =>
  names.map((RoleName) => ({ RoleName, AssumeRolePolicyDocument: trustPolicy({ Service: 'ec2.amazonaws.com' }) }));

let product: Product;
beforeEach(async () => {
  product = await openProduct({
    seed: {
      accounts: {
        [SOURCE]: { roles: rolesOf('runners') },
        [TARGET]: {
          roles: [
            { RoleName: 'ci', AssumeRolePolicyDocument: named('runner') },
            { RoleName: 'typo', AssumeRolePolicyDocument: named('runners') },
          ],
        },
      },
    },
  });
});
afterEach(() => product.close());

const verify = (role: string, env: Readonly<Record<string, string>> = {}, more: readonly string[] = []) =>
  product.run(
    [
      'verify',
      '--source',
      'ec2',
      '--role-arn',
      `arn:aws:iam::${TARGET}:role/${role}`,
      '--region',
      'us-east-1',
      '--timeout',
      '0',
      ...more,
    ],
    {
      env: {
        AWS_EC2_METADATA_SERVICE_ENDPOINT: product.sandbox.metadataEndpoint,
        AWS_EC2_METADATA_DISABLED: 'false',
        ...env,
      },
    },
  );

describe('on an instance', () => {
  test('all is well, and nothing is said', async () => {
    const ran = await verify('ci');
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stderr).not.toContain('warning');
  });

  test('the trust policy names another role than the instance has', async () => {
    const ran = await verify('typo', {}, ['--target-profile', 'target', '--json']);
    const { result } = JSON.parse(ran.stdout) as { result: { targets: [VerifyReport] } };
    const { cause } = result.targets[0];
    expect({ status: ran.status, code: cause?.code, actor: cause?.actor }).toEqual({
      status: 1,
      code: 'TRUST_NAMES_OTHERS',
      actor: 'target-admin',
    });
    expect(cause?.explanation).toContain(`arn:aws:iam::${SOURCE}:role/runners`);
    expect(JSON.stringify(cause?.patch)).toContain(`arn:aws:iam::${SOURCE}:role/runner`);
  });

  test('keys in the environment would be taken before its role', async () => {
    const keys = product.sandbox.credentials(SOURCE);
    const ran = await verify('ci', { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey });
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('[SHADOWED_CREDENTIALS]');
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(keys.secretAccessKey);
  });

  test('a Terraform file of the folder keeps Terraform from its role', async () => {
    await product.put('provider.tf', 'provider "aws" {\n  skip_metadata_api_check = true\n}\n');
    await product.put('notes.txt', 'skip_metadata_api_check = true\n');
    const ran = await verify('ci');
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('skip_metadata_api_check = true in provider.tf: ');
    expect(ran.stderr).toContain('[METADATA_SKIPPED]');
  });
});
