/** Laws of the evaluator that must hold for every set of policies, not only for the golden cases. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Statement } from '#domain/policy-document.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import { compileGlob, globMatches } from '#domain/glob.ts';
import type { Scenario } from '#policy/scenario.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';
const ROLE = `arn:aws:iam::${TARGET}:role/xacct-dev`;

const effect = fc.constantFrom('Allow' as const, 'Deny' as const);
const actions = fc.constantFrom('sts:AssumeRole', 'sts:*', 'sts:TagSession', 'STS:Assume*');
const conditions = fc.constantFrom(
  {},
  { Condition: { StringEquals: { 'sts:ExternalId': 'id-1' } } },
  { Condition: { StringNotEquals: { 'sts:ExternalId': ['id-1', 'id-2'] } } },
  { Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } } },
  { Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } } },
);

const callers = (account: string) => ({
  user: { arn: `arn:aws:iam::${account}:user/alice`, kind: 'user' as const },
  session: {
    arn: `arn:aws:sts::${account}:assumed-role/deployer/run`,
    kind: 'assumed-role' as const,
    roleArn: `arn:aws:iam::${account}:role/ci/deployer`,
  },
});

const principals = fc.constantFrom(
  '*',
  SOURCE,
  TARGET,
  `arn:aws:iam::${SOURCE}:root`,
  ...[SOURCE, TARGET].flatMap((account) => [
    `arn:aws:iam::${account}:user/alice`,
    `arn:aws:iam::${account}:role/ci/deployer`,
    `arn:aws:sts::${account}:assumed-role/deployer/run`,
  ]),
);

const trustStatement: fc.Arbitrary<Statement> = fc
  .record({ effect, action: actions, principal: principals, condition: conditions })
  .map(({ effect: Effect, action, principal, condition }) => ({
    Effect,
    Principal: { AWS: principal },
    Action: action,
    ...condition,
  }));

const ownStatement: fc.Arbitrary<Statement> = fc
  .record({ effect, action: actions, resource: fc.constantFrom('*', ROLE, 'arn:aws:iam::*:role/other'), condition: conditions })
  .map(({ effect: Effect, action, resource, condition }) => ({ Effect, Action: action, Resource: resource, ...condition }));

const documentOf = (Statement: readonly Statement[]) => ({ Version: '2012-10-17' as const, Statement });

interface Parts {
  readonly scenario: Scenario;
  readonly trust: readonly Statement[];
  readonly identity: readonly Statement[];
}

const build = (scenario: Scenario, trust: readonly Statement[], identity: readonly Statement[]): Scenario => ({
  ...scenario,
  caller: { ...scenario.caller, ...(identity.length === 0 ? {} : { identityPolicies: [documentOf(identity)] }) },
  role: { arn: ROLE, trustPolicy: documentOf(trust) },
});

const parts: fc.Arbitrary<Parts> = fc
  .record({
    account: fc.constantFrom(SOURCE, TARGET),
    kind: fc.constantFrom('user' as const, 'session' as const),
    trust: fc.array(trustStatement, { minLength: 1, maxLength: 4 }),
    identity: fc.array(ownStatement, { maxLength: 3 }),
    boundary: fc.option(fc.array(ownStatement, { minLength: 1, maxLength: 2 })),
    mfa: fc.constantFrom({}, { mfa: true }, { mfa: false }),
    request: fc.constantFrom({}, { externalId: 'id-1' }, { externalId: 'id-3' }, { tags: { team: 'red' } }),
  })
  .map(({ account, kind, trust, identity, boundary, mfa, request }) => ({
    scenario: {
      caller: { ...callers(account)[kind], ...mfa, ...(boundary === null ? {} : { boundary: documentOf(boundary) }) },
      role: { arn: ROLE, trustPolicy: documentOf(trust) },
      request,
    },
    trust,
    identity,
  }));

const verdict = (scenario: Scenario): string => decideAssumeRole(scenario).verdict;

describe('laws of a decision', () => {
  test('an explicit deny anywhere wins', () => {
    const deny = { Effect: 'Deny' as const, Action: 'sts:*' };
    fc.assert(
      fc.property(parts, fc.constantFrom('trust', 'identity', 'boundary', 'session', 'scp'), (it, where) => {
        const own = documentOf([{ ...deny, Resource: '*' }]);
        const full = documentOf([{ Effect: 'Allow', Action: '*', Resource: '*' }, ...own.Statement]);
        const trust = where === 'trust' ? [...it.trust, { ...deny, Principal: { AWS: '*' } }] : it.trust;
        const identity = where === 'identity' ? [...it.identity, ...own.Statement] : it.identity;
        const scenario = build(it.scenario, trust, identity);
        const more = {
          ...(where === 'boundary' ? { boundary: full } : {}),
          ...(where === 'session' ? { sessionPolicy: full } : {}),
          ...(where === 'scp' ? { scps: [{ level: 'Root', policies: [full] }] } : {}),
        };
        const decision = decideAssumeRole({ ...scenario, caller: { ...scenario.caller, ...more } });
        expect([decision.verdict, decision.reason]).toEqual(['denied', 'EXPLICIT_DENY']);
      }),
    );
  });

  test('adding an Allow never takes access away', () => {
    // Of what is generated one in forty is allowed; with these, and without a boundary, every second.
    const enough = { Effect: 'Allow' as const, Action: 'sts:*' };
    const open = parts.map(({ scenario: { caller, ...scenario }, trust, identity }) => {
      const { boundary: _, ...unbounded } = caller;
      return {
        scenario: { ...scenario, caller: unbounded },
        trust: [...trust, { ...enough, Principal: { AWS: '*' } }],
        identity: [...identity, { ...enough, Resource: '*' }],
      };
    });
    fc.assert(
      fc.property(fc.oneof(open, open, open, parts), trustStatement, ownStatement, (it, trust, own) => {
        fc.pre(verdict(build(it.scenario, it.trust, it.identity)) === 'allowed');
        const wider = build(
          it.scenario,
          [{ ...trust, Effect: 'Allow' }, ...it.trust],
          [...it.identity, { ...own, Effect: 'Allow' }],
        );
        expect(verdict(wider)).toBe('allowed');
      }),
    );
  });

  test('adding a Deny never gives access', () => {
    fc.assert(
      fc.property(parts, trustStatement, ownStatement, (it, trust, own) => {
        fc.pre(verdict(build(it.scenario, it.trust, it.identity)) === 'denied');
        const narrower = build(
          it.scenario,
          [...it.trust, { ...trust, Effect: 'Deny' }],
          [...it.identity, { ...own, Effect: 'Deny' }],
        );
        expect(verdict(narrower)).toBe('denied');
      }),
    );
  });

  test('a caller of another account is never allowed by the trust policy alone', () => {
    fc.assert(
      fc.property(parts, (it) => {
        fc.pre(it.scenario.caller.arn.includes(SOURCE));
        expect(verdict(build(it.scenario, it.trust, []))).toBe('denied');
      }),
    );
  });

  test('the order of statements makes no difference', () => {
    fc.assert(
      fc.property(parts, (it) => {
        const forward = decideAssumeRole(build(it.scenario, it.trust, it.identity));
        const backward = decideAssumeRole(build(it.scenario, it.trust.toReversed(), it.identity.toReversed()));
        expect([backward.verdict, backward.layer, backward.reason]).toEqual([forward.verdict, forward.layer, forward.reason]);
      }),
    );
  });

  const listed = (statement: Statement): Statement => ({
    ...statement,
    ...(statement.Action === undefined ? {} : { Action: [statement.Action].flat() }),
    ...(statement.Resource === undefined ? {} : { Resource: [statement.Resource].flat() }),
    ...(typeof statement.Principal === 'object' ? { Principal: { AWS: [statement.Principal['AWS'] ?? []].flat() } } : {}),
  });

  test('a scalar and a list of one decide alike, as an object and as JSON text', () => {
    fc.assert(
      fc.property(parts, (it) => {
        const plain = build(it.scenario, it.trust, it.identity);
        const lists = build(it.scenario, it.trust.map(listed), it.identity.map(listed));
        const text = { ...lists, role: { ...lists.role, trustPolicy: JSON.stringify(lists.role.trustPolicy) } };
        expect(decideAssumeRole(text).verdict).toBe(decideAssumeRole(plain).verdict);
        expect(decideAssumeRole(text).layer).toBe(decideAssumeRole(plain).layer);
      }),
    );
  });
});

describe('equal documents', () => {
  test('differ in order and in lists at most', () => {
    fc.assert(
      fc.property(fc.array(trustStatement, { minLength: 1, maxLength: 5 }), (statements) => {
        const shuffled = statements.toReversed().map((statement) => ({ ...statement, Action: [statement.Action ?? []].flat() }));
        expect(policyEquals(documentOf(statements), documentOf(shuffled))).toBe(true);
      }),
    );
  });

  test('decide alike, however their accounts and actions are spelled', () => {
    const respelled = (statement: Statement): Statement => ({
      ...statement,
      Action: [statement.Action ?? []].flat().map((action) => action.toUpperCase().replace('STS:', 'sts:')),
      Principal: {
        AWS:
          typeof statement.Principal === 'object' && statement.Principal['AWS'] === SOURCE ? `arn:aws:iam::${SOURCE}:root` : '*',
      },
    });
    fc.assert(
      fc.property(parts, (it) => {
        const plain = it.trust.map((statement) => ({
          ...statement,
          Principal: { AWS: statement.Effect === 'Allow' ? SOURCE : '*' },
        }));
        const other = plain.map(respelled);
        expect(policyEquals(documentOf(plain), documentOf(other))).toBe(true);
        expect(verdict(build(it.scenario, other, it.identity))).toBe(verdict(build(it.scenario, plain, it.identity)));
      }),
    );
  });
});

/** The definition of a wildcard match, word for word and exponential. */
const naive = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
  return text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]) && naive(pattern.slice(1), text.slice(1));
};

test('the wildcard matcher equals the naive one', () => {
  const from = (letters: string): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...letters.split('')), maxLength: 10 });
  fc.assert(
    fc.property(from('ab*?'), from('ab'), (pattern, text) => {
      expect(globMatches(compileGlob(pattern), text)).toBe(naive(pattern, text));
    }),
    { numRuns: 5000 },
  );
});
