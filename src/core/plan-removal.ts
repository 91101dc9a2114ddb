/** What destroy would remove: all that carries the tags of a set-up, found in the accounts themselves. Reads only. */
import { grantNameFor, ID_TAG, MANAGED_TAG, type InlineOwner, type SideName } from '#domain/desired.ts';
import { sharedTags } from '#domain/source-wish.ts';
import { parseRoleArn, parseUserArn } from '#domain/arn.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Change, Phase, Plan, Write } from '#domain/plan.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { policyNameFor } from '#domain/policy-name.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { issuerOf } from './federation-changes.ts';
import { isOfSetUp, readOwnRole, type RolePorts, type RoleWish } from './managed-role.ts';
import { identifySides } from './plan-target.ts';
import type { AccountIam, InstanceProfileState, PolicyState, ProviderState, RoleState } from './ports/account-iam.ts';
import { addressIn, stepIn } from './steps.ts';
import { trustedBy } from './trust-risk.ts';

/** What is ours and stays, because somebody else uses it. */
export interface Kept {
  readonly address: string;
  /** Lower case, no full stop. */
  readonly reason: string;
}

export interface RemovalPlan {
  /** undefined where the role is gone already. */
  readonly role: RoleState | undefined;
  readonly plan: Plan;
  readonly kept: readonly Kept[];
}

interface Hung {
  readonly role: RoleState;
  readonly attachments: readonly string[];
  readonly inline: readonly string[];
  readonly profiles: readonly InstanceProfileState[];
}

interface Found {
  readonly changes: readonly Change[];
  readonly kept: readonly Kept[];
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

const removal = (
  side: SideName,
  address: string,
  before: unknown,
  deed: { subject: string; phase: Phase; write: Write },
): Change => ({
  action: 'delete',
  address: addressIn(side, address),
  risk: 'removes access',
  before,
  after: null,
  steps: [stepIn(side, deed.subject, deed)],
});

const readHung = async (iam: AccountIam, role: RoleState): Promise<Hung> => {
  const [attachments, inline, profileNames] = await Promise.all([
    iam.listAttachedPolicies(role.name),
    iam.listInline(role.name),
    iam.listInstanceProfiles(role.name),
  ]);
  // One of ours is called like its role; a run that was cut off may have emptied it.
  const names = [...new Set([...profileNames, role.name])];
  const found = await Promise.all(names.map((name) => iam.readInstanceProfile(name)));
  const profiles = found.flatMap((profile) => profile ?? []);
  return {
    role,
    attachments,
    inline,
    profiles: profiles.filter(({ name, roleName }) => profileNames.includes(name) || roleName === undefined),
  };
};

/** IAM deletes no role that an instance profile holds; a profile of somebody else's is theirs to empty. */
const expectOwnProfiles = ({ role, profiles }: Hung, isOwn: (tags: RoleState['tags']) => boolean): void => {
  const foreign = profiles.find(({ tags }) => !isOwn(tags));
  if (foreign === undefined) return;
  throw new XacctError(
    problem(
      'NOT_OURS',
      `instance profile ${foreign.name}, which xacct did not make, holds role ${role.name}: IAM would not delete the role`,
      {
        hints: [
          {
            text: 'take the role out of it, if no instance needs it any more',
            command: `aws iam remove-role-from-instance-profile --instance-profile-name ${foreign.name} --role-name ${role.name}`,
          },
        ],
      },
    ),
  );
};

/** `last` is the phase in which the role itself goes. */
const roleRemoval = (side: SideName, { role, attachments, inline, profiles }: Hung, last: Phase): readonly Change[] => {
  const roleName = role.name;
  const owner: InlineOwner = { kind: 'role', name: roleName };
  return [
    ...attachments.map((policyArn) =>
      removal(side, `role/${roleName}/attachment/${policyArn}`, policyArn, {
        subject: policyArn,
        phase: 'part',
        write: { kind: 'detach-policy', roleName, policyArn },
      }),
    ),
    ...inline.map((policyName) =>
      removal(side, `role/${roleName}/inline/${policyName}`, policyName, {
        subject: `${policyName} of role ${roleName}`,
        phase: 'part',
        write: { kind: 'delete-inline', owner, policyName },
      }),
    ),
    ...profiles.map((profile) => ({
      ...removal(
        side,
        `instance-profile/${profile.name}`,
        { path: profile.path, role: roleName },
        {
          subject: profile.name,
          phase: 'sweep',
          write: { kind: 'delete-instance-profile', name: profile.name },
        },
      ),
      steps: [
        stepIn(side, `${roleName} of ${profile.name}`, {
          phase: 'part',
          write: { kind: 'remove-role-from-profile', profileName: profile.name, roleName },
        }),
        stepIn(side, profile.name, { phase: 'sweep', write: { kind: 'delete-instance-profile', name: profile.name } }),
      ],
    })),
    removal(
      side,
      `role/${roleName}`,
      { trustPolicy: role.trustPolicy },
      {
        subject: roleName,
        phase: last,
        write: { kind: 'delete-role', roleName },
      },
    ),
  ];
};

/** By their names and tags: a run that was cut off may have detached them already. */
const policyRemoval = async (iam: AccountIam, wish: RoleWish, account: string): Promise<Found> => {
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
      return { changes: [removal('target', address, document, { subject: nameOf(arn), phase: 'sweep', write })], kept: [] };
    }),
  );
  return { changes: found.flatMap(({ changes }) => changes), kept: found.flatMap(({ kept }) => kept) };
};

