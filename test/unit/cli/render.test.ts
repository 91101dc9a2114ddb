/** What a person reads: words in lines of 80 columns, without a colour where none is wanted. */
import { describe, expect, test } from 'vitest';
import { problem, warning } from '#domain/diagnostic.ts';
import { compile } from '#domain/compile.ts';
import { PLAIN, type Paint } from '#cli/paint.ts';
import { renderDiagnostic } from '#cli/render/diagnostics.ts';
import { renderPlan } from '#cli/render/plan.ts';
import { renderPlanMarkdown } from '#cli/render/plan-md.ts';
import { describePolicy, wrap } from '#cli/render/statement.ts';
import { renderVerify } from '#cli/render/verify.ts';
import { diff } from '#core/diff.ts';
import type { Plan } from '#domain/plan.ts';
import type { VerifyReport } from '#domain/verify-report.ts';
import { awsPrincipal, aDesired, allow, aSpec, asMade, NOTHING_THERE } from '../../support/builders.ts';

const planOf = (...parameters: Parameters<typeof diff>): Plan => {
  const result = diff(...parameters);
  if (!result.ok) throw new Error('a conflict');
  return result.value;
};

const wide = {
  trust: Array.from({ length: 6 }, (_, at) => awsPrincipal(`arn:aws:iam::11111111111${at}:role/some/long/path/ci`)),
  description: 'a long description of many words '.repeat(8),
  tags: { purpose: 'many words that stand for something '.repeat(4).trim() },
};
const desired = aDesired({ role: wide });
const before = asMade(aDesired(), {
  attachments: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  policies: new Map(
    aDesired().role.policies.map(({ arn }) => [
      arn,
      { arn, document: allow('s3:*'), versionId: 'v1', tags: aDesired().role.tags },
    ]),
  ),
});

