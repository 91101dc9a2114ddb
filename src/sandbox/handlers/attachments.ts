/** Managed policies on roles and users: attached, detached, listed. */
import { parsePolicyArn } from '#domain/arn.ts';
import { limitExceeded, noSuchEntity, validationError } from '#sandbox/errors.ts';
import type { PrincipalEntity } from '#sandbox/model/account.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { findPolicy } from '#sandbox/model/world.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { policyContext } from './context.ts';
import { findRole, findUser, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate, type PageRequest } from './page.ts';

type AttachmentOperations = Pick<
  IamOperations,
  | 'AttachRolePolicy'
  | 'DetachRolePolicy'
  | 'ListAttachedRolePolicies'
  | 'AttachUserPolicy'
  | 'DetachUserPolicy'
  | 'ListAttachedUserPolicies'
>;

/** Attaching what is attached already changes nothing and succeeds. */
const attach = (call: Call, entity: PrincipalEntity, kind: 'Roles' | 'Users', arn: string): void => {
  assertPolicyArn(arn);
  if (findPolicy(call.account, arn) === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  if (entity.attached.has(arn)) return;
  const quota = QUOTAS.attachedPerPrincipal;
  if (entity.attached.size >= quota)
    throw limitExceeded(`Cannot exceed quota for PoliciesPer${kind === 'Roles' ? 'Role' : 'User'}: ${quota}`);
  entity.attached.add(arn);
};

const detach = (entity: PrincipalEntity, arn: string): void => {
  assertPolicyArn(arn);
  if (!entity.attached.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
};

const assertPolicyArn = (arn: string): void => {
  if (parsePolicyArn(arn) === undefined) throw validationError(`ARN ${arn} is not valid.`);
};

const list = (call: Call, entity: PrincipalEntity, request: PageRequest & { readonly PathPrefix?: string | undefined }) => {
  const policies = [...entity.attached]
    .flatMap((arn) => findPolicy(call.account, arn) ?? [])
    .filter((policy) => policy.path.startsWith(request.PathPrefix ?? '/'));
  const { items, ...page } = paginate(policies, request, (policy) => policy.arn);
  return { AttachedPolicies: items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn })), ...page };
};

export const attachmentHandlers: Handlers<AttachmentOperations> = {
  AttachRolePolicy: {
    permissions: ({ RoleName, PolicyArn }, call) => [
      onNamed(call, 'AttachRolePolicy', 'role', RoleName, { context: policyContext(PolicyArn) }),
    ],
    run: ({ RoleName, PolicyArn }, call) => attach(call, findRole(call, RoleName), 'Roles', PolicyArn),
  },
  DetachRolePolicy: {
    permissions: ({ RoleName, PolicyArn }, call) => [
      onNamed(call, 'DetachRolePolicy', 'role', RoleName, { context: policyContext(PolicyArn) }),
    ],
    run: ({ RoleName, PolicyArn }, call) => detach(findRole(call, RoleName), PolicyArn),
  },
  ListAttachedRolePolicies: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'ListAttachedRolePolicies', 'role', RoleName)],
    run: (input, call) => list(call, findRole(call, input.RoleName), input),
  },
  AttachUserPolicy: {
    permissions: ({ UserName, PolicyArn }, call) => [
      onNamed(call, 'AttachUserPolicy', 'user', UserName, { context: policyContext(PolicyArn) }),
    ],
    run: ({ UserName, PolicyArn }, call) => attach(call, findUser(call, UserName), 'Users', PolicyArn),
  },
  DetachUserPolicy: {
    permissions: ({ UserName, PolicyArn }, call) => [
      onNamed(call, 'DetachUserPolicy', 'user', UserName, { context: policyContext(PolicyArn) }),
    ],
    run: ({ UserName, PolicyArn }, call) => detach(findUser(call, UserName), PolicyArn),
  },
  ListAttachedUserPolicies: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ListAttachedUserPolicies', 'user', UserName)],
    run: (input, call) => list(call, findUser(call, input.UserName), input),
  },
};
