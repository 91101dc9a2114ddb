/** What init put into the source account for one role, and whom it finds there to take it from. Reads only. */
import { parseRoleArn } from '#domain/arn.ts';
import { grantNameFor, isGrantName, type InlineOwner, type Tags } from '#domain/desired.ts';
import type { Change } from '#domain/plan.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { sharedTags } from '#domain/source-wish.ts';
import type { RolePorts, RoleWish } from './managed-role.ts';
import { isOurs } from './ownership.ts';
import type { AccountIam, ProviderState, RoleState } from './ports/account-iam.ts';
import type { PrincipalState } from './ports/principal-iam.ts';
import {
  federatedOf,
  profileRemoval,
  providerRemoval,
  readHung,
  removal,
  roleNameIn,
  roleRemoval,
  type Found,
} from './role-removal.ts';
import { ownersIn } from './source-owners.ts';
import type { Site } from './steps.ts';
import { attemptIn } from './unread.ts';

/** The source, as what is removed there needs it. */
interface Source {
  readonly iam: AccountIam;
  readonly site: Site;
}

const NONE: Found = { changes: [], kept: [] };

/** Of what the targets of a source share. */
const isShared = (tags: Tags, { arn, name }: RoleState): boolean =>
  isOurs(tags, sharedTags(parseRoleArn(arn)?.account ?? '', name));

/** Ours, of no role that is still there, and trusted by none. */
const freeOf = (
  providers: readonly (ProviderState | undefined)[],
  roles: readonly { readonly name: string; readonly trustPolicy: PolicyDocument }[],
  { account }: Site,
): readonly ProviderState[] => {
  const inUse = roles.flatMap(({ trustPolicy }) => federatedOf(trustPolicy));
  return providers.flatMap((provider) => {
    if (provider === undefined || inUse.includes(provider.arn)) return [];
    const hub = roleNameIn(provider.tags);
    const isFree = isOurs(provider.tags, sharedTags(account, hub)) && !roles.some(({ name }) => name === hub);
    return isFree ? [provider] : [];
  });
};

/** What the targets of a source share goes with the last of them; an OIDC provider too, when no other role names it. */
const sharedRemoval = async (
  made: RoleState,
  policyName: string,
  { iam, site }: Source,
): Promise<readonly Change[] | undefined> => {
  const isOwn = (tags: Tags): boolean => isShared(tags, made);
  if (!isOwn(made.tags)) return undefined;
  const hung = await readHung(iam, made);
  const isUsed = hung.inline.some((name) => name !== policyName) || hung.attachments.length > 0;
  if (isUsed || hung.profiles.some(({ tags }) => !isOwn(tags))) return undefined;
  const named = federatedOf(made.trustPolicy);
  const [providers, roles] = await Promise.all([
    Promise.all(named.map((arn) => iam.readProvider(arn))),
    named.length === 0 ? [] : iam.listRoleTrusts(),
  ]);
  const others = roles.filter(({ name }) => name !== made.name);
  return [
    ...roleRemoval(site, hung, 'drop'),
    ...freeOf(providers, others, site).map((provider) => providerRemoval(site, provider)),
  ];
};

/** The instance profile that was put around a role of others, called like it: until the last set-up that wanted it goes. */
const profileAround = async (role: RoleState, policyName: string, { iam, site }: Source): Promise<Found> => {
  const profile = await iam.readInstanceProfile(role.name);
  if (profile === undefined || !isShared(profile.tags, role) || (profile.roleName ?? role.name) !== role.name) return NONE;
  const isUsed = (await iam.listInline(role.name)).some((name) => name !== policyName && isGrantName(name));
  if (isUsed)
    return { changes: [], kept: [{ address: `source/instance-profile/${profile.name}`, reason: 'another set-up uses it' }] };
  return { changes: [profileRemoval(site, profile, role.name)], kept: [] };
};

const grantRemoval = async (owner: InlineOwner, policyName: string, { iam, site }: Source): Promise<readonly Change[]> => {
  const document = await iam.readInline(owner, policyName);
  if (document === undefined) return [];
  const write = { kind: 'delete-inline', owner, policyName } as const;
  const subject = `${policyName} of ${owner.kind} ${owner.name}`;
  const address = `${owner.kind}/${owner.name}/inline/${policyName}`;
  return [removal(site, address, document, { subject, phase: 'sweep', write })];
};

/** A provider of a hub that is gone: the run that removed the hub was cut off before this. */
const leftProviders = async (all: readonly PrincipalState[], { iam, site }: Source): Promise<readonly Change[]> => {
  const roles = all.flatMap(({ kind, name, trustPolicy }) => (kind === 'role' && trustPolicy ? [{ name, trustPolicy }] : []));
  const read = async () => Promise.all((await iam.listProviders()).map((arn) => iam.readProvider(arn)));
  const providers = await attemptIn(site.account, [])('providers', 'iam:ListOpenIDConnectProviders', read);
  return providers === 'unknown' ? [] : freeOf(providers, roles, site).map((provider) => providerRemoval(site, provider));
};

/**
 * Grants on those whom the role trusts, and what it shared with others that are gone: no role of the source is made for it alone. Without
 * the role, which would tell whom it trusted, they are looked for.
 */
export const sourceRemoval = async (
  role: RoleState | undefined,
  wish: RoleWish,
  account: string,
  ports: RolePorts & { readonly sourceAccount: string },
): Promise<Found> => {
  const { source, sourceAccount } = ports;
  if (source === undefined) return NONE;
  const { iam } = source;
  const at: Source = { iam, site: { side: 'source', account: sourceAccount } };
  const policyName = grantNameFor(account, wish.name);
  const { owners, principals, kept } = await ownersIn(role, wish, policyName, { source, sourceAccount });
  const goneWith = async (owner: InlineOwner): Promise<Found> => {
    const made = owner.kind === 'role' ? await iam.readRole(owner.name) : undefined;
    const shared = made && (await sharedRemoval(made, policyName, at));
    if (shared) return { changes: shared, kept: [] };
    const [grants, around] = await Promise.all([
      grantRemoval(owner, policyName, at),
      made ? profileAround(made, policyName, at) : NONE,
    ]);
    return { changes: [...grants, ...around.changes], kept: around.kept };
  };
  const [left, ...found] = await Promise.all([
    role === undefined && principals ? leftProviders(principals, at) : [],
    ...owners.map(goneWith),
  ]);
  return {
    changes: [...found.flatMap(({ changes }) => changes), ...left],
    kept: [...kept, ...found.flatMap((item) => item.kept)],
  };
};
