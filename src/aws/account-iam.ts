/** IAM of one account as a port: its roles and their attachments; whatever else there is in files of its own. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import type { AccountIam, RoleState } from '#core/ports/account-iam.ts';
import { formatDocument, parseDocument, principalsOf } from './documents.ts';
import { iamCalls, listPages, unlessAbsent, type IamCall } from './iam-calls.ts';
import { openInlinePolicies } from './inline-policies.ts';
import { openInstanceProfiles } from './instance-profiles.ts';
import { openManagedPolicies } from './managed-policies.ts';
import { openProviders } from './oidc-providers.ts';
import { principalHints } from './refusal-hints.ts';
import type { Side } from './side.ts';
import { ForeignAnswer } from './wire-error.ts';
import { openTags, tagList, tagsOf } from './tags.ts';
import { openTrustPolicies } from './trust-policies.ts';

const DEFAULT_SESSION_SECONDS = 3_600;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/ – one method, one operation, unless said otherwise. */
export const openAccountIam = (side: Side): AccountIam => {
  const calls = iamCalls(side);
  const { read, write } = calls;
  const inline = openInlinePolicies(calls);
  const { readTrust, updateTrust } = openTrustPolicies(calls, inline);

  const readRole = async (name: string): Promise<RoleState | undefined> => {
    const found = await unlessAbsent(
      read('GetRole', (iam, options) => iam.send(new GetRoleCommand({ RoleName: name }), options)),
    );
    if (found === undefined) return undefined;
    const role = found.Role;
    if (role?.Arn === undefined) throw side.translate(new ForeignAnswer(200, 'no role'), 'iam:GetRole');
    const lastUsed = role.RoleLastUsed?.LastUsedDate;
    const permissionsBoundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      arn: role.Arn,
      name: role.RoleName ?? name,
      path: role.Path ?? '/',
      description: role.Description ?? '',
      maxSessionSeconds: role.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
      trustPolicy: await readTrust(name, parseDocument(role.AssumeRolePolicyDocument, `the trust policy of role ${name}`)),
      tags: tagsOf(role.Tags),
      ...(permissionsBoundary !== undefined && { permissionsBoundary }),
      ...(role.CreateDate && { createdAt: role.CreateDate.getTime() }),
      ...(lastUsed !== undefined && { lastUsedAt: lastUsed.toISOString() }),
    };
  };

  return {
    // Whoever calls meets what is wrong.
    warmUp: (connections) => void side.warmIam(connections).catch(() => undefined),
    readAlias: async () => {
      const answer = await read('ListAccountAliases', (iam, options) => iam.send(new ListAccountAliasesCommand(), options));
      return answer.AccountAliases?.[0];
    },
    ...openManagedPolicies(side, calls),
    ...inline,
    ...openProviders(calls),
    ...openInstanceProfiles(side, calls),
    ...openTags(calls),
    readRole,
    listAttachedPolicies: async (roleName) => {
      const attached = await unlessAbsent(
        listPages(async (page) => {
          const answer = await read('ListAttachedRolePolicies', (iam, options) =>
            iam.send(new ListAttachedRolePoliciesCommand({ RoleName: roleName, ...page }), options),
          );
          return { ...answer, items: answer.AttachedPolicies };
        }),
      );
      return (attached ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []);
    },
    listRoleTrusts: async () => {
      const roles = await listPages(async (page) => {
        const answer = await read('ListRoles', (iam, options) => iam.send(new ListRolesCommand(page), options));
        return { ...answer, items: answer.Roles };
      });
      return roles.flatMap(({ RoleName: name, AssumeRolePolicyDocument: encoded }) =>
        name === undefined ? [] : [{ name, trustPolicy: parseDocument(encoded, `the trust policy of role ${name}`) }],
      );
    },
    createRole: async ({ name, path, description, maxSessionSeconds, permissionsBoundary, trustPolicy, tags }) => {
      const command = new CreateRoleCommand({
        RoleName: name,
        Path: path,
        MaxSessionDuration: maxSessionSeconds,
        AssumeRolePolicyDocument: formatDocument(trustPolicy),
        ...(description !== '' && { Description: description }),
        ...(permissionsBoundary !== undefined && { PermissionsBoundary: permissionsBoundary }),
        ...(Object.keys(tags).length > 0 && { Tags: tagList(tags) }),
      });
      await write(
        'CreateRole',
        (iam) => iam.send(command),
        (refusal) => principalHints(refusal, principalsOf(trustPolicy)),
      );
    },
    updateTrust,
    updateRole: async (roleName, { description, maxSessionSeconds }) => {
      const command = new UpdateRoleCommand({
        RoleName: roleName,
        Description: description,
        MaxSessionDuration: maxSessionSeconds,
      });
      await write('UpdateRole', (iam) => iam.send(command));
    },
    putBoundary: async (roleName, policyArn) => {
      const command = new PutRolePermissionsBoundaryCommand({ RoleName: roleName, PermissionsBoundary: policyArn });
      await write('PutRolePermissionsBoundary', (iam) => iam.send(command));
    },
    deleteBoundary: async (roleName) => {
      const command = new DeleteRolePermissionsBoundaryCommand({ RoleName: roleName });
      await unlessAbsent(write('DeleteRolePermissionsBoundary', (iam) => iam.send(command)));
    },
    // Absent already is what was wanted: a lost reply that the SDK repeats must not look like a failure.
    deleteRole: async (roleName) => {
      await unlessAbsent(
        write('DeleteRole', (iam) => iam.send(new DeleteRoleCommand({ RoleName: roleName })), blockedHints(roleName)),
      );
    },
    attachPolicy: async (roleName, policyArn) => {
      await write('AttachRolePolicy', (iam) =>
        iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: policyArn })),
      );
    },
    detachPolicy: async (roleName, policyArn) => {
      const command = new DetachRolePolicyCommand({ RoleName: roleName, PolicyArn: policyArn });
      await unlessAbsent(write('DetachRolePolicy', (iam) => iam.send(command)));
    },
  };
};

const blockedHints =
  (roleName: string): Parameters<IamCall>[2] =>
  ({ code }) =>
    code === 'DeleteConflict'
      ? [
          {
            text: 'something that xacct did not make is still on the role',
            command: `aws iam list-role-policies --role-name ${roleName}`,
          },
          { text: 'or an instance profile holds it', command: `aws iam list-instance-profiles-for-role --role-name ${roleName}` },
        ]
      : [];
