/** explain over HTTP: for each broken set-up the one cause, whose it is, and the change that cures it. It never writes and never assumes. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaFaults, type Schema } from '../support/json-schema.ts';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { allowPolicy, trustPolicy } from '../support/sandbox-clients.ts';

const ID = 'the-external-id';
const arn = (name: string): string => `arn:aws:iam::${TARGET}:role/${name}`;
const user = (name: string): string => `arn:aws:iam::${SOURCE}:user/${name}`;
const roleIn = (name: string): string => `arn:aws:iam::${SOURCE}:role/${name}`;
const ASSUME = { PolicyName: 'assume', PolicyDocument: allowPolicy('sts:AssumeRole') };
const deny = (more: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'No', Effect: 'Deny', Action: 'sts:*', Resource: '*', ...more }] });
const statement = (principal: object, condition: object, more: object = {}): object => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sts:AssumeRole',
  Condition: condition,
  ...more,
});

const SEED = {
  accounts: {
    [SOURCE]: {
      policies: [
        { PolicyName: 'only-s3', PolicyDocument: allowPolicy('s3:*') },
        { PolicyName: 'may-assume', PolicyDocument: allowPolicy('sts:AssumeRole') },
        { PolicyName: 'no-sts', PolicyDocument: deny() },
      ],
      groups: [
        { GroupName: 'grants', Policies: [ASSUME] },
        { GroupName: 'denies', Policies: [{ PolicyName: 'no', PolicyDocument: deny() }] },
      ],
      users: [
        { UserName: 'member', Groups: ['grants'] },
        { UserName: 'denied-by-group', Groups: ['grants', 'denies'] },
        { UserName: 'denied-by-aws', Policies: [ASSUME], ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSDenyAll'] },
        { UserName: 'granted', Policies: [ASSUME] },
        { UserName: 'attached', ManagedPolicyArns: [`arn:aws:iam::${SOURCE}:policy/may-assume`] },
        { UserName: 'ungranted' },
        { UserName: 'elsewhere', Policies: [{ PolicyName: 'a', PolicyDocument: allowPolicy('sts:AssumeRole', arn('other')) }] },
        { UserName: 'denied', Policies: [ASSUME, { PolicyName: 'no', PolicyDocument: deny() }] },
        { UserName: 'denied-managed', Policies: [ASSUME], ManagedPolicyArns: [`arn:aws:iam::${SOURCE}:policy/no-sts`] },
        { UserName: 'bounded', Policies: [ASSUME], PermissionsBoundary: `arn:aws:iam::${SOURCE}:policy/only-s3` },
        {
          UserName: 'mfa-only',
          Policies: [
            ASSUME,
            { PolicyName: 'no', PolicyDocument: deny({ Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }) },
          ],
        },
        { UserName: 'tagged', Tags: [{ Key: 'team', Value: 'blue' }], Policies: [ASSUME] },
        { UserName: 'nosy', Policies: [ASSUME] },
      ],
      roles: [
        { RoleName: 'ci', Path: '/ops/', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }), Policies: [ASSUME] },
        { RoleName: 'weak', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) },
      ],
    },
    [TARGET]: {
      users: [{ UserName: 'stranger' }],
      roles: [
        { RoleName: 'open', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) },
        {
          RoleName: 'with-id',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }, { StringEquals: { 'sts:ExternalId': ID } }),
        },
        { RoleName: 'for-ci', AssumeRolePolicyDocument: trustPolicy({ AWS: roleIn('ops/ci') }) },
        { RoleName: 'long', MaxSessionDuration: 7200, AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) },
        { RoleName: 'closed', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) },
        { RoleName: 'ec2-only', AssumeRolePolicyDocument: trustPolicy({ Service: 'ec2.amazonaws.com' }) },
        {
          RoleName: 'mfa',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
        },
        {
          RoleName: 'org',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }, { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }),
        },
        {
          RoleName: 'named',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }, { StringLike: { 'sts:RoleSessionName': 'deploy-*' } }),
        },
        {
          RoleName: 'blue',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }, { StringEquals: { 'aws:PrincipalTag/team': 'blue' } }),
        },
        {
          RoleName: 'regional',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }),
        },
        {
          RoleName: 'later',
          AssumeRolePolicyDocument: trustPolicy(
            { AWS: SOURCE },
            { DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } },
          ),
        },
        {
          RoleName: 'fenced-with-id',
          AssumeRolePolicyDocument: trustPolicy(
            { AWS: SOURCE },
            { StringEquals: { 'sts:ExternalId': ID }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
          ),
        },
        {
          RoleName: 'not-from-there',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              statement({ AWS: SOURCE }, {}),
              {
                Effect: 'Deny',
                Principal: { AWS: '*' },
                Action: 'sts:AssumeRole',
                Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } },
              },
            ],
          }),
        },
        {
          RoleName: 'outside',
          AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }, { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } }),
        },
        {
          RoleName: 'refusing',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              statement({ AWS: SOURCE }, {}),
              { Effect: 'Deny', Principal: { AWS: user('granted') }, Action: 'sts:AssumeRole' },
            ],
          }),
        },
      ],
    },
  },
};

let product: Product;
beforeAll(async () => {
  product = await openProduct({ seed: SEED });
});
afterAll(async () => {
  const log = product.sandbox.log();
  await product.close();
  // All that explain did, whatever the order of the tests.
  expect(log.length).toBeGreaterThan(0);
  expect(log.filter(({ action, write }) => write || action === 'AssumeRole')).toEqual([]);
});

const DECISION = JSON.parse(readFileSync(new URL('../../schemas/decision.schema.json', import.meta.url), 'utf8')) as Schema;

interface Answer {
  readonly verdict: string;
  readonly layer: string | null;
  readonly reason: string;
  readonly confidence: string;
  readonly policy: { readonly name?: string } | null;
  readonly statement: { readonly index: number } | null;
  readonly fix: { readonly actor: string; readonly account: string | null; readonly command: string | null } | null;
  readonly unread: readonly { readonly what: string; readonly permission: string | null }[];
}

const BOTH = ['--source-profile', 'source', '--target-profile', 'target'];

const explain = async (role: string, more: readonly string[] = [], sides: readonly string[] = BOTH) => {
  const ran = await product.run(['explain', '--role-arn', arn(role), ...sides, ...more, '--json']);
  const { result, ok } = JSON.parse(ran.stdout) as { result: Answer; ok: boolean };
  expect(schemaFaults(DECISION, result)).toEqual([]);
  return { ...ran, ok, answer: result };
};

interface Broken {
  readonly title: string;
  readonly role: string;
  readonly more?: readonly string[];
  /** `verdict layer reason actor account confidence` */
  readonly cause: string;
}

