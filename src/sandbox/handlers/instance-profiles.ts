/** Instance profiles: made, read, listed, deleted, and the one role that each may hold. */
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from '#sandbox/errors.ts';
import { isNameTaken } from '#sandbox/model/account.ts';
import { addInstanceProfile, arnOf } from '#sandbox/model/entities.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { mergeTags } from '#sandbox/model/tags.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { tagContext } from './context.ts';
import { findProfile, findRole, onNamed } from './find.ts';
import type { Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { profileView } from './views.ts';

type ProfileOperations = Pick<
  IamOperations,
  | 'CreateInstanceProfile'
  | 'GetInstanceProfile'
  | 'ListInstanceProfiles'
  | 'ListInstanceProfilesForRole'
  | 'AddRoleToInstanceProfile'
  | 'RemoveRoleFromInstanceProfile'
  | 'DeleteInstanceProfile'
>;

export const instanceProfileHandlers: Handlers<ProfileOperations> = {
  CreateInstanceProfile: {
    permissions: ({ InstanceProfileName, Path, Tags }, { account }) => {
      const resource = arnOf(account, 'instance-profile', InstanceProfileName, Path);
      const context = tagContext(Tags);
      const names = ['CreateInstanceProfile', ...((Tags?.length ?? 0) > 0 ? ['TagInstanceProfile'] : [])];
      return names.map((name) => ({ action: `iam:${name}`, resource, context }));
    },
    run: ({ InstanceProfileName: name, Path, Tags }, call) => {
      const { account, world } = call;
      if (isNameTaken(account.instanceProfiles, name)) throw alreadyExists(`Instance Profile ${name} already exists.`);
      if (account.instanceProfiles.size >= QUOTAS.instanceProfilesPerAccount)
        throw limitExceeded(`Cannot exceed quota for InstanceProfilesPerAccount: ${QUOTAS.instanceProfilesPerAccount}`);
      const tags = mergeTags([], Tags ?? [], 'exact');
      return { InstanceProfile: profileView(call, addInstanceProfile(world, account, { name, path: Path, tags })) };
    },
  },
  GetInstanceProfile: {
    permissions: ({ InstanceProfileName: name }, call) => [onNamed(call, 'GetInstanceProfile', 'instance-profile', name)],
    run: ({ InstanceProfileName: name }, call) => ({ InstanceProfile: profileView(call, findProfile(call, name)) }),
  },
  ListInstanceProfiles: {
    permissions: ({ PathPrefix = '/' }, { account }) => [
      { action: 'iam:ListInstanceProfiles', resource: arnOf(account, 'instance-profile', '', PathPrefix) },
    ],
    run: (input, call) => {
      const profiles = [...call.account.instanceProfiles.values()].filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
      const { items, ...page } = paginate(profiles, input, (profile) => profile.name);
      return { InstanceProfiles: items.map((profile) => profileView(call, profile)), ...page };
    },
  },
  ListInstanceProfilesForRole: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'ListInstanceProfilesForRole', 'role', RoleName)],
    run: (input, call) => {
      const role = findRole(call, input.RoleName);
      const profiles = [...call.account.instanceProfiles.values()].filter((profile) => profile.roleName === role.name);
      const { items, ...page } = paginate(profiles, input, (profile) => profile.name);
      return { InstanceProfiles: items.map((profile) => profileView(call, profile)), ...page };
    },
  },
  AddRoleToInstanceProfile: {
    permissions: ({ InstanceProfileName: name, RoleName }, call) => [
      onNamed(call, 'AddRoleToInstanceProfile', 'instance-profile', name),
      onNamed(call, 'PassRole', 'role', RoleName, { context: { 'iam:PassedToService': 'ec2.amazonaws.com' } }),
    ],
    run: ({ InstanceProfileName: name, RoleName }, call) => {
      const profile = findProfile(call, name);
      const role = findRole(call, RoleName);
      if (profile.roleName !== undefined) throw limitExceeded('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1');
      profile.roleName = role.name;
    },
  },
  RemoveRoleFromInstanceProfile: {
    permissions: ({ InstanceProfileName: name }, call) => [
      onNamed(call, 'RemoveRoleFromInstanceProfile', 'instance-profile', name),
    ],
    run: ({ InstanceProfileName: name, RoleName }, call) => {
      const profile = findProfile(call, name);
      findRole(call, RoleName);
      if (profile.roleName !== RoleName) throw noSuchEntity(`The role with name ${RoleName} cannot be found.`);
      profile.roleName = undefined;
    },
  },
  DeleteInstanceProfile: {
    permissions: ({ InstanceProfileName: name }, call) => [onNamed(call, 'DeleteInstanceProfile', 'instance-profile', name)],
    run: ({ InstanceProfileName: name }, call) => {
      const profile = findProfile(call, name);
      if (profile.roleName !== undefined)
        throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
      call.account.instanceProfiles.delete(name.toLowerCase());
    },
  },
};
