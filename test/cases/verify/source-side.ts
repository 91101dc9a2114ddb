/** Wrong in the account of the caller. */
import type { Keys } from '../../support/run-patch.ts';
import { SOURCE, TARGET } from '../../support/product.ts';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { adminOf, keysOf } from '../../support/sandbox-clients.ts';
import type { Sandbox, SandboxSeed } from '#sandbox/open.ts';
import { allow, ASSUME, deny, document, ID, READ, ROLE, RUNNER, trusts, type SetUp } from './set-up.ts';

const OTHER = `arn:aws:iam::${TARGET}:role/other`;
const BOUNDARY = `arn:aws:iam::${SOURCE}:policy/boundary`;
const bounded = (...statements: readonly object[]): Pick<SetUp, 'user' | 'more'> => ({
  user: { PermissionsBoundary: BOUNDARY },
  more: { accounts: { [SOURCE]: { policies: [{ PolicyName: 'boundary', PolicyDocument: document(READ, ...statements) }] } } },
});

const managed = (...statements: readonly object[]): Pick<SetUp, 'user' | 'more'> => ({
  user: { ManagedPolicyArns: [`arn:aws:iam::${SOURCE}:policy/managed`] },
  more: { accounts: { [SOURCE]: { policies: [{ PolicyName: 'managed', PolicyDocument: document(...statements) }] } } },
});

const ORGANIZATION = { Id: 'o-abcdefghij', ManagementAccountId: '999999999999' };
const noAssume = { Name: 'no-assume', Content: document(deny(['sts:AssumeRole'])) };
const inUnit = (more: object): SandboxSeed => ({
  organization: {
    ...ORGANIZATION,
    units: [
      { Name: 'teams', accounts: { [SOURCE]: {} }, ...more },
      { Name: 'workloads', accounts: { [TARGET]: {} } },
    ],
  },
});
const targetUnit = (more: object): SandboxSeed => ({
  organization: {
    ...ORGANIZATION,
    units: [
      { Name: 'teams', accounts: { [SOURCE]: {} } },
      { Name: 'workloads', accounts: { [TARGET]: {} }, ...more },
    ],
  },
});

const runnerWith = (...statements: readonly object[]): Pick<SetUp, 'more' | 'as' | 'trust'> => ({
  trust: document(trusts(RUNNER), trusts(RUNNER, null, ['sts:TagSession', 'sts:SetSourceIdentity'])),
  more: {
    accounts: {
      [SOURCE]: {
        roles: [
          {
            RoleName: 'runner',
            AssumeRolePolicyDocument: document(trusts(`arn:aws:iam::${SOURCE}:root`, null)),
            Policies: [{ PolicyName: 'p0', PolicyDocument: document(READ, ...statements) }],
          },
        ],
      },
    },
  },
  as: (sandbox) => sandbox.sessionFor(RUNNER, 'run-1'),
});

/** A session of the runner that was asked for with a policy of its own. */
const narrowed = async (sandbox: Sandbox, ...statements: readonly object[]): Promise<Keys> =>
  keysOf(
    await adminOf(sandbox, SOURCE).sts.send(
      new AssumeRoleCommand({
        RoleArn: RUNNER,
        RoleSessionName: 'run-1',
        ExternalId: ID,
        Policy: JSON.stringify(document(...statements)),
      }),
    ),
  );

