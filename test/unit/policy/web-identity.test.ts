/** What AWS answers a web identity, and what is said of a token beyond the golden cases. */
import { expect, test } from 'vitest';
import { parseWebIdentityDenied } from '#domain/access-denied.ts';
import { judgeAssumeRole } from '#policy/evaluate.ts';
import type { Claims, Scenario } from '#policy/scenario.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::222222222222:oidc-provider/${ISSUER}`;
const ROLE = 'arn:aws:iam::222222222222:role/deploy';
const claims = { iss: `https://${ISSUER}`, aud: 'sts.amazonaws.com', sub: 'repo:acme/infra:ref:refs/heads/main' };

const scenario = (condition: Readonly<Record<string, string>>, more: Claims = {}): Scenario => ({
  caller: { arn: PROVIDER, kind: 'web-identity', claims: { ...claims, ...more } },
  role: {
    arn: ROLE,
    trustPolicy: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: condition },
      },
    },
  },
  request: { sessionName: 'run' },
});

test('a refusal names neither caller nor role, and can be told from its sentence', () => {
  const { answer, action } = judgeAssumeRole(scenario({ [`${ISSUER}:sub`]: 'repo:acme/other:ref:refs/heads/main' }));
  const message = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
  expect([action, answer]).toEqual(['sts:AssumeRoleWithWebIdentity', { status: 403, code: 'AccessDenied', message }]);
  expect(parseWebIdentityDenied(`Error: Could not assume role with OIDC: ${message}\n`)).toBe(action);
  expect(parseWebIdentityDenied('User: x is not authorized to perform: sts:AssumeRole')).toBeUndefined();
});

test('a claim that AWS does not read is said to be none of its keys', () => {
  const { decision } = judgeAssumeRole(
    scenario({ [`${ISSUER}:runner_environment`]: 'self-hosted' }, { runner_environment: 'self-hosted' }),
  );
  expect(decision.explanation).toBe(
    `nothing in the trust policy allows sts:AssumeRoleWithWebIdentity on ${ROLE}; statement 0 comes closest: its condition StringEquals ${ISSUER}:runner_environment wants "self-hosted", and AWS makes no condition key of that claim`,
  );
  const absent = judgeAssumeRole(scenario({ [`${ISSUER}:environment`]: 'prod' })).decision.explanation;
  expect(absent.endsWith('wants "prod", and the request has no such key')).toBe(true);
});

test('a token is let in by its subject beside the other, its audience still wanted', () => {
  const { fix } = judgeAssumeRole(scenario({ [`${ISSUER}:sub`]: 'repo:acme/other:ref:refs/heads/main' })).decision;
  expect([fix?.actor, fix?.account, fix?.change]).toEqual([
    'target-admin',
    '222222222222',
    {
      kind: 'replace-statement',
      policy: { kind: 'trust', index: 0 },
      index: 0,
      statement: {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${ISSUER}:sub`]: ['repo:acme/other:ref:refs/heads/main', claims.sub] } },
      },
    },
  ]);
});

test('tags that a token brings are for its provider to change', () => {
  const tags = { 'https://aws.amazon.com/tags': { principal_tags: { 'aws:team': ['red'] } } };
  const { reason, fix } = judgeAssumeRole(scenario({ [`${ISSUER}:sub`]: claims.sub }, tags)).decision;
  expect([reason, fix?.actor, fix?.change]).toEqual(['TAG_KEY_RESERVED', 'you', null]);
});
