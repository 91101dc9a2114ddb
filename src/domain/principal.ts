/** A principal that is settled: who may assume the role, by what a trust policy can say of them. */
import { formatRoleArn, formatRootArn, parseRoleArn, type RoleArn } from './arn.ts';

export type Principal =
  /** Exactly this account root, user or role; `said` where a person named it otherwise than by its ARN. */
  | { readonly kind: 'aws'; readonly arn: string; readonly account: string; readonly said?: string }
  /** Everyone whom IAM Identity Center lets use this permission set in the account. */
  | { readonly kind: 'sso'; readonly account: string; readonly permissionSet: string }
  /** Tokens of an issuer with one of these subjects. */
  | OidcPrincipal;

export interface OidcPrincipal {
  readonly kind: 'oidc';
  /** As it was said: `github:acme/app:environment=prod`. */
  readonly name: string;
  /** Host and path without a scheme: the prefix of its condition keys, and the end of its provider's ARN. */
  readonly issuer: string;
  readonly audience: string;
  /** Exact values of the `sub` claim. */
  readonly subjects: readonly [string, ...string[]];
}

const SSO_PREFIX = 'AWSReservedSSO_';
const SSO_PATH = '/aws-reserved/sso.amazonaws.com/';

export const isSsoRole = (roleName: string): boolean => roleName.startsWith(SSO_PREFIX);

/** `AWSReservedSSO_NAME_0123456789abcdef` to `NAME`; undefined for any other role. */
export const permissionSetOf = (roleName: string): string | undefined =>
  /^AWSReservedSSO_([\w+=,.@-]{1,32})_[0-9a-f]+$/.exec(roleName)?.[1];

/** The permission set behind a role's ARN, where it is one of IAM Identity Center's: its name ends otherwise once it is made again. */
export const settleRole = (role: RoleArn): Principal => {
  const permissionSet = permissionSetOf(role.name);
  return permissionSet !== undefined && role.path.startsWith(SSO_PATH)
    ? { kind: 'sso', account: role.account, permissionSet }
    : { kind: 'aws', arn: formatRoleArn(role), account: role.account };
};

/** A user, a role or an account root by its ARN. */
export const settleArn = (arn: string, account: string): Principal => {
  const role = parseRoleArn(arn);
  return role ? settleRole(role) : { kind: 'aws', arn, account };
};

export const settleAccount = (partition: string, account: string): Principal => ({
  kind: 'aws',
  arn: formatRootArn(partition, account),
  account,
});

/**
 * The roles of a permission set, for ArnLike on aws:PrincipalArn. IAM Identity Center puts the home region into the path, but for
 * us-east-1, and ends the name with 16 letters of its own: a `*` there would let the set `Admin_Guest` in where `Admin` was meant.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export const ssoRolePatterns = (partition: string, account: string, permissionSet: string): readonly string[] =>
  ['', '*/'].map(
    (region) => `arn:${partition}:iam::${account}:role${SSO_PATH}${region}${SSO_PREFIX}${permissionSet}_${'?'.repeat(16)}`,
  );

/** As a person would name it. */
export const namePrincipal = (principal: Principal, sourceAccount: string): string => {
  switch (principal.kind) {
    case 'aws':
      return principal.said ?? principal.arn;
    case 'sso':
      return principal.account === sourceAccount
        ? `sso:${principal.permissionSet}`
        : `sso:${principal.account}/${principal.permissionSet}`;
    case 'oidc':
      return principal.name;
  }
};

/** The account that a principal is of; a token is of none. */
export const accountOf = (principal: Principal): string | undefined =>
  principal.kind === 'oidc' ? undefined : principal.account;
