/** Everything of an account's roles and own policies, read as its administrator with the SDK: what "nothing was changed" is judged by. */
import {
  GetAccountAuthorizationDetailsCommand,
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyVersionCommand,
  ListInstanceProfilesCommand,
  ListOpenIDConnectProvidersCommand,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
  GetRoleCommand,
  GetPolicyCommand,
} from '@aws-sdk/client-iam';
import type { Sandbox } from '#sandbox/open.ts';
import { adminOf } from './sandbox-clients.ts';

export interface RoleFacts {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly trust: unknown;
  readonly tags: Readonly<Record<string, string>>;
  readonly attached: readonly string[];
}

export interface PolicyFacts {
  readonly arn: string;
  readonly document: unknown;
  readonly versions: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface AccountState {
  readonly roles: readonly RoleFacts[];
  readonly policies: readonly PolicyFacts[];
}

const documentOf = (text: string | undefined): unknown => JSON.parse(decodeURIComponent(text ?? 'null')) as unknown;

const tagsOf = (tags: readonly { readonly Key: string | undefined; readonly Value: string | undefined }[] = []) =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));

/** The order is by name; what takes no part in a set-up (ids, dates) is left out. */
export const stateOf = async (sandbox: Sandbox, account: string): Promise<AccountState> => {
  const { iam } = adminOf(sandbox, account);
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const roles = await Promise.all(
    Roles.map(async ({ RoleName }): Promise<RoleFacts> => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      return {
        name: RoleName ?? '',
        path: Role?.Path ?? '',
        description: Role?.Description ?? '',
        maxSessionSeconds: Role?.MaxSessionDuration ?? 0,
        trust: documentOf(Role?.AssumeRolePolicyDocument),
        tags: tagsOf(Role?.Tags),
        attached: AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn).toSorted(),
      };
    }),
  );
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
  const policies = await Promise.all(
    Policies.map(async ({ Arn: PolicyArn, DefaultVersionId: VersionId }): Promise<PolicyFacts> => {
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
      const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      return {
        arn: PolicyArn ?? '',
        document: documentOf(PolicyVersion?.Document),
        versions: Versions.length,
        tags: tagsOf(Policy?.Tags),
      };
    }),
  );
  return { roles, policies };
};

const byName = <T extends object>(items: readonly (readonly [string | undefined, T])[]): Readonly<Record<string, T>> =>
  Object.fromEntries(items.map(([name = '', item]) => [name, item] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const inlineOf = (
  policies: readonly { readonly PolicyName?: string | undefined; readonly PolicyDocument?: string | undefined }[] = [],
) => byName(policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, documentOf(PolicyDocument) as object]));

/** All that a set-up may touch, with inline policies, boundaries, providers and instance profiles; of policies the default version. */
export const wholeStateOf = async (sandbox: Sandbox, account: string) => {
  const { iam } = adminOf(sandbox, account);
  const details = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User', 'Role', 'LocalManagedPolicy'] }));
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const providers = await Promise.all(
    OpenIDConnectProviderList.map(async ({ Arn: OpenIDConnectProviderArn }) => {
      const found = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
      const state = { clientIds: (found.ClientIDList ?? []).toSorted(), tags: tagsOf(found.Tags) };
      return [OpenIDConnectProviderArn, state] as const;
    }),
  );
  const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesCommand({}));
  const profiles = await Promise.all(
    InstanceProfiles.map(async ({ InstanceProfileName }) => {
      const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
      const roles = (InstanceProfile?.Roles ?? []).map(({ RoleName }) => RoleName);
      return [InstanceProfileName, { path: InstanceProfile?.Path, roles, tags: tagsOf(InstanceProfile?.Tags) }] as const;
    }),
  );
  return {
    users: byName((details.UserDetailList ?? []).map((user) => [user.UserName, inlineOf(user.UserPolicyList)])),
    roles: byName(
      (details.RoleDetailList ?? []).map((role) => [
        role.RoleName,
        {
          path: role.Path,
          trust: documentOf(role.AssumeRolePolicyDocument),
          boundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
          tags: tagsOf(role.Tags),
          attached: (role.AttachedManagedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn).toSorted(),
          inline: inlineOf(role.RolePolicyList),
        },
      ]),
    ),
    policies: byName(
      (details.Policies ?? []).map(({ PolicyName, PolicyVersionList = [] }) => [
        PolicyName,
        { document: documentOf(PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document) },
      ]),
    ),
    providers: byName(providers),
    profiles: byName(profiles),
  };
};
