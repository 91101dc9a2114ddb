/** Patches of more than one thing: each does its own as it is printed, and none takes back what another one did. */
import { afterEach, expect, test } from 'vitest';
import type { VerifyReport } from '#domain/verify-report.ts';
import { carryOut } from '../support/apply-patch.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { trustPolicy } from '../support/sandbox-clients.ts';

const PROD = '333333333333';
const CI = `arn:aws:iam::${SOURCE}:user/ci`;

let product: Product;
afterEach(() => product.close());

const ciEnv = (): Readonly<Record<string, string>> => {
  const { accessKeyId, secretAccessKey } = product.sandbox.userCredentials(SOURCE, 'ci');
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};

const verify = async (...argv: readonly string[]): Promise<readonly VerifyReport[]> => {
  const ran = await product.runRaw(['verify', ...argv, '--timeout', '0', '--json'], { env: ciEnv() });
  const { result } = JSON.parse(ran.stdout) as { result?: { targets: readonly VerifyReport[] } };
  if (result === undefined) throw new Error(ran.stdout);
  return result.targets;
};

const codesOf = (reports: readonly VerifyReport[]) => reports.map(({ cause }) => cause?.code ?? null);

test('the grants of two targets with roles of one name stand beside each other', async () => {
  const withId = { StringEquals: { 'sts:ExternalId': 'id-1' } };
  const roles = [{ RoleName: 'xacct-terraform', AssumeRolePolicyDocument: trustPolicy({ AWS: CI }, withId) }];
  product = await openProduct({
    seed: { accounts: { [SOURCE]: { users: [{ UserName: 'ci' }] }, [TARGET]: { roles }, [PROD]: { roles } } },
  });
  await product.put(
    'xacct.yaml',
    [
      'version: 1',
      `source: { account: "${SOURCE}" }`,
      `role: { trust: ["${CI}"], externalId: id-1 }`,
      'permissions: { presets: [], policies: {}, policyArns: [] }',
      `targets: { dev: { account: "${TARGET}" }, prod: { account: "${PROD}" } }`,
      '',
    ].join('\n'),
  );
  const before = await verify('--all');
  expect(codesOf(before)).toEqual(['SOURCE_GRANT_MISSING', 'SOURCE_GRANT_MISSING']);
  for (const { cause } of before)
    expect(await carryOut(cause?.patch.command ?? '', product.sandbox, cause?.account ?? '')).toBe(true);
  expect(codesOf(await verify('--all'))).toEqual([null, null]);
});
