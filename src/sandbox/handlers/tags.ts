/** Tags of roles, users, policies and instance profiles: set, removed, listed. */
import type { Tag } from '#sandbox/model/account.ts';
import { mergeTags, removeTags } from '#sandbox/model/tags.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { keysContext, tagContext } from './context.ts';
import { findManagedPolicy, findProfile, findRole, findUser, onNamed, onPolicy } from './find.ts';
import type { Handlers } from './handler.ts';
import { paginate, type PageRequest } from './page.ts';
import { findOwnPolicy } from './policies.ts';

type TagOperations = Pick<
  IamOperations,
  | 'TagRole'
  | 'UntagRole'
  | 'ListRoleTags'
  | 'TagUser'
  | 'UntagUser'
  | 'ListUserTags'
  | 'TagPolicy'
  | 'UntagPolicy'
  | 'ListPolicyTags'
  | 'TagInstanceProfile'
  | 'UntagInstanceProfile'
  | 'ListInstanceProfileTags'
>;

const list = (tags: readonly Tag[], request: PageRequest) => {
  const { items, ...page } = paginate(tags, request, (tag) => tag.Key);
  return { Tags: items, ...page };
};

export const tagHandlers: Handlers<TagOperations> = {
  TagRole: {
    permissions: ({ RoleName, Tags }, call) => [onNamed(call, 'TagRole', 'role', RoleName, { context: tagContext(Tags) })],
    run: ({ RoleName, Tags }, call) => {
      const role = findRole(call, RoleName);
      role.tags = mergeTags(role.tags, Tags, 'ignore-case');
    },
  },
  UntagRole: {
    permissions: ({ RoleName, TagKeys }, call) => [
      onNamed(call, 'UntagRole', 'role', RoleName, { context: keysContext(TagKeys) }),
    ],
    run: ({ RoleName, TagKeys }, call) => {
      const role = findRole(call, RoleName);
      role.tags = removeTags(role.tags, TagKeys, 'ignore-case');
    },
  },
  ListRoleTags: {
    permissions: ({ RoleName }, call) => [onNamed(call, 'ListRoleTags', 'role', RoleName)],
    run: (input, call) => list(findRole(call, input.RoleName).tags, input),
  },
  TagUser: {
    permissions: ({ UserName, Tags }, call) => [onNamed(call, 'TagUser', 'user', UserName, { context: tagContext(Tags) })],
    run: ({ UserName, Tags }, call) => {
      const user = findUser(call, UserName);
      user.tags = mergeTags(user.tags, Tags, 'ignore-case');
    },
  },
  UntagUser: {
    permissions: ({ UserName, TagKeys }, call) => [
      onNamed(call, 'UntagUser', 'user', UserName, { context: keysContext(TagKeys) }),
    ],
    run: ({ UserName, TagKeys }, call) => {
      const user = findUser(call, UserName);
      user.tags = removeTags(user.tags, TagKeys, 'ignore-case');
    },
  },
  ListUserTags: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ListUserTags', 'user', UserName)],
    run: (input, call) => list(findUser(call, input.UserName).tags, input),
  },
  TagPolicy: {
    permissions: ({ PolicyArn, Tags }, call) => [onPolicy(call, 'TagPolicy', PolicyArn, { context: tagContext(Tags) })],
    run: ({ PolicyArn, Tags }, call) => {
      const policy = findOwnPolicy(call, 'TagPolicy', PolicyArn);
      policy.tags = mergeTags(policy.tags, Tags, 'exact');
    },
  },
  UntagPolicy: {
    permissions: ({ PolicyArn, TagKeys }, call) => [onPolicy(call, 'UntagPolicy', PolicyArn, { context: keysContext(TagKeys) })],
    run: ({ PolicyArn, TagKeys }, call) => {
      const policy = findOwnPolicy(call, 'UntagPolicy', PolicyArn);
      policy.tags = removeTags(policy.tags, TagKeys, 'exact');
    },
  },
  ListPolicyTags: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'ListPolicyTags', PolicyArn)],
    run: (input, call) => list(findManagedPolicy(call, input.PolicyArn).tags, input),
  },
  TagInstanceProfile: {
    permissions: ({ InstanceProfileName: name, Tags }, call) => [
      onNamed(call, 'TagInstanceProfile', 'instance-profile', name, { context: tagContext(Tags) }),
    ],
    run: ({ InstanceProfileName: name, Tags }, call) => {
      const profile = findProfile(call, name);
      profile.tags = mergeTags(profile.tags, Tags, 'exact');
    },
  },
  UntagInstanceProfile: {
    permissions: ({ InstanceProfileName: name, TagKeys }, call) => [
      onNamed(call, 'UntagInstanceProfile', 'instance-profile', name, { context: keysContext(TagKeys) }),
    ],
    run: ({ InstanceProfileName: name, TagKeys }, call) => {
      const profile = findProfile(call, name);
      profile.tags = removeTags(profile.tags, TagKeys, 'exact');
    },
  },
  ListInstanceProfileTags: {
    permissions: ({ InstanceProfileName: name }, call) => [onNamed(call, 'ListInstanceProfileTags', 'instance-profile', name)],
    run: (input, call) => list(findProfile(call, input.InstanceProfileName).tags, input),
  },
};
