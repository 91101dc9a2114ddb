/** Set-ups that lead astray at the first look: a path that no ARN of a session has, a guard that a session cannot pass, two things asked for at once. */
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import type { Sandbox } from '#sandbox/open.ts';
import { SOURCE } from '../../support/product.ts';
import type { Keys } from '../../support/run-patch.ts';
import { clientsWith, keysOf } from '../../support/sandbox-clients.ts';
import { allow, ASSUME, CARRIES, CI, deny, document, ID, READ, ROLE, trusts, WITH_ID, type SetUp } from './set-up.ts';
import { ROOT, when } from './target-side.ts';

const RUNNER = `arn:aws:iam::${SOURCE}:role/ci/runner`;
const EVERY = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
const WITHOUT_MFA = { Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } };
const OTHERS = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' } as const;
const FROM_SOURCE = { fromSource: 'TRUST_REFUSES' } as const;

/** A session of a role that has a path; it may read nothing unless that is said. */
const runner = (...statements: readonly object[]): Pick<SetUp, 'more' | 'as'> => ({
  more: {
    accounts: {
      [SOURCE]: {
        roles: [
          {
            RoleName: 'runner',
            Path: '/ci/',
            AssumeRolePolicyDocument: document(trusts(ROOT, null, EVERY)),
            Policies: [{ PolicyName: 'p0', PolicyDocument: document(ASSUME, ...statements) }],
          },
        ],
      },
    },
  },
  as: (sandbox) => sandbox.sessionFor(RUNNER, 'run-1'),
});
const carries = (who: string): object => trusts(who, null, ['sts:TagSession', 'sts:SetSourceIdentity']);
const equal = (key: string, value: unknown) => ({ StringEquals: { ...WITH_ID['StringEquals'], [key]: value } });

const sessionOfUser = async (sandbox: Sandbox): Promise<Keys> =>
  keysOf(await clientsWith(sandbox, sandbox.userCredentials(SOURCE, 'ci')).sts.send(new GetSessionTokenCommand({})));

