/** Flags that no other test types, each by what it changes. */
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VerifyReport } from '#domain/verify-report.ts';
import { openSandbox, type SandboxOptions } from '#sandbox/open.ts';
import { BOTH, openProduct, SOURCE, TARGET, type Product, type RunOptions } from '../support/product.ts';

const ROLE = ['--role-arn', `arn:aws:iam::${TARGET}:role/xacct-terraform`];
const EMIT = ['emit-tf', ...ROLE, '--external-id', 'first', '--region', 'us-east-1'];
const BACKEND = ['--backend', 's3', '--backend-bucket', 'state', '--backend-key', 'k'];

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

describe('emit-tf', () => {
  test.each<[line: string, base: readonly string[], flag: readonly string[]]>([
    ['use_fips_endpoint = true', [], ['--fips']],
    ['use_dualstack_endpoint = true', [], ['--dualstack']],
    ['skip_metadata_api_check = true', [], ['--skip-metadata-api-check']],
    ['sts = "https://sts.example.com"', [], ['--sts-endpoint', 'https://sts.example.com']],
    ['alias = "other"', [], ['--alias', 'other']],
    ['region = "eu-west-1"', BACKEND, ['--backend-region', 'eu-west-1']],
    [`role_arn = "arn:aws:iam::${TARGET}:role/xacct-terraform"`, BACKEND, ['--backend-account', 'target']],
  ])('writes %s', async (line, base, flag) => {
    const times = async (argv: readonly string[]): Promise<number> => {
      const { status, stdout } = await product.run([...EMIT, ...argv]);
      expect(status).toBe(0);
      return stdout.replaceAll(/ +/g, ' ').split(line).length - 1;
    };
    expect((await times([...base, ...flag])) - (await times(base))).toBe(1);
  });
});

test('--quiet leaves the plan out that --yes agrees to', async () => {
  const init = (name: string, ...more: readonly string[]) =>
    product.run(['init', ...BOTH, '--permissions', 'none', '--yes', '--config', `${name}.yaml`, '--role-name', name, ...more]);
  const [loud, quiet] = [await init('one'), await init('two', '--quiet')];
  expect([loud.status, quiet.status]).toEqual([0, 0]);
  expect(loud.stderr).toContain('Plan for account');
  expect(quiet.stderr).not.toContain('Plan for account');
});

test('an upstream on another machine must be asked for by --upstream-remote', async () => {
  const { status, stderr } = await product.run(['sandbox', '--upstream', 'http://192.0.2.1:5000', '--', 'true'], {
    context: { openSandbox: (request) => openSandbox(request as SandboxOptions | undefined) },
  });
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('--upstream-remote') });
});

describe('verify', () => {
  const verify = async (argv: readonly string[], options: RunOptions = {}) => {
    const { status, stdout } = await product.run(['verify', '--json', '--timeout', '1s', ...argv], options);
    const { result } = JSON.parse(stdout) as { readonly result: { readonly targets: readonly [VerifyReport] } };
    const { checks, maxSessionSeconds } = result.targets[0];
    return { status, checks: new Map(checks.map((check) => [check.id, check.status])), maxSessionSeconds };
  };
  const SOURCE_PROFILE = ['--source-profile', 'source'];
  beforeEach(async () => {
    const role = ['--permissions', 'none', '--max-session-duration', '2h', '--external-id', 'first'];
    await product.run(['init', ...BOTH, ...role, '--yes']);
  });

  test('--thorough proves what is left out otherwise', async () => {
    expect([...(await verify(SOURCE_PROFILE)).checks.keys()]).not.toContain('wrong-external-id');
    const { status, checks } = await verify([...SOURCE_PROFILE, '--thorough']);
    expect([status, checks.get('wrong-external-id'), checks.get('too-long-duration')]).toEqual([0, 'pass', 'pass']);
  });

  test('--outsider proves that somebody else is kept out', async () => {
    const { status, checks } = await verify([...SOURCE_PROFILE, '--outsider', 'target']);
    expect([status, checks.get('outsider')]).toEqual([0, 'pass']);
  });

  test('--measure-duration finds how long a session may be', async () => {
    expect((await verify(SOURCE_PROFILE)).maxSessionSeconds).toBe(3600);
    expect(await verify([...SOURCE_PROFILE, '--measure-duration'])).toMatchObject({ status: 0, maxSessionSeconds: 7200 });
  });

  test('--expect-run fails where the credentials of the source end before', async () => {
    expect((await verify([...SOURCE_PROFILE, '--expect-run', '3h'])).checks.get('expected-run')).toBe('pass');
    const { accessKeyId, secretAccessKey, sessionToken } = product.sandbox.sessionFor(`arn:aws:iam::${SOURCE}:role/runner`);
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}`;
    await product.put('aws-config', `[profile short]\n${keys}\naws_session_expiration = ${expires}\n`);
    const env = { AWS_CONFIG_FILE: path.join(product.folder, 'aws-config') };
    const { checks } = await verify(['--source-profile', 'short', '--expect-run', '3h'], { env });
    expect(checks.get('expected-run')).toBe('fail');
  });
});
