/** Makes the entities of an account, with ids and ARNs as IAM gives them. Callers have checked names and documents. */
import { knownAt } from './consistency.ts';
import { newAccessKeyId, newSecretKey, newUniqueId } from './unique-id.ts';
import type {
  AccessKey,
  Account,
  Group,
  InstanceProfile,
  ManagedPolicy,
  OidcProvider,
  PolicyVersion,
  Role,
  StoredTrust,
  Tag,
  User,
} from './account.ts';
import type { World } from './world.ts';

export interface Named {
  readonly name: string;
  readonly path?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

export const arnOf = (
  account: Account,
  kind: 'user' | 'group' | 'role' | 'policy' | 'instance-profile',
  name: string,
  path = '/',
): string => `arn:${account.partition}:iam::${account.id}:${kind}${path}${name}`;

const DEFAULT_SESSION_SECONDS = 3600;

export interface RoleSpec extends Named {
  readonly trust: StoredTrust;
  readonly description?: string | undefined;
  readonly maxSessionSeconds?: number | undefined;
  readonly boundaryArn?: string | undefined;
}

export const addRole = (world: World, account: Account, spec: RoleSpec): Role => {
  const now = world.clock.now();
  const path = spec.path ?? '/';
  const role: Role = {
    accountId: account.id,
    name: spec.name,
    path,
    arn: arnOf(account, 'role', spec.name, path),
    id: newUniqueId(world.random, 'AROA'),
    createdAt: now,
    tags: spec.tags ?? [],
    inline: new Map(),
    attached: new Set(),
    boundaryArn: spec.boundaryArn,
    past: [],
    trust: spec.trust,
    pastTrusts: [],
    description: spec.description,
    maxSessionSeconds: spec.maxSessionSeconds ?? DEFAULT_SESSION_SECONDS,
    lastUsed: undefined,
    usableAt: knownAt(world),
  };
  account.roles.set(spec.name.toLowerCase(), role);
  world.principals.set(role.id, role);
  return role;
};

export const addUser = (world: World, account: Account, spec: Named & { readonly boundaryArn?: string | undefined }): User => {
  const path = spec.path ?? '/';
  const user: User = {
    accountId: account.id,
    name: spec.name,
    path,
    arn: arnOf(account, 'user', spec.name, path),
    id: newUniqueId(world.random, 'AIDA'),
    createdAt: world.clock.now(),
    tags: spec.tags ?? [],
    inline: new Map(),
    attached: new Set(),
    boundaryArn: spec.boundaryArn,
    past: [],
    usableAt: knownAt(world),
    keys: [],
    login: undefined,
  };
  account.users.set(spec.name.toLowerCase(), user);
  world.principals.set(user.id, user);
  return user;
};

export const addAccessKey = (
  world: World,
  account: Account,
  user: User,
  given?: { readonly accessKeyId: string; readonly secretAccessKey: string },
): AccessKey => {
  const key: AccessKey = {
    accessKeyId: given?.accessKeyId ?? newAccessKeyId(world.random, 'AKIA', account.id),
    secretAccessKey: given?.secretAccessKey ?? newSecretKey(world.random),
    createdAt: world.clock.now(),
    status: 'Active',
    owner: user,
    usableAt: given === undefined ? knownAt(world) : world.clock.now(),
    lastUsed: undefined,
  };
  user.keys.push(key);
  world.accessKeys.set(key.accessKeyId, { account, user, key });
  return key;
};

export const addGroup = (world: World, account: Account, spec: Named): Group => {
  const path = spec.path ?? '/';
  const group: Group = {
    accountId: account.id,
    name: spec.name,
    path,
    arn: arnOf(account, 'group', spec.name, path),
    id: newUniqueId(world.random, 'AGPA'),
    createdAt: world.clock.now(),
    inline: new Map(),
    attached: new Set(),
    boundaryArn: undefined,
    past: [],
    members: new Set(),
  };
  account.groups.set(spec.name.toLowerCase(), group);
  return group;
};

export type ProviderSpec = Pick<OidcProvider, 'clientIds' | 'thumbprints'> & {
  /** With or without `https://`. */
  readonly url: string;
  readonly tags?: OidcProvider['tags'];
  readonly jwks?: OidcProvider['jwks'];
};

export const oidcProviderArn = (account: Account, url: string): string =>
  `arn:${account.partition}:iam::${account.id}:oidc-provider/${hostOf(url)}`;

/** Host and path of an issuer, which is what IAM keeps of its URL. */
export const hostOf = (url: string): string => url.replace(/^https?:\/\//, '');

export const addOidcProvider = (
  world: World,
  account: Account,
  { url, tags = [], jwks = [], ...rest }: ProviderSpec,
): OidcProvider => {
  const provider: OidcProvider = {
    ...rest,
    arn: oidcProviderArn(account, url),
    url: hostOf(url),
    createdAt: world.clock.now(),
    tags,
    jwks,
  };
  account.oidcProviders.set(provider.arn, provider);
  return provider;
};

/** The id dies with the entity: trust policies that are bound to it match nobody from now on. */
export const removePrincipal = (world: World, account: Account, entity: User | Role): void => {
  world.principals.delete(entity.id);
  ('trust' in entity ? account.roles : account.users).delete(entity.name.toLowerCase());
};

export interface PolicySpec extends Named {
  readonly text: string;
  readonly description?: string | undefined;
}

export const addPolicy = (world: World, account: Account, spec: PolicySpec): ManagedPolicy => {
  const now = world.clock.now();
  const path = spec.path ?? '/';
  const policy: ManagedPolicy = {
    accountId: account.id,
    name: spec.name,
    path,
    arn: arnOf(account, 'policy', spec.name, path),
    id: newUniqueId(world.random, 'ANPA'),
    description: spec.description,
    createdAt: now,
    updatedAt: now,
    tags: spec.tags ?? [],
    versions: new Map(),
    defaultVersionId: 'v1',
    pastTexts: [],
    nextVersion: 1,
  };
  addPolicyVersion(world, policy, spec.text, true);
  account.policies.set(policy.arn, policy);
  return policy;
};

export const addPolicyVersion = (world: World, policy: ManagedPolicy, text: string, isDefault: boolean): PolicyVersion => {
  const version: PolicyVersion = { versionId: `v${policy.nextVersion}`, text, createdAt: world.clock.now() };
  policy.nextVersion += 1;
  policy.versions.set(version.versionId, version);
  policy.updatedAt = version.createdAt;
  if (isDefault) policy.defaultVersionId = version.versionId;
  return version;
};

export const addInstanceProfile = (world: World, account: Account, spec: Named): InstanceProfile => {
  const path = spec.path ?? '/';
  const profile: InstanceProfile = {
    accountId: account.id,
    name: spec.name,
    path,
    arn: arnOf(account, 'instance-profile', spec.name, path),
    id: newUniqueId(world.random, 'AIPA'),
    createdAt: world.clock.now(),
    tags: spec.tags ?? [],
    roleName: undefined,
  };
  account.instanceProfiles.set(spec.name.toLowerCase(), profile);
  return profile;
};
