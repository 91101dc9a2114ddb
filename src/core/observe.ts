/** Reads what exists of what is desired, in both accounts. Read-only; independent reads run together. */
import { accountOf, isBare, type Desired, type DesiredAccount, type DesiredGrant, type DesiredRole } from '#domain/desired.ts';
import { problem } from '#domain/diagnostic.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { AccountIam, InstanceProfileState, PolicyState, ProviderState, RoleState } from './ports/account-iam.ts';
import { attemptIn, distinct, type Attempt } from './unread.ts';
import type { Unread } from '#domain/unread.ts';

/** A role with all that hangs on it; empty where there is no role. */
export interface ObservedRole {
  readonly state: RoleState | undefined;
  readonly attachments: readonly string[];
  readonly inline: ReadonlyMap<string, PolicyDocument>;
  /** By ARN: those that are wanted for it, and those of its own that it no longer needs; only what exists. */
  readonly policies: ReadonlyMap<string, PolicyState>;
}

/** Of one account; only what exists, by name or ARN. */
export interface ObservedAccount {
  readonly roles: ReadonlyMap<string, ObservedRole>;
  readonly providers: ReadonlyMap<string, ProviderState>;
  readonly instanceProfiles: ReadonlyMap<string, InstanceProfileState>;
  /** By `grantKey`. */
  readonly grants: ReadonlyMap<string, PolicyDocument>;
}

export interface Observed {
  readonly source: ObservedAccount;
  readonly target: ObservedAccount;
  /** What a plan can be made without, and AWS would not let us read. */
  readonly unread: readonly Unread[];
}

export interface ObserveIams {
  readonly target: AccountIam;
  /** Absent when nobody gave the source's credentials. */
  readonly source: AccountIam | undefined;
}

export interface ObserveOptions {
  /** Looks for policies of the role's own that hang on nothing: what a run that was cut off may have left. */
  readonly findsLoose?: boolean;
  /** Names of the grants of all targets that are described together: what else enters by a shared role is of another set-up. */
  readonly grants?: readonly string[];
}

export const grantKey = ({ owner, policyName }: Pick<DesiredGrant, 'owner' | 'policyName'>): string =>
  `${owner.kind}/${owner.name}/inline/${policyName}`;

const NO_ROLE: ObservedRole = { state: undefined, attachments: [], inline: new Map(), policies: new Map() };
export const NOTHING: ObservedAccount = {
  roles: new Map(),
  providers: new Map(),
  instanceProfiles: new Map(),
  grants: new Map(),
};

export const roleIn = ({ roles }: ObservedAccount, name: string): ObservedRole => roles.get(name) ?? NO_ROLE;

/** The role that is to be assumed, as it is. */
export const targetRoleOf = ({ target }: Observed, { role }: Desired): ObservedRole => roleIn(target, role.name);

export interface Reading {
  readonly iam: AccountIam;
  readonly attempt: Attempt;
  readonly options: ObserveOptions;
}

/** Without leave to read them a plan is still possible: only what somebody else put there is then not seen. */
const observeInline = async (name: string, { iam, attempt }: Reading): Promise<ObservedRole['inline']> => {
  const owner = { kind: 'role', name } as const;
  const names = await attempt(`the inline policies of role ${name}`, 'iam:ListRolePolicies', () => iam.listInline(name));
  const found = await Promise.all(
    (names === 'unknown' ? [] : names).map(async (policyName) => {
      const what = `the inline policy ${policyName} of role ${name}`;
      const document = await attempt(what, 'iam:GetRolePolicy', () => iam.readInline(owner, policyName));
      return document === 'unknown' || document === undefined ? [] : [[policyName, document] as const];
    }),
  );
  return new Map(found.flat());
};