const REPORT: VerifyReport = {
  source: { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/jane', credentialSource: 'profile ci', through: [] },
  sts: { region: 'us-east-1', url: 'https://sts.us-east-1.amazonaws.com', kind: 'regional' },
  isMaxSessionMeasured: false,
  target: { account: '222222222222', roleArn: compile(aSpec()).access.roleArn, sessionArn: null },
  checks: [
    {
      id: 'source-identity',
      title: 'the source credentials work',
      kind: 'positive',
      status: 'pass',
      expected: '',
      observed: 'jane',
      ms: 12,
    },
    {
      id: 'assume-role',
      title: 'the source may assume the role',
      kind: 'positive',
      status: 'fail',
      expected: '',
      observed: 'AccessDenied: no',
      ms: 3,
    },
    {
      id: 'no-external-id',
      title: 'refused',
      kind: 'negative',
      status: 'skip',
      expected: '',
      observed: null,
      reason: 'as asked',
      ms: 0,
    },
  ],
  maxSessionSeconds: null,
  longestRun: { isKnown: true, seconds: null, reason: 'long-term keys do not expire' },
  cause: {
    code: 'SOURCE_GRANT_MISSING',
    actor: 'source-admin',
    account: '111111111111',
    explanation: 'it is not allowed',
    patch: {
      summary: 'allow it',
      change: { kind: 'add-statement', to: 'identity', statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' } },
      command: 'aws iam put-user-policy',
      hcl: 'statement {}',
      xacct: 'xacct verify',
      message: null,
    },
  },
};

const TEXTS = {
  'a plan for an empty account': renderPlan(planOf(desired, NOTHING_THERE), PLAIN, { width: 80 }),
  'a plan of changes': renderPlan(planOf(desired, before), PLAIN, { width: 80 }),
  'a plan of nothing': renderPlan({ targetAccount: '222222222222', changes: [], unread: [], trustList: [] }, PLAIN, {
    width: 80,
  }),
  'a report': renderVerify(REPORT, PLAIN, 80, true),
  'a diagnostic': renderDiagnostic(
    problem('USAGE', 'what', { path: '--flag', hints: [{ text: 'do', command: 'xacct' }] }),
    PLAIN,
  ),
};

describe.each(Object.entries(TEXTS))('%s', (_title, text) => {
  test('has no colour of its own, and ends its last line', () => {
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/[^\n]\n$/);
  });

  test('has no line of more than 80 columns that could be broken at a space', () => {
    const breakable = text
      .split('\n')
      .filter((line) => line.length > 80 && /\S \S/.test(line.trimStart().replace(/^[+~-] /, '')));
    expect(breakable.filter((line) => !/^\s+[+~-] role\/|removes access/.test(line))).toEqual([]);
  });
});

describe('a plan', () => {
  test('shows each change with its address, what goes, what comes, and whom it lets in', () => {
    expect(renderPlan(planOf(aDesired({ role: { description: 'new' } }), before), PLAIN, { width: 80 })).toMatchInlineSnapshot(`
      "Plan for account 222222222222: 4 to change, 2 as they should be
        ~ role/xacct-terraform/settings
            - description: for tests
            + description: new
        ~ policy/xacct-terraform-s3
            - Allow s3:* on *
            + Allow s3:GetObject on *
        + role/xacct-terraform/attachment/arn:aws:iam::222222222222:policy/xacct-terraform-s3
        - role/xacct-terraform/attachment/arn:aws:iam::aws:policy/ReadOnlyAccess (removes access)
            ! AWS reports no use of the role in its last 400 days
        who may assume the role then:
            arn:aws:iam::111111111111:role/ci
      "
    `);
  });
});

describe('a report', () => {
  test('shows a tick or a cross for each check, and after a cross the cause, who acts, and the patch', () => {
    expect(renderVerify(REPORT, PLAIN, 80)).toMatchInlineSnapshot(`
      "arn:aws:iam::222222222222:role/xacct-terraform
        from arn:aws:iam::111111111111:user/jane (profile ci)
        by STS of us-east-1 (regional, https://sts.us-east-1.amazonaws.com)
        ✓ the source credentials work 12 ms
        ✗ the source may assume the role 3 ms
            AccessDenied: no
        - refused (skipped: as asked)

        cause    it is not allowed [SOURCE_GRANT_MISSING]
        who      the source account's administrator, in account 111111111111
        fix      allow it
        JSON     {
                   "Effect": "Allow",
                   "Action": "sts:AssumeRole",
                   "Resource": "*"
                 }
        command  aws iam put-user-policy
        xacct    xacct verify
        HCL      statement {}
      "
    `);
  });

  test('has more of what AWS said with --verbose', () => {
    expect(renderVerify(REPORT, PLAIN, 80, true)).toContain('      jane\n');
    expect(renderVerify(REPORT, PLAIN, 80)).not.toContain('      jane\n');
  });
});

describe('a diagnostic', () => {
  const error = problem('INVALID_VALUE', 'what happened', {
    path: '--role-arn',
    detail: 'line 1\nline 2',
    hints: [{ text: 'do this', command: 'xacct init' }, { text: 'or that' }],
  });

  test('says the severity, the place, the code and the ways out; its detail only where it is asked for', () => {
    const said = 'error --role-arn: what happened [INVALID_VALUE]\n  → do this: xacct init\n  → or that\n';
    expect(renderDiagnostic(error, PLAIN)).toBe(said);
    expect(renderDiagnostic(error, PLAIN, { isVerbose: true })).toBe(said.replace('\n', '\n  line 1\n  line 2\n'));
  });

  test('is broken between words in a terminal, and a command is on one line, by itself where it does not fit beside its text', () => {
    const long = problem('USAGE', 'the set-up changes the source account 111111111111, too: say `xacct plan --all` and look', {
      hints: [
        {
          text: 'name credentials that administer the source',
          command: 'xacct init --source-profile NAME --target-profile OTHER',
        },
        { text: 'or look', command: 'xacct plan' },
        { text: 'or ask whoever administers the account that is meant here' },
      ],
    });
    expect(renderDiagnostic(long, PLAIN, { columns: 40 })).toBe(
      [
        'error the set-up changes the source',
        '  account 111111111111, too: say',
        '  `xacct plan --all` and look [USAGE]',
        '  → name credentials that administer the',
        '    source:',
        '    xacct init --source-profile NAME --target-profile OTHER',
        '  → or look: xacct plan',
        '  → or ask whoever administers the',
        '    account that is meant here',
        '',
      ].join('\n'),
    );
    expect(renderDiagnostic(long, PLAIN).split('\n')).toHaveLength(5);
  });

  test('has no columns taken by colours', () => {
    const red = { ...PLAIN, red: (text: string) => `\u001B[31m${text}\u001B[39m` };
    expect(renderDiagnostic(problem('USAGE', 'no'), red, { columns: 16 })).not.toContain('no\n');
  });

  test('is coloured by its severity, and a value that nobody gave has no place', () => {
    const paint: Paint = { ...PLAIN, red: (text) => `<red ${text}>`, yellow: (text) => `<yellow ${text}>` };
    expect(renderDiagnostic(error, paint)).toMatch(/^<red error> /);
    expect(renderDiagnostic({ ...warning('USAGE', 'careful'), path: 'default' }, paint)).toBe(
      '<yellow warning> careful [USAGE]\n',
    );
  });
});

describe('a statement in words', () => {
  test.each([
    [{ Effect: 'Allow', Action: ['a:B', 'a:C'], Resource: '*' }, 'Allow a:B, a:C on *'],
    [{ Effect: 'Deny', NotAction: 'a:B', NotResource: ['x', 'y'] }, 'Deny everything but a:B on all but x, y'],
    [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ['x', 'y'], Service: 'ec2.amazonaws.com' } },
      'Allow sts:AssumeRole for x, y, Service ec2.amazonaws.com',
    ],
    [
      {
        Effect: 'Allow',
        Action: 'a:B',
        Principal: '*',
        Condition: { Bool: { 'k:1': 'true' }, StringLike: { 'k:2': ['a', 'b'] } },
      },
      'Allow a:B for * when k:1 Bool true and k:2 StringLike a, b',
    ],
  ] as const)('%j', (statement, words) => {
    expect(describePolicy({ Version: '2012-10-17', Statement: [statement] })).toEqual([words]);
  });

  test('who is excepted is told, too', () => {
    const statement = { Effect: 'Deny', Action: 'sts:AssumeRole', NotPrincipal: { AWS: 'x' } } as const;
    expect(describePolicy({ Statement: [statement] })).toEqual(['Deny sts:AssumeRole for all but x']);
  });
});

