/** Groups: made, read, renamed, deleted, and who is in them. A user has the policies of its groups; a group is no principal. */
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from '#sandbox/errors.ts';
import { isNameTaken, type Group } from '#sandbox/model/account.ts';
import { groupsOf } from '#sandbox/model/caller.ts';
import { addGroup, arnOf } from '#sandbox/model/entities.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { findGroup, findUser, onNamed } from './find.ts';
import type { Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { userInList } from './views.ts';

type GroupOperations = Pick<
  IamOperations,
  | 'CreateGroup'
  | 'GetGroup'
  | 'ListGroups'
  | 'UpdateGroup'
  | 'DeleteGroup'
  | 'AddUserToGroup'
  | 'RemoveUserFromGroup'
  | 'ListGroupsForUser'
>;

const groupView = (group: Group) => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.id,
  Arn: group.arn,
  CreateDate: group.createdAt,
});

const nameTaken = (name: string) => alreadyExists(`Group with name ${name} already exists.`);

export const groupHandlers: Handlers<GroupOperations> = {
  CreateGroup: {
    permissions: ({ GroupName, Path }, { account }) => [
      { action: 'iam:CreateGroup', resource: arnOf(account, 'group', GroupName, Path) },
    ],
    run: ({ GroupName: name, Path: path }, { account, world }) => {
      if (isNameTaken(account.groups, name)) throw nameTaken(name);
      if (account.groups.size >= QUOTAS.groupsPerAccount)
        throw limitExceeded(`Cannot exceed quota for GroupsPerAccount: ${QUOTAS.groupsPerAccount}`);
      return { Group: groupView(addGroup(world, account, { name, path })) };
    },
  },
  GetGroup: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'GetGroup', 'group', GroupName)],
    run: (input, call) => {
      const group = findGroup(call, input.GroupName);
      const users = [...call.account.users.values()].filter(({ id }) => group.members.has(id));
      const { items, ...page } = paginate(users, input, (user) => user.name);
      return { Group: groupView(group), Users: items.map(userInList), ...page };
    },
  },
  ListGroups: {
    permissions: ({ PathPrefix = '/' }, { account }) => [
      { action: 'iam:ListGroups', resource: arnOf(account, 'group', '', PathPrefix) },
    ],
    run: (input, { account }) => {
      const groups = [...account.groups.values()].filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
      const { items, ...page } = paginate(groups, input, (group) => group.name);
      return { Groups: items.map(groupView), ...page };
    },
  },
  // "you must have the appropriate permissions on both the source object and the target object" (API reference).
  UpdateGroup: {
    permissions: ({ GroupName, NewGroupName, NewPath }, call) => {
      const path = NewPath ?? call.account.groups.get(GroupName.toLowerCase())?.path;
      return [
        onNamed(call, 'UpdateGroup', 'group', GroupName),
        { action: 'iam:UpdateGroup', resource: arnOf(call.account, 'group', NewGroupName ?? GroupName, path) },
      ];
    },
    run: ({ GroupName, NewGroupName, NewPath }, call) => {
      const { account } = call;
      const group = findGroup(call, GroupName);
      const name = NewGroupName ?? group.name;
      if (name.toLowerCase() !== group.name.toLowerCase() && isNameTaken(account.groups, name)) throw nameTaken(name);
      account.groups.delete(group.name.toLowerCase());
      group.name = name;
      group.path = NewPath ?? group.path;
      group.arn = arnOf(account, 'group', group.name, group.path);
      account.groups.set(name.toLowerCase(), group);
    },
  },
  DeleteGroup: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'DeleteGroup', 'group', GroupName)],
    run: ({ GroupName }, call) => {
      const group = findGroup(call, GroupName);
      if (group.members.size > 0) throw deleteConflict('Cannot delete entity, must remove users from group first.');
      if (group.attached.size > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
      if (group.inline.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
      call.account.groups.delete(GroupName.toLowerCase());
    },
  },
  AddUserToGroup: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'AddUserToGroup', 'group', GroupName)],
    run: ({ GroupName, UserName }, call) => {
      const group = findGroup(call, GroupName);
      const user = findUser(call, UserName);
      if (!group.members.has(user.id) && groupsOf(call.account, user).length >= QUOTAS.groupsPerUser)
        throw limitExceeded(`Cannot exceed quota for GroupsPerUser: ${QUOTAS.groupsPerUser}`);
      group.members.add(user.id);
    },
  },
  RemoveUserFromGroup: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'RemoveUserFromGroup', 'group', GroupName)],
    run: ({ GroupName, UserName }, call) => {
      const group = findGroup(call, GroupName);
      const user = findUser(call, UserName);
      if (!group.members.delete(user.id)) throw noSuchEntity(`The user with name ${UserName} is not in group ${GroupName}.`);
    },
  },
  ListGroupsForUser: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ListGroupsForUser', 'user', UserName)],
    run: (input, call) => {
      const groups = groupsOf(call.account, findUser(call, input.UserName));
      const { items, ...page } = paginate(groups, input, (group) => group.name);
      return { Groups: items.map(groupView), ...page };
    },
  },
};
