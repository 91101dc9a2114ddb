/** Customer-managed policies, and AWS's own to read: made, read, listed, deleted, and who uses them. Versions have their own file. */
import { accessDenied, alreadyExists, deleteConflict, limitExceeded } from '#sandbox/errors.ts';
import type { ManagedPolicy, PolicyHolder } from '#sandbox/model/account.ts';
import { awsManagedPolicies } from '#sandbox/model/aws-managed-policies.ts';
import { assertManagedPolicy } from '#sandbox/model/documents.ts';
import { addPolicy, arnOf } from '#sandbox/model/entities.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { mergeTags } from '#sandbox/model/tags.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { tagContext } from './context.ts';
import { findManagedPolicy, onPolicy } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { policyInList, policyView, usersOfPolicy } from './views.ts';

type PolicyOperations = Pick<
  IamOperations,
  'CreatePolicy' | 'GetPolicy' | 'ListPolicies' | 'DeletePolicy' | 'ListEntitiesForPolicy'
>;

/** For changes: AWS's own policies belong to nobody's account. */
export const findOwnPolicy = (call: Call, action: string, arn: string): ManagedPolicy => {
  const policy = findManagedPolicy(call, arn);
  if (policy.accountId === 'aws')
    throw accessDenied(`Cannot perform the operation on the protected resource: iam:${action} on ${arn}`);
  return policy;
};

export const policyHandlers: Handlers<PolicyOperations> = {
  CreatePolicy: {
    permissions: ({ PolicyName, Path, Tags }, { account }) => {
      const resource = arnOf(account, 'policy', PolicyName, Path);
      const context = tagContext(Tags);
      return ['CreatePolicy', ...((Tags?.length ?? 0) > 0 ? ['TagPolicy'] : [])].map((name) => ({
        action: `iam:${name}`,
        resource,
        context,
      }));
    },
    run: (input, call) => {
      const { account, world } = call;
      const wanted = input.PolicyName.toLowerCase();
      // Unlike those of roles, names are unique whatever the path too.
      if ([...account.policies.values()].some((policy) => policy.name.toLowerCase() === wanted))
        throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`);
      if (account.policies.size >= QUOTAS.policiesPerAccount)
        throw limitExceeded(`Cannot exceed quota for PoliciesPerAccount: ${QUOTAS.policiesPerAccount}`);
      assertManagedPolicy(input.PolicyDocument);
      const policy = addPolicy(world, account, {
        name: input.PolicyName,
        path: input.Path,
        text: input.PolicyDocument,
        description: input.Description === '' ? undefined : input.Description,
        tags: mergeTags([], input.Tags ?? [], 'exact'),
      });
      const { Description: _, ...view } = policyView(call, policy);
      return { Policy: view };
    },
  },
  GetPolicy: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'GetPolicy', PolicyArn)],
    run: ({ PolicyArn }, call) => ({ Policy: policyView(call, findManagedPolicy(call, PolicyArn)) }),
  },
  ListPolicies: {
    permissions: ({ PathPrefix = '/' }, { account }) => [
      { action: 'iam:ListPolicies', resource: `arn:${account.partition}:iam::${account.id}:policy${PathPrefix}` },
    ],
    run: (input, call) => {
      const {
        Scope: scope = 'All',
        OnlyAttached: onlyAttached = false,
        PathPrefix: prefix = '/',
        PolicyUsageFilter: usage,
      } = input;
      const own = scope === 'AWS' ? [] : [...call.account.policies.values()];
      const amazon = scope === 'Local' ? [] : [...awsManagedPolicies(call.account.partition).values()];
      const policies = [...own, ...amazon].filter((policy) => {
        if (!policy.path.startsWith(prefix)) return false;
        if (!onlyAttached && usage === undefined) return true;
        const { attached, bounded } = usersOfPolicy(call, policy.arn);
        return usage === 'PermissionsBoundary' ? bounded.length > 0 : attached.length > 0;
      });
      const { items, ...page } = paginate(policies, input, (policy) => policy.arn);
      return { Policies: items.map((policy) => policyInList(call, policy)), ...page };
    },
  },
  DeletePolicy: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'DeletePolicy', PolicyArn)],
    run: ({ PolicyArn }, call) => {
      const policy = findOwnPolicy(call, 'DeletePolicy', PolicyArn);
      const { attached, bounded } = usersOfPolicy(call, PolicyArn);
      if (attached.length + bounded.length > 0) throw deleteConflict('Cannot delete a policy attached to entities.');
      if (policy.versions.size > 1)
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      call.account.policies.delete(PolicyArn);
    },
  },
  ListEntitiesForPolicy: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'ListEntitiesForPolicy', PolicyArn)],
    run: (input, call) => {
      findManagedPolicy(call, input.PolicyArn);
      const { attached, bounded } = usersOfPolicy(call, input.PolicyArn);
      const wanted = (input.PolicyUsageFilter === 'PermissionsBoundary' ? bounded : attached).filter(
        (entity) =>
          entity.path.startsWith(input.PathPrefix ?? '/') &&
          (input.EntityFilter === undefined || input.EntityFilter === kindOf(entity)),
      );
      const { items, ...page } = paginate(wanted, input, (entity) => entity.arn);
      const named = (kind: string) => items.filter((entity) => kindOf(entity) === kind);
      return {
        PolicyGroups: named('Group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
        PolicyUsers: named('User').map(({ name, id }) => ({ UserName: name, UserId: id })),
        PolicyRoles: named('Role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
        ...page,
      };
    },
  },
};

const kindOf = (entity: PolicyHolder): 'Role' | 'User' | 'Group' => {
  if ('trust' in entity) return 'Role';
  return 'members' in entity ? 'Group' : 'User';
};
