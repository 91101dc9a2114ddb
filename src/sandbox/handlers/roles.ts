/** Roles: made, read, changed, deleted. What hangs on them (policies, tags, boundaries) has files of its own. */
import { alreadyExists, deleteConflict, invalidInput, limitExceeded } from '#sandbox/errors.ts';
import { isNameTaken, type Role } from '#sandbox/model/account.ts';
import { replaceTrust } from '#sandbox/model/consistency.ts';
import { assertTrustSize } from '#sandbox/model/documents.ts';
import { addRole, arnOf, removePrincipal } from '#sandbox/model/entities.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { mergeTags } from '#sandbox/model/tags.ts';
import { bindTrust } from '#sandbox/model/trust.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { assertBoundary } from './boundaries.ts';
import { boundaryContext, tagContext } from './context.ts';
import { findOwnRole, findRole, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { roleInList, roleView } from './views.ts';

type RoleOperations = Pick<
  IamOperations,
  'CreateRole' | 'GetRole' | 'ListRoles' | 'UpdateRole' | 'UpdateRoleDescription' | 'UpdateAssumeRolePolicy' | 'DeleteRole'
>;

export const roleHandlers: Handlers<RoleOperations> = {
  CreateRole: {
    permissions: ({ RoleName, Path, Tags, PermissionsBoundary }, { account }) => {
      const resource = arnOf(account, 'role', RoleName, Path);
      const context = { ...tagContext(Tags), ...boundaryContext(PermissionsBoundary) };
      return ['CreateRole', ...((Tags?.length ?? 0) > 0 ? ['TagRole'] : [])].map((name) => ({
        action: `iam:${name}`,
        resource,
        context,
      }));
    },
    run: (input, call) => {
      const { world, account } = call;
      if (input.Path?.startsWith('/aws-service-role/') === true)
        throw invalidInput('Path /aws-service-role/ is reserved for service-linked roles.');
      if (isNameTaken(account.roles, input.RoleName)) throw alreadyExists(`Role with name ${input.RoleName} already exists.`);
      if (account.roles.size >= QUOTAS.rolesPerAccount)
        throw limitExceeded(`Cannot exceed quota for RolesPerAccount: ${QUOTAS.rolesPerAccount}`);
      const tags = mergeTags([], input.Tags ?? [], 'ignore-case');
      if (input.PermissionsBoundary !== undefined) assertBoundary(call, input.PermissionsBoundary);
      const trust = bindTrust(world, input.AssumeRolePolicyDocument);
      assertTrustSize(input.AssumeRolePolicyDocument);
      const role = addRole(world, account, {
        name: input.RoleName,
        path: input.Path,
        tags,
        trust,
        description: input.Description === '' ? undefined : input.Description,
        maxSessionSeconds: input.MaxSessionDuration,
        boundaryArn: input.PermissionsBoundary,
      });
      const { RoleLastUsed: _, ...view } = roleView(call, role);
      return { Role: view };
    },
  },
  GetRole: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'GetRole', 'role', RoleName)],
    run: ({ RoleName }, call) => ({ Role: roleView(call, findRole(call, RoleName)) }),
  },
  ListRoles: {
    permissions: ({ PathPrefix = '/' }, { account }) => [
      { action: 'iam:ListRoles', resource: arnOf(account, 'role', '', PathPrefix) },
    ],
    run: (input, call) => {
      const roles = [...call.account.roles.values()].filter((role) => role.path.startsWith(input.PathPrefix ?? '/'));
      const { items, ...page } = paginate(roles, input, (role) => role.name);
      return { Roles: items.map((role) => roleInList(call, role)), ...page };
    },
  },
  UpdateRole: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'UpdateRole', 'role', RoleName)],
    run: ({ RoleName, Description, MaxSessionDuration }, call) => {
      const role = findOwnRole(call, RoleName);
      if (Description !== undefined) role.description = Description === '' ? undefined : Description;
      if (MaxSessionDuration !== undefined) role.maxSessionSeconds = MaxSessionDuration;
      return {};
    },
  },
  UpdateRoleDescription: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'UpdateRoleDescription', 'role', RoleName)],
    run: ({ RoleName, Description }, call) => {
      const role = findOwnRole(call, RoleName);
      role.description = Description === '' ? undefined : Description;
      return { Role: roleView(call, role) };
    },
  },
  UpdateAssumeRolePolicy: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'UpdateAssumeRolePolicy', 'role', RoleName)],
    run: ({ RoleName, PolicyDocument }, call) => {
      const role = findOwnRole(call, RoleName);
      const trust = bindTrust(call.world, PolicyDocument);
      assertTrustSize(PolicyDocument);
      replaceTrust(call.world, role, trust);
    },
  },
  DeleteRole: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'DeleteRole', 'role', RoleName)],
    run: ({ RoleName }, call) => {
      const role = findOwnRole(call, RoleName);
      assertDeletable(call, role);
      removePrincipal(call.world, call.account, role);
    },
  },
};

/** DeleteRole wants the role bare: out of profiles, nothing attached, nothing inline. A boundary does not hinder. */
const assertDeletable = (call: Call, role: Role): void => {
  for (const profile of call.account.instanceProfiles.values())
    if (profile.roleName === role.name)
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
  if (role.attached.size > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (role.inline.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
};
