/** Tags of roles, users, policies, instance profiles, OIDC providers and MFA devices: set, removed, listed. */
import type { Permission } from '#sandbox/authorise.ts';
import type { Tag } from '#sandbox/model/account.ts';
import { mergeTags, removeTags, type KeyRule } from '#sandbox/model/tags.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { keysContext, tagContext } from './context.ts';
import {
  findDevice,
  findManagedPolicy,
  findProfile,
  findProvider,
  findRole,
  findUser,
  onArn,
  onNamed,
  onPolicy,
} from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate, type PageRequest } from './page.ts';
import { findOwnPolicy } from './policies.ts';

type Kind = 'Role' | 'User' | 'Policy' | 'InstanceProfile' | 'OpenIDConnectProvider' | 'MFADevice';
type TagOperations = Pick<IamOperations, `${'Tag' | 'Untag'}${Kind}` | `List${Kind}Tags`>;

interface Tagged {
  tags: readonly Tag[];
}

/** How requests of one kind name what they mean. */
interface Naming<Target> {
  readonly rule: KeyRule;
  readonly find: (call: Call, target: Target) => Tagged;
  /** Where changing wants more than being there. */
  readonly findForChange?: (call: Call, target: Target, action: string) => Tagged;
  readonly permit: (call: Call, action: string, target: Target, extra?: Pick<Permission, 'context'>) => Permission;
}

const taggingOf = <Target>(kind: Kind, { rule, find, findForChange = find, permit }: Naming<Target>) => ({
  tag: {
    permissions: (input: Target & { readonly Tags: readonly Tag[] }, call: Call) => [
      permit(call, `Tag${kind}`, input, { context: tagContext(input.Tags) }),
    ],
    run: (input: Target & { readonly Tags: readonly Tag[] }, call: Call): void => {
      const entity = findForChange(call, input, `Tag${kind}`);
      entity.tags = mergeTags(entity.tags, input.Tags, rule);
    },
  },
  untag: {
    permissions: (input: Target & { readonly TagKeys: readonly string[] }, call: Call) => [
      permit(call, `Untag${kind}`, input, { context: keysContext(input.TagKeys) }),
    ],
    run: (input: Target & { readonly TagKeys: readonly string[] }, call: Call): void => {
      const entity = findForChange(call, input, `Untag${kind}`);
      entity.tags = removeTags(entity.tags, input.TagKeys, rule);
    },
  },
  list: {
    permissions: (input: Target, call: Call) => [permit(call, `List${kind}Tags`, input)],
    run: (input: Target & PageRequest, call: Call) => {
      const { items, ...page } = paginate(find(call, input).tags, input, (tag) => tag.Key);
      return { Tags: items, ...page };
    },
  },
});

const roles = taggingOf<{ readonly RoleName: string }>('Role', {
  rule: 'ignore-case',
  find: (call, { RoleName }) => findRole(call, RoleName),
  permit: (call, action, { RoleName }, extra) => onNamed(call, action, 'role', RoleName, extra),
});
const users = taggingOf<{ readonly UserName: string }>('User', {
  rule: 'ignore-case',
  find: (call, { UserName }) => findUser(call, UserName),
  permit: (call, action, { UserName }, extra) => onNamed(call, action, 'user', UserName, extra),
});
const policies = taggingOf<{ readonly PolicyArn: string }>('Policy', {
  rule: 'exact',
  find: (call, { PolicyArn }) => findManagedPolicy(call, PolicyArn),
  findForChange: (call, { PolicyArn }, action) => findOwnPolicy(call, action, PolicyArn),
  permit: (call, action, { PolicyArn }, extra) => onPolicy(call, action, PolicyArn, extra),
});
const profiles = taggingOf<{ readonly InstanceProfileName: string }>('InstanceProfile', {
  rule: 'exact',
  find: (call, { InstanceProfileName }) => findProfile(call, InstanceProfileName),
  permit: (call, action, { InstanceProfileName: name }, extra) => onNamed(call, action, 'instance-profile', name, extra),
});
const providers = taggingOf<{ readonly OpenIDConnectProviderArn: string }>('OpenIDConnectProvider', {
  rule: 'exact',
  find: (call, { OpenIDConnectProviderArn }) => findProvider(call, OpenIDConnectProviderArn),
  permit: (call, action, { OpenIDConnectProviderArn: arn }, extra) =>
    onArn(action, arn, call.account.oidcProviders.get(arn), extra),
});
const devices = taggingOf<{ readonly SerialNumber: string }>('MFADevice', {
  rule: 'exact',
  find: (call, { SerialNumber }) => findDevice(call, SerialNumber),
  permit: (call, action, { SerialNumber: arn }, extra) => onArn(action, arn, call.account.mfaDevices.get(arn), extra),
});

export const tagHandlers: Handlers<TagOperations> = {
  TagRole: roles.tag,
  UntagRole: roles.untag,
  ListRoleTags: roles.list,
  TagUser: users.tag,
  UntagUser: users.untag,
  ListUserTags: users.list,
  TagPolicy: policies.tag,
  UntagPolicy: policies.untag,
  ListPolicyTags: policies.list,
  TagInstanceProfile: profiles.tag,
  UntagInstanceProfile: profiles.untag,
  ListInstanceProfileTags: profiles.list,
  TagOpenIDConnectProvider: providers.tag,
  UntagOpenIDConnectProvider: providers.untag,
  ListOpenIDConnectProviderTags: providers.list,
  TagMFADevice: devices.tag,
  UntagMFADevice: devices.untag,
  ListMFADeviceTags: devices.list,
};
