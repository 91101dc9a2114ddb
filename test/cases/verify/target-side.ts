/** Wrong in the account of the role. */
import type { Keys } from '../../support/run-patch.ts';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Sandbox } from '#sandbox/open.ts';
import { SOURCE, TARGET } from '../../support/product.ts';
import { adminOf, keysOf } from '../../support/sandbox-clients.ts';
import { allow, ASSUME, CARRIES, CI, document, ID, READ, RUNNER, trusts, WITH_ID, type SetUp } from './set-up.ts';

const OTHER_USER = `arn:aws:iam::${SOURCE}:user/cj`;
export const ROOT = `arn:aws:iam::${SOURCE}:root`;
const cj = { accounts: { [SOURCE]: { users: [{ UserName: 'cj' }] } } };
const withRunner = (statements: readonly object[] = [ASSUME]) => ({
  accounts: {
    [SOURCE]: {
      roles: [
        {
          RoleName: 'runner',
          AssumeRolePolicyDocument: document(trusts(ROOT, null, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'])),
          Policies: [{ PolicyName: 'p0', PolicyDocument: document(READ, ...statements) }],
        },
      ],
    },
  },
});
/** A session of the runner that hands its tags on. */
const tagged = async (sandbox: Sandbox, more: object): Promise<Keys> =>
  keysOf(
    await adminOf(sandbox, SOURCE).sts.send(
      new AssumeRoleCommand({
        RoleArn: RUNNER,
        RoleSessionName: 'run-1',
        Tags: [{ Key: 'team', Value: 'infra' }],
        TransitiveTagKeys: ['team'],
        ...more,
      }),
    ),
  );

export const when = (more: object) => document(trusts(CI, { ...WITH_ID, ...more }), CARRIES);

export const TARGET_SIDE: readonly SetUp[] = [
  {
    title: 'the trust policy names another user',
    trust: document(trusts(OTHER_USER)),
    more: cj,
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy names another account',
    trust: document(trusts('333333333333')),
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy names two others',
    trust: document(trusts([OTHER_USER, '333333333333'])),
    more: cj,
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy names a service only',
    trust: document({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy names an OIDC provider only',
    trust: document({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${TARGET}:oidc-provider/token.actions.githubusercontent.com` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'token.actions.githubusercontent.com:sub': 'repo:a/b:ref:refs/heads/main' } },
    }),
    more: {
      accounts: {
        [TARGET]: {
          oidcProviders: [{ Url: 'https://token.actions.githubusercontent.com', ClientIDList: ['sts.amazonaws.com'] }],
        },
      },
    },
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy takes another principal of the account',
    trust: document(trusts(ROOT, { ...WITH_ID, ArnEquals: { 'aws:PrincipalArn': OTHER_USER } })),
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the user was deleted and made again',
    after: (sandbox) =>
      sandbox.addSeed({
        accounts: {
          [SOURCE]: { users: [{ UserName: 'ci', Policies: [{ PolicyName: 'p0', PolicyDocument: document(ASSUME, READ) }] }] },
        },
      }),
    cause: 'PRINCIPAL_RECREATED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the role of the runner was deleted and made again',
    more: withRunner(),
    trust: document(trusts(RUNNER)),
    after: (sandbox) => sandbox.addSeed(withRunner()),
    as: (sandbox) => sandbox.sessionFor(RUNNER, 'run-1'),
    cause: 'PRINCIPAL_RECREATED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy names a session of the runner',
    more: withRunner(),
    trust: document(trusts(`arn:aws:sts::${SOURCE}:assumed-role/runner/run-0`)),
    as: (sandbox) => sandbox.sessionFor(RUNNER, 'run-1'),
    cause: 'TRUST_NAMES_SESSION',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy names another role than that of the runner',
    more: {
      accounts: {
        ...withRunner().accounts,
        [TARGET]: { roles: [{ RoleName: 'deployer', AssumeRolePolicyDocument: document(trusts(ROOT)) }] },
      },
    },
    trust: document(trusts(`arn:aws:iam::${TARGET}:role/deployer`)),
    as: (sandbox) => sandbox.sessionFor(RUNNER, 'run-1'),
    cause: 'TRUST_NAMES_OTHERS',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'another external ID is asked for',
    trust: document(trusts(CI, { StringEquals: { 'sts:ExternalId': 'ext-new' } })),
    cause: 'EXTERNAL_ID_WRONG',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the external ID differs by its case',
    trust: document(trusts(CI, { StringEquals: { 'sts:ExternalId': 'EXT-7F3C' } })),
    cause: 'EXTERNAL_ID_WRONG',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'a list of other external IDs is asked for',
    trust: document(trusts(CI, { StringEquals: { 'sts:ExternalId': ['one-id', 'two-id'] } })),
    cause: 'EXTERNAL_ID_WRONG',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the external ID is a pattern that does not fit',
    trust: document(trusts(CI, { StringLike: { 'sts:ExternalId': 'prod-*' } })),
    cause: 'EXTERNAL_ID_WRONG',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'no external ID was sent',
    omit: '--external-id',
    cause: 'EXTERNAL_ID_MISSING',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'an external ID is forbidden, as CDK has it',
    trust: document(trusts(CI, null), {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Condition: { Null: { 'sts:ExternalId': 'false' } },
    }),
    cause: 'EXTERNAL_ID_FORBIDDEN',
  },
  {
    title: 'the trust policy takes calls without an external ID only',
    trust: document(trusts(CI, { Null: { 'sts:ExternalId': 'true' } })),
    cause: 'EXTERNAL_ID_FORBIDDEN',
  },
  {
    title: 'a Deny for every other external ID',
    trust: document(trusts(CI, null), {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Condition: { StringNotEquals: { 'sts:ExternalId': 'ext-new' } },
    }),
    cause: 'EXTERNAL_ID_WRONG',
    fromSource: 'TRUST_DENIES',
  },
  {
    title: 'another session name is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'sts:RoleSessionName': 'pipeline' } }),
    cause: 'SESSION_NAME_REFUSED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'a prefix of the session name is asked for',
    trust: when({ StringLike: { 'sts:RoleSessionName': 'ci-*' } }),
    cause: 'SESSION_NAME_REFUSED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: "the user's name is asked for as session name",
    trust: when({ StringLike: { 'sts:RoleSessionName': '${aws:username}' } }),
    cause: 'SESSION_NAME_REFUSED',
  },
  {
    title: 'a source identity is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'sts:SourceIdentity': 'jane' } }),
    cause: 'SOURCE_IDENTITY_REFUSED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'another source identity is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'sts:SourceIdentity': 'jane' } }),
    argv: ['--source-identity', 'john'],
    cause: 'SOURCE_IDENTITY_REFUSED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'no source identity is taken',
    trust: when({ Null: { 'sts:SourceIdentity': 'true' } }),
    argv: ['--source-identity', 'john'],
    cause: 'SOURCE_IDENTITY_REFUSED',
  },
  {
    title: 'another tag is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'aws:RequestTag/team': 'infra' } }),
    argv: ['--session-tag', 'team=web'],
    cause: 'SESSION_TAG_REFUSED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'no tag is taken',
    trust: when({ Null: { 'aws:RequestTag/team': 'true' } }),
    argv: ['--session-tag', 'team=web'],
    cause: 'SESSION_TAG_REFUSED',
  },
  {
    title: 'MFA is asked for',
    trust: when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    cause: 'MFA_REQUIRED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'a recent MFA code is asked for',
    trust: when({ NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } }),
    cause: 'MFA_REQUIRED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'a Deny of the trust policy without MFA',
    trust: document(trusts(CI), {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    }),
    cause: 'MFA_REQUIRED',
    fromSource: 'TRUST_DENIES',
  },
  {
    title: 'another organization is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'aws:PrincipalOrgID': 'o-aaaaaaaaaa' } }),
    cause: 'ORGANIZATION_REQUIRED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'another address is asked for',
    trust: when({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
    cause: 'NETWORK_REFUSED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'a VPC endpoint is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'aws:SourceVpce': 'vpce-1' } }),
    cause: 'NETWORK_REFUSED',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'another region is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'aws:RequestedRegion': 'us-east-1' } }),
    argv: ['--region', 'eu-central-1'],
    cause: 'REGION_REFUSED',
  },
  {
    title: 'the trust policy has ended',
    trust: when({ DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }),
    cause: 'CONDITION_NOT_MET',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'a tag of the user is asked for',
    trust: when({ StringEquals: { ...WITH_ID['StringEquals'], 'aws:PrincipalTag/team': 'infra' } }),
    cause: 'CONDITION_NOT_MET',
    fromSource: 'TRUST_REFUSES',
  },
  {
    title: 'the trust policy allows no sts:TagSession',
    trust: document(trusts(CI)),
    argv: ['--session-tag', 'team=infra'],
    cause: 'TAG_SESSION_NOT_TRUSTED',
  },
  {
    title: 'sts:TagSession stands under the external ID',
    trust: document(trusts(CI, WITH_ID, ['sts:AssumeRole', 'sts:TagSession'])),
    argv: ['--session-tag', 'team=infra'],
    cause: 'TAG_SESSION_NOT_TRUSTED',
  },
  {
    title: 'the trust policy allows no sts:SetSourceIdentity',
    trust: document(trusts(CI)),
    argv: ['--source-identity', 'jane'],
    cause: 'SOURCE_IDENTITY_NOT_TRUSTED',
  },
  {
    title: 'a Deny of the trust policy names the user',
    trust: document(trusts(CI), { Effect: 'Deny', Principal: { AWS: CI }, Action: 'sts:AssumeRole' }),
    cause: 'TRUST_DENIES',
  },
  {
    title: 'a Deny of the trust policy is for all but others',
    trust: document(trusts(CI), {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': OTHER_USER } },
    }),
    cause: 'TRUST_DENIES',
  },
  {
    title: 'the role does not exist',
    grants: [document(allow('sts:*', '*'))],
    argv: ['--role-arn', `arn:aws:iam::${TARGET}:role/deploi`],
    cause: 'ROLE_MISSING',
    fromSource: 'TRUST_OR_GRANT_MISSING',
    untold: 'AWS says of a role that is not there what it says of one that refuses',
  },
  {
    title: 'the role is at another path',
    grants: [document(allow('sts:*', '*'))],
    role: { Path: '/ops/' },
    cause: 'ROLE_PATH_WRONG',
    fromSource: 'TRUST_OR_GRANT_MISSING',
    untold: 'AWS says of a role that is not there what it says of one that refuses',
  },
  {
    title: 'the role is in another account',
    grants: [document(allow('sts:*', '*'))],
    argv: ['--role-arn', 'arn:aws:iam::333333333333:role/deploy'],
    cause: 'ROLE_IN_OTHER_ACCOUNT',
    fromSource: 'TRUST_OR_GRANT_MISSING',
    untold: 'AWS says of a role that is not there what it says of one that refuses',
  },
  {
    title: 'the role is of another partition',
    grants: [document(allow('sts:*', '*'))],
    argv: ['--role-arn', `arn:aws-cn:iam::${TARGET}:role/deploy`, '--region', 'cn-north-1'],
    cause: 'PARTITION_MISMATCH',
  },
  { title: 'the session is too long for the role', argv: ['--duration', '2h'], cause: 'DURATION_ABOVE_ROLE_MAXIMUM' },
  {
    title: 'the session is too long for a chain',
    more: withRunner(),
    role: { MaxSessionDuration: 43_200 },
    trust: document(trusts(RUNNER)),
    as: (sandbox) => sandbox.sessionFor(RUNNER, 'run-1'),
    argv: ['--duration', '4h'],
    cause: 'DURATION_ABOVE_CHAINING_LIMIT',
  },
  {
    title: 'the external ID is not enforced',
    trust: document(trusts(CI, null)),
    cause: 'EXTERNAL_ID_NOT_ENFORCED',
  },
  {
    title: 'a second statement forgets the external ID',
    trust: document(trusts(CI), trusts(ROOT, null)),
    cause: 'EXTERNAL_ID_NOT_ENFORCED',
  },
  {
    title: 'every external ID is taken',
    trust: document(trusts(CI, { Null: { 'sts:ExternalId': 'false' } })),
    argv: ['--thorough'],
    cause: 'EXTERNAL_ID_NOT_COMPARED',
  },
  {
    title: 'the external ID is compared by its beginning',
    trust: document(trusts(CI, { StringLike: { 'sts:ExternalId': `${ID}*` } })),
    argv: ['--thorough'],
    cause: 'EXTERNAL_ID_NOT_COMPARED',
  },
  {
    title: 'an outsider gets in',
    trust: document(trusts([CI, `arn:aws:iam::${TARGET}:root`])),
    argv: ['--outsider', 'target'],
    cause: 'OUTSIDER_LET_IN',
  },
  {
    title: 'the session hands on tags that the trust policy does not take',
    more: withRunner(),
    trust: document(trusts(RUNNER)),
    as: (sandbox) => tagged(sandbox, {}),
    cause: 'INHERITED_TAGS_NOT_TRUSTED',
  },
  {
    title: 'the session hands on a source identity that the trust policy does not take',
    more: withRunner(),
    trust: document(trusts(RUNNER)),
    as: (sandbox) => tagged(sandbox, { SourceIdentity: 'jane', Tags: [], TransitiveTagKeys: [] }),
    cause: 'SOURCE_IDENTITY_NOT_TRUSTED',
  },
  {
    title: 'the session has another source identity already',
    more: withRunner(),
    trust: document(trusts(RUNNER), trusts(RUNNER, null, ['sts:TagSession', 'sts:SetSourceIdentity'])),
    as: (sandbox) => tagged(sandbox, { SourceIdentity: 'jane', Tags: [], TransitiveTagKeys: [] }),
    argv: ['--source-identity', 'john'],
    cause: 'SOURCE_IDENTITY_CHANGED',
  },
  {
    title: 'a tag has the key of one that the session hands on',
    more: withRunner(),
    trust: document(trusts(RUNNER), trusts(RUNNER, null, ['sts:TagSession'])),
    as: (sandbox) => tagged(sandbox, {}),
    argv: ['--session-tag', 'team=web'],
    cause: 'TAG_CONFLICTS_WITH_TRANSITIVE',
  },
];
