/** Inline policies of roles and users: put, read, listed, deleted. */
import { noSuchEntity } from '#sandbox/errors.ts';
import type { PrincipalEntity } from '#sandbox/model/account.ts';
import { assertInlineSize, encodeDocument, parsedDocument } from '#sandbox/model/documents.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { findRole, findUser, onNamed } from './find.ts';
import type { Handlers } from './handler.ts';
import { paginate, type PageRequest } from './page.ts';

type InlineOperations = Pick<
  IamOperations,
  | 'PutRolePolicy'
  | 'GetRolePolicy'
  | 'ListRolePolicies'
  | 'DeleteRolePolicy'
  | 'PutUserPolicy'
  | 'GetUserPolicy'
  | 'ListUserPolicies'
  | 'DeleteUserPolicy'
>;

type Kind = 'role' | 'user';

/** A policy of the same name is overwritten. */
const put = (entity: PrincipalEntity, kind: Kind, name: string, text: string): void => {
  parsedDocument(text, 'identity');
  assertInlineSize(entity, kind, name, text);
  entity.inline.set(name, text);
};

const absent = (kind: Kind, name: string) => noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);

const read = (entity: PrincipalEntity, kind: Kind, name: string): string => {
  const text = entity.inline.get(name);
  if (text === undefined) throw absent(kind, name);
  return encodeDocument(text);
};

const list = (entity: PrincipalEntity, request: PageRequest) => {
  const { items, ...page } = paginate(entity.inline.keys(), request, (name) => name);
  return { PolicyNames: items, ...page };
};

const remove = (entity: PrincipalEntity, kind: Kind, name: string): void => {
  if (!entity.inline.delete(name)) throw absent(kind, name);
};

export const inlinePolicyHandlers: Handlers<InlineOperations> = {
  PutRolePolicy: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'PutRolePolicy', 'role', RoleName)],
    run: ({ RoleName, PolicyName, PolicyDocument }, call) => put(findRole(call, RoleName), 'role', PolicyName, PolicyDocument),
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
    run: ({ RoleName, PolicyName }, call) => remove(findRole(call, RoleName), 'role', PolicyName),
  },
  PutUserPolicy: {
    permissions: ({ UserName }, call) => [onNamed(call, 'PutUserPolicy', 'user', UserName)],
    run: ({ UserName, PolicyName, PolicyDocument }, call) => put(findUser(call, UserName), 'user', PolicyName, PolicyDocument),
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
    run: ({ UserName, PolicyName }, call) => remove(findUser(call, UserName), 'user', PolicyName),
  },
};
