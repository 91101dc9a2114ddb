/** What a sandbox begins with: accounts and their entities by IAM's own field names, made in an order in which they may name each other. */
import { isAccountId } from '#domain/arn.ts';
import type { Faults } from '#sandbox/faults.ts';
import { type Account, emptyAccount, findNamed, type StoredTrust, type Tag } from './account.ts';
import { assertManagedPolicySize, parsedDocument } from './documents.ts';
import {
  addAccessKey,
  addGroup,
  addInstanceProfile,
  addOidcProvider,
  addPolicy,
  addRole,
  addUser,
  removePrincipal,
} from './entities.ts';
import { buildOrganization, type SeedOrganization } from './organization.ts';
import { bindTrust } from './trust.ts';
import type { World } from './world.ts';

/** A policy document as an object or as JSON text. */
export type SeedDocument = string | object;

interface SeedPrincipal {
  readonly Path?: string;
  readonly Tags?: readonly Tag[];
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: SeedDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
  readonly PermissionsBoundary?: string;
}

export interface SeedUser extends SeedPrincipal {
  readonly UserName: string;
  /** Names of groups of the account, made where they are not there. */
  readonly Groups?: readonly string[];
  readonly AccessKeys?: readonly { readonly AccessKeyId: string; readonly SecretAccessKey: string }[];
}

export interface SeedGroup {
  readonly GroupName: string;
  readonly Path?: string;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: SeedDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
}

export interface SeedOidcProvider {
  readonly Url: string;
  readonly ClientIDList?: readonly string[];
  readonly ThumbprintList?: readonly string[];
  readonly Tags?: readonly Tag[];
  /** Public keys that its tokens are signed with (RFC 7517); without any, the sandbox signs them. */
  readonly Jwks?: readonly Readonly<Record<string, unknown>>[];
}

export interface SeedRole extends SeedPrincipal {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: SeedDocument;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
}

export interface SeedPolicy {
  readonly PolicyName: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly Tags?: readonly Tag[];
  readonly PolicyDocument: SeedDocument;
}

export interface SeedInstanceProfile {
  readonly InstanceProfileName: string;
  readonly Path?: string;
  readonly Roles?: readonly string[];
}

export interface SeedInstance {
  readonly InstanceId: string;
  readonly Region?: string;
  readonly InstanceProfileName?: string;
  /** `optional` lets IMDSv1 in. Default `required`. */
  readonly HttpTokens?: 'required' | 'optional';
}

export interface AccountSeed {
  readonly alias?: string;
  /** Keys of the root user. */
  readonly rootAccessKeys?: readonly { readonly AccessKeyId: string; readonly SecretAccessKey: string }[];
  readonly groups?: readonly SeedGroup[];
  readonly oidcProviders?: readonly SeedOidcProvider[];
  readonly users?: readonly SeedUser[];
  readonly roles?: readonly SeedRole[];
  readonly policies?: readonly SeedPolicy[];
  readonly instanceProfiles?: readonly SeedInstanceProfile[];
  readonly instances?: readonly SeedInstance[];
}

export interface SandboxSeed {
  readonly organization?: SeedOrganization;
  readonly accounts?: Readonly<Record<string, AccountSeed>>;
  readonly faults?: Faults;
}

const DEFAULT_REGION = 'us-east-1';

const textOf = (document: SeedDocument): string => (typeof document === 'string' ? document : JSON.stringify(document));

/** Adds to what is there; an entity of the same name is replaced. Documents and principals are checked as IAM checks them; an AwsError names the fault. */
export const applySeed = (world: World, seed: SandboxSeed): void => {
  const organization = seed.organization === undefined ? undefined : buildOrganization(seed.organization);
  for (const id of organization?.keys() ?? []) accountOf(world, id);
  if (organization !== undefined) world.organization = organization;
  const accounts = Object.entries(seed.accounts ?? {}).map(([id, of]) => ({ account: accountOf(world, id), of }));
  for (const { account, of } of accounts) seedAccount(world, account, of);
  // Trust policies last: they may name users and roles of any account.
  for (const { account, of } of accounts)
    for (const role of of.roles ?? []) {
      const made = account.roles.get(role.RoleName.toLowerCase());
      if (made !== undefined) made.trust = bindTrust(world, textOf(role.AssumeRolePolicyDocument));
    }
};

