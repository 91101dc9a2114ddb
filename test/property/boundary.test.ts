/** A boundary that is said to hold, holds: by the evaluator, which knows nothing of how that is decided. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { waysAround } from '#domain/boundary-hold.ts';
import { REACHING } from '#domain/boundary-reach.ts';
import { settlePermissions } from '#domain/permissions.ts';
import type { Statement } from '#domain/policy-document.ts';
import { compilePolicy } from '#policy/compile.ts';

const HERE = 'arn:aws:iam::222222222222:';
const PLACE = {
  partition: 'aws',
  account: '222222222222',
  role: { name: 'xacct-terraform', path: '/' },
  boundary: `${HERE}policy/bound`,
};

const PRESET = ((): readonly Statement[] => {
  const settled = settlePermissions({ policies: [], policyArns: [], presets: ['power-user'], isAdminAllowed: false }, PLACE);
  if (!settled.ok) throw new Error('the preset does not settle');
  return settled.value.policies[0]?.document.Statement as readonly Statement[];
})();

const ways = (Statement: readonly Statement[]): readonly string[] => waysAround({ Version: '2012-10-17', Statement }, PLACE);

const GUARDED = ['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary', 'account:CloseAccount'];
const known = REACHING.flatMap(({ kind, actions }) => actions.map((action) => ({ action, kind: kind ?? 'role' })));
const reaching = fc.constantFrom(...known.filter(({ action }) => !GUARDED.includes(action)));
const name = fc.constantFrom('Admin', 'ops', 'a', 'audit', 'xacct-terraform2');

/** The action, or a pattern that stands for it and others. */
const patternOf = (action: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(action),
    fc.integer({ min: action.indexOf(':') + 1, max: action.length }).map((end) => `${action.slice(0, end)}*`),
    fc
      .integer({ min: action.indexOf(':') + 1, max: action.length - 1 })
      .map((at) => `${action.slice(0, at)}?${action.slice(at + 1)}`),
    fc.constant(action.toUpperCase().replace(/^[^:]*/, (service) => service.toLowerCase())),
    fc.constant('*'),
  );

/** Outside the path of the role, or reaching out of it. */
const outsideOf = (kind: string): fc.Arbitrary<string> =>
  kind === '*'
    ? fc.constant('*')
    : fc.oneof(
        fc.constantFrom('*', `${HERE}*`, `${HERE}${kind}/*`, `arn:aws:iam::*:${kind}/*`, `${HERE}${kind}/xacct-terraform*`),
        name.map((it) => `${HERE}${kind}/${it}`),
        name.map((it) => `${HERE}${kind}/*/${it}`),
        name.map((it) => `${HERE}${kind}/${it}/*`),
        name.map((it) => `${HERE}${kind}/?${it}*`),
      );

const conditions = fc.constantFrom<Partial<Statement>>(
  {},
  {},
  { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } },
  { Condition: { StringLike: { 'iam:PermissionsBoundary': '*' } } },
  { Condition: { StringEqualsIfExists: { 'iam:PermissionsBoundary': PLACE.boundary } } },
  { Condition: { StringEquals: { 'iam:PermissionsBoundary': [PLACE.boundary, `${HERE}policy/other`] } } },
);

const opening: fc.Arbitrary<Statement> = reaching.chain(({ action, kind }) =>
  fc
    .record({ Action: patternOf(action), Resource: outsideOf(kind), more: conditions })
    .map(({ Action, Resource, more }) => ({ Effect: 'Allow', Action, Resource, ...more })),
);

test('no Allow of what leads to the rights of somebody else passes, wherever it stands', () => {
  fc.assert(
    fc.property(opening, fc.nat(), (statement, at) => {
      const statements = [...PRESET];
      statements.splice(at % (statements.length + 1), 0, statement);
      expect(ways(statements)).not.toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

const places = fc.oneof(
  fc.constantFrom('*', `${HERE}role/xacct-terraform/*`, `${HERE}user/xacct-terraform/*`, `${HERE}role/*`, `${HERE}user/*`),
  fc.constantFrom('role', 'user', 'policy').chain(outsideOf),
);
const BOUNDED = [
  { StringEquals: { 'iam:PermissionsBoundary': PLACE.boundary } },
  { StringNotEquals: { 'iam:PermissionsBoundary': PLACE.boundary } },
];
const anyStatement: fc.Arbitrary<Statement> = fc
  .record({
    effect: fc.constantFrom('Allow' as const, 'Deny' as const, 'Deny' as const),
    actions: fc.array(
      fc.oneof(
        fc.constantFrom('*', 'iam:*', 'sts:*', 'account:*', 'iam:?ass*'),
        reaching.chain(({ action }) => patternOf(action)),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    isNotAction: fc.boolean(),
    resources: fc.array(places, { minLength: 1, maxLength: 2 }),
    isNotResource: fc.boolean(),
    condition: fc.option(fc.constantFrom(...BOUNDED), { nil: undefined, freq: 3 }),
  })
  .map(({ effect, actions, isNotAction, resources, isNotResource, condition }) => ({
    Effect: effect,
    ...(isNotAction ? { NotAction: actions } : { Action: actions }),
    ...(isNotResource ? { NotResource: resources } : { Resource: resources }),
    ...(condition === undefined ? {} : { Condition: condition }),
  }));

const CALLS = known.flatMap(({ action, kind }) =>
  (kind === '*' ? ['*'] : ['Admin', 'ops/a', 'xacct-terraform2'].map((it) => `${HERE}${kind}/${it}`)).map((resource) => ({
    action,
    resource,
  })),
);
const CONTEXTS = [new Map(), new Map([['iam:permissionsboundary', `${HERE}policy/other`]])];

/** Anything that is perhaps allowed is; a Deny must be certain. */
const allowedCalls = (Statement: readonly Statement[]): readonly string[] => {
  const { byEffect } = compilePolicy({ Version: '2012-10-17', Statement }, 'identity');
  return CALLS.filter(({ action, resource }) => {
    const about = (effect: 'Allow' | 'Deny') => byEffect[effect].filter(({ coversAction }) => coversAction(action.toLowerCase()));
    const [allows, denies] = [about('Allow'), about('Deny')];
    return CONTEXTS.some(
      (context) =>
        allows.some(
          ({ coversResource, conditions: of }) =>
            coversResource(resource, context) !== false && of.every(({ holds }) => holds(context) !== false),
        ) &&
        !denies.some(
          ({ coversResource, conditions: of }) =>
            coversResource(resource, context) === true && of.every(({ holds }) => holds(context) === true),
        ),
    );
  }).map(({ action, resource }) => `${action} on ${resource}`);
};

test('what is said to hold lets nobody reach anything outside the path', () => {
  let holding = 0;
  const documents = fc.record({ base: fc.boolean(), more: fc.array(anyStatement, { minLength: 1, maxLength: 4 }) });
  fc.assert(
    fc.property(documents, ({ base, more }) => {
      const statements = [...(base ? PRESET : []), ...more];
      if (ways(statements).length > 0) return;
      holding++;
      expect(allowedCalls(statements)).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(holding).toBeGreaterThan(50);
});
