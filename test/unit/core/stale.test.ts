/** What is said of an account that changed after a plan was made from it. */
import { expect, test } from 'vitest';
import { NOTHING, type ObservedAccount, type ObservedRole } from '#core/observe.ts';
import { expectStill, type Seen } from '#core/stale.ts';

const NAME = 'xacct-terraform';
const DOCUMENT = { Version: '2012-10-17', Statement: [] } as const;
const OTHER = { ...DOCUMENT, Id: 'other' };
const POLICY = 'arn:aws:iam::222222222222:policy/xacct-terraform-s3';

const ROLE: ObservedRole = {
  state: {
    arn: `arn:aws:iam::222222222222:role/${NAME}`,
    name: NAME,
    path: '/',
    description: 'one',
    maxSessionSeconds: 3600,
    trustPolicy: DOCUMENT,
    tags: {},
    createdAt: 1,
    lastUsedAt: '2026-01-01T00:00:00.000Z',
  },
  attachments: [POLICY, 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
  inline: new Map([['mine', DOCUMENT]]),
  policies: new Map([[POLICY, { arn: POLICY, document: DOCUMENT, versionId: 'v1', tags: {} }]]),
};

const withRole = (role: Partial<ObservedRole>): ObservedAccount => ({
  ...NOTHING,
  roles: new Map([[NAME, { ...ROLE, ...role }]]),
});
const stateWith = (state: Partial<NonNullable<ObservedRole['state']>>): ObservedAccount =>
  withRole({ state: ROLE.state && { ...ROLE.state, ...state } });
const seen = (target: ObservedAccount, rest: Partial<Seen> = {}): Seen => ({ target, source: NOTHING, unread: [], ...rest });

const BEFORE = seen(withRole({}));

const said = (after: Seen, before: Seen = BEFORE): string | undefined => {
  try {
    expectStill('222222222222', before, after);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace('account 222222222222 has changed since the plan was made: ', '') : '';
  }
};

test.for<readonly [what: string, after: Seen]>([
  [`role/${NAME}/trust`, seen(stateWith({ trustPolicy: OTHER }))],
  [`role/${NAME}/settings`, seen(stateWith({ maxSessionSeconds: 7200 }))],
  [`role/${NAME}/boundary`, seen(stateWith({ permissionsBoundary: POLICY }))],
  [`role/${NAME}/tags`, seen(stateWith({ tags: { team: 'ops' } }))],
  [`role/${NAME}`, seen(stateWith({ arn: 'arn:aws:iam::222222222222:role/x/xacct-terraform', path: '/x/' }))],
  [`role/${NAME}/inline/mine`, seen(withRole({ inline: new Map() }))],
  [`role/${NAME}/attachment/${POLICY}`, seen(withRole({ attachments: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }))],
  ['policy/xacct-terraform-s3', seen(withRole({ policies: new Map() }))],
  [
    'provider/gitlab.com',
    seen({
      ...withRole({}),
      providers: new Map([['arn:aws:iam::2:oidc-provider/gitlab.com', { arn: '', clientIds: [], tags: {} }]]),
    }),
  ],
  [
    'instance-profile/ec2',
    seen({ ...withRole({}), instanceProfiles: new Map([['ec2', { arn: '', name: 'ec2', path: '/', tags: {} }]]) }),
  ],
  [
    'source/user/jane/inline/xacct',
    seen(withRole({}), { source: { ...NOTHING, grants: new Map([['user/jane/inline/xacct', DOCUMENT]]) } }),
  ],
  [
    'the inline policies',
    seen(withRole({}), {
      unread: [{ what: 'the inline policies', account: '2', permission: 'iam:ListRolePolicies', reason: 'refused' }],
    }),
  ],
] as const)('%s', ([what, after]) => {
  expect(said(after)).toBe(what);
});

test('nothing, where only the order or the use differs', () => {
  expect(said(seen(stateWith({ createdAt: 2, lastUsedAt: '2026-02-02T00:00:00.000Z' })))).toBeUndefined();
  expect(said(seen(withRole({ attachments: ROLE.attachments.toReversed() })))).toBeUndefined();
});

test('a role that appeared or went is named once, and its policy beside it', () => {
  expect(said(BEFORE, seen(NOTHING))).toBe(`role/${NAME}, policy/xacct-terraform-s3`);
  expect(said(seen(NOTHING))).toBe(`role/${NAME}, policy/xacct-terraform-s3`);
});

test('the source alone, and no more than five names', () => {
  const grants = new Map([1, 2, 3, 4, 5, 6, 7].map((n) => [`user/u${n}/inline/x`, DOCUMENT] as const));
  expect(said({ source: { ...NOTHING, grants } }, { source: NOTHING })).toBe(
    'source/user/u1/inline/x, source/user/u2/inline/x, source/user/u3/inline/x, source/user/u4/inline/x, source/user/u5/inline/x, 2 more',
  );
});
