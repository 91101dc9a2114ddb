/** Users: made, read, listed, deleted. Keys, policies and tags have files of their own. */
import { alreadyExists, deleteConflict, limitExceeded, validationError } from '#sandbox/errors.ts';
import { findNamed, isNameTaken } from '#sandbox/model/account.ts';
import { groupsOf } from '#sandbox/model/caller.ts';
import { addUser, arnOf, removePrincipal } from '#sandbox/model/entities.ts';
import { arnOfPrincipal, userIdOf } from '#sandbox/model/principal.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { mergeTags } from '#sandbox/model/tags.ts';
import type * as Wire from '#sandbox/wire/generated/iam-types.ts';
import { assertBoundary } from './boundaries.ts';
import { boundaryContext, tagContext } from './context.ts';
import { findUser, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { userInList, userView } from './views.ts';

type UserOperations = Pick<Wire.IamOperations, 'CreateUser' | 'GetUser' | 'ListUsers' | 'DeleteUser' | 'UpdateUser'>;

/** Without a name, operations on users mean the caller; a role session is no user. */
export const userNameOr = (call: Call, name: string | undefined): string => {
  if (name !== undefined) return name;
  if (call.principal.kind === 'user') return call.principal.user.name;
  throw validationError('Must specify userName when calling with non-User credentials');
};

const isRootItself = ({ principal }: Call, name: string | undefined): boolean => name === undefined && principal.kind === 'root';

/** The root user has neither name nor path, though the model asks both of every user. */
const rootView = ({ principal, account }: Call): Wire.User =>
  ({
    UserId: userIdOf(principal),
    Arn: arnOfPrincipal(principal),
    CreateDate: account.createdAt,
  }) as Wire.User;

export const userHandlers: Handlers<UserOperations> = {
  CreateUser: {
    permissions: ({ UserName, Path, Tags, PermissionsBoundary }, { account }) => {
      const resource = arnOf(account, 'user', UserName, Path);
      const context = { ...tagContext(Tags), ...boundaryContext(PermissionsBoundary) };
      return ['CreateUser', ...((Tags?.length ?? 0) > 0 ? ['TagUser'] : [])].map((name) => ({
        action: `iam:${name}`,
        resource,
        context,
      }));
    },
    run: (input, call) => {
      const { world, account } = call;
      if (isNameTaken(account.users, input.UserName)) throw alreadyExists(`User with name ${input.UserName} already exists.`);
      if (account.users.size >= QUOTAS.usersPerAccount)
        throw limitExceeded(`Cannot exceed quota for UsersPerAccount: ${QUOTAS.usersPerAccount}`);
      const tags = mergeTags([], input.Tags ?? [], 'ignore-case');
      if (input.PermissionsBoundary !== undefined) assertBoundary(call, input.PermissionsBoundary);
      return {
        User: userView(
          addUser(world, account, { name: input.UserName, path: input.Path, tags, boundaryArn: input.PermissionsBoundary }),
        ),
      };
    },
  },
  GetUser: {
    permissions: ({ UserName }, call) => [
      isRootItself(call, UserName)
        ? { action: 'iam:GetUser', resource: arnOfPrincipal(call.principal) }
        : onNamed(call, 'GetUser', 'user', userNameOr(call, UserName)),
    ],
    run: ({ UserName }, call) => ({
      User: isRootItself(call, UserName) ? rootView(call) : userView(findUser(call, userNameOr(call, UserName))),
    }),
  },
  ListUsers: {
    permissions: ({ PathPrefix = '/' }, { account }) => [
      { action: 'iam:ListUsers', resource: arnOf(account, 'user', '', PathPrefix) },
    ],
    run: (input, call) => {
      const users = [...call.account.users.values()].filter((user) => user.path.startsWith(input.PathPrefix ?? '/'));
      const { items, ...page } = paginate(users, input, (user) => user.name);
      return { Users: items.map(userInList), ...page };
    },
  },
  DeleteUser: {
    permissions: ({ UserName }, call) => [onNamed(call, 'DeleteUser', 'user', UserName)],
    run: ({ UserName }, call) => {
      const user = findUser(call, UserName);
      if (user.keys.length > 0) throw deleteConflict('Cannot delete entity, must delete access keys first.');
      if (groupsOf(call.account, user).length > 0)
        throw deleteConflict('Cannot delete entity, must remove user from group first.');
      if (user.login !== undefined) throw deleteConflict('Cannot delete entity, must delete login profile first.');
      if ([...call.account.mfaDevices.values()].some(({ owner }) => owner === user))
        throw deleteConflict('Cannot delete entity, must delete MFA device first.');
      if (user.attached.size > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
      if (user.inline.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
      removePrincipal(call.world, call.account, user);
    },
  },
  UpdateUser: {
    permissions: ({ UserName, NewUserName, NewPath }, call) => {
      const path = NewPath ?? findNamed(call.account.users, UserName)?.path;
      return [
        onNamed(call, 'UpdateUser', 'user', UserName),
        { action: 'iam:UpdateUser', resource: arnOf(call.account, 'user', NewUserName ?? UserName, path) },
      ];
    },
    // The unique id stays, so that keys, policies and trust policies that name the user go on.
    run: ({ UserName, NewUserName, NewPath }, call) => {
      const { account } = call;
      const user = findUser(call, UserName);
      const name = NewUserName ?? user.name;
      if (name.toLowerCase() !== user.name.toLowerCase() && isNameTaken(account.users, name))
        throw alreadyExists(`User with name ${name} already exists.`);
      account.users.delete(user.name.toLowerCase());
      user.name = name;
      user.path = NewPath ?? user.path;
      user.arn = arnOf(account, 'user', user.name, user.path);
      account.users.set(name.toLowerCase(), user);
    },
  },
};