const as = (name: string, ...more: readonly string[]): readonly string[] => ['--as', user(name), ...more];
const T = `target-admin ${TARGET}`;
const S = `source-admin ${SOURCE}`;
const YOU = `you ${SOURCE}`;

const BROKEN: readonly Broken[] = [
  { title: 'a user without a grant', role: 'open', more: as('ungranted'), cause: `denied identity NO_POLICY ${S} high` },
  {
    title: 'a grant for another role',
    role: 'open',
    more: as('elsewhere'),
    cause: `denied identity NO_MATCHING_RESOURCE ${S} high`,
  },
  { title: 'an explicit deny inline', role: 'open', more: as('denied'), cause: `denied identity EXPLICIT_DENY ${S} high` },
  {
    title: 'an explicit deny attached',
    role: 'open',
    more: as('denied-managed'),
    cause: `denied identity EXPLICIT_DENY ${S} high`,
  },
  { title: 'a permissions boundary', role: 'open', more: as('bounded'), cause: `denied boundary NO_MATCHING_ACTION ${S} high` },
  { title: 'a role without a grant', role: 'open', more: ['--as', roleIn('weak')], cause: `denied identity NO_POLICY ${S} high` },
  {
    title: 'a trust policy that names another account',
    role: 'closed',
    more: as('granted'),
    cause: `denied trust NO_MATCHING_PRINCIPAL ${T} high`,
  },
  {
    title: 'a trust policy that names another role',
    role: 'for-ci',
    more: as('granted'),
    cause: `denied trust NO_MATCHING_PRINCIPAL ${T} high`,
  },
  {
    title: 'a service as the principal',
    role: 'ec2-only',
    more: as('granted'),
    cause: `denied trust NO_MATCHING_PRINCIPAL ${T} high`,
  },
  { title: 'a missing external ID', role: 'with-id', more: as('granted'), cause: `denied trust CONDITION_NOT_MET ${YOU} high` },
  {
    title: 'a wrong external ID',
    role: 'with-id',
    more: as('granted', '--external-id', 'wrong'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} high`,
  },
  {
    title: 'MFA that a key cannot bring',
    role: 'mfa',
    more: as('granted', '--mfa', 'no'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} high`,
  },
  {
    title: 'MFA that nobody said anything of: a user can get a session with it',
    role: 'mfa',
    more: as('granted'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} low`,
  },
  {
    title: 'a wrong external ID, however the address is',
    role: 'fenced-with-id',
    more: as('granted', '--external-id', 'wrong'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} high`,
  },
  {
    title: 'an address that a Deny does not spare',
    role: 'open',
    more: as('mfa-only', '--source-ip', '198.51.100.1'),
    cause: `denied identity EXPLICIT_DENY network ${SOURCE} high`,
  },
  {
    title: 'a region that the trust does not take',
    role: 'regional',
    more: as('granted', '--region', 'us-east-1'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} high`,
  },
  {
    title: 'a moment before the trust begins',
    role: 'later',
    more: as('granted', '--time', '2029-12-31T23:59:59Z'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} high`,
  },
  {
    title: 'an organization that nobody knows here',
    role: 'org',
    more: as('granted'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} low`,
  },
  {
    title: 'a session name that the trust does not take',
    role: 'named',
    more: as('granted'),
    cause: `denied trust CONDITION_NOT_MET ${YOU} high`,
  },
  { title: 'a tag that the caller lacks', role: 'blue', more: as('granted'), cause: `denied trust CONDITION_NOT_MET ${T} high` },
  { title: 'a Deny in the trust policy', role: 'refusing', more: as('granted'), cause: `denied trust EXPLICIT_DENY ${T} high` },
  {
    title: 'a Deny on an address that only AWS sees',
    role: 'open',
    more: as('mfa-only'),
    cause: `denied identity EXPLICIT_DENY network ${SOURCE} low`,
  },
  {
    title: 'session tags without TagSession',
    role: 'open',
    more: as('granted', '--session-tag', 'team=a'),
    cause: `denied trust NO_MATCHING_ACTION ${T} high`,
  },
  {
    title: 'a source identity without SetSourceIdentity',
    role: 'open',
    more: as('granted', '--source-identity', 'jane'),
    cause: `denied trust NO_MATCHING_ACTION ${T} high`,
  },
  {
    title: 'a duration above the maximum',
    role: 'open',
    more: as('granted', '--duration', '2h'),
    cause: `invalid duration DURATION_ABOVE_ROLE_MAXIMUM ${YOU} high`,
  },
  {
    title: 'role chaining above an hour',
    role: 'long',
    more: ['--as', roleIn('ops/ci'), '--duration', '2h'],
    cause: `invalid duration DURATION_ABOVE_CHAINING_LIMIT ${YOU} high`,
  },
  {
    title: 'a root user',
    role: 'open',
    more: ['--as', `arn:aws:iam::${SOURCE}:root`],
    cause: `denied caller ROOT_CALLER ${YOU} high`,
  },
  { title: 'a role that does not exist', role: 'absent', more: as('granted'), cause: `denied trust NO_POLICY ${T} high` },
  {
    title: 'a path that the role does not have',
    role: 'ops/open',
    more: as('granted'),
    cause: `denied trust NO_POLICY ${T} high`,
  },
  {
    title: 'a service that is not trusted',
    role: 'open',
    more: ['--as', 'ec2.amazonaws.com'],
    cause: `denied trust NO_MATCHING_PRINCIPAL ${T} high`,
  },
];

describe('explain names the cause of', () => {
  test.each(BROKEN)('$title', async ({ role, more, cause }) => {
    const { status, ok, answer, stderr } = await explain(role, more);
    expect(stderr).toBe('');
    const { verdict, layer, reason, fix, confidence } = answer;
    expect([verdict, layer, reason, fix?.actor, fix?.account, confidence].join(' ')).toBe(cause);
    expect({ status, ok }).toEqual({ status: 1, ok: false });
  });
});

test('a Deny of a group is changed in the group', async () => {
  const { answer } = await explain('open', as('denied-by-group'));
  expect([answer.layer, answer.reason, answer.policy?.name]).toEqual(['identity', 'EXPLICIT_DENY', 'group/denies/no']);
  expect(answer.fix?.command).toMatch(/^aws iam put-group-policy --group-name denies --policy-name no --policy-document '\{/);
});

test("a Deny of AWS's own policy is detached, not changed", async () => {
  const { answer } = await explain('open', as('denied-by-aws'));
  expect([answer.reason, answer.policy?.name, answer.fix?.command]).toEqual([
    'EXPLICIT_DENY',
    'arn:aws:iam::aws:policy/AWSDenyAll',
    null,
  ]);
});

describe('what only AWS sees of a call', () => {
  test('is told to a person before the fix', async () => {
    const { stdout } = await product.run(['explain', '--role-arn', arn('org'), ...BOTH, '--as', user('granted')]);
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain(`${user('granted')} may not assume ${arn('org')}, as far as is known`);
    expect(text).toMatch(
      / sure low: something that could not be read may change it; see what, below, .* fix .* say it with --org/,
    );
  });

  test.each([
    ['a Deny that an address could hit', 'not-from-there', ['--source-ip', '192.0.2.9']],
    ['a condition that an absent address meets', 'outside', ['--source-ip', '192.0.2.9']],
    ['an organization', 'org', ['--org', 'o-abcdefghij']],
    ['MFA', 'mfa', ['--mfa', 'yes']],
    ['a region', 'regional', ['--region', 'eu-west-1']],
    ['a tag of the session', 'blue', ['--principal-tag', 'team=blue']],
  ])('%s lowers the confidence, and can be said', async (_, role, said) => {
    const caller = role === 'blue' ? ['--as', roleIn('ops/ci')] : ['--as', user('granted')];
    const unsaid = (await explain(role, caller)).answer;
    expect([unsaid.confidence, unsaid.unread.some(({ what }) => what.endsWith(' of the call'))]).toEqual(['low', true]);
    const { status, answer } = await explain(role, [...caller, ...said]);
    expect([
      status,
      answer.verdict,
      answer.confidence,
      answer.unread.filter(({ what }) => what.endsWith(' of the call')),
    ]).toEqual([0, 'allowed', 'low', []]);
  });

  test.each([
    ['--source-ip', '192.0.2.0/24', 'no IP address'],
    ['--org', 'my-org', 'no id of an organization'],
    ['--time', 'tomorrow', 'no time in ISO 8601'],
    ['--principal-tag', 'team', 'no tag'],
    ['--mfa', 'maybe', 'one of yes, no is expected'],
    ['--transitive-tag', 'team', 'no session tag of that key is passed'],
  ])('%s is checked', async (flag, value, said) => {
    const ran = await product.run(['explain', '--role-arn', arn('open'), ...BOTH, flag, value]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(said);
  });
});

describe('explain allows', () => {
  test.each([
    ['a granted user', 'open', as('granted')],
    ['a grant by an attached policy', 'open', as('attached')],
    ['a grant by a group', 'open', as('member')],
    ['the right external ID', 'with-id', as('granted', '--external-id', ID)],
    ['a role by its path', 'for-ci', ['--as', roleIn('ops/ci')]],
    ['a session of that role, whose ARN has no path', 'for-ci', ['--as', `arn:aws:sts::${SOURCE}:assumed-role/ci/run-1`]],
    ['a tag of the caller', 'blue', as('tagged')],
    ['two hours where the role has them', 'long', as('granted', '--duration', '2h')],
    ['a service', 'ec2-only', ['--as', 'ec2.amazonaws.com']],
    ['the source credentials themselves', 'open', []],
  ])('%s, and says that nobody read the organization', async (_, role, more) => {
    const { status, answer } = await explain(role, more);
    expect({ status, verdict: answer.verdict, fix: answer.fix }).toEqual({ status: 0, verdict: 'allowed', fix: null });
    expect(answer.unread.map(({ permission }) => permission)).toContain('organizations:ListPoliciesForTarget');
  });
});

test('an Allow that only the organization could refuse is said with that in its first line', async () => {
  const ran = await product.run(['explain', '--role-arn', arn('open'), ...BOTH]);
  const [first = ''] = ran.stdout.split('\n\n');
  expect(first.replaceAll(/\s+/g, ' ')).toMatch(/^\? \S+ may assume \S+, unless something that could not be read refuses it /);
  expect(ran.status).toBe(0);
});

describe('what cannot be read', () => {
  test('is said with the missing permission, and lowers the confidence', async () => {
    const keys = product.sandbox.userCredentials(SOURCE, 'nosy');
    const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey, AWS_REGION: 'us-east-1' };
    const ran = await product.run(['explain', '--role-arn', arn('open'), '--json'], { onlyEnv: env });
    const { result } = JSON.parse(ran.stdout) as { result: Answer };
    // Allowed as far as could be read is no yes: the trust policy and the user's own policies were not.
    expect({ status: ran.status, verdict: result.verdict, confidence: result.confidence }).toEqual({
      status: 1,
      verdict: 'allowed',
      confidence: 'low',
    });
    expect(result).toMatchObject({ isSettled: false });
    expect(result.unread.map(({ permission }) => permission)).toEqual(
      expect.arrayContaining(['iam:GetUser', 'iam:ListUserPolicies', 'iam:ListAttachedUserPolicies', 'iam:ListGroupsForUser']),
    );
    expect(result.unread.map(({ what }) => what)).toContain(`the trust policy of ${arn('open')}`);
  });

  test('is the other account, when only one side was given; the side that was read still decides', async () => {
    const source = await explain('closed', as('ungranted'), ['--source-profile', 'source']);
    expect([source.answer.layer, source.answer.reason]).toEqual(['identity', 'NO_POLICY']);
    const target = await explain('closed', as('ungranted'), ['--target-profile', 'target']);
    expect([target.answer.layer, target.answer.reason]).toEqual(['trust', 'NO_MATCHING_PRINCIPAL']);
  });

  test('of the target with credentials of another account is a fault of the command line', async () => {
    const ran = await product.run([
      'explain',
      '--role-arn',
      arn('open'),
      '--target-profile',
      'source',
      '--source-profile',
      'source',
    ]);
    expect({ status: ran.status, stderr: ran.stderr.includes('[WRONG_ACCOUNT]') }).toEqual({ status: 3, stderr: true });
  });
});

test('a principal that does not exist is no caller', async () => {
  const ran = await product.run(['explain', '--role-arn', arn('open'), ...BOTH, ...as('nobody')]);
  expect({ status: ran.status, said: ran.stderr.includes(`there is no such principal as ${user('nobody')}`) }).toEqual({
    status: 2,
    said: true,
  });
});

test('the page fits 80 columns, but for what is to be copied', async () => {
  const ran = await product.run(['explain', '--role-arn', arn('with-id'), ...BOTH, ...as('granted')]);
  expect(ran.stdout).toMatchInlineSnapshot(`
    "✗ arn:aws:iam::111111111111:user/granted may not assume
      arn:aws:iam::222222222222:role/with-id
      cause    nothing in the trust policy allows sts:AssumeRole on
               arn:aws:iam::222222222222:role/with-id; statement 0 comes closest:
               its condition StringEquals sts:ExternalId wants "the-external-id",
               and the request has no such key [CONDITION_NOT_MET]
      layer    trust, statement 0 (counted from 0)
      wanted   sts:ExternalId: the-external-id; the call has none
      sure     high: nothing that could not be read would change it
      who      you, in account 111111111111
      fix      call with externalId "the-external-id"
      command  aws sts assume-role --role-arn arn:aws:iam::222222222222:role/with-id --role-session-name terraform --external-id the-external-id --duration-seconds 3600 --query AssumedRoleUser.Arn
      HCL      provider "aws" {
                 assume_role {
                   role_arn     = "arn:aws:iam::222222222222:role/with-id"
                   session_name = "terraform"
                   external_id  = "the-external-id"
                   duration     = "3600s"
                 }
               }
      not read:
        - 2 (--verbose names them), policies of the accounts' organizations among
          them
    "
  `);
  const long = ran.stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  command '));
  expect(long).toEqual([]);
});
