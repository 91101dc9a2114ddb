/** Policies made to exhaust the evaluator: whatever the pattern, a decision takes time in proportion to pattern and text. */
import { expect, test } from 'vitest';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';
import { cpuMsOf } from '../../support/cpu-time.ts';

const ROLE = `arn:aws:iam::222222222222:role/${'a'.repeat(60)}`;
const many = '*a'.repeat(1000);
const subject = 'a'.repeat(20_000);
const ISSUER = 'idp.example.com';

/** A pattern that would keep a backtracking matcher busy for longer than the sun will last. */
const BUDGET_MS = 5000;

const scenario = (trust: object, identity: object, externalId: string): Scenario => ({
  caller: {
    arn: 'arn:aws:iam::111111111111:user/alice',
    kind: 'user',
    identityPolicies: [{ Version: '2012-10-17', Statement: identity }],
  },
  role: {
    arn: ROLE,
    trustPolicy: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole', ...trust },
    },
  },
  request: { externalId },
});

const own = { Effect: 'Allow', Action: 'sts:*', Resource: '*' };

test.each<readonly [string, Scenario]>([
  ['an action', scenario({}, { ...own, Action: `sts:${many}b`.replaceAll('*a', '*?') }, 'id')],
  ['a resource', scenario({}, { ...own, Resource: `arn:aws:iam::222222222222:role/${many}b` }, 'id')],
  ['a resource with stars in its fields', scenario({}, { ...own, Resource: `arn:aws:iam:${many}x:${many}x:${many}b` }, 'id')],
  ['a condition', scenario({ Condition: { StringLike: { 'sts:ExternalId': `${many}b` } } }, own, 'a'.repeat(1224))],
  [
    'a condition on an ARN',
    scenario({ Condition: { ArnLike: { 'aws:PrincipalArn': `arn:${many}:${many}:${many}:${many}:${many}b` } } }, own, 'id'),
  ],
  [
    'a variable',
    scenario({ Condition: { StringLike: { 'sts:ExternalId': `${'*${aws:username}'.repeat(500)}b` } } }, own, 'alice'.repeat(240)),
  ],
  [
    'a claim',
    {
      caller: { arn: `https://${ISSUER}`, kind: 'web-identity', claims: { iss: `https://${ISSUER}`, sub: subject } },
      role: {
        arn: ROLE,
        trustPolicy: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Federated: `arn:aws:iam::222222222222:oidc-provider/${ISSUER}` },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: { StringLike: { [`${ISSUER}:sub`]: `${many}b` } },
          },
        },
      },
      request: {},
    },
  ],
])('%s is refused in time', (_, hostile) => {
  const cpuMs = cpuMsOf(() => expect(decideAssumeRole(hostile).verdict).toBe('denied'));
  expect(cpuMs).toBeLessThan(BUDGET_MS);
});

test('nested and repeated JSON is refused in time, with its place', () => {
  const deep = `{"Version":"2012-10-17","Statement":${'['.repeat(50_000)}`;
  const cpuMs = cpuMsOf(() => {
    const { verdict, layer } = decideAssumeRole({ ...scenario({}, own, 'id'), role: { arn: ROLE, trustPolicy: deep } });
    expect([verdict, layer]).toEqual(['invalid', 'policy-syntax']);
  });
  expect(cpuMs).toBeLessThan(BUDGET_MS);
});
