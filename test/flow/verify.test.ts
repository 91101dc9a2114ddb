/** verify over HTTP: what it proves, and for each refusal the cause, whose account it is, and the patch. It never writes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { BOTH, openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, allowPolicy, trustPolicy } from '../support/sandbox-clients.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/ci`;
const ID = 'the-external-id';
const withId = (principal: string): string => trustPolicy({ AWS: principal }, { StringEquals: { 'sts:ExternalId': ID } });
const denyAll = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }] };

let product: Product;
beforeEach(async () => {
  product = await openProduct({
    seed: {
      accounts: {
        [SOURCE]: {
          users: [
            { UserName: 'ungranted' },
            {
              UserName: 'denied',
              Policies: [
                { PolicyName: 'a', PolicyDocument: allowPolicy('sts:AssumeRole') },
                { PolicyName: 'b', PolicyDocument: denyAll },
              ],
            },
          ],
        },
        [TARGET]: {
          roles: [
            { RoleName: 'ci', AssumeRolePolicyDocument: withId(SOURCE) },
            { RoleName: 'users-only', AssumeRolePolicyDocument: withId(`arn:aws:iam::${SOURCE}:user/ungranted`) },
          ],
        },
      },
    },
  });
});
afterEach(() => product.close());

const VERIFY = ['verify', '--role-arn', ROLE];
const sending = (more: readonly string[]): readonly string[] =>
  more.includes('--external-id') ? more : ['--external-id', ID, ...more];

const verify = (more: readonly string[] = [], userName?: string) => {
  if (userName === undefined) return product.run([...VERIFY, '--source-profile', 'source', ...sending(more)]);
  const keys = product.sandbox.userCredentials(SOURCE, userName);
  const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey, AWS_REGION: 'us-east-1' };
  return product.run([...VERIFY, ...sending(more)], { onlyEnv: env });
};

interface Entry {
  readonly checks: readonly { readonly id: string; readonly status: string }[];
  readonly cause: object | null;
}

const entryOf = (stdout: string): Entry => (JSON.parse(stdout) as { result: { targets: [Entry] } }).result.targets[0];

const statusesOf = (stdout: string): readonly string[] => entryOf(stdout).checks.map(({ id, status }) => `${id} ${status}`);

describe('verify proves', () => {
  test('who the source is, the session, the target account and the refusal without the external id; writing nothing', async () => {
    expect(await verify()).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "arn:aws:iam::222222222222:role/ci
        from arn:aws:iam::111111111111:user/admin (profile source)
        by STS of us-east-1 (custom endpoint, <endpoint>)
        ✓ the source credentials work N ms
        ✓ the source may assume the role N ms
        ✓ the session is in the target account N ms
        ✓ without the external ID it is refused N ms
        sessions last 1h, as declared; runs: long-term keys do not expire
      ",
      }
    `);
    expect(product.writes()).toEqual([]);
    expect(
      product.sandbox
        .log()
        .map(({ action, decision }) => `${action} ${decision}`)
        .toSorted(),
    ).toEqual(['AssumeRole allowed', 'AssumeRole denied', 'GetCallerIdentity allowed', 'GetCallerIdentity allowed']);
    expect(await product.list()).toEqual([]);
  });

  test('all but what --skip leaves out, and prints what was left out', async () => {
    const ran = await verify(['--skip', 'negative']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('- without the external ID it is refused (skipped: as asked');
    expect(product.sandbox.log().filter(({ action }) => action === 'AssumeRole')).toHaveLength(1);
  });

  test('a shorter session under a name of its own', async () => {
    const ran = await verify(['--duration', '15m', '--session-name', 'deploy-42', '--json']);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: true,
      result: {
        targets: [{ maxSessionSeconds: 900, target: { sessionArn: `arn:aws:sts::${TARGET}:assumed-role/ci/deploy-42` } }],
      },
    });
  });

  test('a role of the own account only with --same-account', async () => {
    const argv = ['verify', '--role-arn', ROLE, '--source-profile', 'target', '--external-id', ID, '--timeout', '0'];
    const refused = await product.run(argv);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain(
      `these are the target's credentials (arn:aws:iam::${TARGET}:user/admin); name the source: --source-profile [TARGET_AS_SOURCE]`,
    );
    expect((await product.run([...argv, '--same-account', '--json'])).status).toBe(1);
  });

  test('MFA that the file declares must be enforced: long-term keys without a code prove it', async () => {
    const role = '{ name: ci, externalId: the-external-id, trust: ["111111111111"], conditions: { mfa: true } }';
    await product.put(
      'xacct.yaml',
      `version: 1\nsource: { account: "${SOURCE}" }\nterraform: { region: us-east-1 }\ntargets:\n  dev: { account: "${TARGET}", role: ${role} }\n`,
    );
    const ran = await product.run(['verify', 'dev', '--source-profile', 'source', '--thorough', '--timeout', '0', '--json']);
    expect(ran.status, ran.stdout).toBe(1);
    expect(statusesOf(ran.stdout)).toContain('no-mfa fail');
    expect(entryOf(ran.stdout).cause).toMatchObject({ code: 'MFA_NOT_ENFORCED', actor: 'target-admin' });
  });

  test('from the instance with --source ec2, and nothing else', async () => {
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: product.sandbox.metadataEndpoint, AWS_EC2_METADATA_DISABLED: 'false' };
    const ran = await product.run([...VERIFY, '--external-id', ID, '--source', 'ec2', '--region', 'us-east-1', '--json'], {
      onlyEnv: env,
    });
    expect(ran.status, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      result: { targets: [{ source: { account: SOURCE, credentialSource: 'EC2 instance metadata' } }] },
    });
  });
});

const FAILURES: readonly {
  readonly title: string;
  readonly user?: string;
  readonly more?: readonly string[];
  readonly cause: object;
}[] = [
  {
    title: 'the source user has no sts:AssumeRole',
    user: 'ungranted',
    cause: {
      code: 'SOURCE_GRANT_MISSING',
      actor: 'source-admin',
      account: SOURCE,
      patch: {
        change: { statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE } },
        command: expect.stringContaining('aws iam put-user-policy --user-name ungranted ') as unknown,
      },
    },
  },
  {
    title: 'an explicit deny in the source',
    user: 'denied',
    cause: { code: 'SOURCE_DENIES', actor: 'source-admin', account: SOURCE },
  },
  {
    title: 'a wrong external id',
    more: ['--external-id', 'wrong'],
    cause: { code: 'TRUST_REFUSES', actor: 'target-admin', account: TARGET },
  },
  {
    title: 'a trust policy that names somebody else',
    more: ['--role-arn', `arn:aws:iam::${TARGET}:role/users-only`],
    cause: {
      code: 'TRUST_REFUSES',
      actor: 'target-admin',
      account: TARGET,
      patch: { change: null, hcl: null },
    },
  },
  {
    title: 'a session longer than the role allows',
    more: ['--duration', '2h'],
    cause: { code: 'DURATION_ABOVE_ROLE_MAXIMUM', actor: 'target-admin', account: TARGET },
  },
];

describe('verify says the cause of', () => {
  test.each(FAILURES)('$title', async ({ user, more = [], cause }) => {
    const ran = await verify(['--timeout', '1s', ...more, '--json'], user);
    expect(ran.status, ran.stderr).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ schema: 1, command: 'verify', ok: false });
    expect(entryOf(ran.stdout).cause).toMatchObject(cause);
    expect(statusesOf(ran.stdout)).toEqual([
      'source-identity pass',
      'assume-role fail',
      'target-identity skip',
      'no-external-id skip',
    ]);
    expect(product.writes()).toEqual([]);
  });

  test('a trust policy that names others: the credentials may be the wrong ones, which is said before anybody is let in', async () => {
    const role = ['--role-arn', `arn:aws:iam::${TARGET}:role/users-only`];
    const ran = await product.run(['verify', ...role, '--external-id', ID, ...BOTH]);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('[TRUST_NAMES_OTHERS]');
    expect(ran.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'fix come as one whom it names (--source-profile NAME); or, if this caller is meant to get in, add a statement',
    );
  });

  test('a role that does not exist: AWS does not say which side refused', async () => {
    const ran = await verify(['--role-arn', `arn:aws:iam::${TARGET}:role/absent`, '--timeout', '1s', '--json']);
    expect(ran.status).toBe(1);
    expect(entryOf(ran.stdout).cause).toMatchObject({ account: TARGET, actor: 'target-admin' });
  });

  test('a trust policy that somebody loosened by hand: the source gets in without the external id', async () => {
    await adminOf(product.sandbox, TARGET).iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'ci', PolicyDocument: trustPolicy({ AWS: SOURCE }) }),
    );
    const ran = await verify();
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatchInlineSnapshot(`
      "arn:aws:iam::222222222222:role/ci
        from arn:aws:iam::111111111111:user/admin (profile source)
        by STS of us-east-1 (custom endpoint, <endpoint>)
        ✓ the source credentials work N ms
        ✓ the source may assume the role N ms
        ✓ the session is in the target account N ms
        ✗ without the external ID it is refused N ms
            STS let the source in
        sessions last 1h, as declared; runs: long-term keys do not expire

        cause    the trust policy lets the source in without the external ID
                 [EXTERNAL_ID_NOT_ENFORCED]
        who      the target account's administrator, in account 222222222222
        fix      put the condition on sts:ExternalId into every statement of the trust
                 policy that lets the source in; init does it
        command  aws iam update-assume-role-policy --role-name ci --policy-document "$(aws iam get-role --role-name ci --query Role.AssumeRolePolicyDocument --output json | jq -c '.Statement = [[.Statement] | flatten | .[] | if .Effect == "Allow" and (.Principal.AWS? // false) and any([.Action] | flatten[]; test("^([*]|sts:([*]|assume[*]|assumerole))$"; "i")) then ([[.Action] | flatten[] | if test("[*]") then "sts:TagSession", "sts:SetSourceIdentity" else select(test("^sts:assumerole$"; "i") | not) end] | unique) as $carried | ((.Condition // {}) | map_values(with_entries(select(.key | test("^sts:externalid$"; "i") | not))) | with_entries(select(.value != {}))) as $kept | (.Action = "sts:AssumeRole" | .Condition = $kept | .Condition.StringEquals["sts:ExternalId"] = "the-external-id"), (select($carried != []) | del(.Sid) | .Action = $carried | if $kept == {} then del(.Condition) else .Condition = $kept end) else . end]')"
        xacct    xacct init --prune
      "
    `);
    const inJson = await verify(['--json']);
    expect(statusesOf(inJson.stdout).at(-1)).toBe('no-external-id fail');
    expect(entryOf(inJson.stdout).cause).toMatchObject({ code: 'EXTERNAL_ID_NOT_ENFORCED', account: TARGET });
  });
});

describe('verify waits', () => {
  test('for a role that IAM has not spread yet, as long as --timeout says', async () => {
    const made = { RoleName: 'new', AssumeRolePolicyDocument: withId(SOURCE) };
    product.sandbox.setFaults({ consistencyDelayMs: 10_000 });
    product.sandbox.addSeed({ accounts: { [TARGET]: { roles: [made] } } });
    const arn = ['--role-arn', `arn:aws:iam::${TARGET}:role/new`];
    expect(await verify([...arn, '--timeout', '0'])).toMatchObject({ status: 1 });
    expect(await verify([...arn, '--timeout', '1m'])).toMatchObject({ status: 0 });
  });

  test('for nothing when the refusal is one that time does not cure', async () => {
    await verify(['--duration', '12h', '--timeout', '10m']);
    expect(product.sandbox.log().filter(({ action }) => action === 'AssumeRole')).toHaveLength(1);
  });
});
