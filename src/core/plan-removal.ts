/** What destroy would remove: all that carries the tags of a set-up, found in the accounts themselves. Reads only. */
import type { Plan } from '#domain/plan.ts';
import { policyNameFor } from '#domain/policy-name.ts';
import { isXacctError } from '#domain/xacct-error.ts';
import { isOfSetUp, readOwnRole, type RolePorts, type RoleWish } from './managed-role.ts';
import { identifySides } from './plan-target.ts';
import type { AccountIam, PolicyState, ProviderState, RoleState } from './ports/account-iam.ts';
import {
  expectOwnProfiles,
  federatedOf,
  providerRemoval,
  readHung,
  removal,
  roleNameIn,
  roleRemoval,
  type Found,
  type Kept,
} from './role-removal.ts';
import { sourceRemoval } from './source-removal.ts';
import type { Site } from './steps.ts';

export interface RemovalPlan {
  /** undefined where the role is gone already. */
  readonly role: RoleState | undefined;
  readonly plan: Plan;
  readonly kept: readonly Kept[];
  /** Why nothing is known of what init put into the source; undefined where it was looked at. */
  readonly sourceUnread: string | undefined;
}

const siteOf = (account: string): Site => ({ side: 'target', account });

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** By their names and tags: a run that was cut off may have detached them already. */
const policyRemoval = async (iam: AccountIam, wish: RoleWish, account: string): Promise<Found> => {
  const site = siteOf(account);
  const prefix = policyNameFor(wish.name, '');
  const arns = (await iam.listPolicies(wish.path)).filter((arn) => nameOf(arn).startsWith(prefix));
  const policies = await Promise.all(arns.map((arn) => iam.readPolicy(arn)));
  const own = policies.filter((policy): policy is PolicyState => policy !== undefined && isOfSetUp(policy.tags, account, wish));
  const found = await Promise.all(
    own.map(async ({ arn, document }): Promise<Found> => {
      const address = `policy/${nameOf(arn)}`;
      const others = (await iam.listPolicyUsers(arn)).filter((user) => user !== `role ${wish.name}`);
      if (others.length > 0) return { changes: [], kept: [{ address, reason: `it is on ${others.join(', ')} too` }] };
      const write = { kind: 'delete-policy', arn } as const;
      return { changes: [removal(site, address, document, { subject: nameOf(arn), phase: 'sweep', write })], kept: [] };
    }),
  );
  return { changes: found.flatMap(({ changes }) => changes), kept: found.flatMap(({ kept }) => kept) };
};

/** One that no other role names: made for this role, or trusted by it and made for one that is gone. */
const providersRemoval = async (
  iam: AccountIam,
  wish: RoleWish,
  account: string,
  role: RoleState | undefined,
): Promise<Found> => {
  const trusted = role ? federatedOf(role.trustPolicy) : [];
  const arns = await iam.listProviders();
  const all = (await Promise.all(arns.map((arn) => iam.readProvider(arn)))).filter((provider) => provider !== undefined);
  const madeFor = (name: string, { tags }: ProviderState): boolean => isOfSetUp(tags, account, { ...wish, name });
  const candidates = all.filter(
    (provider) =>
      madeFor(wish.name, provider) || (trusted.includes(provider.arn) && madeFor(roleNameIn(provider.tags), provider)),
  );
  if (candidates.length === 0) return { changes: [], kept: [] };
  const others = (await iam.listRoleTrusts()).filter(({ name }) => name !== wish.name);
  const own = candidates.filter(({ tags }) => !others.some(({ name }) => name === roleNameIn(tags)));
  const site = siteOf(account);
  const found = own.map((provider): Found => {
    const { arn } = provider;
    const change = providerRemoval(site, provider);
    const users = others.filter(({ trustPolicy }) => federatedOf(trustPolicy).includes(arn)).map(({ name }) => `role ${name}`);
    if (users.length > 0)
      return { changes: [], kept: [{ address: change.address, reason: `${users.join(', ')} trusts it too` }] };
    return { changes: [change], kept: [] };
  });
  return { changes: found.flatMap(({ changes }) => changes), kept: found.flatMap(({ kept }) => kept) };
};

/** Whoever runs Terraform may read little of IAM: the source's credentials are often theirs, and the role must go all the same. */
const sourceRemovalOrWhy = async (reading: Promise<Found>): Promise<Found & { readonly unread?: string }> => {
  try {
    return await reading;
  } catch (error) {
    if (!isXacctError(error) || error.code !== 'AWS_REFUSED') throw error;
    return { changes: [], kept: [], unread: error.message };
  }
};

/** Throws NOT_OURS before anything is removed. */
export const planRemoval = async (wish: RoleWish, ports: RolePorts): Promise<RemovalPlan> => {
  const who = await identifySides(wish, ports);
  const { account } = who.target;
  const { iam } = ports.target;
  const role = await readOwnRole(wish, account, ports);
  const hung = role && (await readHung(iam, role));
  if (hung) expectOwnProfiles(hung, (tags) => isOfSetUp(tags, account, wish));
  const [policies, providers, source] = await Promise.all([
    policyRemoval(iam, wish, account),
    providersRemoval(iam, wish, account, role),
    who.source
      ? sourceRemovalOrWhy(sourceRemoval(role, wish, account, { ...ports, sourceAccount: who.source.account }))
      : undefined,
  ]);
  const changes = [
    ...(source?.changes ?? []),
    // The role goes last but for the providers: as long as it is there, it tells what else there is.
    ...(hung ? roleRemoval(siteOf(account), hung, 'last') : []),
    ...policies.changes,
    ...providers.changes,
  ];
  return {
    role,
    plan: { targetAccount: account, changes, unread: [], trustList: [] },
    kept: [...(source?.kept ?? []), ...policies.kept, ...providers.kept],
    sourceUnread: who.source === undefined ? 'its credentials were not given' : source?.unread,
  };
};
