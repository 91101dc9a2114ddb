/** What to change: every fix of every golden case removes its cause, and the texts of one of each kind. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Decision, Fix } from '#domain/cause.ts';
import { parsePolicyDocument } from '#domain/policy-document.ts';
import { applyChange } from '#policy/apply-fix.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

const folder = new URL('../../cases/policy/', import.meta.url);
const scenarios = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .toSorted()
  .map((name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { readonly scenario: Scenario }).scenario);

const causeOf = ({ layer, policy, statement, reason, action, explanation }: Decision): string =>
  JSON.stringify([layer, policy, statement, reason, action, explanation]);

/** Follows the fixes until the request is allowed or nobody can say what to change. */
const follow = (scenario: Scenario): { readonly causes: readonly string[]; readonly last: Decision } => {
  const causes: string[] = [];
  let now = scenario;
  let decision = decideAssumeRole(now);
  while (decision.fix?.change != null && causes.length < 20) {
    causes.push(causeOf(decision));
    now = applyChange(now, decision.fix.change);
    decision = decideAssumeRole(now);
  }
  return { causes, last: decision };
};

describe('the fixes of all golden cases', () => {
  test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
    const { causes, last } = follow(scenario);
    expect(new Set(causes).size).toBe(causes.length);
    expect(causes.length).toBeLessThan(20);
    expect(last.verdict === 'allowed' ? last.fix : last.fix?.summary).toSatisfy(
      (it: unknown) => it === null || typeof it === 'string',
    );
  });

  test('lead to an Allow wherever the first cause is a policy that can be read', () => {
    // Where the scenario does not state what decides, a person has to.
    const stuck = scenarios.filter((scenario) => {
      const first = decideAssumeRole(scenario);
      const isPolicy = first.verdict === 'denied' && first.policy !== null;
      if (!isPolicy) return false;
      const { last } = follow(scenario);
      return last.verdict !== 'allowed' && last.confidence === 'high';
    });
    expect(stuck.map(({ id }) => id)).toEqual(NO_WAY_TO_AN_ALLOW);
  });

  test('change documents into documents that AWS would store', () => {
    const faults = scenarios.flatMap((scenario) => {
      const { fix, layer } = decideAssumeRole(scenario);
      const change = fix?.change;
      if (change == null || change.kind === 'change-request') return [];
      const kind = layer === 'trust' || layer === 'rcp' ? layer : 'identity';
      const parsed = parsePolicyDocument({ Version: '2012-10-17', Statement: [change.statement] }, kind);
      return parsed.ok ? [] : [[scenario.id, parsed.diagnostics]];
    });
    expect(faults).toEqual([]);
  });
});

/** The way ends at a person: a provider to be made, a token to be fetched. */
const NO_WAY_TO_AN_ALLOW: readonly string[] = [
  'web-identity/provider-of-another-account-even-where-it-is-named',
  'web-identity/provider-of-another-account',
];

const ROLE = 'arn:aws:iam::222222222222:role/ops/deploy';
const CALLER = 'arn:aws:iam::111111111111:role/ci/runner';
const own = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' } };
const s3Only = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const trustOf = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const letIn = { Effect: 'Allow', Principal: { AWS: CALLER }, Action: 'sts:AssumeRole' };

const base: Scenario = {
  caller: {
    arn: 'arn:aws:sts::111111111111:assumed-role/runner/it',
    kind: 'assumed-role',
    roleArn: CALLER,
    identityPolicies: [own],
  },
  role: { arn: ROLE, trustPolicy: trustOf(letIn) },
  request: { sessionName: 'it', externalId: 'id-1' },
};

const fixOf = (
  caller: Partial<Scenario['caller']>,
  role: Partial<Scenario['role']> = {},
  request: Scenario['request'] = base.request,
): Fix | null => decideAssumeRole({ caller: { ...base.caller, ...caller }, role: { ...base.role, ...role }, request }).fix;

test('a trust policy that lacks the caller gets one statement, with the external id that is sent', () => {
  const elsewhere = { Effect: 'Allow', Principal: { AWS: '333333333333' }, Action: 'sts:AssumeRole' };
  const statement = { ...letIn, Condition: { StringEquals: { 'sts:ExternalId': 'id-1' } } };
  expect(fixOf({}, { trustPolicy: trustOf(elsewhere) })).toEqual({
    actor: 'target-admin',
    account: '222222222222',
    summary: `add a statement to the trust policy of ${ROLE} that allows sts:AssumeRole to the caller`,
    change: { kind: 'add-statement', to: 'trust', statement },
    command: `aws iam update-assume-role-policy --role-name deploy --policy-document '${JSON.stringify(trustOf(elsewhere, statement))}'`,
    hcl: [
      'statement {',
      '  effect  = "Allow"',
      '  actions = ["sts:AssumeRole"]',
      '  principals {',
      '    type        = "AWS"',
      `    identifiers = ["${CALLER}"]`,
      '  }',
      '  condition {',
      '    test     = "StringEquals"',
      '    variable = "sts:ExternalId"',
      '    values   = ["id-1"]',
      '  }',
      '}',
    ].join('\n'),
    message: null,
  });
});

