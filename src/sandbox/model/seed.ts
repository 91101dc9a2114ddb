/** Makes what a seed declares, in an order in which entities may name each other. */
import { isAccountId } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { AwsError } from '#sandbox/errors.ts';
import { type Account, emptyAccount, findNamed, type StoredTrust } from './account.ts';
import { assertManagedPolicy, parsedDocument } from './documents.ts';
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
import { buildOrganization } from './organization.ts';
import type { AccountSeed, SandboxSeed, SeedDocument, SeedPolicy, SeedPrincipal, SeedRole, SeedUser } from './seed-types.ts';
import { bindTrust } from './trust.ts';
import type { World } from './world.ts';

const DEFAULT_REGION = 'us-east-1';

const textOf = (document: SeedDocument): string => (typeof document === 'string' ? document : JSON.stringify(document));

/** Adds to what is there; an entity of the same name is replaced. Documents and principals are checked as IAM checks them; throws XacctError with the place. */
export const applySeed = (world: World, seed: SandboxSeed): void => {
  const declared = seed.organization;
  const organization = declared && placed('organization', () => buildOrganization(declared));
  for (const id of organization?.keys() ?? []) accountOf(world, id);
  if (organization !== undefined) world.organization = organization;
  const accounts = Object.entries(seed.accounts ?? {}).map(([id, of]) => ({ account: accountOf(world, id), of }));
  for (const { account, of } of accounts) seedAccount(world, account, of);
  // Trust policies last: they may name users and roles of any account.
  for (const { account, of } of accounts)
    each(account, 'roles', of.roles, (role) => {
      const made = account.roles.get(role.RoleName.toLowerCase());
      if (made !== undefined) made.trust = bindTrust(world, textOf(role.AssumeRolePolicyDocument));
    });
};

/** What IAM refuses, with the place in the seed that it refuses. */
const placed = <T>(path: string, make: () => T): T => {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof AwsError)) throw thrown;
    const hints = [{ text: 'IAM would refuse the same of a real account' }];
    throw new XacctError(
      problem('INVALID_VALUE', `${path} is refused as IAM refuses it: ${thrown.code}: ${thrown.message}`, { path, hints }),
    );
  }
};

const each = <T>(account: Account, key: keyof AccountSeed, items: readonly T[] | undefined, make: (item: T) => void): void => {
  for (const [index, item] of (items ?? []).entries()) placed(`accounts.${account.id}.${key}[${index}]`, () => make(item));
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
  each(account, 'policies', of.policies, (policy) => seedPolicy(world, account, policy));
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
  each(account, 'groups', of.groups, (group) =>
    givePolicies(addGroup(world, account, { name: group.GroupName, path: group.Path }), group),
  );
  each(account, 'users', of.users, (user) => seedUser(world, account, user));
  each(account, 'roles', of.roles, (role) => seedRole(world, account, role));
  for (const { InstanceProfileName: name, Path, Roles } of of.instanceProfiles ?? [])
    addInstanceProfile(world, account, { name, path: Path }).roleName = Roles?.[0];
  for (const instance of of.instances ?? [])
    account.instances.set(instance.InstanceId, {
      instanceId: instance.InstanceId,
      region: instance.Region ?? DEFAULT_REGION,
      profileName: instance.InstanceProfileName,
      isTokenRequired: instance.HttpTokens !== 'optional',
      isEnabled: instance.HttpEndpoint !== 'disabled',
      hopLimit: instance.HttpPutResponseHopLimit ?? 1,
      clientHops: instance.ClientHops ?? 1,
    });
};

const seedPolicy = (world: World, account: Account, policy: SeedPolicy): void => {
  const text = textOf(policy.PolicyDocument);
  assertManagedPolicy(text);
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
  for (const { Name: name = seed.UserName, Base32StringSeed: base32 } of seed.MFADevices ?? []) {
    const serialNumber = `arn:${account.partition}:iam::${account.id}:mfa/${name}`;
    account.mfaDevices.set(serialNumber, { serialNumber, seed: base32, owner: user, enabledAt: world.clock.now(), tags: [] });
  }
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
