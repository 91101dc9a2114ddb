/** Permissions boundaries of roles and users: set and removed. */
import { noSuchEntity, validationError } from '#sandbox/errors.ts';
import { parsePolicyArn } from '#domain/arn.ts';
import type { PrincipalEntity } from '#sandbox/model/account.ts';
import { rememberPolicies } from '#sandbox/model/consistency.ts';
import { findPolicy } from '#sandbox/model/world.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { boundaryContext } from './context.ts';
import { findOwnRole, findUser, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';

type BoundaryOperations = Pick<
  IamOperations,
  'PutRolePermissionsBoundary' | 'DeleteRolePermissionsBoundary' | 'PutUserPermissionsBoundary' | 'DeleteUserPermissionsBoundary'
>;

/** A boundary is a managed policy of the account, or AWS's. */
export const assertBoundary = (call: Call, arn: string): void => {
  if (parsePolicyArn(arn) === undefined) throw validationError(`Value (${arn}) for parameter PermissionsBoundary is invalid.`);
  if (findPolicy(call.account, arn) === undefined) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
};

const setBoundary = (call: Call, entity: PrincipalEntity, arn: string | undefined): void => {
  rememberPolicies(call.world, entity);
  entity.boundaryArn = arn;
};

export const boundaryHandlers: Handlers<BoundaryOperations> = {
  PutRolePermissionsBoundary: {
    permissions: ({ RoleName, PermissionsBoundary }, call) => [
      onNamed(call, 'PutRolePermissionsBoundary', 'role', RoleName, { context: boundaryContext(PermissionsBoundary) }),
    ],
    run: ({ RoleName, PermissionsBoundary }, call) => {
      const role = findOwnRole(call, RoleName);
      assertBoundary(call, PermissionsBoundary);
      setBoundary(call, role, PermissionsBoundary);
    },
  },
  DeleteRolePermissionsBoundary: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'DeleteRolePermissionsBoundary', 'role', RoleName)],
    run: ({ RoleName }, call) => {
      setBoundary(call, findOwnRole(call, RoleName), undefined);
    },
  },
  PutUserPermissionsBoundary: {
    permissions: ({ UserName, PermissionsBoundary }, call) => [
      onNamed(call, 'PutUserPermissionsBoundary', 'user', UserName, { context: boundaryContext(PermissionsBoundary) }),
    ],
    run: ({ UserName, PermissionsBoundary }, call) => {
      const user = findUser(call, UserName);
      assertBoundary(call, PermissionsBoundary);
      setBoundary(call, user, PermissionsBoundary);
    },
  },
  DeleteUserPermissionsBoundary: {
    permissions: ({ UserName }, call) => [onNamed(call, 'DeleteUserPermissionsBoundary', 'user', UserName)],
    run: ({ UserName }, call) => {
      setBoundary(call, findUser(call, UserName), undefined);
    },
  },
};