const accountOf = (world: World, id: string): Account => {
  if (!isAccountId(id)) throw new Error(`'${id}' is not an account id: it must have 12 digits, in quotes where the seed is YAML`);
  let account = world.accounts.get(id);
  if (account === undefined) {
    account = emptyAccount(id, world.clock.now());
    world.accounts.set(id, account);
  }
  return account;
};

const seedAccount = (world: World, account: Account, of: AccountSeed): void => {
  if (of.alias !== undefined) account.alias = of.alias;
  for (const policy of of.policies ?? []) seedPolicy(world, account, policy);
  for (const { AccessKeyId, SecretAccessKey: secretAccessKey } of of.rootAccessKeys ?? [])
    world.rootKeys.set(AccessKeyId, { account, secretAccessKey });
  for (const { Url: url, ClientIDList, ThumbprintList, Tags, Jwks } of of.oidcProviders ?? [])
    addOidcProvider(world, account, {
      url,
      clientIds: ClientIDList ?? [],
      thumbprints: ThumbprintList ?? [],
      ...(Tags && { tags: Tags }),
      ...(Jwks && { jwks: Jwks }),
    });
  for (const group of of.groups ?? []) givePolicies(addGroup(world, account, { name: group.GroupName, path: group.Path }), group);
  for (const user of of.users ?? []) seedUser(world, account, user);
  for (const role of of.roles ?? []) seedRole(world, account, role);
  for (const { InstanceProfileName: name, Path, Roles } of of.instanceProfiles ?? [])
    addInstanceProfile(world, account, { name, path: Path }).roleName = Roles?.[0];
  for (const instance of of.instances ?? [])
    account.instances.set(instance.InstanceId, {
      instanceId: instance.InstanceId,
      region: instance.Region ?? DEFAULT_REGION,
      profileName: instance.InstanceProfileName,
      isTokenRequired: instance.HttpTokens !== 'optional',
    });
};

const seedPolicy = (world: World, account: Account, policy: SeedPolicy): void => {
  const text = textOf(policy.PolicyDocument);
  parsedDocument(text, 'identity');
  assertManagedPolicySize(text);
  addPolicy(world, account, {
    name: policy.PolicyName,
    path: policy.Path,
    text,
    description: policy.Description,
    tags: policy.Tags,
  });
};

const seedUser = (world: World, account: Account, seed: SeedUser): void => {
  const former = account.users.get(seed.UserName.toLowerCase());
  if (former !== undefined) removePrincipal(world, account, former);
  for (const { accessKeyId } of former?.keys ?? []) world.accessKeys.delete(accessKeyId);
  const user = addUser(world, account, {
    name: seed.UserName,
    path: seed.Path,
    tags: seed.Tags,
    boundaryArn: seed.PermissionsBoundary,
  });
  givePolicies(user, seed);
  for (const name of seed.Groups ?? [])
    (findNamed(account.groups, name) ?? addGroup(world, account, { name })).members.add(user.id);
  for (const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } of seed.AccessKeys ?? [])
    addAccessKey(world, account, user, { accessKeyId, secretAccessKey });
};

/** Until all principals are made. */
const UNBOUND: StoredTrust = { text: '', document: { Statement: [] }, bound: new Map() };

const seedRole = (world: World, account: Account, seed: SeedRole): void => {
  const former = account.roles.get(seed.RoleName.toLowerCase());
  if (former !== undefined) removePrincipal(world, account, former);
  const role = addRole(world, account, {
    name: seed.RoleName,
    path: seed.Path,
    tags: seed.Tags,
    boundaryArn: seed.PermissionsBoundary,
    description: seed.Description,
    maxSessionSeconds: seed.MaxSessionDuration,
    trust: UNBOUND,
  });
  givePolicies(role, seed);
};

const givePolicies = (
  entity: { readonly inline: Map<string, string>; readonly attached: Set<string> },
  seed: Pick<SeedPrincipal, 'Policies' | 'ManagedPolicyArns'>,
): void => {
  for (const { PolicyName, PolicyDocument } of seed.Policies ?? []) {
    const text = textOf(PolicyDocument);
    parsedDocument(text, 'identity');
    entity.inline.set(PolicyName, text);
  }
  for (const arn of seed.ManagedPolicyArns ?? []) entity.attached.add(arn);
};
