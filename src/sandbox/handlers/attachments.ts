/** Managed policies on roles, users and groups: attached, detached, listed. */
import { limitExceeded, noSuchEntity } from '#sandbox/errors.ts';
import { rememberPolicies } from '#sandbox/model/consistency.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { findPolicy } from '#sandbox/model/world.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { policyContext } from './context.ts';
import { assertPolicyArn } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { holdersOf, type HolderKind, type Holders, type Naming } from './holders.ts';
import { paginate, type PageRequest } from './page.ts';

type AttachmentOperations = Pick<
  IamOperations,
  | `${'Attach' | 'Detach'}${'Role' | 'User' | 'Group'}Policy`
  | 'ListAttachedRolePolicies'
  | 'ListAttachedUserPolicies'
  | 'ListAttachedGroupPolicies'
>;

interface Attached {
  readonly PolicyArn: string;
}

const attachmentsOf = <Kind extends HolderKind>({ kind, find, findForChange, permit }: Holders<Kind>) => ({
  attach: {
    permissions: (input: Naming<Kind> & Attached, call: Call) =>
      permit(call, `Attach${kind}Policy`, input, { context: policyContext(input.PolicyArn) }),
    // Attaching what is attached already changes nothing and succeeds.
    run: (input: Naming<Kind> & Attached, call: Call): void => {
      const holder = findForChange(call, input);
      const arn = input.PolicyArn;
      assertPolicyArn(arn);
      if (findPolicy(call.account, arn) === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
      if (holder.attached.has(arn)) return;
      const quota = QUOTAS.attachedPerPrincipal;
      if (holder.attached.size >= quota) throw limitExceeded(`Cannot exceed quota for PoliciesPer${kind}: ${quota}`);
      rememberPolicies(call.world, holder);
      holder.attached.add(arn);
    },
  },
  detach: {
    permissions: (input: Naming<Kind> & Attached, call: Call) =>
      permit(call, `Detach${kind}Policy`, input, { context: policyContext(input.PolicyArn) }),
    run: (input: Naming<Kind> & Attached, call: Call): void => {
      const holder = findForChange(call, input);
      assertPolicyArn(input.PolicyArn);
      if (!holder.attached.has(input.PolicyArn)) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
      rememberPolicies(call.world, holder);
      holder.attached.delete(input.PolicyArn);
    },
  },
  list: {
    permissions: (input: Naming<Kind>, call: Call) => permit(call, `ListAttached${kind}Policies`, input),
    run: (input: Naming<Kind> & PageRequest & { readonly PathPrefix?: string | undefined }, call: Call) => {
      const policies = [...find(call, input).attached]
        .flatMap((arn) => findPolicy(call.account, arn) ?? [])
        .filter((policy) => policy.path.startsWith(input.PathPrefix ?? '/'));
      const { items, ...page } = paginate(policies, input, (policy) => policy.arn);
      return { AttachedPolicies: items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn })), ...page };
    },
  },
});

const roles = attachmentsOf(holdersOf('Role'));
const users = attachmentsOf(holdersOf('User'));
const groups = attachmentsOf(holdersOf('Group'));

export const attachmentHandlers: Handlers<AttachmentOperations> = {
  AttachRolePolicy: roles.attach,
  DetachRolePolicy: roles.detach,
  ListAttachedRolePolicies: roles.list,
  AttachUserPolicy: users.attach,
  DetachUserPolicy: users.detach,
  ListAttachedUserPolicies: users.list,
  AttachGroupPolicy: groups.attach,
  DetachGroupPolicy: groups.detach,
  ListAttachedGroupPolicies: groups.list,
};
