/** Who enters by a hub is named by the same flag as who is trusted directly: `--untrust` takes them out, and is the asking. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { wholeStateOf } from '../support/account-state.ts';
import { openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf } from '../support/sandbox-clients.ts';

const PROD = '333333333333';
const JANE = `arn:aws:iam::${SOURCE}:user/jane`;
const tokenOf = (environment: string): string => `github:acme/infra:environment=${environment}`;
const STAGING = tokenOf('staging');

const fileOf = (section: string): string => `version: 1
source: { account: "${SOURCE}", profile: source${section.startsWith('source') ? `, trust: [${tokenOf('prod')}, ${STAGING}]` : ''} }
${section.startsWith('role') ? `role: { trust: [${JANE}, ${tokenOf('prod')}, ${STAGING}] }\n` : ''}permissions: { policies: { s3: s3.json } }
targets:
  dev: { account: "${TARGET}", profile: target, role: { externalId: first } }
  prod: { account: "${PROD}", profile: "${PROD}", role: { externalId: other } }
`;

let product: Product;
beforeEach(async () => {
  product = await openProduct({
    accounts: [SOURCE, TARGET, PROD],
    seed: { accounts: { [SOURCE]: { users: [{ UserName: 'jane' }] } } },
  });
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

const run = (...argv: readonly string[]) => product.run([...argv, '--timeout', '1s']);
const init = (...argv: readonly string[]) => run('init', '--all', '--yes', ...argv);
const hubTrust = async () => JSON.stringify((await wholeStateOf(product.sandbox, SOURCE)).roles['xacct-hub']?.trust);

describe.each(['source.trust', 'role.trust'])('a token of %s that enters by a hub', (section) => {
  test('goes where --untrust names it, with a plain yes, and comes back with the file', async () => {
    await product.put('xacct.yaml', fileOf(section));
    expect(await init()).toMatchObject({ status: 0 });
    const trust = await hubTrust();
    expect(trust).toContain('environment:staging');
    const ran = await init('--untrust', STAGING);
    expect([ran.status, ran.stderr]).toEqual([
      0,
      expect.stringContaining('source/role/xacct-hub/trust (removes access, as asked)'),
    ]);
    expect(await hubTrust()).toBe(
      trust
        .replace(/"[^"]*environment:staging"/, '')
        .replace(/\[("[^"]*"),\]/, '$1')
        .replace(/\[,("[^"]*")\]/, '$1'),
    );
    expect(await init()).toMatchObject({ status: 0 });
    expect(await hubTrust()).toBe(trust);
  });

  test('is held back where something else would go with it', async () => {
    await product.put('xacct.yaml', fileOf(section));
    expect(await init()).toMatchObject({ status: 0 });
    const trust = JSON.parse(await hubTrust()) as { readonly Statement: readonly object[] };
    const backdoor = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${SOURCE}:user/admin` }, Action: 'sts:AssumeRole' };
    const PolicyDocument = JSON.stringify({ ...trust, Statement: [...trust.Statement, backdoor] });
    await adminOf(product.sandbox, SOURCE).iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'xacct-hub', PolicyDocument }));
    const ran = await init('--untrust', STAGING);
    expect([ran.status, ran.stderr]).toEqual([1, expect.stringContaining('source/role/xacct-hub/trust stays as it is')]);
    expect(await hubTrust()).toContain('environment:staging');
    expect(await init('--untrust', STAGING, '--prune')).toMatchObject({ status: 0 });
    expect(await hubTrust()).not.toContain('environment:staging');
  });

  test('goes by a plan in a file, too', async () => {
    await product.put('xacct.yaml', fileOf(section));
    expect(await init()).toMatchObject({ status: 0 });
    expect(await product.run(['plan', '--all', '--untrust', STAGING, '--out', 'go.plan'])).toMatchObject({ status: 0 });
    expect(await run('init', '--plan', 'go.plan', '--yes')).toMatchObject({ status: 0 });
    expect(await hubTrust()).not.toContain('environment:staging');
  });

  test('leaves the file, too, with --save, and nobody else does', async () => {
    await product.put('xacct.yaml', fileOf(section));
    expect(await init()).toMatchObject({ status: 0 });
    expect(await init('--untrust', STAGING, '--save')).toMatchObject({ status: 0 });
    const trust = await hubTrust();
    expect(trust).toContain('environment:prod');
    expect(trust).not.toContain('environment:staging');
    expect(await product.run(['plan', '--all', '--check'])).toMatchObject({ status: 0 });
  });
});

test('who is nowhere trusted cannot be untrusted', async () => {
  await product.put('xacct.yaml', fileOf('source.trust'));
  expect(await init('--untrust', tokenOf('dev'))).toMatchObject({ status: 2 });
});

test('the last who enters by the hub cannot be taken out: the role would trust nobody', async () => {
  await product.put('xacct.yaml', fileOf('source.trust'));
  const ran = await init('--untrust', STAGING, '--untrust', tokenOf('prod'));
  expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining('the role would trust nobody')]);
});
