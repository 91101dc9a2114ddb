/** Entities as IAM's answers show them. Lists show less than Get: see each. */
import type { ManagedPolicy, InstanceProfile, PolicyVersion, PrincipalEntity, Role, Tag, User } from '#sandbox/model/account.ts';
import { findNamed } from '#sandbox/model/account.ts';
import { encodeDocument } from '#sandbox/model/documents.ts';
import { visibleTrust } from '#sandbox/model/trust.ts';
import type * as Wire from '#sandbox/wire/generated/iam-types.ts';
import type { Call } from './handler.ts';

/** AWS leaves the member out where there are none. */
export const someTags = (tags: readonly Tag[]) => (tags.length === 0 ? undefined : tags);

const boundaryView = (entity: PrincipalEntity) =>
  entity.boundaryArn === undefined
    ? undefined
    : { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: entity.boundaryArn };

/** A role in a list: without boundary, last use and tags (ListRoles, API reference). */
export const roleInList = (call: Call, role: Role): Wire.Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: role.createdAt,
  AssumeRolePolicyDocument: encodeDocument(visibleTrust(call.world, role.trust)),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
});

export const roleView = (call: Call, role: Role): Wire.Role => ({
  ...roleInList(call, role),
  PermissionsBoundary: boundaryView(role),
  Tags: someTags(role.tags),
  RoleLastUsed: role.lastUsed === undefined ? {} : { LastUsedDate: role.lastUsed.at, Region: role.lastUsed.region },
});

export const userView = (user: User): Wire.User => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: user.createdAt,
  PermissionsBoundary: boundaryView(user),
  Tags: someTags(user.tags),
});

/** ListUsers and GetGroup leave out boundary and tags (API reference). */
export const userInList = (user: User): Wire.User => ({ ...userView(user), PermissionsBoundary: undefined, Tags: undefined });

/** Who uses a policy, and how: as permissions or as a boundary. */
export const usersOfPolicy = (call: Call, arn: string) => {
  const { users, groups, roles } = call.account;
  const entities = [...users.values(), ...groups.values(), ...roles.values()];
  return {
    attached: entities.filter((entity) => entity.attached.has(arn)),
    bounded: entities.filter((entity) => entity.boundaryArn === arn),
  };
};

/** A policy in a list: without description and tags (ListPolicies, API reference). */
export const policyInList = (call: Call, policy: ManagedPolicy): Wire.Policy => {
  const { attached, bounded } = usersOfPolicy(call, policy.arn);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attached.length,
    PermissionsBoundaryUsageCount: bounded.length,
    IsAttachable: true,
    CreateDate: policy.createdAt,
    UpdateDate: policy.updatedAt,
  };
};

export const policyView = (call: Call, policy: ManagedPolicy): Wire.Policy => ({
  ...policyInList(call, policy),
  Description: policy.description,
  Tags: policy.tags,
});

/** Without the document, which only GetPolicyVersion shows. */
export const versionInList = (policy: ManagedPolicy, version: PolicyVersion): Wire.PolicyVersion => ({
  VersionId: version.versionId,
  IsDefaultVersion: policy.defaultVersionId === version.versionId,
  CreateDate: version.createdAt,
});

export const profileView = (call: Call, profile: InstanceProfile): Wire.InstanceProfile => {
  const role = profile.roleName === undefined ? undefined : findNamed(call.account.roles, profile.roleName);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: profile.createdAt,
    Roles: role === undefined ? [] : [roleInList(call, role)],
    Tags: someTags(profile.tags),
  };
};