export const SOURCE_SIDE: readonly SetUp[] = [
  { title: 'the user has no policy at all', grants: [], cause: 'SOURCE_GRANT_MISSING' },
  {
    title: 'the user may do other things only',
    grants: [document(allow('s3:*', '*'))],
    cause: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the grant is for another role',
    grants: [document(allow('sts:*', OTHER))],
    cause: 'GRANT_NAMES_OTHER_ROLE',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the grant is for a role of that name in another account',
    grants: [document(allow('sts:AssumeRole', 'arn:aws:iam::333333333333:role/deploy'))],
    cause: 'GRANT_NAMES_OTHER_ROLE',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the grant lacks the path of the role',
    grants: [document(allow('sts:AssumeRole', ROLE))],
    role: { Path: '/ops/' },
    argv: ['--role-arn', `arn:aws:iam::${TARGET}:role/ops/deploy`],
    cause: 'GRANT_NAMES_OTHER_ROLE',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the pattern of the grant does not fit the name',
    grants: [document(allow('sts:AssumeRole', `arn:aws:iam::${TARGET}:role/xacct-*`))],
    cause: 'GRANT_NAMES_OTHER_ROLE',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the case of the name in the grant differs',
    grants: [document(allow('sts:AssumeRole', `arn:aws:iam::${TARGET}:role/Deploy`))],
    cause: 'GRANT_NAMES_OTHER_ROLE',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the grant is for another way to assume',
    grants: [document(allow('sts:AssumeRoleWithWebIdentity'))],
    cause: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the grant has a condition on a tag of the user that is not there',
    grants: [document(allow('sts:AssumeRole', ROLE, { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'infra' } } }))],
    cause: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'a Deny of the user hits all roles',
    grants: [document(ASSUME), document(deny('sts:AssumeRole'))],
    cause: 'SOURCE_DENIES',
  },
  {
    title: 'a Deny of the user hits this role',
    grants: [document(ASSUME), document(deny('sts:*', ROLE))],
    cause: 'SOURCE_DENIES',
  },
  {
    title: 'a Deny in a managed policy',
    ...managed(deny('sts:AssumeRole')),
    cause: 'SOURCE_DENIES',
    only: 'both',
  },
  {
    title: 'a Deny without MFA',
    grants: [
      document(ASSUME),
      document(deny('sts:AssumeRole', '*', { Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } })),
    ],
    cause: 'MFA_REQUIRED',
    fromSource: 'SOURCE_DENIES',
  },
  {
    title: 'a Deny in a group of the user',
    user: { Groups: ['ops'] },
    more: {
      accounts: {
        [SOURCE]: {
          groups: [{ GroupName: 'ops', Policies: [{ PolicyName: 'no', PolicyDocument: document(deny('sts:AssumeRole')) }] }],
        },
      },
    },
    cause: 'SOURCE_DENIES',
    only: 'both',
  },
  {
    title: 'the boundary leaves no AssumeRole',
    ...bounded(),
    cause: 'BOUNDARY_REFUSES',
    only: 'both',
  },
  {
    title: 'a Deny in the boundary',
    ...bounded(allow('*', '*'), deny('sts:AssumeRole')),
    cause: 'BOUNDARY_REFUSES',
    only: 'both',
  },
  {
    title: 'sts:TagSession is not granted',
    grants: [document(allow('sts:AssumeRole'))],
    argv: ['--session-tag', 'team=infra'],
    cause: 'TAG_SESSION_NOT_GRANTED',
  },
  {
    title: 'sts:SetSourceIdentity is not granted',
    grants: [document(allow('sts:AssumeRole'))],
    argv: ['--source-identity', 'jane'],
    cause: 'SOURCE_IDENTITY_NOT_GRANTED',
  },
  { title: 'the role of the runner has no grant', ...runnerWith(), cause: 'SOURCE_GRANT_MISSING' },
  {
    title: 'the role of the runner has a grant for another role',
    ...runnerWith(allow('sts:AssumeRole', OTHER)),
    cause: 'GRANT_NAMES_OTHER_ROLE',
  },
  {
    title: 'a service control policy of the source denies it',
    more: inUnit({ serviceControlPolicies: [noAssume] }),
    cause: 'SCP_REFUSES',
  },
  {
    title: 'no service control policy of the source allows it',
    more: inUnit({ fullAccess: false, serviceControlPolicies: [{ Name: 'iam-only', Content: document(allow('iam:*', '*')) }] }),
    cause: 'SCP_REFUSES',
  },
  {
    title: 'a resource control policy of the target denies strangers',
    more: targetUnit({
      resourceControlPolicies: [
        {
          Name: 'perimeter',
          Content: document({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Resource: '*' }),
        },
      ],
    }),
    cause: 'RCP_REFUSES',
  },
  {
    title: 'the caller is the root user',
    as: (sandbox) => sandbox.rootCredentials(SOURCE),
    trust: document(trusts(SOURCE)),
    cause: 'ROOT_CALLER',
  },
  {
    title: 'the grant asks for another external ID than the trust policy',
    grants: [document(allow('sts:AssumeRole', ROLE, { Condition: { StringEquals: { 'sts:ExternalId': 'old' } } }))],
    cause: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the grant is for everything but STS',
    grants: [document({ Effect: 'Allow', NotAction: 'sts:*', Resource: '*' })],
    cause: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the grant leaves out the role by NotResource',
    grants: [document({ Effect: 'Allow', Action: 'sts:AssumeRole', NotResource: ROLE })],
    cause: 'GRANT_NAMES_OTHER_ROLE',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'a Deny for all roles but one',
    grants: [document(ASSUME), document({ Effect: 'Deny', Action: 'sts:AssumeRole', NotResource: OTHER })],
    cause: 'SOURCE_DENIES',
  },
  {
    title: 'a Deny for every action of STS',
    grants: [document(ASSUME), document(deny('sts:*'))],
    cause: 'SOURCE_DENIES',
  },
  {
    title: 'a policy of the session itself leaves no AssumeRole',
    ...runnerWith(ASSUME),
    as: async (sandbox) => narrowed(sandbox, allow('iam:*', '*')),
    cause: 'SESSION_POLICY_REFUSES',
  },
  {
    title: 'a policy of the session itself denies AssumeRole',
    ...runnerWith(ASSUME),
    as: async (sandbox) => narrowed(sandbox, allow('*', '*'), deny('sts:AssumeRole')),
    cause: 'SESSION_POLICY_REFUSES',
  },
  {
    title: 'a service control policy of the source denies other accounts',
    more: inUnit({
      serviceControlPolicies: [
        {
          Name: 'inside-only',
          Content: document(deny('sts:AssumeRole', '*', { Condition: { StringNotEquals: { 'aws:ResourceAccount': SOURCE } } })),
        },
      ],
    }),
    cause: 'SCP_REFUSES',
  },
  {
    title: 'a resource control policy of the target denies this one account',
    more: targetUnit({
      resourceControlPolicies: [
        {
          Name: 'not-them',
          Content: document({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sts:*',
            Resource: '*',
            Condition: { StringEquals: { 'aws:PrincipalAccount': SOURCE } },
          }),
        },
      ],
    }),
    cause: 'RCP_REFUSES',
  },
];
