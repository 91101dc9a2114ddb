/** What init put into the source account for one role, and whom it finds there to take it from. Reads only. */
import { parseRoleArn, parseRootArn, parseUserArn } from '#domain/arn.ts';
import { grantNameFor, ID_TAG, MANAGED_TAG, type InlineOwner, type Tags } from '#domain/desired.ts';
import type { Change } from '#domain/plan.ts';
import { sharedTags } from '#domain/source-wish.ts';
import type { RolePorts, RoleWish } from './managed-role.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { AccountIam, RoleState } from './ports/account-iam.ts';
import type { PrincipalIam } from './ports/principal-iam.ts';
import { federatedOf, profileRemoval, readHung, removal, roleRemoval, type Found } from './role-removal.ts';
import type { Site } from './steps.ts';
import { trustedBy } from './trust-risk.ts';
import { attemptIn } from './unread.ts';

/** The source, as what is removed there needs it. */
interface Source {
  readonly iam: AccountIam;
  readonly site: Site;
}

const NONE: Found = { changes: [], kept: [] };

const ownerOf = (arn: string): (InlineOwner & { readonly account: string }) | undefined => {
  const [role, user] = [parseRoleArn(arn), parseUserArn(arn)];
  if (role) return { kind: 'role', name: role.name, account: role.account };
  return user && { kind: 'user', name: user.name, account: user.account };
};

/** Of what the targets of a source share. */
const isShared = (tags: Tags, { arn, name }: RoleState): boolean =>
  tags[MANAGED_TAG] === '1' && tags[ID_TAG] === sharedTags(parseRoleArn(arn)?.account ?? '', name)[ID_TAG];

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
  const [providers, others] = await Promise.all([
    Promise.all(named.map((arn) => iam.readProvider(arn))),
    named.length === 0 ? [] : iam.listRoleTrusts(),
  ]);
  const inUse = others.filter(({ name }) => name !== made.name).flatMap(({ trustPolicy }) => federatedOf(trustPolicy));
  const free = providers.flatMap((provider) =>
    provider && isOwn(provider.tags) && !inUse.includes(provider.arn) ? [provider] : [],
  );
  return [
    ...roleRemoval(site, hung, 'drop'),
    ...free.map(({ arn, clientIds }) => {
      const url = arn.slice(arn.indexOf('/') + 1);
      const write = { kind: 'delete-provider', arn } as const;
      return removal(site, `provider/${url}`, { clientIds }, { subject: url, phase: 'clear', write });
    }),
  ];
};

const GRANT = /^xacct-\d{12}-/;

/** The instance profile that was put around a role of others, called like it: until the last set-up that wanted it goes. */
const profileAround = async (role: RoleState, policyName: string, { iam, site }: Source): Promise<Found> => {
  const profile = await iam.readInstanceProfile(role.name);
  if (profile === undefined || !isShared(profile.tags, role) || (profile.roleName ?? role.name) !== role.name) return NONE;
  const isUsed = (await iam.listInline(role.name)).some((name) => name !== policyName && GRANT.test(name));
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

/** Whoever holds an inline policy of that name: where a whole account is trusted, its name tells nobody. */
const holdersOf = async (policyName: string, principals: PrincipalIam): Promise<readonly InlineOwner[]> =>
  (await principals.readAccount()).flatMap(({ state: { kind, name }, policies }) =>
    policies.some((policy) => policy?.name === policyName) ? [{ kind, name }] : [],
  );

interface Owners {
  readonly owners: readonly InlineOwner[];
  readonly kept: Found['kept'];
}

const ownersIn = async (
  role: RoleState,
  wish: RoleWish,
  account: string,
  { source, sourceAccount }: { readonly source: AwsSide; readonly sourceAccount: string },
): Promise<Owners> => {
  const trusted = trustedBy(role.trustPolicy);
  const named = [...trusted, ...(wish.grantTo ?? [])]
    .flatMap((arn) => ownerOf(arn) ?? [])
    .filter((owner) => owner.account === sourceAccount)
    .map(({ kind, name }): InlineOwner => ({ kind, name }));
  if (!trusted.some((arn) => parseRootArn(arn)?.account === sourceAccount)) return { owners: named, kept: [] };
  const policyName = grantNameFor(account, wish.name);
  const permission = 'iam:GetAccountAuthorizationDetails';
  const held = await attemptIn(sourceAccount, [])('grants', permission, () => holdersOf(policyName, source.principals));
  const all = [...named, ...(held === 'unknown' ? [] : held)];
  return {
    owners: [...new Map(all.map((owner) => [`${owner.kind}/${owner.name}`, owner])).values()],
    kept:
      held === 'unknown'
        ? [
            {
              address: `source/inline/${policyName}`,
              reason: `whoever holds it could not be looked for: ${permission} was refused`,
            },
          ]
        : [],
  };
};

/** Grants on those whom the role trusts, and what it shared with others that are gone: no role of the source is made for it alone. */
export const sourceRemoval = async (
  role: RoleState,
  wish: RoleWish,
  account: string,
  ports: RolePorts & { readonly sourceAccount: string },
): Promise<Found> => {
  const { source, sourceAccount } = ports;
  if (source === undefined) return NONE;
  const { iam } = source;
  const at: Source = { iam, site: { side: 'source', account: sourceAccount } };
  const policyName = grantNameFor(account, wish.name);
  const { owners, kept } = await ownersIn(role, wish, account, { source, sourceAccount });
  const found = await Promise.all(
    owners.map(async (owner): Promise<Found> => {
      const made = owner.kind === 'role' ? await iam.readRole(owner.name) : undefined;
      const shared = made && (await sharedRemoval(made, policyName, at));
      if (shared) return { changes: shared, kept: [] };
      const [grants, around] = await Promise.all([
        grantRemoval(owner, policyName, at),
        made ? profileAround(made, policyName, at) : NONE,
      ]);
      return { changes: [...grants, ...around.changes], kept: around.kept };
    }),
  );
  return { changes: found.flatMap(({ changes }) => changes), kept: [...kept, ...found.flatMap((item) => item.kept)] };
};
