/** IAM as explain reads it, principal by principal. The whole account at once is in account-details.ts. */
import {
  GetGroupPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListGroupsForUserCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  type IAMClient,
  type Role,
  type User,
} from '@aws-sdk/client-iam';
import type { PolicyOwner, PrincipalIam, PrincipalState } from '#core/ports/principal-iam.ts';
import { readAccountDetails } from './account-details.ts';
import { parseDocument } from './documents.ts';
import { iamCalls, listPages, unlessAbsent } from './iam-calls.ts';
import { openManagedPolicies } from './managed-policies.ts';
import type { Side } from './side.ts';
import { tagsOf } from './tags.ts';
import { ForeignAnswer } from './wire-error.ts';

interface Options {
  readonly abortSignal?: AbortSignal;
}

interface Page {
  readonly Marker?: string;
}

interface Inline {
  readonly PolicyDocument: string | undefined;
}

const userState = ({ Arn = '', UserName = '', UserId = '', Tags, PermissionsBoundary }: User): PrincipalState => ({
  kind: 'user',
  arn: Arn,
  name: UserName,
  uniqueId: UserId,
  tags: tagsOf(Tags),
  boundaryArn: PermissionsBoundary?.PermissionsBoundaryArn,
});

const roleState = (role: Role): PrincipalState => ({
  kind: 'role',
  arn: role.Arn ?? '',
  name: role.RoleName ?? '',
  uniqueId: role.RoleId ?? '',
  tags: tagsOf(role.Tags),
  boundaryArn: role.PermissionsBoundary?.PermissionsBoundaryArn,
  trustPolicy: parseDocument(role.AssumeRolePolicyDocument, `the trust policy of role ${role.RoleName ?? ''}`),
  ...(role.MaxSessionDuration !== undefined && { maxSessionSeconds: role.MaxSessionDuration }),
});

/** The three operations that differ by the kind of owner only. */
const OPERATIONS = {
  user: {
    word: 'User',
    inlineNames: (iam: IAMClient, name: string, page: Page, options: Options) =>
      iam.send(new ListUserPoliciesCommand({ UserName: name, ...page }), options),
    inline: (iam: IAMClient, name: string, policy: string, options: Options): Promise<Inline> =>
      iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName: policy }), options),
    attached: (iam: IAMClient, name: string, page: Page, options: Options) =>
      iam.send(new ListAttachedUserPoliciesCommand({ UserName: name, ...page }), options),
  },
  role: {
    word: 'Role',
    inlineNames: (iam: IAMClient, name: string, page: Page, options: Options) =>
      iam.send(new ListRolePoliciesCommand({ RoleName: name, ...page }), options),
    inline: (iam: IAMClient, name: string, policy: string, options: Options): Promise<Inline> =>
      iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName: policy }), options),
    attached: (iam: IAMClient, name: string, page: Page, options: Options) =>
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name, ...page }), options),
  },
  group: {
    word: 'Group',
    inlineNames: (iam: IAMClient, name: string, page: Page, options: Options) =>
      iam.send(new ListGroupPoliciesCommand({ GroupName: name, ...page }), options),
    inline: (iam: IAMClient, name: string, policy: string, options: Options): Promise<Inline> =>
      iam.send(new GetGroupPolicyCommand({ GroupName: name, PolicyName: policy }), options),
    attached: (iam: IAMClient, name: string, page: Page, options: Options) =>
      iam.send(new ListAttachedGroupPoliciesCommand({ GroupName: name, ...page }), options),
  },
} as const;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/ – reads only. */
export const openPrincipalIam = (side: Side): PrincipalIam => {
  const calls = iamCalls(side);
  const { read } = calls;
  const { readPolicy } = openManagedPolicies(side, calls);

  const readUser = async (name: string): Promise<PrincipalState | undefined> => {
    const found = await unlessAbsent(
      read('GetUser', (iam, options) => iam.send(new GetUserCommand({ UserName: name }), options)),
    );
    if (found === undefined) return undefined;
    if (found.User === undefined) throw side.translate(new ForeignAnswer(200, 'no user'), 'iam:GetUser');
    return userState(found.User);
  };

  const readRole = async (name: string): Promise<PrincipalState | undefined> => {
    const found = await unlessAbsent(
      read('GetRole', (iam, options) => iam.send(new GetRoleCommand({ RoleName: name }), options)),
    );
    if (found === undefined) return undefined;
    if (found.Role === undefined) throw side.translate(new ForeignAnswer(200, 'no role'), 'iam:GetRole');
    return roleState(found.Role);
  };

  const namesOf = (items: readonly (string | undefined)[]): readonly string[] => items.flatMap((name) => name ?? []);

  return {
    readPrincipal: (kind, name) => (kind === 'user' ? readUser(name) : readRole(name)),
    listInlineNames: async ({ kind, name }: PolicyOwner) => {
      const { word, inlineNames } = OPERATIONS[kind];
      return listPages(async (page) => {
        const answer = await read(`List${word}Policies`, (iam, options) => inlineNames(iam, name, page, options));
        return { ...answer, items: answer.PolicyNames };
      });
    },
    readInline: async ({ kind, name }, policyName) => {
      const { word, inline } = OPERATIONS[kind];
      const found = await unlessAbsent(read(`Get${word}Policy`, (iam, options) => inline(iam, name, policyName, options)));
      return found && parseDocument(found.PolicyDocument, `policy ${policyName} of ${kind} ${name}`);
    },
    listAttached: async ({ kind, name }) => {
      const { word, attached } = OPERATIONS[kind];
      const policies = await listPages(async (page) => {
        const answer = await read(`ListAttached${word}Policies`, (iam, options) => attached(iam, name, page, options));
        return { ...answer, items: answer.AttachedPolicies };
      });
      return namesOf(policies.map(({ PolicyArn }) => PolicyArn));
    },
    listGroups: async (userName) => {
      const groups = await listPages(async (page) => {
        const command = new ListGroupsForUserCommand({ UserName: userName, ...page });
        const answer = await read('ListGroupsForUser', (iam, options) => iam.send(command, options));
        return { ...answer, items: answer.Groups };
      });
      return namesOf(groups.map(({ GroupName }) => GroupName));
    },
    readManaged: async (arn) => (await readPolicy(arn))?.document,
    listPrincipals: async () => {
      const users = await listPages(async (page) => {
        const answer = await read('ListUsers', (iam, options) => iam.send(new ListUsersCommand(page), options));
        return { ...answer, items: answer.Users };
      });
      const roles = await listPages(async (page) => {
        const answer = await read('ListRoles', (iam, options) => iam.send(new ListRolesCommand(page), options));
        return { ...answer, items: answer.Roles };
      });
      return [
        ...namesOf(users.map(({ UserName }) => UserName)).map((name) => ({ kind: 'user', name }) as const),
        ...namesOf(roles.map(({ RoleName }) => RoleName)).map((name) => ({ kind: 'role', name }) as const),
      ];
    },
    readAccount: () => readAccountDetails(read),
  };
};
