/** Managed policies on roles, users and groups: attached, detached, listed. */
import { parsePolicyArn } from '#domain/arn.ts';
import { limitExceeded, noSuchEntity, validationError } from '#sandbox/errors.ts';
import type { PolicyHolder } from '#sandbox/model/account.ts';
import { rememberPolicies } from '#sandbox/model/consistency.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { findPolicy } from '#sandbox/model/world.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { policyContext } from './context.ts';
import { findGroup, findOwnRole, findRole, findUser, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate, type PageRequest } from './page.ts';

type AttachmentOperations = Pick<
  IamOperations,
  | `${'Attach' | 'Detach'}${'Role' | 'User' | 'Group'}Policy`
  | 'ListAttachedRolePolicies'
  | 'ListAttachedUserPolicies'
  | 'ListAttachedGroupPolicies'
>;

/** Attaching what is attached already changes nothing and succeeds. */
const attach = (call: Call, holder: PolicyHolder, kind: 'Role' | 'User' | 'Group', arn: string): void => {
  assertPolicyArn(arn);
  if (findPolicy(call.account, arn) === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  if (holder.attached.has(arn)) return;
  const quota = QUOTAS.attachedPerPrincipal;
  if (holder.attached.size >= quota) throw limitExceeded(`Cannot exceed quota for PoliciesPer${kind}: ${quota}`);
  rememberPolicies(call.world, holder);
  holder.attached.add(arn);
};

const detach = (call: Call, holder: PolicyHolder, arn: string): void => {
  assertPolicyArn(arn);
  if (!holder.attached.has(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  rememberPolicies(call.world, holder);
  holder.attached.delete(arn);
};

const assertPolicyArn = (arn: string): void => {
  if (parsePolicyArn(arn) === undefined) throw validationError(`ARN ${arn} is not valid.`);
};

const list = (call: Call, holder: PolicyHolder, request: PageRequest & { readonly PathPrefix?: string | undefined }) => {
  const policies = [...holder.attached]
    .flatMap((arn) => findPolicy(call.account, arn) ?? [])
    .filter((policy) => policy.path.startsWith(request.PathPrefix ?? '/'));
  const { items, ...page } = paginate(policies, request, (policy) => policy.arn);
  return { AttachedPolicies: items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn })), ...page };
};

const withPolicy = (arn: string) => ({ context: policyContext(arn) });

export const attachmentHandlers: Handlers<AttachmentOperations> = {
  AttachRolePolicy: {
    permissions: ({ RoleName, PolicyArn }, call) => [onNamed(call, 'AttachRolePolicy', 'role', RoleName, withPolicy(PolicyArn))],
    run: ({ RoleName, PolicyArn }, call) => attach(call, findOwnRole(call, RoleName), 'Role', PolicyArn),
  },
  DetachRolePolicy: {
    permissions: ({ RoleName, PolicyArn }, call) => [onNamed(call, 'DetachRolePolicy', 'role', RoleName, withPolicy(PolicyArn))],
    run: ({ RoleName, PolicyArn }, call) => detach(call, findOwnRole(call, RoleName), PolicyArn),
  },
  ListAttachedRolePolicies: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'ListAttachedRolePolicies', 'role', RoleName)],
    run: (input, call) => list(call, findRole(call, input.RoleName), input),
  },
  AttachUserPolicy: {
    permissions: ({ UserName, PolicyArn }, call) => [onNamed(call, 'AttachUserPolicy', 'user', UserName, withPolicy(PolicyArn))],
    run: ({ UserName, PolicyArn }, call) => attach(call, findUser(call, UserName), 'User', PolicyArn),
  },
  DetachUserPolicy: {
    permissions: ({ UserName, PolicyArn }, call) => [onNamed(call, 'DetachUserPolicy', 'user', UserName, withPolicy(PolicyArn))],
    run: ({ UserName, PolicyArn }, call) => detach(call, findUser(call, UserName), PolicyArn),
  },
  ListAttachedUserPolicies: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ListAttachedUserPolicies', 'user', UserName)],
    run: (input, call) => list(call, findUser(call, input.UserName), input),
  },
  AttachGroupPolicy: {
    permissions: ({ GroupName, PolicyArn }, call) => [
      onNamed(call, 'AttachGroupPolicy', 'group', GroupName, withPolicy(PolicyArn)),
    ],
    run: ({ GroupName, PolicyArn }, call) => attach(call, findGroup(call, GroupName), 'Group', PolicyArn),
  },
  DetachGroupPolicy: {
    permissions: ({ GroupName, PolicyArn }, call) => [
      onNamed(call, 'DetachGroupPolicy', 'group', GroupName, withPolicy(PolicyArn)),
    ],
    run: ({ GroupName, PolicyArn }, call) => detach(call, findGroup(call, GroupName), PolicyArn),
  },
  ListAttachedGroupPolicies: {
    permissions: ({ GroupName }, call) => [onNamed(call, 'ListAttachedGroupPolicies', 'group', GroupName)],
    run: (input, call) => list(call, findGroup(call, input.GroupName), input),
  },
};
