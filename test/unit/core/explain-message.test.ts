/** From AWS's own words to who has to do what: the corpus of logs, and what each kind of refusal is answered with. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { findRefusals, openRefusalSearch } from '#domain/find-refusals.ts';
import { KNOWN_REFUSALS } from '#domain/found-refusal.ts';
import { explainRefusal } from '#core/explain-message.ts';
import { explainKnown } from '#core/fill-cause.ts';
import { cpuMsOf } from '../../support/cpu-time.ts';
import { REAL_LOGS } from '../../support/real-refusal-logs.ts';
import { JANE, LOGS, ROLE } from '../../support/refusal-logs.ts';

const explain = (text: string) => findRefusals(text).map(explainRefusal);

const DENIED = `User: ${JANE} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`;

test.each([...LOGS, ...REAL_LOGS])('$title', ({ text, found }) => {
  const said = explain(text).map(({ code, layer, action, caller, resource }) =>
    [code, layer, action, caller, resource].map((item) => item ?? '-').join(' '),
  );
  expect(said).toEqual(found);
});

test('nothing is found where nothing was refused', () => {
  for (const text of [
    '',
    'Apply complete! Resources: 1 added.',
    'not authorized',
    `User: ${JANE} is authorized`,
    '│\n'.repeat(50),
  ])
    expect(findRefusals(text)).toEqual([]);
});

test('each refusal stands once, with the line of the first and how often it was met', () => {
  const text = `starting\n${DENIED}\nagain\n${DENIED}\n`;
  expect(findRefusals(text)).toEqual([
    {
      kind: 'access-denied',
      said: { callerArn: JANE, action: 'sts:AssumeRole', resource: ROLE },
      isExplicit: false,
      hasEncoded: false,
      sentence: DENIED,
      line: 2,
      times: 2,
      roleArn: ROLE,
    },
  ]);
});

describe('the remedy', () => {
  const remedy = (reason: string, who = JANE) => explain(`${DENIED.replace(JANE, who)}${reason}`)[0]?.remedies ?? [];

  test('of a missing grant is a policy of the caller, as JSON, command and HCL', () => {
    const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE };
    expect(remedy(' because no identity-based policy allows the sts:AssumeRole action')).toEqual([
      {
        actor: 'source-admin',
        account: '111111111111',
        summary: `give the caller a policy that allows sts:AssumeRole on ${ROLE}`,
        change: { kind: 'add-statement', to: 'identity', statement },
        command: `aws iam put-user-policy --user-name jane --policy-name assume-222222222222-xacct-terraform --policy-document '${JSON.stringify({ Version: '2012-10-17', Statement: [statement] })}'`,
        hcl: `statement {\n  effect    = "Allow"\n  actions   = ["sts:AssumeRole"]\n  resources = ["${ROLE}"]\n}`,
        message: null,
      },
    ]);
  });

  test('of what a role may not do once it was assumed is in its own account, each under a name of its own, and to be declared where it lasts', () => {
    const denied = (action: string, on: string): string =>
      `User: arn:aws:sts::222222222222:assumed-role/xacct-three/terraform is not authorized to perform: ${action} on resource: ${on} because no identity-based policy allows the ${action} action`;
    const found = [
      ['iam:CreatePolicy', 'policy app'],
      ['iam:GetPolicy', 'policy app'],
      ['iam:GetPolicy', 'policy other'],
    ].map(
      ([action = '', on = '']) => explain(denied(action, `arn:aws:iam::222222222222:${on.replace(' ', '/')}`))[0]?.remedies[0],
    );
    expect(found[0]).toMatchObject({
      actor: 'target-admin',
      account: '222222222222',
      summary: expect.stringContaining('where xacct made the role, declare it instead') as unknown,
      xacct: 'xacct init --policy NAME=FILE --save',
    });
    const names = found.map((fix) => / --role-name xacct-three --policy-name (\S+) /.exec(fix?.command ?? '')?.[1]);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^allow-iam-\w+-[\da-f]{8}$/);
  });

  test.each([JANE, 'arn:aws:sts::111111111111:assumed-role/ci/jane@example.com'])(
    'of a trust policy is to look at it: a statement added unseen would lead round its conditions (%s)',
    (caller) => {
      expect(remedy(' because no role trust policy allows the sts:AssumeRole action', caller)).toMatchObject([
        {
          actor: 'target-admin',
          account: '222222222222',
          change: null,
          hcl: null,
          command: 'aws iam get-role --role-name xacct-terraform --query Role.AssumeRolePolicyDocument',
          xacct: `xacct explain --role-arn ${ROLE} --as ${caller} --target-profile NAME`,
        },
      ]);
    },
  );

  test.each([
    ['boundary', 'permissions boundary', 'source-admin', '111111111111'],
    ['session policy', 'session policy', 'you', '111111111111'],
    ['SCP', 'service control policy', 'org-admin', null],
    ['RCP', 'resource control policy', 'org-admin', null],
    ['VPC endpoint', 'VPC endpoint policy', 'network', '111111111111'],
  ])('of a missing Allow in a %s is with whoever owns it', (_, words, actor, account) => {
    expect(remedy(` because no ${words} allows the sts:AssumeRole action`)).toMatchObject([{ actor, account, change: null }]);
  });

  test('of an explicit deny with its ARN is in the account that owns the policy, with a letter and the way to read it', () => {
    const arn = 'arn:aws:organizations::999999999999:policy/o-abc/service_control_policy/p-1';
    expect(remedy(` with an explicit deny in a service control policy: ${arn}`)).toMatchObject([
      {
        actor: 'org-admin',
        account: '999999999999',
        command: 'aws organizations describe-policy --policy-id p-1 --query Policy.Content --output text',
        message: expect.stringContaining(JANE) as unknown,
      },
    ]);
  });

  test.each(['role trust policy', 'resource-based policy'])('of a Deny in the %s may be to unlock the role', (words) => {
    const [fix] = remedy(` with an explicit deny in a ${words}`);
    expect(fix?.summary).toContain('one with the Sid XacctLock is a lock, which xacct unlock takes off');
    expect(fix?.command).toBe('aws iam get-role --role-name xacct-terraform --query Role.AssumeRolePolicyDocument');
  });

  test('where AWS says no reason is one of both sides, or the role itself', () => {
    expect(remedy('').map(({ actor, account, change }) => [actor, account, change?.kind ?? null])).toEqual([
      ['target-admin', '222222222222', null],
      ['source-admin', '111111111111', 'add-statement'],
      ['target-admin', '222222222222', null],
    ]);
  });

  test.each([
    [JANE.replace('111111111111', '***'), ROLE.replace('222222222222', '***')],
    [JANE.replace('111111111111', '<redacted>'), ROLE.replace('222222222222', 'XXXXXXXXXXXX')],
  ])('of accounts that the log hides (%s) is the same, with words for the accounts', (caller, role) => {
    const [refusal] = explain(`User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${role}`);
    expect(refusal).toMatchObject({ caller, resource: role });
    expect(refusal?.remedies.map(({ actor, account }) => [actor, account])).toEqual([
      ['target-admin', null],
      ['source-admin', null],
      ['target-admin', null],
    ]);
    expect(refusal?.remedies[0]?.xacct).toContain('--as arn:aws:iam::SOURCE_ACCOUNT_ID:user/jane');
    expect(refusal?.remedies[1]?.command).toContain('arn:aws:iam::TARGET_ACCOUNT_ID:role/ops/xacct-terraform');
    expect(JSON.stringify(refusal)).not.toMatch(/0000000/);
  });

  test('of a role that the log hides whole is the same, with words for the role', () => {
    const [refusal] = explain(`User: ${JANE} is not authorized to perform: sts:TagSession on resource: ***`);
    expect(refusal?.resource).toBe('***');
    expect(refusal?.remedies[0]?.command).toContain('--role-name ROLE_NAME');
  });

  test('of an encoded message is a command with the message in it', () => {
    const [only] =
      explain(
        'You are not authorized to perform this operation. Encoded authorization failure message: Zm9vYmFy-_x status code: 403',
      )[0]?.remedies ?? [];
    expect(only?.command).toMatch(/--encoded-message Zm9vYmFy-_x$/);
  });

  test('of SAML speaks of the assertion', () => {
    const [refusal] = explain('AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML');
    expect(refusal).toMatchObject({ code: 'WEB_IDENTITY_REFUSED', action: 'sts:AssumeRoleWithSAML' });
    expect(JSON.stringify(refusal)).not.toMatch(/OIDC|:sub|token/);
  });

  test('of TagSession allows exactly TagSession', () => {
    const [trust, grant] =
      explain(`User: ${JANE} is not authorized to perform: sts:TagSession on resource: ${ROLE}`)[0]?.remedies ?? [];
    expect(trust?.change).toBeNull();
    expect(grant?.change).toMatchObject({ statement: { Action: 'sts:TagSession' } });
  });

  test('is one command of the shell, whatever the log says', () => {
    const [only] = explain('No OpenIDConnect provider found in your account for https://x;$(reboot)')[0]?.remedies ?? [];
    expect(only?.command).toContain("--url 'https://x;$(reboot)' ");
  });

  test.each(KNOWN_REFUSALS)('of %s is one thing for one person, with nothing left to fill in', (code) => {
    const { remedies, explanation } = explainKnown(code, 'it', ROLE);
    expect(remedies).toHaveLength(1);
    expect(`${explanation} ${JSON.stringify(remedies)}`).not.toMatch(/SUBJECT|undefined|\bROLE_?(ARN|NAME)\b/);
    expect(explanation).toMatch(/^[^A-Z]|^(AWS|STS)/);
  });
});

describe('a log of any length', () => {
  const WHOLE = [...LOGS, ...REAL_LOGS].map(({ text }) => text).join('\n\n');

  test('comes in parts that end anywhere', () => {
    const expected = findRefusals(WHOLE);
    fc.assert(
      fc.property(fc.array(fc.nat(WHOLE.length), { maxLength: 20 }), (cuts) => {
        const search = openRefusalSearch();
        const places = [0, ...cuts.toSorted((a, b) => a - b), WHOLE.length];
        places.slice(1).forEach((end, i) => search.add(WHOLE.slice(places[i], end)));
        expect(search.end()).toEqual({ found: expected, leftOut: 0 });
      }),
      { numRuns: 8 },
    );
  });

  test('is searched in windows: what lies across their ends is found once, with its line', () => {
    const filler = `${'nothing to see here '.repeat(40)}\n`;
    const text = Array.from({ length: 4000 }, (_, i) => (i % 1000 === 999 ? `${DENIED}\n` : filler)).join('');
    expect(text.length).toBeGreaterThan(2 ** 21);
    expect(findRefusals(text)).toMatchObject([{ line: 1000, times: 4, sentence: DENIED }]);
    const oneLine = text.replaceAll('\n', ' ');
    expect(findRefusals(oneLine)).toMatchObject([{ line: 1, times: 4, sentence: DENIED }]);
  });

  test('with more different refusals than anybody reads says how many are left out', () => {
    const search = openRefusalSearch();
    search.add(Array.from({ length: 600 }, (_, i) => DENIED.replace('jane', `jane${i}`)).join('\n'));
    const { found, leftOut } = search.end();
    expect([found.length, leftOut]).toEqual([500, 100]);
  });

  test('takes a time that grows with its length and no faster', () => {
    const part = `${DENIED}\n${'x'.repeat(1000)}\n`.repeat(60);
    const timeOf = (count: number): number => {
      const start = performance.now();
      findRefusals(part.repeat(count));
      return performance.now() - start;
    };
    timeOf(4);
    expect(timeOf(32)).toBeLessThan(Math.max(timeOf(8), 40) * 16);
  });
});

test('the heading of a program is left out where the cause stands in the same log', () => {
  const heading = `IAM Role (${ROLE}) cannot be assumed.`;
  expect(findRefusals(heading)).toMatchObject([{ code: 'ASSUME_FAILED', subject: ROLE }]);
  expect(findRefusals(`${heading}\n\n${DENIED}`)).toMatchObject([{ kind: 'access-denied' }]);
  expect(findRefusals(`${heading}\n\n${DENIED.replace(ROLE, `${ROLE}2`)}`)).toMatchObject([
    { code: 'ASSUME_FAILED' },
    { kind: 'access-denied' },
  ]);
});

test('orders to a terminal are no part of what is found: links, titles, colours', () => {
  const text = `\u001b]8;;https://example.com\u0007\u001b[1;31m${DENIED.replace('is not', 'is\u001b[0m not')}\u001b]8;;\u001b\\\u001b(B`;
  expect(findRefusals(text)).toMatchObject([{ sentence: DENIED }]);
});

test('a hostile log takes no time', () => {
  const texts = [
    'User: '.repeat(20_000),
    `User: ${'a'.repeat(200_000)}`,
    `│${' '.repeat(200_000)}x`,
    `1 validation error detected: ${'Value '.repeat(20_000)}`,
    `${DENIED} `.repeat(2000),
    'InvalidClientTokenId '.repeat(20_000),
    `in S3 bucket "abc" ${'x'.repeat(400)}`.repeat(2000),
    `Encoded authorization failure message: ${`${'a'.repeat(60)}\n`.repeat(5000)}`,
    '\u001b]'.repeat(100_000),
    'a\n'.repeat(300_000),
  ];
  const cpuMs = cpuMsOf(() => {
    for (const text of texts) findRefusals(text);
  });
  expect(cpuMs).toBeLessThan(3000);
});

test('every code is documented', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../../docs/explain.md'), 'utf8');
  const codes = ['EXPLICIT_DENY', 'NOT_ALLOWED', 'NOT_SAID', 'WEB_IDENTITY_REFUSED', ...KNOWN_REFUSALS];
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
