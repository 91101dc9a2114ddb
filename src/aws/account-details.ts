/** GetAccountAuthorizationDetails: every user and role of an account with all its policies, in as few calls as there are pages. */
import {
  GetAccountAuthorizationDetailsCommand,
  type AttachedPolicy,
  type GroupDetail,
  type ManagedPolicyDetail,
  type PolicyDetail,
  type RoleDetail,
  type UserDetail,
} from '@aws-sdk/client-iam';
import type { NamedDocument, PrincipalRecord } from '#core/ports/principal-iam.ts';
import { groupPolicyName } from '#domain/group-policy-name.ts';
import { parseDocument } from './documents.ts';
import type { IamCall } from './iam-calls.ts';
import { tagsOf } from './tags.ts';

interface Everything {
  readonly users: UserDetail[];
  readonly groups: Map<string, GroupDetail>;
  readonly roles: RoleDetail[];
  readonly managed: Map<string, NamedDocument>;
}

const managedDocument = ({ Arn = '', PolicyVersionList = [] }: ManagedPolicyDetail): readonly NamedDocument[] =>
  PolicyVersionList.filter(({ IsDefaultVersion }) => IsDefaultVersion === true).map(({ Document }) => ({
    name: Arn,
    document: parseDocument(Document, `policy ${Arn}`),
  }));

const inlineDocuments = (
  policies: readonly PolicyDetail[] | undefined,
  rename = (name: string) => name,
): readonly NamedDocument[] =>
  (policies ?? []).map(({ PolicyName = '', PolicyDocument }) => ({
    name: rename(PolicyName),
    document: parseDocument(PolicyDocument, `inline policy ${PolicyName}`),
  }));

const attachedDocuments = (attached: readonly AttachedPolicy[] | undefined, { managed }: Everything) =>
  (attached ?? []).map(({ PolicyArn = '' }) => managed.get(PolicyArn) ?? null);

const boundaryOf = ({ PermissionsBoundary }: UserDetail | RoleDetail, { managed }: Everything): PrincipalRecord['boundary'] => {
  const arn = PermissionsBoundary?.PermissionsBoundaryArn;
  return arn === undefined ? undefined : (managed.get(arn) ?? null);
};

const userRecord = (user: UserDetail, all: Everything): PrincipalRecord => ({
  state: {
    kind: 'user',
    arn: user.Arn ?? '',
    name: user.UserName ?? '',
    uniqueId: user.UserId ?? '',
    tags: tagsOf(user.Tags),
    boundaryArn: user.PermissionsBoundary?.PermissionsBoundaryArn,
  },
  policies: [
    ...inlineDocuments(user.UserPolicyList),
    ...attachedDocuments(user.AttachedManagedPolicies, all),
    ...(user.GroupList ?? []).flatMap((name) => {
      const group = all.groups.get(name);
      if (group === undefined) return [null];
      return [
        ...inlineDocuments(group.GroupPolicyList, (policy) => groupPolicyName(name, policy)),
        ...attachedDocuments(group.AttachedManagedPolicies, all),
      ];
    }),
  ],
  boundary: boundaryOf(user, all),
});

const roleRecord = (role: RoleDetail, all: Everything): PrincipalRecord => ({
  state: {
    kind: 'role',
    arn: role.Arn ?? '',
    name: role.RoleName ?? '',
    uniqueId: role.RoleId ?? '',
    tags: tagsOf(role.Tags),
    boundaryArn: role.PermissionsBoundary?.PermissionsBoundaryArn,
    trustPolicy: parseDocument(role.AssumeRolePolicyDocument, `the trust policy of role ${role.RoleName ?? ''}`),
  },
  policies: [...inlineDocuments(role.RolePolicyList), ...attachedDocuments(role.AttachedManagedPolicies, all)],
  boundary: boundaryOf(role, all),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export const readAccountDetails = async (read: IamCall): Promise<readonly PrincipalRecord[]> => {
  const all: Everything = { users: [], groups: new Map(), roles: [], managed: new Map() };
  for (let marker: string | undefined; ;) {
    const command = new GetAccountAuthorizationDetailsCommand(marker === undefined ? {} : { Marker: marker });
    const answer = await read('GetAccountAuthorizationDetails', (iam, options) => iam.send(command, options));
    all.users.push(...(answer.UserDetailList ?? []));
    all.roles.push(...(answer.RoleDetailList ?? []));
    for (const group of answer.GroupDetailList ?? []) all.groups.set(group.GroupName ?? '', group);
    for (const policy of (answer.Policies ?? []).flatMap(managedDocument)) all.managed.set(policy.name, policy);
    if (answer.IsTruncated !== true || answer.Marker === undefined || answer.Marker === marker) break;
    marker = answer.Marker;
  }
  return [...all.users.map((user) => userRecord(user, all)), ...all.roles.map((role) => roleRecord(role, all))];
};
