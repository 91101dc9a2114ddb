/** Laws of tokens: what a trust policy with OIDC providers must do for every issuer and every claim. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChange } from '#policy/apply-fix.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import { ISSUER_CLAIMS } from '#policy/generated/issuer-claims.ts';
import type { Claims, Scenario } from '#policy/scenario.ts';

const issuer = fc.constantFrom(...Object.keys(ISSUER_CLAIMS).map((name) => name.replace('*', 'acme')), 'oidc.example.com/id/1');
const name = fc.constantFrom('sub', 'aud', 'azp', 'amr', 'email', 'oaud', 'repository_id', 'project_id', 'ref', 'custom', 'iat');
const value = fc.constantFrom('a', 'b', 'repo:acme/infra:ref:refs/heads/main');
const claims: fc.Arbitrary<Claims> = fc.dictionary(name, value);
const operator = fc.constantFrom(
  'StringEquals',
  'StringLike',
  'StringNotEquals',
  'StringEqualsIfExists',
  'ForAnyValue:StringEquals',
);

const scenario = (host: string, token: Claims, condition: object, extra: readonly object[] = []): Scenario => ({
  caller: {
    arn: `arn:aws:iam::222222222222:oidc-provider/${host}`,
    kind: 'web-identity',
    claims: { iss: `https://${host}`, ...token },
  },
  role: {
    arn: 'arn:aws:iam::222222222222:role/deploy',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::222222222222:oidc-provider/${host}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: condition,
        },
        ...extra,
      ],
    },
  },
  request: { sessionName: 'run' },
});

const anyCase = fc.tuple(issuer, claims, operator, name, value);

test('a claim that AWS makes no key of is as good as absent', () => {
  fc.assert(
    fc.property(anyCase, fc.constantFrom('custom', 'iat'), value, ([host, token, op, key, wanted], unread, other) => {
      const condition = { [op]: { [`${host}:${key}`]: wanted } };
      const { [unread]: _, ...rest } = token;
      const given = decideAssumeRole(scenario(host, { ...rest, [unread]: other }, condition)).verdict;
      expect(given).toBe(decideAssumeRole(scenario(host, rest, condition)).verdict);
    }),
  );
});

test('a positive condition lets in no token without the claim', () => {
  fc.assert(
    fc.property(anyCase, ([host, token, , key, wanted]) => {
      const { [key]: _, azp: __, aud: ___, ...rest } = token;
      expect(decideAssumeRole(scenario(host, rest, { StringEquals: { [`${host}:${key}`]: wanted } })).verdict).toBe('denied');
    }),
  );
});

test('a token of one issuer is let in by no statement about another', () => {
  fc.assert(
    fc.property(issuer, issuer, claims, (host, other, token) => {
      fc.pre(host !== other);
      const asked = scenario(host, token, {});
      const { role } = scenario(other, token, {});
      expect(decideAssumeRole({ ...asked, role }).layer).toBe('trust');
    }),
  );
});

test('an explicit deny on the provider or on everyone wins', () => {
  fc.assert(
    fc.property(anyCase, fc.boolean(), ([host, token, op, key, wanted], isEveryone) => {
      const Principal = isEveryone ? { AWS: '*' } : { Federated: `arn:aws:iam::222222222222:oidc-provider/${host}` };
      const deny = { Effect: 'Deny', Principal, Action: 'sts:*' };
      expect(decideAssumeRole(scenario(host, token, { [op]: { [`${host}:${key}`]: wanted } }, [deny])).reason).toBe(
        'EXPLICIT_DENY',
      );
    }),
  );
});

test('a fix removes its cause, whatever the token', () => {
  fc.assert(
    fc.property(anyCase, ([host, token, op, key, wanted]) => {
      const asked = scenario(host, token, { [op]: { [`${host}:${key}`]: wanted } });
      const { verdict, confidence, fix } = decideAssumeRole(asked);
      // What the token does not say has to be said first.
      fc.pre(verdict === 'denied' && confidence === 'high');
      expect(fix?.change == null ? fix : decideAssumeRole(applyChange(asked, fix.change)).verdict).toBe('allowed');
    }),
  );
});
