/** A fix lets in the request that was refused, and nobody beside it: whatever a neighbour was refused for, it is refused for still. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConditionBlock, Statement } from '#domain/policy-document.ts';
import { applyChange } from '#policy/apply-fix.ts';
import { decideAssumeRole } from '#policy/evaluate.ts';
import type { Scenario } from '#policy/scenario.ts';

const SOURCE = '111111111111';
const ROLE = 'arn:aws:iam::222222222222:role/xacct-dev';

/** Of which any two may meet in one statement: none shares its operator and key with another. */
const CONDITIONS: readonly ConditionBlock[] = [
  { StringEquals: { 'sts:ExternalId': 'id-1' } },
  { Null: { 'sts:ExternalId': 'false' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } },
  { StringLike: { 'sts:RoleSessionName': '${aws:username}' } },
  { StringEqualsIgnoreCase: { 'aws:PrincipalOrgID': 'o-acme' } },
  { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'cost'] } },
  { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['cost'] } },
  { StringLike: { 'aws:RequestedRegion': 'eu-*' } },
  { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { DateGreaterThan: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' } },
  { DateLessThan: { 'aws:CurrentTime': '2026-02-01T00:00:00Z' } },
  { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/ops/*' } },
  { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
  { StringNotEquals: { 'aws:PrincipalTag/env': 'dev' } },
];
const DENIES: readonly ConditionBlock[] = [
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  { StringNotEquals: { 'sts:ExternalId': 'id-1' } },
  { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { StringNotLike: { 'aws:RequestedRegion': ['eu-*'] } },
  { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-acme' } },
  { StringEquals: { 'aws:PrincipalTag/env': 'dev' } },
];

const conditionOf = (blocks: readonly ConditionBlock[]): ConditionBlock => {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const block of blocks)
    for (const [operator, keys] of Object.entries(block)) merged[operator] = { ...merged[operator], ...keys };
  return merged as ConditionBlock;
};

const principal = fc.constantFrom(
  SOURCE,
  `arn:aws:iam::${SOURCE}:user/alice`,
  '*',
  `arn:aws:iam::${SOURCE}:user/carol`,
  '333333333333',
);

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    principal,
    conditions: fc.subarray([...CONDITIONS], { maxLength: 3 }),
    deny: fc.option(fc.constantFrom(...DENIES)),
    own: fc.constantFrom<Statement>(
      { Effect: 'Allow', Action: 'sts:*', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: ROLE,
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      },
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::222222222222:role/other' },
    ),
    caller: fc.record({
      mfa: fc.constantFrom(undefined, true),
      sourceIp: fc.constantFrom('203.0.113.7', '198.51.100.9'),
      tags: fc.constantFrom({}, { team: 'blue', env: 'dev' }),
      orgId: fc.constantFrom(undefined, 'o-acme', 'o-other'),
    }),
    request: fc.record({
      externalId: fc.constantFrom(undefined, 'id-1', 'id-2'),
      sessionName: fc.constantFrom('alice', 'run'),
      region: fc.constantFrom('eu-west-1', 'us-east-1'),
      tags: fc.constantFrom(undefined, { owner: 'x' }),
    }),
  })
  .map(({ principal: AWS, conditions, deny, own, caller, request }) => {
    const Condition = conditionOf(conditions);
    const allow = {
      Effect: 'Allow',
      Principal: { AWS },
      Action: ['sts:AssumeRole'],
      ...(conditions.length > 0 && { Condition }),
    };
    const tagging = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:TagSession' };
    const refusal = deny === null ? [] : [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: deny }];
    const tagsOfOwn = { Effect: 'Allow', Action: 'sts:TagSession', Resource: '*' };
    return JSON.parse(
      JSON.stringify({
        time: '2026-03-01T00:00:00Z',
        caller: {
          arn: `arn:aws:iam::${SOURCE}:user/alice`,
          kind: 'user',
          uniqueId: 'AIDAALICE',
          identityPolicies: [{ Version: '2012-10-17', Statement: [own, tagsOfOwn] }],
          ...caller,
        },
        role: { arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [allow, tagging, ...refusal] } },
        request,
      }),
    ) as Scenario;
  });

const follow = (first: Scenario): { readonly last: Scenario; readonly steps: readonly string[] } => {
  const steps: string[] = [];
  let now = first;
  for (let i = 0; i < 12; i++) {
    const { fix, explanation } = decideAssumeRole(now);
    if (fix?.change == null) break;
    steps.push(`${explanation} => ${JSON.stringify(fix.change)}`);
    now = applyChange(now, fix.change);
  }
  return { last: now, steps };
};

const without = (object: object, key: string): object =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

type Neighbour = (it: Scenario) => Scenario;

/** Each breaks one condition that the trust policy may have, and that the caller could meet. */
const BREAKING: readonly (readonly [operator: string, key: string, neighbour: Neighbour])[] = [
  ['StringEquals', 'sts:ExternalId', (it) => ({ ...it, request: { ...it.request, externalId: 'stolen' } })],
  ['Null', 'sts:ExternalId', (it) => ({ ...it, request: without(it.request, 'externalId') })],
  [
    'Bool',
    'aws:MultiFactorAuthPresent',
    (it) => ({ ...it, caller: without(without(it.caller, 'mfa'), 'mfaAge') as Scenario['caller'] }),
  ],
  ['NumericLessThan', 'aws:MultiFactorAuthAge', (it) => ({ ...it, caller: { ...it.caller, mfa: true, mfaAge: 9999 } })],
  ['StringLike', 'sts:RoleSessionName', (it) => ({ ...it, request: { ...it.request, sessionName: 'mallory' } })],
  ['IpAddress', 'aws:SourceIp', (it) => ({ ...it, caller: { ...it.caller, sourceIp: '192.0.2.99' } })],
  ['StringLike', 'aws:RequestedRegion', (it) => ({ ...it, request: { ...it.request, region: 'ap-south-1' } })],
  ['ForAllValues:StringEquals', 'aws:TagKeys', (it) => ({ ...it, request: { ...it.request, tags: { evil: '1', cost: '1' } } })],
];

const mallory: Neighbour = (it) => ({
  ...it,
  caller: { ...it.caller, arn: `arn:aws:iam::${SOURCE}:user/mallory`, uniqueId: 'AIDAMALLORY' },
});

const has = (block: ConditionBlock | undefined, operator: string, key: string): boolean => block?.[operator]?.[key] !== undefined;

test('leads to an Allow, gives up no condition and opens to nobody else', () => {
  fc.assert(
    fc.property(scenario, (it) => {
      fc.pre(decideAssumeRole(it).verdict === 'denied');
      const { last, steps } = follow(it);
      const told = steps.join('\n');
      expect(decideAssumeRole(last).verdict, told).toBe('allowed');
      const [allow] = (it.role.trustPolicy as { readonly Statement: readonly Statement[] }).Statement;
      for (const [operator, key, neighbour] of BREAKING)
        if (has(allow?.Condition, operator, key))
          expect(decideAssumeRole(neighbour(last)).verdict, `${key}\n${told}`).toBe('denied');
      const other = mallory({ ...last, role: it.role });
      if (decideAssumeRole(other).layer === 'trust') expect(decideAssumeRole(mallory(last)).verdict, told).toBe('denied');
    }),
    { numRuns: 80 },
  );
});
