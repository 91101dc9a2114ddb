/** Inline policies of users and roles. */
import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { AccountIam } from '#core/ports/account-iam.ts';
import { formatDocument, parseDocument } from './documents.ts';
import { listPages, unlessAbsent, type IamCalls } from './iam-calls.ts';

type InlinePolicies = Pick<AccountIam, 'listInline' | 'readInline' | 'putInline' | 'deleteInline'>;

export const openInlinePolicies = ({ read, write }: IamCalls): InlinePolicies => ({
  listInline: async (roleName) => {
    const names = await unlessAbsent(
      listPages(async (page) => {
        const answer = await read('ListRolePolicies', (iam, options) =>
          iam.send(new ListRolePoliciesCommand({ RoleName: roleName, ...page }), options),
        );
        return { ...answer, items: answer.PolicyNames };
      }),
    );
    return names ?? [];
  },
  readInline: async ({ kind, name }, policyName) => {
    const found = await unlessAbsent<{ readonly PolicyDocument: string | undefined }>(
      kind === 'role'
        ? read('GetRolePolicy', (iam, options) =>
            iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName: policyName }), options),
          )
        : read('GetUserPolicy', (iam, options) =>
            iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName: policyName }), options),
          ),
    );
    return found && parseDocument(found.PolicyDocument, `policy ${policyName} of ${kind} ${name}`);
  },
  putInline: async ({ kind, name }, policyName, document) => {
    const policy = { PolicyName: policyName, PolicyDocument: formatDocument(document) };
    if (kind === 'role') await write('PutRolePolicy', (iam) => iam.send(new PutRolePolicyCommand({ RoleName: name, ...policy })));
    else await write('PutUserPolicy', (iam) => iam.send(new PutUserPolicyCommand({ UserName: name, ...policy })));
  },
  deleteInline: async ({ kind, name }, policyName) => {
    await unlessAbsent<unknown>(
      kind === 'role'
        ? write('DeleteRolePolicy', (iam) => iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: policyName })))
        : write('DeleteUserPolicy', (iam) => iam.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName: policyName }))),
    );
  },
});