export const SECOND_LOOKS: readonly SetUp[] = [
  {
    title: 'the trust policy names another than the role of the runner, which has a path',
    ...runner(READ),
    trust: document(trusts('333333333333')),
    cause: 'TRUST_NAMES_OTHERS',
    ...FROM_SOURCE,
  },
  {
    title: 'the same, and nobody may read which path that is',
    ...runner(),
    trust: document(trusts('333333333333')),
    cause: 'TRUST_REFUSES',
    only: 'source',
  },
  {
    title: 'the trust policy takes the role of the runner without its path',
    ...runner(READ),
    trust: document(trusts(ROOT, { ...WITH_ID, ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:role/runner` } })),
    cause: 'TRUST_NAMES_OTHERS',
    ...FROM_SOURCE,
  },
  {
    title: 'the trust policy takes sessions where the role is what counts',
    ...runner(READ),
    trust: document(
      trusts(ROOT, { ...WITH_ID, ArnLike: { 'aws:PrincipalArn': `arn:aws:sts::${SOURCE}:assumed-role/runner/*` } }),
    ),
    cause: 'TRUST_NAMES_OTHERS',
    ...FROM_SOURCE,
  },
  {
    title: 'the trust policy asks a session of a role for MFA',
    ...runner(READ),
    trust: document(trusts(RUNNER, { ...WITH_ID, Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), carries(RUNNER)),
    cause: 'MFA_REQUIRED',
    actor: 'target-admin',
    ...FROM_SOURCE,
  },
  {
    title: 'a Deny without MFA hits the role of the runner',
    ...runner(READ, deny('sts:AssumeRole', '*', WITHOUT_MFA)),
    trust: document(trusts(RUNNER), carries(RUNNER)),
    cause: 'SOURCE_DENIES',
  },
  {
    title: 'the grant asks for MFA',
    grants: [document(allow(EVERY, ROLE, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }))],
    cause: 'MFA_REQUIRED',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'the boundary denies without MFA',
    user: { PermissionsBoundary: `arn:aws:iam::${SOURCE}:policy/boundary` },
    more: {
      accounts: {
        [SOURCE]: {
          policies: [
            { PolicyName: 'boundary', PolicyDocument: document(allow('*', '*'), deny('sts:AssumeRole', '*', WITHOUT_MFA)) },
          ],
        },
      },
    },
    cause: 'MFA_REQUIRED',
    fromSource: 'BOUNDARY_REFUSES',
  },
  {
    title: 'the grant is for another region',
    grants: [document(allow(EVERY, ROLE, { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } }))],
    cause: 'REGION_REFUSED',
    fromSource: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'a Deny of the user outside another region',
    grants: [
      document(ASSUME),
      document(deny('*', '*', { Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } } })),
    ],
    cause: 'REGION_REFUSED',
    fromSource: 'SOURCE_DENIES',
    only: 'source',
  },
  {
    title: 'a tag is asked for, whatever its value',
    trust: when({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } }),
    cause: 'SESSION_TAG_REFUSED',
    ...FROM_SOURCE,
  },
  {
    title: 'a tag is asked for, and none is sent',
    trust: when(equal('aws:RequestTag/team', 'infra')),
    cause: 'SESSION_TAG_REFUSED',
    ...FROM_SOURCE,
  },
  {
    title: 'the trust policy takes another user by name',
    trust: document(trusts(ROOT, equal('aws:username', 'cj')), carries(ROOT)),
    cause: 'TRUST_NAMES_OTHERS',
    ...FROM_SOURCE,
  },
  {
    title: 'the trust policy takes another by its id',
    trust: document(trusts(ROOT, { ...WITH_ID, StringLike: { 'aws:userid': 'AROAEXAMPLEEXAMPLE:*' } }), carries(ROOT)),
    cause: 'TRUST_NAMES_OTHERS',
    ...FROM_SOURCE,
  },
  {
    title: 'a Deny of the trust policy for users',
    trust: document(trusts(CI), { ...OTHERS, Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${SOURCE}:user/*` } } }),
    cause: 'TRUST_DENIES',
  },
  {
    title: 'sts:* stands under the external ID',
    trust: document(trusts(CI, WITH_ID, 'sts:*')),
    argv: ['--session-tag', 'team=infra'],
    cause: 'TAG_SESSION_NOT_TRUSTED',
  },
  {
    title: 'the trust policy names another, and tags are sent',
    trust: document(trusts('333333333333'), carries('333333333333')),
    argv: ['--session-tag', 'team=infra'],
    cause: 'TRUST_NAMES_OTHERS',
    ...FROM_SOURCE,
  },
  {
    title: 'the user has no policy, and tags and a source identity are sent',
    grants: [],
    argv: ['--session-tag', 'team=infra', '--source-identity', 'jane'],
    cause: 'SOURCE_GRANT_MISSING',
  },
  {
    title: 'tags are sent, and the policy that lets assume has the name that a patch would give it',
    user: { Policies: [{ PolicyName: 'assume-222222222222-deploy', PolicyDocument: document(allow('sts:AssumeRole')) }] },
    argv: ['--session-tag', 'team=infra'],
    cause: 'TAG_SESSION_NOT_GRANTED',
    only: 'source',
  },
  {
    title: 'a session of the user asks for more than an hour',
    role: { MaxSessionDuration: 43_200 },
    as: sessionOfUser,
    argv: ['--duration', '2h'],
    cause: 'DURATION_ABOVE_CHAINING_LIMIT',
  },
  {
    title: 'a source identity of one letter and more is asked for',
    trust: when({ StringLike: { 'sts:SourceIdentity': 'j*' } }),
    argv: ['--source-identity', 'bob'],
    cause: 'SOURCE_IDENTITY_REFUSED',
    ...FROM_SOURCE,
  },
  {
    title: 'a session name of one letter and more is asked for',
    trust: when({ StringLike: { 'sts:RoleSessionName': 'a*' } }),
    cause: 'SESSION_NAME_REFUSED',
    ...FROM_SOURCE,
  },
  {
    title: 'this address is the one that is not taken',
    trust: when({ NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }),
    cause: 'NETWORK_REFUSED',
    ...FROM_SOURCE,
  },
  {
    title: 'a Deny for this address',
    trust: document(trusts(CI), { ...OTHERS, Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } }),
    cause: 'NETWORK_REFUSED',
    fromSource: 'TRUST_DENIES',
  },
  {
    title: 'a variable in a policy of 2008 is plain text',
    trust: {
      Version: '2008-10-17',
      Statement: [trusts(CI, equal('sts:RoleSessionName', '${aws:username}')), CARRIES],
    },
    cause: 'SESSION_NAME_REFUSED',
    actor: 'target-admin',
    ...FROM_SOURCE,
  },
  {
    title: 'a unit of another organization is asked for',
    trust: when({ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-aaaaaaaaaa/*' } }),
    cause: 'ORGANIZATION_REQUIRED',
    ...FROM_SOURCE,
  },
  {
    title: 'everybody of another organization is trusted',
    trust: document(trusts('*', equal('aws:PrincipalOrgID', 'o-aaaaaaaaaa')), CARRIES),
    cause: 'ORGANIZATION_REQUIRED',
    ...FROM_SOURCE,
  },
  {
    title: 'a VPC is asked for',
    trust: when(equal('aws:SourceVpc', 'vpc-1')),
    cause: 'NETWORK_REFUSED',
    ...FROM_SOURCE,
  },
  {
    title: 'the boundary leaves no tags',
    user: { PermissionsBoundary: `arn:aws:iam::${SOURCE}:policy/boundary` },
    more: {
      accounts: {
        [SOURCE]: { policies: [{ PolicyName: 'boundary', PolicyDocument: document(READ, allow('sts:AssumeRole', '*')) }] },
      },
    },
    argv: ['--session-tag', 'team=infra'],
    cause: 'BOUNDARY_REFUSES',
    only: 'both',
  },
  {
    title: 'a Deny of the trust policy for callers of other organizations',
    trust: document(trusts(CI), { ...OTHERS, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-aaaaaaaaaa' } } }),
    cause: 'ORGANIZATION_REQUIRED',
    fromSource: 'TRUST_DENIES',
    untold: "nobody here knows the caller's organization",
  },
  {
    title: 'a Deny of the trust policy for another external ID, of one that is listed twice',
    trust: document(trusts(CI, { StringEquals: { 'sts:ExternalId': [ID, 'ext-2'] } }), {
      ...OTHERS,
      Condition: { StringEquals: { 'sts:ExternalId': ID } },
    }),
    cause: 'EXTERNAL_ID_WRONG',
    fromSource: 'TRUST_DENIES',
  },
];
