/** Everything of an account's roles and own policies, read as its administrator with the SDK: what "nothing was changed" is judged by. */
import {
  GetPolicyVersionCommand,
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
