/** The account as a whole: its counts and quotas, and everything in it (GetAccountSummary, GetAccountAuthorizationDetails). */
import type { PolicyHolder } from '#sandbox/model/account.ts';
import { awsManagedPolicies } from '#sandbox/model/aws-managed-policies.ts';
import { groupsOf } from '#sandbox/model/caller.ts';
import { encodeDocument } from '#sandbox/model/documents.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { findPolicy } from '#sandbox/model/world.ts';
import type * as Wire from '#sandbox/wire/generated/iam-types.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { policyView, profileView, roleView, usersOfPolicy, userView, versionInList } from './views.ts';

type ReportOperations = Pick<Wire.IamOperations, 'GetAccountSummary' | 'GetAccountAuthorizationDetails'>;

const inlineOf = (holder: PolicyHolder): readonly Wire.PolicyDetail[] =>
  [...holder.inline].map(([PolicyName, text]) => ({ PolicyName, PolicyDocument: encodeDocument(text) }));

const attachedOf = (call: Call, holder: PolicyHolder): readonly Wire.AttachedPolicy[] =>
  [...holder.attached].flatMap((PolicyArn) => {
    const policy = findPolicy(call.account, PolicyArn);
    return policy === undefined ? [] : [{ PolicyName: policy.name, PolicyArn }];
  });

type Part =
  | { readonly kind: 'User'; readonly key: string; readonly view: Wire.UserDetail }
  | { readonly kind: 'Group'; readonly key: string; readonly view: Wire.GroupDetail }
  | { readonly kind: 'Role'; readonly key: string; readonly view: Wire.RoleDetail }
  | { readonly kind: 'LocalManagedPolicy' | 'AWSManagedPolicy'; readonly key: string; readonly view: Wire.ManagedPolicyDetail };

const partsOf = (call: Call): readonly Part[] => {
  const { account } = call;
  const users = [...account.users.values()].map((user): Part => ({
    kind: 'User',
    key: user.arn,
    view: {
      ...userView(user),
      UserPolicyList: inlineOf(user),
      GroupList: groupsOf(account, user).map(({ name }) => name),
      AttachedManagedPolicies: attachedOf(call, user),
    },
  }));
  const groups = [...account.groups.values()].map((group): Part => ({
    kind: 'Group',
    key: group.arn,
    view: {
      Path: group.path,
      GroupName: group.name,
      GroupId: group.id,
      Arn: group.arn,
      CreateDate: group.createdAt,
      GroupPolicyList: inlineOf(group),
      AttachedManagedPolicies: attachedOf(call, group),
    },
  }));
  const roles = [...account.roles.values()].map((role): Part => ({
    kind: 'Role',
    key: role.arn,
    view: {
      ...roleView(call, role),
      InstanceProfileList: [...account.instanceProfiles.values()]
        .filter(({ roleName }) => roleName === role.name)
        .map((profile) => profileView(call, profile)),
      RolePolicyList: inlineOf(role),
      AttachedManagedPolicies: attachedOf(call, role),
    },
  }));
  // Of AWS's own only those that are in use, since nobody asks for the rest.
  const amazon = [...awsManagedPolicies(account.partition).values()].filter(({ arn }) => {
    const { attached, bounded } = usersOfPolicy(call, arn);
    return attached.length + bounded.length > 0;
  });
  const policies = [...account.policies.values(), ...amazon].map((policy): Part => ({
    kind: policy.accountId === 'aws' ? 'AWSManagedPolicy' : 'LocalManagedPolicy',
    key: policy.arn,
    view: {
      ...policyView(call, policy),
      PolicyVersionList: [...policy.versions.values()].map((version) => ({
        ...versionInList(policy, version),
        Document: encodeDocument(version.text),
      })),
    },
  }));
  return [...users, ...groups, ...roles, ...policies];
};

const only = <K extends Part['kind']>(parts: readonly Part[], ...kinds: readonly K[]) =>
  parts.filter((part): part is Extract<Part, { readonly kind: K }> => (kinds as readonly string[]).includes(part.kind));

export const accountReportHandlers: Handlers<ReportOperations> = {
  GetAccountSummary: {
    permissions: () => [{ action: 'iam:GetAccountSummary', resource: '*' }],
    run: (_input, { account, world }) => {
      const versions = [...account.policies.values()].reduce((sum, { versions: { size } }) => sum + size, 0);
      const rootKeys = [...world.rootKeys.values()].filter((key) => key.account === account).length;
      return {
        SummaryMap: {
          Users: account.users.size,
          UsersQuota: QUOTAS.usersPerAccount,
          Groups: account.groups.size,
          GroupsQuota: QUOTAS.groupsPerAccount,
          GroupsPerUserQuota: QUOTAS.groupsPerUser,
          Roles: account.roles.size,
          RolesQuota: QUOTAS.rolesPerAccount,
          Policies: account.policies.size,
          PoliciesQuota: QUOTAS.policiesPerAccount,
          PolicySizeQuota: QUOTAS.managedPolicySize,
          PolicyVersionsInUse: versions,
          PolicyVersionsInUseQuota: QUOTAS.policiesPerAccount * QUOTAS.versionsPerPolicy,
          VersionsPerPolicyQuota: QUOTAS.versionsPerPolicy,
          InstanceProfiles: account.instanceProfiles.size,
          InstanceProfilesQuota: QUOTAS.instanceProfilesPerAccount,
          Providers: account.oidcProviders.size,
          AccessKeysPerUserQuota: QUOTAS.accessKeysPerUser,
          AttachedPoliciesPerUserQuota: QUOTAS.attachedPerPrincipal,
          AttachedPoliciesPerGroupQuota: QUOTAS.attachedPerPrincipal,
          AttachedPoliciesPerRoleQuota: QUOTAS.attachedPerPrincipal,
          AssumeRolePolicySizeQuota: QUOTAS.trustPolicySize,
          UserPolicySizeQuota: QUOTAS.inlinePoliciesPerUser,
          GroupPolicySizeQuota: QUOTAS.inlinePoliciesPerGroup,
          RolePolicySizeQuota: QUOTAS.inlinePoliciesPerRole,
          AccountAccessKeysPresent: rootKeys > 0 ? 1 : 0,
          AccountMFAEnabled: 0,
          AccountPasswordPresent: 1,
          AccountSigningCertificatesPresent: 0,
          MFADevices: account.mfaDevices.size,
          MFADevicesInUse: [...account.mfaDevices.values()].filter(({ owner }) => owner !== undefined).length,
          ServerCertificates: 0,
          ServerCertificatesQuota: 20,
          SigningCertificatesPerUserQuota: 2,
          GlobalEndpointTokenVersion: 1,
        },
      };
    },
  },
  GetAccountAuthorizationDetails: {
    permissions: () => [{ action: 'iam:GetAccountAuthorizationDetails', resource: '*' }],
    run: (input, call) => {
      const wanted = partsOf(call).filter(
        ({ kind }) => input.Filter === undefined || input.Filter.length === 0 || input.Filter.includes(kind),
      );
      const { items, ...page } = paginate(wanted, input, ({ key }) => key);
      return {
        UserDetailList: only(items, 'User').map(({ view }) => view),
        GroupDetailList: only(items, 'Group').map(({ view }) => view),
        RoleDetailList: only(items, 'Role').map(({ view }) => view),
        Policies: only(items, 'LocalManagedPolicy', 'AWSManagedPolicy').map(({ view }) => view),
        ...page,
      };
    },
  },
};