test('a caller without an Allow gets a policy of its own', () => {
  const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  expect(fixOf({ identityPolicies: [] })).toEqual({
    actor: 'source-admin',
    account: '111111111111',
    summary: `give the caller a policy that allows sts:AssumeRole on ${ROLE}`,
    change: { kind: 'add-statement', to: 'identity', statement },
    command: `aws iam put-role-policy --role-name runner --policy-name assume-222222222222-deploy --policy-document '${document}'`,
    hcl: ['statement {', '  effect    = "Allow"', '  actions   = ["sts:AssumeRole"]', `  resources = ["${ROLE}"]`, '}'].join(
      '\n',
    ),
    message: null,
  });
});

test.each([
  [
    'a policy of the name that it would get',
    'arn:aws:iam::111111111111:role/runner',
    'assume-222222222222-deploy',
    'aws iam put-role-policy --role-name runner',
  ],
  [
    'the one that a permission set has',
    'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
    'AwsSSOInlinePolicy',
    'aws sso-admin put-inline-policy-to-permission-set',
  ],
])('a grant stands beside what is there already: %s', (_, roleArn, name, command) => {
  const other = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  const held = { name, document: { Version: '2012-10-17', Statement: [other] } };
  const arn = roleArn.replace(':iam:', ':sts:').replace(/:role\/.*?([^/]+)$/, ':assumed-role/$1/run-1');
  const trusting = { trustPolicy: trustOf({ ...letIn, Principal: { AWS: roleArn } }) };
  const fix = fixOf({ arn, roleArn, identityPolicies: [held] }, trusting);
  expect(fix?.command).toContain(command);
  expect(fix?.command).toContain(JSON.stringify([other, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE }]));
});

test('an SCP gets an exception, and its administrator the text to put in', () => {
  const deny = { Sid: 'NoAssume', Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' };
  const condition = { ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/breakglass' } };
  const scp = {
    name: 'p-12345678',
    document: { Version: '2012-10-17', Statement: [own.Statement, { ...deny, Condition: condition }] },
  };
  const statement = {
    ...deny,
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': ['arn:aws:iam::111111111111:role/breakglass', CALLER] } },
  };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [own.Statement, statement] });
  expect(fixOf({ scps: [{ level: 'ou-1', policies: [scp] }] })).toEqual({
    actor: 'org-admin',
    account: null,
    summary: `except ${CALLER} from statement 1 "NoAssume" of the service control policies of level "ou-1" (p-12345678), or ${ROLE}`,
    change: {
      kind: 'replace-statement',
      policy: { kind: 'scp', index: 0, level: 'ou-1', name: 'p-12345678' },
      index: 1,
      statement,
    },
    command: `aws organizations update-policy --policy-id p-12345678 --content '${document}'`,
    hcl: [
      'statement {',
      '  sid       = "NoAssume"',
      '  effect    = "Deny"',
      '  actions   = ["sts:AssumeRole"]',
      '  resources = ["*"]',
      '  condition {',
      '    test     = "ArnNotEquals"',
      '    variable = "aws:PrincipalArn"',
      `    values   = ["arn:aws:iam::111111111111:role/breakglass", "${CALLER}"]`,
      '  }',
      '}',
    ].join('\n'),
    message: `Statement 1 of the service control policies of level "ou-1", policy p-12345678, which bind account 111111111111, denies ${CALLER} to do sts:AssumeRole on ${ROLE}. Please put this in its place, which excepts that caller and nobody else:\n${JSON.stringify(statement, null, 2)}`,
  });
});

const when = (Condition: object): Partial<Scenario['role']> => ({ trustPolicy: trustOf({ ...letIn, Condition }) });
const user = { kind: 'user', arn: 'arn:aws:iam::111111111111:user/jane' } as const;
const trustedUser = (Condition: object): Partial<Scenario['role']> => ({
  trustPolicy: trustOf({ ...letIn, Principal: { AWS: user.arn }, Condition }),
});

