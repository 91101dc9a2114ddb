/** The entities that a request names: found in the caller's account, or refused with NoSuchEntity in IAM's words. */
import { parsePolicyArn } from '#domain/arn.ts';
import { AwsError, invalidInput, noSuchEntity } from '#sandbox/errors.ts';
import type { Permission } from '#sandbox/authorise.ts';
import {
  findNamed,
  type Group,
  type InstanceProfile,
  type ManagedPolicy,
  type MfaDevice,
  type OidcProvider,
  type Role,
  type Tag,
  type User,
} from '#sandbox/model/account.ts';
import { tagMap } from '#sandbox/model/caller.ts';
import { arnOf } from '#sandbox/model/entities.ts';
import { findPolicy } from '#sandbox/model/world.ts';
import { boundaryContext, entityTagContext } from './context.ts';
import type { Call } from './handler.ts';

export const findRole = (call: Call, name: string): Role => {
  const role = findNamed(call.account.roles, name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
};

/** For changes: what a service made for itself, only the service may change. */
export const findOwnRole = (call: Call, name: string): Role => {
  const role = findRole(call, name);
  if (role.path.startsWith('/aws-service-role/'))
    throw new AwsError(
      'UnmodifiableEntity',
      `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
    );
  return role;
};

export const findUser = (call: Call, name: string): User => {
  const user = findNamed(call.account.users, name);
  if (user === undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
};

export const findGroup = (call: Call, name: string): Group => {
  const group = findNamed(call.account.groups, name);
  if (group === undefined) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return group;
};

export const findProfile = (call: Call, name: string): InstanceProfile => {
  const profile = findNamed(call.account.instanceProfiles, name);
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
};

/** https://github.com/hashicorp/terraform-provider-aws/issues/1337 has the code. */
export const assertPolicyArn = (arn: string): void => {
  if (parsePolicyArn(arn) === undefined) throw invalidInput(`ARN ${arn} is not valid.`);
};

export const findManagedPolicy = (call: Call, arn: string): ManagedPolicy => {
  assertPolicyArn(arn);
  const policy = findPolicy(call.account, arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
};

export const findProvider = (call: Call, arn: string): OidcProvider => {
  const provider = call.account.oidcProviders.get(arn);
  if (provider === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
};

export const findDevice = (call: Call, serial: string): MfaDevice => {
  const device = call.account.mfaDevices.get(serial);
  if (device === undefined) throw noSuchEntity(`VirtualMFADevice with serial number ${serial} doesn't exist.`);
  return device;
};

type Extra = Pick<Permission, 'context'>;

const CONTAINERS = { role: 'roles', user: 'users', group: 'groups', 'instance-profile': 'instanceProfiles' } as const;

/** Of these the boundary of the role or user is a condition key: Service Authorization Reference, "Condition keys for AWS IAM". */
const KNOWS_BOUNDARY = /^(?:(?:Attach|Detach|Put|Delete)(?:Role|User)Policy|Delete(?:Role|User)PermissionsBoundary)$/;

/** Only these have `iam:ResourceTag` beside `aws:ResourceTag`: Service Authorization Reference, "Resource types defined by AWS IAM". */
const IAM_TAGGED: ReadonlySet<string> = new Set(['role', 'user']);

/** Permission for `iam:ACTION` on a role, user, group or instance profile: by its ARN and tags where it exists, by its plain name where not. */
export const onNamed = (
  call: Call,
  action: string,
  kind: 'role' | 'user' | 'group' | 'instance-profile',
  name: string,
  extra: Extra = {},
): Permission => {
  const entity = findNamed<Role | User | Group | InstanceProfile>(call.account[CONTAINERS[kind]], name);
  const boundary =
    entity !== undefined && 'boundaryArn' in entity && KNOWS_BOUNDARY.test(action) ? entity.boundaryArn : undefined;
  const tags = entity !== undefined && 'tags' in entity ? tagMap(entity.tags) : undefined;
  const context = {
    ...boundaryContext(boundary),
    ...(IAM_TAGGED.has(kind) && entityTagContext(tags)),
    ...extra.context,
  };
  return {
    action: `iam:${action}`,
    resource: entity?.arn ?? arnOf(call.account, kind, name),
    // Groups have no tags.
    ...(tags !== undefined && { resourceTags: tags }),
    context,
  };
};

/** Permission on what requests name by its ARN; `entity` is undefined where there is none. */
export const onArn = (
  action: string,
  arn: string,
  entity: { readonly tags: readonly Tag[] } | undefined,
  extra: Extra = {},
): Permission => ({
  action: `iam:${action}`,
  resource: arn,
  ...(entity !== undefined && { resourceTags: tagMap(entity.tags) }),
  ...extra,
});

export const onPolicy = (call: Call, action: string, arn: string, extra: Extra = {}): Permission =>
  onArn(action, arn, findPolicy(call.account, arn), extra);
