import { describe, expect, test } from 'vitest';
import { parsePolicyDocument } from '#domain/policy-document.ts';

const PRINCIPAL = { AWS: '111111111111' };
const trust = { Effect: 'Allow', Principal: PRINCIPAL, Action: 'sts:AssumeRole' };
const identity = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };

const faults = (input: unknown, kind: 'identity' | 'trust'): readonly (readonly [string | undefined, string | undefined])[] => {
  const result = parsePolicyDocument(input, kind);
  return result.ok ? [] : result.diagnostics.map(({ path, detail }) => [path, detail]);
};

const messages = (input: unknown): readonly string[] => {
  const result = parsePolicyDocument(input, 'trust');
  return result.ok ? [] : result.diagnostics.map(({ path, message }) => `${path ?? ''}: ${message}`);
};

describe('a trust policy', () => {
  test.each([
    [
      { ...trust, NotPrincipal: PRINCIPAL },
      'Statement[0].NotPrincipal',
      'AssumeRole policy must not contain NotPrincipal field.',
    ],
    [{ ...trust, Principal: '*' }, 'Statement[0].Principal', 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'],
    [{ ...trust, Principal: {} }, 'Statement[0].Principal', 'Missing required field Principal cannot be empty!'],
    [{ Effect: 'Allow', Action: 'sts:AssumeRole' }, 'Statement[0]', 'Missing required field Principal'],
    [
      { ...trust, Principal: { AWS: ['111111111111', 'arn:aws:iam::111111111111:group/g'] } },
      'Statement[0].Principal.AWS[1]',
      'Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:group/g"',
    ],
    [
      { ...trust, Principal: { Service: 'ec2' } },
      'Statement[0].Principal.Service',
      'Invalid principal in policy: "SERVICE":"ec2"',
    ],
    [{ ...trust, Resource: '*' }, 'Statement[0].Resource', 'Has prohibited field Resource'],
    [{ ...trust, Action: '*' }, 'Statement[0].Action', 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [
      { ...trust, Action: ['sts:AssumeRole', 'iam:*'] },
      'Statement[0].Action[1]',
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    [{ Effect: 'Allow', Principal: PRINCIPAL }, 'Statement[0]', 'Missing required field Action'],
    [{ ...trust, Effect: 'allow' }, 'Statement[0].Effect', 'Invalid effect: allow'],
    [{ Principal: PRINCIPAL, Action: 'sts:AssumeRole' }, 'Statement[0]', 'Missing required field Effect'],
    [{ ...trust, Extra: 1 }, 'Statement[0].Extra', 'Syntax errors in policy.'],
    [{ ...trust, Condition: { StringLikes: {} } }, 'Statement[0].Condition.StringLikes', 'Syntax errors in policy.'],
    [{ ...trust, Condition: { StringLike: { k: {} } } }, 'Statement[0].Condition.StringLike.k', 'Syntax errors in policy.'],
    [{ ...trust, Action: [] }, 'Statement[0].Action', 'Syntax errors in policy.'],
    [{ ...trust, Action: [1] }, 'Statement[0].Action[0]', 'Syntax errors in policy.'],
    [
      { ...trust, Principal: { Federated: 'cognito-identity.amazonaws.com' } },
      'Statement[0]',
      'A condition block must be present for the Cognito provider',
    ],
    ['text', 'Statement[0]', 'Syntax errors in policy.'],
  ])('with %j is refused at %s', (statement, path, aws) => {
    expect(faults({ Version: '2012-10-17', Statement: [statement] }, 'trust')).toEqual([[path, aws]]);
  });

  test.each([
    [{ ...trust, Principal: { AWS: '*' } }],
    [{ ...trust, Principal: { AWS: ['AROADBQP57FF2AEXAMPLE', 'arn:aws:sts::111111111111:assumed-role/r/s'] } }],
    [{ ...trust, Principal: { Service: ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } }],
    [{ ...trust, Principal: { Federated: 'arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com' } }],
    [{ ...trust, Action: ['STS:assumerole', 'sts:*', 'sts:Assume*', 'sts:TagSession'] }],
    [{ ...trust, Sid: 'with spaces: tolerated' }],
    [{ ...trust, Sid: '', Condition: { 'ForAllValues:StringLikeIfExists': { 'aws:TagKeys': ['a', true, 1] } } }],
  ])('with %j is accepted', (statement) => {
    expect(faults({ Statement: statement }, 'trust')).toEqual([]);
  });
});

describe('an identity policy', () => {
  test.each([
    [{ ...identity, Principal: PRINCIPAL }, 'Statement[0].Principal', 'Policy document should not specify a principal.'],
    [{ Effect: 'Allow', Action: 'sts:AssumeRole' }, 'Statement[0]', 'Policy statement must contain resources.'],
    [{ Effect: 'Allow', Resource: '*' }, 'Statement[0]', 'Policy statement must contain actions.'],
    [{ ...identity, Resource: 'role/x' }, 'Statement[0].Resource', 'Resource role/x must be in ARN format or "*".'],
    [
      { ...identity, Resource: 'arn:moon:iam::1:x' },
      'Statement[0].Resource',
      'Partition "moon" is not valid for resource "arn:moon:iam::1:x".',
    ],
    [
      { ...identity, Resource: 'arn:aws:i*:::x' },
      'Statement[0].Resource',
      'Resource vendor must be fully qualified and cannot contain regexes.',
    ],
    [
      { ...identity, Action: 'AssumeRole' },
      'Statement[0].Action',
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [{ ...identity, Action: 'sts:a:b' }, 'Statement[0].Action', 'Actions/Condition can contain only one colon.'],
    [{ ...identity, Sid: 'no spaces' }, 'Statement[0].Sid', 'Statement IDs (SID) must be alpha-numeric.'],
    [{ ...identity, NotAction: 'iam:*' }, 'Statement[0]', 'Syntax errors in policy.'],
    [{ ...identity, NotResource: '*' }, 'Statement[0]', 'Syntax errors in policy.'],
  ])('with %j is refused at %s', (statement, path, aws) => {
    expect(faults({ Version: '2012-10-17', Statement: [statement] }, 'identity')).toEqual([[path, aws]]);
  });
});

test('every fault is reported at once', () => {
  const statements = [
    { ...trust, Sid: 'A', Effect: 'Permit', Resource: '*' },
    { ...trust, Sid: 'A', Principal: { AWS: 'bob' } },
  ];
  expect(messages({ Version: '2011-01-01', Statements: [], Statement: statements })).toEqual([
    'Statements: "Statements" is no element of a policy',
    'Version: must be "2012-10-17" or "2008-10-17", not "2011-01-01"',
    'Statement[0].Effect: must be "Allow" or "Deny", not "Permit"',
    'Statement[0].Resource: a trust policy names no resource: it is attached to its role',
    'Statement[1].Principal.AWS: "bob" is no principal',
    'Statement[1].Sid: "A" stands twice',
  ]);
});

test('what is no document is refused', () => {
  expect([messages([]), messages(null), messages({}), messages('"text"')]).toEqual([
    [': a policy must be a JSON object'],
    [': a policy must be a JSON object'],
    ['Statement: is missing or empty'],
    [': a policy must be a JSON object'],
  ]);
});

test.each([
  ['{"Statement": [}', 'not JSON at line 1, column 16: expected a value, found "}"'],
  ['{\n  "Version": "2012-10-17",\n}', 'not JSON at line 3, column 1: expected a key in double quotes, found "}"'],
  ['{"a": "b', 'not JSON at line 1, column 7: a string is not closed, or has a bad escape or control character'],
  ['{"a": 1} x', 'not JSON at line 1, column 10: expected the end of the text, found "x"'],
  ['', 'not JSON at line 1, column 1: expected a value, found the end of the text'],
  ['{"a" 1}', 'not JSON at line 1, column 6: expected ":", found "1"'],
  ['[1 2]', 'not JSON at line 1, column 4: expected "," or "]", found "2"'],
  ['['.repeat(100_000), 'not JSON at line 1, column 66: more than 64 levels of nesting'],
])('broken JSON is placed by line and column: %.40s', (text, message) => {
  expect(messages(text)).toEqual([`: ${message}`]);
});

test('a key that stands twice is refused, which JSON.parse would not notice', () => {
  const text = `{"Version": "2012-10-17", "Statement": [\n${JSON.stringify(trust).replace('"Allow"', '"Deny","Effect":"Allow"')}\n]}`;
  expect(messages(text)).toEqual(['Statement[0].Effect: the key "Effect" stands twice (line 2, column 18)']);
});

test('a character beyond U+00FF is refused', () => {
  expect(messages({ Statement: { ...trust, Sid: 'ключ' } })).toEqual([': has a character beyond U+00FF, which IAM refuses']);
});

test('a well-formed document is handed back as it is', () => {
  const document = { Version: '2012-10-17', Statement: [trust] };
  expect(parsePolicyDocument(JSON.stringify(document), 'trust')).toEqual({ ok: true, value: document });
});
