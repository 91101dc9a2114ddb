/** Presets for a whole account: everything but its guards, and everything. */
import { formatRoleArn } from './arn.ts';
import { policyNameFor } from './policy-name.ts';
import type { Statement } from './policy-document.ts';
import { LEAVING_ACTIONS, type Preset, type PresetPlace } from './preset.ts';

const READS = ['iam:Get*', 'iam:List*'];

/** Actions that the condition key iam:PermissionsBoundary knows: Service Authorization Reference, "Condition keys for AWS IAM". */
const BOUNDED = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
];

const ROLES = [
  'iam:DeleteRole',
  'iam:PassRole',
  'iam:TagRole',
  'iam:UntagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateRole',
  'iam:UpdateRoleDescription',
];

const POLICIES = [
  'CreatePolicy',
  'CreatePolicyVersion',
  'DeletePolicy',
  'DeletePolicyVersion',
  'SetDefaultPolicyVersion',
  'TagPolicy',
  'UntagPolicy',
];
const PROFILES = [
  'AddRoleToInstanceProfile',
  'CreateInstanceProfile',
  'DeleteInstanceProfile',
  'RemoveRoleFromInstanceProfile',
  'TagInstanceProfile',
  'UntagInstanceProfile',
];

/** Roles that it makes live below a path of their own, so that no other role is in reach, and carry its own boundary. */
const boundedRoles = ({ partition, account, role }: PresetPlace, boundary: string): readonly Statement[] => {
  const below = (kind: string): string => `arn:${partition}:iam::${account}:${kind}/${role.name}/*`;
  const iam = (actions: readonly string[]): readonly string[] => actions.map((action) => `iam:${action}`);
  return [
    {
      Sid: 'MakeBoundedRoles',
      Effect: 'Allow',
      Action: BOUNDED,
      Resource: below('role'),
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    { Sid: 'KeepBoundedRoles', Effect: 'Allow', Action: ROLES, Resource: below('role') },
    { Sid: 'Policies', Effect: 'Allow', Action: iam(POLICIES), Resource: below('policy') },
    { Sid: 'InstanceProfiles', Effect: 'Allow', Action: iam(PROFILES), Resource: below('instance-profile') },
  ];
};

/** Its own role, its own policies, its own boundary: an Allow that somebody adds elsewhere does not open them. */
const guard = ({ partition, account, role, boundary }: PresetPlace): readonly Statement[] => [
  {
    Sid: 'GuardItself',
    Effect: 'Deny',
    NotAction: READS,
    Resource: [
      formatRoleArn({ partition, account, ...role }),
      `arn:${partition}:iam::${account}:policy${role.path}${policyNameFor(role.name, '*')}`,
      ...(boundary === undefined ? [] : [boundary]),
    ],
  },
  {
    Sid: 'GuardBoundaries',
    Effect: 'Deny',
    Action: ['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'],
    Resource: '*',
  },
  {
    Sid: 'GuardAccount',
    Effect: 'Deny',
    Action: LEAVING_ACTIONS,
    Resource: '*',
  },
];

export const powerUser: Preset = {
  name: 'power-user',
  about: 'all services but IAM, Organizations and the account itself, with a guard on its own role',
  argument: null,
  notes: [
    'IAM is read only, with service-linked roles as the exception.',
    'With a permissions boundary on the role (--permissions-boundary) it may also make roles, policies and instance profiles under the path /ROLE_NAME/, if they carry the same boundary, and pass those roles to services.',
    'Those roles are held by that boundary alone, not by the guard: init reads it, and refuses one under which such a role could undo the guard, make a role without it, or get the rights of somebody else (assume or pass a role outside that path, change a trust, make keys or an identity provider, ...). This document itself is a boundary that holds: make the policy of what xacct presets power-user --permissions-boundary ARN shows. --allow-admin takes any.',
    'Explicitly denied: changing its own role, its policies and its boundary; taking a boundary off anything; leaving the organization; closing the account.',
    'Whatever existing functions, instances and stacks of the account may do, it can come to do: it may change their code.',
    'Left out: IAM Identity Center, and assuming other roles.',
  ],
  unrecorded: {},
  makesRoles: true,
  permissions: (_, place) => {
    const statements: readonly Statement[] = [
      {
        Sid: 'Services',
        Effect: 'Allow',
        NotAction: ['account:*', 'iam:*', 'identitystore:*', 'organizations:*', 'sso-directory:*', 'sso:*', 'sts:*'],
        Resource: '*',
      },
      {
        Sid: 'Look',
        Effect: 'Allow',
        Action: ['account:ListRegions', ...READS, 'organizations:DescribeOrganization'],
        Resource: '*',
      },
      {
        Sid: 'ServiceLinkedRoles',
        Effect: 'Allow',
        Action: ['iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole'],
        Resource: `arn:${place.partition}:iam::${place.account}:role/aws-service-role/*`,
      },
      ...(place.boundary === undefined ? [] : boundedRoles(place, place.boundary)),
      ...guard(place),
    ];
    return { policies: [{ name: 'power-user', document: { Version: '2012-10-17', Statement: statements } }], policyArns: [] };
  },
};

export const admin: Preset = {
  name: 'admin',
  about: 'everything, without a guard: needs --allow-admin',
  argument: null,
  notes: ["AWS's AdministratorAccess is attached: the role can change every policy of the account, its own trust included."],
  unrecorded: {},
  permissions: (_, { partition }) => ({ policies: [], policyArns: [`arn:${partition}:iam::aws:policy/AdministratorAccess`] }),
};
