/** Who in the source account may hold leave to assume one role: as the role's trust policy tells it, or whoever is found to. Reads only. */
import { parseRoleArn, parseRootArn, parseUserArn } from '#domain/arn.ts';
import type { InlineOwner } from '#domain/desired.ts';
import type { RoleWish } from './managed-role.ts';
import type { RoleState } from './ports/account-iam.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { PrincipalRecord, PrincipalState } from './ports/principal-iam.ts';
import type { Kept } from './role-removal.ts';
import { trustedBy } from './trust-risk.ts';
import { attemptIn } from './unread.ts';

const PERMISSION = 'iam:GetAccountAuthorizationDetails';

export interface Owners {
  readonly owners: readonly InlineOwner[];
  /** Everybody in the account, where all of it was looked at. */
  readonly principals: readonly PrincipalState[] | undefined;
  readonly kept: readonly Kept[];
}

const ownerOf = (arn: string): (InlineOwner & { readonly account: string }) | undefined => {
  const [role, user] = [parseRoleArn(arn), parseUserArn(arn)];
  if (role) return { kind: 'role', name: role.name, account: role.account };
  return user && { kind: 'user', name: user.name, account: user.account };
};

const distinct = (owners: readonly InlineOwner[]): readonly InlineOwner[] => [
  ...new Map(owners.map((owner) => [`${owner.kind}/${owner.name}`, owner])).values(),
];

const holdersIn = (records: readonly PrincipalRecord[], policyName: string): readonly InlineOwner[] =>
  records.flatMap(({ state: { kind, name }, policies }) =>
    policies.some((policy) => policy?.name === policyName) ? [{ kind, name }] : [],
  );

/** A role that trusts the whole account tells nobody's name, and one that is gone tells nothing: then the whole account is looked at. */
export const ownersIn = async (
  role: RoleState | undefined,
  wish: RoleWish,
  policyName: string,
  { source, sourceAccount }: { readonly source: AwsSide; readonly sourceAccount: string },
): Promise<Owners> => {
  const trusted = role ? trustedBy(role.trustPolicy) : (wish.trust ?? []);
  const named = [...trusted, ...(wish.grantTo ?? [])]
    .flatMap((arn) => ownerOf(arn) ?? [])
    .filter((owner) => owner.account === sourceAccount)
    .map(({ kind, name }): InlineOwner => ({ kind, name }));
  if (role && !trusted.some((arn) => parseRootArn(arn)?.account === sourceAccount))
    return { owners: distinct(named), principals: undefined, kept: [] };
  const records = await attemptIn(sourceAccount, [])('grants', PERMISSION, () => source.principals.readAccount());
  if (records !== 'unknown')
    return {
      owners: distinct([...named, ...holdersIn(records, policyName)]),
      principals: records.map(({ state }) => state),
      kept: [],
    };
  const reason = `whoever holds it could not be looked for: ${PERMISSION} was refused`;
  return { owners: distinct(named), principals: undefined, kept: [{ address: `source/inline/${policyName}`, reason }] };
};
