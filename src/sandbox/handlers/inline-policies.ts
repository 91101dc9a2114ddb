/** Inline policies of roles, users and groups: put, read, listed, deleted. */
import { noSuchEntity } from '#sandbox/errors.ts';
import type { PolicyHolder } from '#sandbox/model/account.ts';
import { rememberPolicies } from '#sandbox/model/consistency.ts';
import { assertInlineSize, encodeDocument, parsedDocument } from '#sandbox/model/documents.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { findGroup, findOwnRole, findRole, findUser, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate, type PageRequest } from './page.ts';

type Kind = 'role' | 'user' | 'group';
type InlineOperations = Pick<
  IamOperations,
  `${'Put' | 'Get' | 'Delete'}${'Role' | 'User' | 'Group'}Policy` | 'ListRolePolicies' | 'ListUserPolicies' | 'ListGroupPolicies'
>;

/** A policy of the same name is overwritten. */
const put = (call: Call, holder: PolicyHolder, kind: Kind, name: string, text: string): void => {
  parsedDocument(text, 'identity');
  assertInlineSize(holder, kind, name, text);
  rememberPolicies(call.world, holder);
  holder.inline.set(name, text);
};

const absent = (kind: Kind, name: string) => noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);

const read = (holder: PolicyHolder, kind: Kind, name: string): string => {
  const text = holder.inline.get(name);
  if (text === undefined) throw absent(kind, name);
  return encodeDocument(text);
};

const list = (holder: PolicyHolder, request: PageRequest) => {
  const { items, ...page } = paginate(holder.inline.keys(), request, (name) => name);
  return { PolicyNames: items, ...page };
};

const remove = (call: Call, holder: PolicyHolder, kind: Kind, name: string): void => {
  if (!holder.inline.has(name)) throw absent(kind, name);
  rememberPolicies(call.world, holder);
  holder.inline.delete(name);
};

export const inlinePolicyHandlers: Handlers<InlineOperations> = {
  PutRolePolicy: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'PutRolePolicy', 'role', RoleName)],
    run: ({ RoleName, PolicyName, PolicyDocument }, call) =>
      put(call, findOwnRole(call, RoleName), 'role', PolicyName, PolicyDocument),
  },
  GetRolePolicy: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'GetRolePolicy', 'role', RoleName)],
    run: ({ RoleName, PolicyName }, call) => ({
      RoleName,
      PolicyName,
      PolicyDocument: read(findRole(call, RoleName), 'role', PolicyName),
    }),
  },
  ListRolePolicies: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'ListRolePolicies', 'role', RoleName)],
    run: (input, call) => list(findRole(call, input.RoleName), input),
  },
  DeleteRolePolicy: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'DeleteRolePolicy', 'role', RoleName)],
    run: ({ RoleName, PolicyName }, call) => remove(call, findOwnRole(call, RoleName), 'role', PolicyName),
  },
  PutUserPolicy: {
    permissions: ({ UserName }, call) => [onNamed(call, 'PutUserPolicy', 'user', UserName)],
    run: ({ UserName, PolicyName, PolicyDocument }, call) =>
      put(call, findUser(call, UserName), 'user', PolicyName, PolicyDocument),
  },
  GetUserPolicy: {
    permissions: ({ UserName }, call) => [onNamed(call, 'GetUserPolicy', 'user', UserName)],
    run: ({ UserName, PolicyName }, call) => ({
      UserName,
      PolicyName,
      PolicyDocument: read(findUser(call, UserName), 'user', PolicyName),
    }),
  },
  ListUserPolicies: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ListUserPolicies', 'user', UserName)],
    run: (input, call) => list(findUser(call, input.UserName), input),
  },
  DeleteUserPolicy: {
    permissions: ({ UserName }, call) => [onNamed(call, 'DeleteUserPolicy', 'user', UserName)],
    run: ({ UserName, PolicyName }, call) => remove(call, findUser(call, UserName), 'user', PolicyName),
  },
  PutGroupPolicy: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'PutGroupPolicy', 'group', GroupName)],
    run: ({ GroupName, PolicyName, PolicyDocument }, call) =>
      put(call, findGroup(call, GroupName), 'group', PolicyName, PolicyDocument),
  },
  GetGroupPolicy: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'GetGroupPolicy', 'group', GroupName)],
    run: ({ GroupName, PolicyName }, call) => ({
      GroupName,
      PolicyName,
      PolicyDocument: read(findGroup(call, GroupName), 'group', PolicyName),
    }),
  },
  ListGroupPolicies: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'ListGroupPolicies', 'group', GroupName)],
    run: (input, call) => list(findGroup(call, input.GroupName), input),
  },
  DeleteGroupPolicy: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'DeleteGroupPolicy', 'group', GroupName)],
    run: ({ GroupName, PolicyName }, call) => remove(call, findGroup(call, GroupName), 'group', PolicyName),
  },
};
