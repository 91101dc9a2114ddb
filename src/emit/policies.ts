/** The plain documents: what the role is, as JSON files; and what the person who runs init needs. */
import type { Desired } from '#domain/desired.ts';
import { isBare } from '#domain/desired.ts';
import type { PolicyDocument, Statement } from '#domain/policy-document.ts';
import type { EmittedFile, MadeTarget } from './emitted.ts';

const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

export const emitPolicies = ({ name, desired }: MadeTarget): readonly EmittedFile[] => [
  { path: `${name}/trust-policy.json`, content: json(desired.role.trustPolicy) },
  ...desired.role.policies.map((policy) => ({ path: `${name}/${policy.name}.json`, content: json(policy.document) })),
  // The source's principals need it beside what the target allows.
  { path: `${name}/source-policy.json`, content: json(desired.sourceGrant) },
];

const allow = (sid: string, actions: readonly string[], resources: readonly string[]): Statement => ({
  Sid: sid,
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
});

/** The calls of init, lock and destroy. A test holds them against docs/permissions, which the sandbox proves. */
const ROLE_ACTIONS = [
  'iam:GetRole',
  'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies',
  'iam:CreateRole',
  'iam:TagRole',
  'iam:UntagRole',
  'iam:UpdateRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:AttachRolePolicy',
  'iam:DetachRolePolicy',
  'iam:DeleteRole',
];
const POLICY_ACTIONS = [
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:CreatePolicy',
  'iam:TagPolicy',
  'iam:CreatePolicyVersion',
  'iam:ListPolicyVersions',
  'iam:DeletePolicyVersion',
  'iam:DeletePolicy',
];
const PROVIDER_ACTIONS = [
  'iam:GetOpenIDConnectProvider',
  'iam:CreateOpenIDConnectProvider',
  'iam:TagOpenIDConnectProvider',
  'iam:AddClientIDToOpenIDConnectProvider',
  'iam:RemoveClientIDFromOpenIDConnectProvider',
  'iam:DeleteOpenIDConnectProvider',
];
const PROFILE_ACTIONS = [
  'iam:GetInstanceProfile',
  'iam:CreateInstanceProfile',
  'iam:TagInstanceProfile',
  'iam:AddRoleToInstanceProfile',
  'iam:RemoveRoleFromInstanceProfile',
  'iam:DeleteInstanceProfile',
];

const document = (statements: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement: statements });

const targetPermissions = ({ role, providers }: Desired): PolicyDocument =>
  document([
    allow(
      'Role',
      role.permissionsBoundary === undefined
        ? ROLE_ACTIONS
        : [...ROLE_ACTIONS, 'iam:PutRolePermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'],
      [role.arn],
    ),
    allow('Policies', POLICY_ACTIONS, [`${role.policyArnPrefix}*`]),
    ...(providers.length > 0
      ? [
          allow(
            'OidcProviders',
            PROVIDER_ACTIONS,
            providers.map(({ arn }) => arn),
          ),
        ]
      : []),
  ]);

const sourcePermissions = (desired: Desired, partition: string): PolicyDocument | undefined => {
  const { source, role } = desired;
  if (isBare(source)) return undefined;
  const ownerArn = (kind: string, name: string): string => `arn:${partition}:iam::${source.account}:${kind}/${name}`;
  const users = source.grants.filter(({ owner }) => owner.kind === 'user').map(({ owner }) => ownerArn('user', owner.name));
  const roles = [
    ...source.roles.map(({ arn }) => arn),
    ...source.grants.filter(({ owner }) => owner.kind === 'role').map(({ owner }) => ownerArn('role', owner.name)),
  ];
  return document([
    ...(roles.length > 0
      ? [
          allow(
            'Roles',
            source.roles.length > 0
              ? [...ROLE_ACTIONS, 'iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy']
              : ['iam:GetRole', 'iam:GetRolePolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
            roles,
          ),
        ]
      : []),
    ...(users.length > 0 ? [allow('Users', ['iam:GetUserPolicy', 'iam:PutUserPolicy', 'iam:DeleteUserPolicy'], users)] : []),
    ...(source.instanceProfiles.length > 0
      ? [
          allow(
            'InstanceProfiles',
            PROFILE_ACTIONS,
            source.instanceProfiles.map(({ arn }) => arn),
          ),
        ]
      : []),
    ...(source.providers.length > 0
      ? [
          allow(
            'OidcProviders',
            PROVIDER_ACTIONS,
            source.providers.map(({ arn }) => arn),
          ),
        ]
      : []),
    allow('Prove', ['sts:AssumeRole'], [role.arn]),
  ]);
};

/** For init: in the target account, and in the source account where init writes there. */
export const emitPermissions = ({ name, desired, spec }: MadeTarget): readonly EmittedFile[] => {
  const source = sourcePermissions(desired, spec.partition);
  return [
    { path: `${name}/init-target.json`, content: json(targetPermissions(desired)) },
    {
      path: `${name}/init-source.json`,
      content: json(source ?? document([allow('Prove', ['sts:AssumeRole'], [desired.role.arn])])),
    },
  ];
};