test.each<readonly [string, Fix | null, Pick<Fix, 'actor' | 'summary' | 'command'>]>([
  [
    'an address',
    fixOf({ sourceIp: '192.0.2.1' }, when({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })),
    { actor: 'network', summary: 'call from an address that the condition takes, such as 203.0.113.0', command: null },
  ],
  [
    'MFA of a user',
    fixOf(user, trustedUser({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })),
    {
      actor: 'you',
      summary: 'call with a session that was made with an MFA code',
      command: 'aws sts get-session-token --serial-number MFA_ARN --token-code CODE',
    },
  ],
  [
    'a session name by pattern',
    fixOf({}, when({ StringLike: { 'sts:RoleSessionName': 'release-*' } })),
    {
      actor: 'you',
      summary: 'call with sessionName "release-"',
      command: `aws sts assume-role --role-arn ${ROLE} --role-session-name release- --external-id id-1 --query AssumedRoleUser.Arn`,
    },
  ],
  [
    'a tag that is wanted',
    fixOf({}, when({ StringEquals: { 'aws:RequestTag/team': 'a b' } })),
    {
      actor: 'you',
      summary: 'call with tags.team "a b"',
      command: `aws sts assume-role --role-arn ${ROLE} --role-session-name it --external-id id-1 --tags '[{"Key":"team","Value":"a b"}]' --query AssumedRoleUser.Arn`,
    },
  ],
  [
    'a session that is too long',
    fixOf({}, {}, { ...base.request, durationSeconds: 7200 }),
    {
      actor: 'you',
      summary: 'ask for 3600 seconds',
      command: `aws sts assume-role --role-arn ${ROLE} --role-session-name it --external-id id-1 --duration-seconds 3600 --query AssumedRoleUser.Arn`,
    },
  ],
])('%s is for the caller alone to mend', (_, fix, expected) => {
  expect(fix === null ? null : { actor: fix.actor, summary: fix.summary, command: fix.command }).toEqual(expected);
});

test.each<readonly [string, Fix | null, string]>([
  [
    'of a permission set',
    fixOf(
      {
        arn: 'arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/jane',
        roleArn: 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef',
        identityPolicies: [],
      },
      { trustPolicy: trustOf({ ...letIn, Principal: { AWS: '111111111111' } }) },
    ),
    'aws sso-admin put-inline-policy-to-permission-set ',
  ],
  ['of a user', fixOf({ ...user, identityPolicies: [] }, trustedUser({})), 'aws iam put-user-policy --user-name jane '],
  [
    'of a boundary',
    fixOf({ boundary: { name: 'arn:aws:iam::111111111111:policy/edge', document: s3Only } }),
    'aws iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/edge --set-as-default ',
  ],
  [
    'of a session',
    fixOf({ sessionPolicy: s3Only }),
    `aws sts assume-role --role-arn ${CALLER} --role-session-name SESSION_NAME --policy `,
  ],
  [
    'of an empty SCP level',
    fixOf({ scps: [{ level: 'ou-1', policies: [] }] }),
    'aws organizations attach-policy --policy-id p-FullAWSAccess --target-id ou-1',
  ],
  [
    'of an RCP level that lacks its Allow',
    fixOf({}, { rcps: [{ level: 'r-1', policies: [] }] }),
    'aws organizations attach-policy --policy-id p-RCPFullAWSAccess --target-id r-1',
  ],
])('the command %s', (_, fix, start) => {
  expect(fix?.command?.slice(0, start.length)).toBe(start);
});

test('the session of a role never shows a code to the next role, so nobody is told to make it anew with one', () => {
  expect(fixOf({}, when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }))).toMatchObject({
    actor: 'target-admin',
    change: { kind: 'add-statement', to: 'trust' },
  });
});

test('quotes of a shell and templates of HCL stay text', () => {
  const existing = { ...letIn, Condition: { StringEquals: { 'aws:PrincipalTag/team': "it's" } } };
  const { command } = fixOf({}, { trustPolicy: trustOf(existing) }) ?? {};
  expect(command).toContain(String.raw`"aws:PrincipalTag/team":"it'\''s"`);
  const variable = 'arn:aws:iam::222222222222:role/${aws:PrincipalTag/role}';
  const deny = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'sts:*', NotResource: variable }] };
  const { hcl } = fixOf({ identityPolicies: [own, deny], tags: { role: 'other' } }) ?? {};
  expect(hcl).toContain(`not_resources = ["arn:aws:iam::222222222222:role/$\${aws:PrincipalTag/role}", "${ROLE}"]`);
});