describe('wrapping', () => {
  test('breaks at spaces and leaves a long word whole, to be copied', () => {
    expect(wrap('aa bb cccccccc d', 5)).toEqual(['aa bb', 'cccccccc', 'd']);
    expect(wrap('', 5)).toEqual(['']);
  });
});

describe('what needs nothing', () => {
  const one = { action: 'none', address: 'role/x', risk: 'none', before: null, after: null, steps: [] } as const;
  const planWith = (...changes: Plan['changes']): Plan => ({ targetAccount: '222222222222', changes, unread: [], trustList: [] });
  const said = (plan: Plan): string => renderPlan(plan, PLAIN, { width: 80 }).split('\n')[0] ?? '';

  test.for([
    [[], 'Plan for account 222222222222: nothing to do'],
    [[one], 'Plan for account 222222222222: nothing to do, the one part is as it should be'],
    [[one, one], 'Plan for account 222222222222: nothing to do, all 2 parts are as they should be'],
    [[one, { ...one, action: 'delete' }], 'Plan for account 222222222222: 1 to change, 1 as it should be'],
  ] as const)('%#', ([changes, line]) => {
    expect(said(planWith(...changes))).toBe(line);
    expect(renderPlanMarkdown('dev', planWith(...changes))).not.toMatch(/all 1 parts|all 0 parts|1 as they/);
  });

  test.each([[one], [{ ...one, action: 'delete' as const }]])('is told with what was not read (%j)', (change) => {
    const plan = {
      ...planWith(change),
      unread: [{ what: 'who else is there', permission: null, account: null, reason: 'denied' }],
    };
    expect(renderPlan(plan as unknown as Plan, PLAIN, { width: 80 })).toContain('who else is there: denied');
    expect(renderPlanMarkdown('dev', plan as unknown as Plan)).toContain('**Not read:**\n\n- who else is there: denied\n');
  });
});