/** The role first: nothing hangs on one that is absent, and its policies are probably absent, too. */
const observeRole = async (wanted: DesiredRole, reading: Reading): Promise<ObservedRole> => {
  const { iam, attempt, options } = reading;
  if (wanted.isShared) return { ...NO_ROLE, state: await iam.readRole(wanted.name) };
  const state = await iam.readRole(wanted.name);
  const isThere = state !== undefined;
  const [attachments, inline, policies, loose] = await Promise.all([
    isThere ? iam.listAttachedPolicies(wanted.name) : [],
    isThere ? observeInline(wanted.name, reading) : NO_ROLE.inline,
    Promise.all(wanted.policies.map(({ arn }) => iam.readPolicy(arn, isThere))),
    options.findsLoose === true
      ? attempt(`policies of role ${wanted.name} that hang on nothing`, 'iam:ListPolicies', () => iam.listPolicies(wanted.path))
      : [],
  ]);
  // Policies of an earlier run that are no longer wanted: only where there are any does this cost a second round trip.
  const known = new Set(wanted.policies.map(({ arn }) => arn));
  const left = [...new Set([...attachments, ...(loose === 'unknown' ? [] : loose)])].filter(
    (arn) => !known.has(arn) && !wanted.attachments.includes(arn) && arn.startsWith(wanted.policyArnPrefix),
  );
  const stale = await Promise.all(left.map((arn) => iam.readPolicy(arn)));
  const found = [...policies, ...stale].flatMap((policy) => (policy === undefined ? [] : [[policy.arn, policy] as const]));
  return { state, attachments, inline, policies: new Map(found) };
};

/** What there is, by its key. */
const readAll = async <W, S>(
  wanted: readonly W[],
  keyOf: (item: W) => string,
  read: (item: W) => Promise<S | undefined>,
): Promise<ReadonlyMap<string, S>> => {
  const found = await Promise.all(wanted.map(async (item) => [keyOf(item), await read(item)] as const));
  return new Map(found.flatMap(([key, state]) => (state === undefined ? [] : [[key, state] as const])));
};

export const observeAccount = async (wanted: DesiredAccount, reading: Reading): Promise<ObservedAccount> => {
  const { iam } = reading;
  const [roles, providers, instanceProfiles, grants] = await Promise.all([
    readAll(
      wanted.roles,
      ({ name }) => name,
      (role) => observeRole(role, reading),
    ),
    readAll(
      wanted.providers,
      ({ arn }) => arn,
      ({ arn }) => iam.readProvider(arn),
    ),
    readAll(
      wanted.instanceProfiles,
      ({ name }) => name,
      ({ name }) => iam.readInstanceProfile(name),
    ),
    readAll(wanted.grants, grantKey, ({ owner, policyName }) => iam.readInline(owner, policyName)),
  ]);
  return { roles, providers, instanceProfiles, grants };
};

/** Throws USAGE where something is wanted of the source, and nobody gave its credentials. */
export const expectSource = (iam: AccountIam | undefined, account: string): AccountIam => {
  if (iam !== undefined) return iam;
  throw new XacctError(
    problem('USAGE', `the set-up changes the source account ${account} too, and nobody named its credentials`, {
      path: '--source-profile',
      hints: [{ text: 'name credentials that administer the source', command: 'xacct init --source-profile NAME' }],
    }),
  );
};

export const observe = async (iams: ObserveIams, desired: Desired, options: ObserveOptions = {}): Promise<Observed> => {
  const hasSource = !isBare(desired.source);
  const source = hasSource ? expectSource(iams.source, desired.source.account) : undefined;
  const unread: Unread[] = [];
  const observeSide = (iam: AccountIam, wanted: DesiredAccount): Promise<ObservedAccount> =>
    observeAccount(wanted, { iam, attempt: attemptIn(wanted.account, unread), options });
  const [there, beside] = await Promise.all([
    observeSide(iams.target, accountOf(desired, 'target')),
    source ? observeSide(source, desired.source) : NOTHING,
  ]);
  return { target: there, source: beside, unread: distinct(unread) };
};

/** All that a plan was made from, as comparable text; when a role was made and last used is no part of it. */
export const textOfObserved = (observed: Observed | ObservedAccount | readonly (Observed | ObservedAccount)[]): string =>
  JSON.stringify(observed, (key, value: unknown) => {
    if (key === 'lastUsedAt' || key === 'createdAt') return undefined;
    if (key === 'attachments' && Array.isArray(value)) return (value as readonly string[]).toSorted();
    return value instanceof Map ? [...value].toSorted(([a], [b]) => (a < b ? -1 : 1)) : value;
  });