const federatedOf = (trust: PolicyDocument): readonly string[] =>
  statementsOf(trust).flatMap(({ Principal = {} }) => (Principal === '*' ? [] : listOf(Principal['Federated'])));

/** One that no other role names. */
const providerRemoval = async (iam: AccountIam, wish: RoleWish, account: string): Promise<Found> => {
  const arns = await iam.listProviders();
  const providers = await Promise.all(arns.map((arn) => iam.readProvider(arn)));
  const own = providers.filter(
    (provider): provider is ProviderState => provider !== undefined && isOfSetUp(provider.tags, account, wish),
  );
  if (own.length === 0) return { changes: [], kept: [] };
  const others = (await iam.listRoleTrusts()).filter(({ name }) => name !== wish.name);
  const found = own.map(({ arn, clientIds }): Found => {
    const url = arn.slice(arn.indexOf('/') + 1);
    const address = `provider/${issuerOf({ url })}`;
    const users = others.filter(({ trustPolicy }) => federatedOf(trustPolicy).includes(arn)).map(({ name }) => `role ${name}`);
    if (users.length > 0) return { changes: [], kept: [{ address, reason: `${users.join(', ')} trusts it too` }] };
    const write = { kind: 'delete-provider', arn } as const;
    return { changes: [removal('target', address, { clientIds }, { subject: url, phase: 'clear', write })], kept: [] };
  });
  return { changes: found.flatMap(({ changes }) => changes), kept: found.flatMap(({ kept }) => kept) };
};

const ownerOf = (arn: string): (InlineOwner & { readonly account: string }) | undefined => {
  const [role, user] = [parseRoleArn(arn), parseUserArn(arn)];
  if (role) return { kind: 'role', name: role.name, account: role.account };
  return user && { kind: 'user', name: user.name, account: user.account };
};

/** What was put into the source for this role: grants on those it trusts, and trusted roles that were made for it. */
/** What the targets of a source share goes with the last of them; an OIDC provider too, when no other role names it. */
const sharedRemoval = async (made: RoleState, policyName: string, iam: AccountIam): Promise<readonly Change[] | undefined> => {
  const isOwn = (tags: RoleState['tags']): boolean =>
    tags[MANAGED_TAG] === '1' && tags[ID_TAG] === sharedTags(parseRoleArn(made.arn)?.account ?? '', made.name)[ID_TAG];
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
    ...roleRemoval('source', hung, 'drop'),
    ...free.map(({ arn, clientIds }) => {
      const url = arn.slice(arn.indexOf('/') + 1);
      const write = { kind: 'delete-provider', arn } as const;
      return removal('source', `provider/${url}`, { clientIds }, { subject: url, phase: 'clear', write });
    }),
  ];
};

const sourceRemoval = async (
  role: RoleState,
  wish: RoleWish,
  account: string,
  ports: RolePorts & { sourceAccount: string },
): Promise<Found> => {
  const iam = ports.source?.iam;
  const owners = trustedBy(role.trustPolicy)
    .flatMap((arn) => ownerOf(arn) ?? [])
    .filter((owner) => owner.account === ports.sourceAccount);
  if (iam === undefined) return { changes: [], kept: [] };
  const policyName = grantNameFor(account, wish.name);
  const found = await Promise.all(
    owners.map(async ({ kind, name }): Promise<readonly Change[]> => {
      const made = kind === 'role' ? await iam.readRole(name) : undefined;
      if (made && isOfSetUp(made.tags, account, wish)) {
        const hung = await readHung(iam, made);
        expectOwnProfiles(hung, (tags) => isOfSetUp(tags, account, wish));
        return roleRemoval('source', hung, 'drop');
      }
      const document = await iam.readInline({ kind, name }, policyName);
      const shared = made && (await sharedRemoval(made, policyName, iam));
      if (shared) return shared;
      if (document === undefined) return [];
      const write = { kind: 'delete-inline', owner: { kind, name }, policyName } as const;
      const subject = `${policyName} of ${kind} ${name}`;
      return [removal('source', `${kind}/${name}/inline/${policyName}`, document, { subject, phase: 'sweep', write })];
    }),
  );
  return { changes: found.flat(), kept: [] };
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
    providerRemoval(iam, wish, account),
    role && who.source ? sourceRemoval(role, wish, account, { ...ports, sourceAccount: who.source.account }) : undefined,
  ]);
  const changes = [
    ...(source?.changes ?? []),
    // The role goes last but for the providers: as long as it is there, it tells what else there is.
    ...(hung ? roleRemoval('target', hung, 'last') : []),
    ...policies.changes,
    ...providers.changes,
  ];
  return {
    role,
    plan: { targetAccount: account, changes, unread: [], trustList: [] },
    kept: [...policies.kept, ...providers.kept],
  };
};
