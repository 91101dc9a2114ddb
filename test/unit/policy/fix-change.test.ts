/** Which change a fix proposes, where several would do: the narrowest exception, and a call that no policy is broken by in turn. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#domain/cause.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
const RUNNER = `arn:aws:iam::${ACCOUNT}:role/ci/runner`;
const OTHER = `arn:aws:iam::${ACCOUNT}:role/other`;

const documentOf = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const all = { Effect: 'Allow', Action: '*', Resource: '*' };
const allowed = documentOf(all);
const externalId = (operator: string, value: string): object => ({ Condition: { [operator]: { 'sts:ExternalId': value } } });

/** A role of the same account that its trust policy names, so that it needs no Allow of its own. */
const changeOf = (
  caller: Partial<Scenario['caller']>,
  trust: object = {},
  request: Scenario['request'] = { externalId: 'old' },
): Change | null | undefined =>
  decideAssumeRole({
    caller: {
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/runner/it`,
      kind: 'assumed-role',
      roleArn: RUNNER,
      identityPolicies: [allowed],
      ...caller,
    },
    role: {
      arn: ROLE,
      trustPolicy: documentOf({
        Effect: 'Allow',
        Principal: { AWS: RUNNER },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        ...trust,
      }),
    },
    request,
  }).fix?.change;

describe('a Deny of the boundary that another external ID escapes', () => {
  const boundary = documentOf(all, { ...all, Effect: 'Deny', ...externalId('StringNotEquals', 'new') });
  const onlyOld = { ...all, ...externalId('StringEquals', 'old') };
  const callWithNew = { kind: 'change-request', set: { 'request.externalId': 'new' }, unset: [] };

  test("is escaped, though the caller's own Allow goes: a role that the trust policy names needs none", () => {
    expect(changeOf({ boundary, identityPolicies: [documentOf(onlyOld)] })).toEqual(callWithNew);
  });

  test('is escaped likewise where the trust policy names the role under a condition that nobody stated', () => {
    const mayBe = { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } };
    expect(changeOf({ boundary, identityPolicies: [documentOf(onlyOld)] }, mayBe)).toEqual(callWithNew);
  });

  test('is not escaped where the own Allow is needed: it would be the next refusal', () => {
    const byAccount = { Principal: { AWS: ACCOUNT } };
    expect(changeOf({ boundary, identityPolicies: [documentOf(onlyOld)] }, byAccount)).toMatchObject({
      kind: 'replace-statement',
    });
  });

  test('is escaped where a policy that cannot be read may hold the Allow that is needed', () => {
    const byAccount = { Principal: { AWS: ACCOUNT } };
    expect(changeOf({ boundary, identityPolicies: [documentOf(onlyOld), 'unknown'] }, byAccount)).toEqual(callWithNew);
  });
});

describe('a tag that is left out', () => {
  const onlyTeam = { Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } } };
  const tags = { team: 'red', cost: '1' };

  test('goes from the transitive ones as well', () => {
    const request = { tags, transitiveTagKeys: ['team', 'cost'] };
    expect(changeOf({}, onlyTeam, request)).toEqual({
      kind: 'change-request',
      set: { 'request.transitiveTagKeys': ['team'] },
      unset: ['request.tags.cost'],
    });
  });

  test('leaves them alone where it is none of them', () => {
    const request = { tags, transitiveTagKeys: ['team'] };
    expect(changeOf({}, onlyTeam, request)).toEqual({ kind: 'change-request', set: {}, unset: ['request.tags.cost'] });
  });
});

describe('the exception from a Deny', () => {
  const deny = { Effect: 'Deny', Action: 'sts:*', Resource: '*' };
  const replaced = (change: Change | null | undefined) => (change?.kind === 'replace-statement' ? change.statement : undefined);
  const exceptRole = { Effect: 'Deny', Action: 'sts:*', NotResource: ROLE };
  const exceptCaller = { Condition: { ArnNotEquals: { 'aws:PrincipalArn': RUNNER } } };

  test.each([
    ['the identity policy', { identityPolicies: [documentOf(all, deny)] }],
    ['the boundary', { boundary: documentOf(all, deny) }],
    ['the session policy', { sessionPolicy: documentOf(all, deny) }],
  ])('of %s, which binds this caller alone, is the role', (_, caller) => {
    expect(replaced(changeOf(caller))).toEqual(exceptRole);
  });

  test('of an SCP, which binds others too, is the caller: on everything, and on all but something', () => {
    const by = (statement: object) => replaced(changeOf({ scps: [{ level: 'Root', policies: [documentOf(all, statement)] }] }));
    expect(by(deny)).toEqual({ ...deny, ...exceptCaller });
    const { Resource: _, ...onOthers } = { ...deny, NotResource: OTHER };
    expect(by(onOthers)).toEqual({ ...onOthers, ...exceptCaller });
  });

  test('joins the exceptions that the statement has, however their key is spelled, and leaves its other conditions alone', () => {
    const Condition = {
      ArnNotEquals: { 'AWS:PrincipalARN': OTHER, 'aws:SourceArn': 'arn:aws:s3:::b' },
      StringNotEquals: { 'aws:PrincipalTag/team': 'red' },
    };
    const scp = documentOf(all, { ...deny, Condition });
    expect(replaced(changeOf({ scps: [{ level: 'Root', policies: [scp] }] }))).toEqual({
      ...deny,
      Condition: { ...Condition, ArnNotEquals: { ...Condition.ArnNotEquals, 'AWS:PrincipalARN': [OTHER, RUNNER] } },
    });
  });
});
