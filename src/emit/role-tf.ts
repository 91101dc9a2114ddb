/** What an account holds as Terraform, with import blocks: a team takes over what init made, and the plan is empty. */
import type { DesiredAccount, DesiredGrant, DesiredRole } from '#domain/desired.ts';
import { Expression, formatHcl, hcl, JsonText, type Value } from './hcl.ts';
import { distinctNames, orderNote, type EmittedFile, type MadeAccount } from './emitted.ts';
import { markersOf } from './shared-file.ts';

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly importId: string;
  readonly values: Readonly<Record<string, Value | undefined>>;
  readonly note?: string;
}

/** The type of a resource has names of its own. */
type Wanted = Omit<Resource, 'name'> & { readonly text: string };

const named = (wanted: readonly Wanted[]): readonly Resource[] => {
  const names = distinctNames(wanted.map(({ text }) => text));
  return wanted.map((one, index) => ({ ...one, name: names[index] ?? '' }));
};

const addressOf = ({ type, name }: Resource): string => `${type}.${name}`;

/** Its name by the resource that makes it, so that Terraform knows the order; as it is where it is none of ours. */
const refer = (resources: readonly Resource[], importId: string, attribute: string): Value => {
  const found = resources.find((resource) => resource.importId === importId);
  return found === undefined ? importId : new Expression(`${addressOf(found)}.${attribute}`);
};

const text = (resource: Resource): string => {
  const values = Object.entries(resource.values).filter(([, value]) => value !== undefined);
  const body = values.map(([key, value]) => `${key} = ${hcl(value)}\n`).join('');
  const note = resource.note === undefined ? '' : `# ${resource.note}\n`;
  return `import {\nto = ${addressOf(resource)}\nid = ${hcl(resource.importId)}\n}\n\n${note}resource ${hcl(resource.type)} ${hcl(resource.name)} {\n${body}}\n`;
};

const rolesOf = (roles: readonly DesiredRole[]): readonly Resource[] =>
  named(
    roles.map((role) => ({
      type: 'aws_iam_role',
      text: role.name,
      importId: role.name,
      values: {
        name: role.name,
        path: role.path,
        description: role.description,
        max_session_duration: role.maxSessionSeconds,
        permissions_boundary: role.permissionsBoundary,
        tags: role.tags,
        assume_role_policy: new JsonText(role.trustPolicy),
      },
    })),
  );

const policiesOf = (roles: readonly DesiredRole[]): readonly Resource[] =>
  named(
    roles.flatMap((role) =>
      role.policies.map((policy) => ({
        type: 'aws_iam_policy',
        text: policy.name,
        importId: policy.arn,
        values: {
          name: policy.name,
          path: role.path,
          description: policy.description,
          tags: role.tags,
          policy: new JsonText(policy.document),
        },
      })),
    ),
  );

const attachmentsOf = (
  roles: readonly DesiredRole[],
  made: { readonly roles: readonly Resource[]; readonly policies: readonly Resource[] },
): readonly Resource[] =>
  named(
    roles.flatMap((role) =>
      role.attachments.map((arn) => ({
        type: 'aws_iam_role_policy_attachment',
        text: arn.slice(arn.lastIndexOf('/') + 1),
        importId: `${role.name}/${arn}`,
        values: { role: refer(made.roles, role.name, 'name'), policy_arn: refer(made.policies, arn, 'arn') },
      })),
    ),
  );

/** Inline policies: those of the roles themselves, and those on principals of others. */
const inlineOf = ({ roles, grants }: DesiredAccount, made: readonly Resource[]): readonly Resource[] => {
  const own = roles.flatMap(({ name, inline = {} }) =>
    Object.entries(inline).map(([policyName, document]): DesiredGrant => ({
      owner: { kind: 'role', name },
      policyName,
      document,
    })),
  );
  const all = [...own, ...grants];
  const ofKind = (kind: 'user' | 'role'): readonly Resource[] =>
    named(
      all
        .filter(({ owner }) => owner.kind === kind)
        .map(({ owner, policyName, document }) => ({
          type: `aws_iam_${kind}_policy`,
          text: `${owner.name}_${policyName}`,
          importId: `${owner.name}:${policyName}`,
          values: {
            name: policyName,
            [kind]: kind === 'role' ? refer(made, owner.name, 'name') : owner.name,
            policy: new JsonText(document),
          },
        })),
    );
  return [...ofKind('role'), ...ofKind('user')];
};

const providersOf = ({ providers }: DesiredAccount): readonly Resource[] =>
  named(
    providers.map((provider) => ({
      type: 'aws_iam_openid_connect_provider',
      text: provider.url.replace('https://', ''),
      importId: provider.arn,
      values: { url: provider.url, client_id_list: provider.clientIds, tags: provider.tags },
      note: 'An account has one for an issuer: audiences that others have there belong into the list, or Terraform takes them away.',
    })),
  );

const profilesOf = ({ instanceProfiles }: DesiredAccount, made: readonly Resource[]): readonly Resource[] =>
  named(
    instanceProfiles.map((profile) => ({
      type: 'aws_iam_instance_profile',
      text: profile.name,
      importId: profile.name,
      values: { name: profile.name, path: profile.path, role: refer(made, profile.roleName, 'name'), tags: profile.tags },
    })),
  );

const resourcesOf = (holds: DesiredAccount): readonly Resource[] => {
  const roles = rolesOf(holds.roles);
  const policies = policiesOf(holds.roles);
  return [
    ...providersOf(holds),
    ...roles,
    ...policies,
    ...inlineOf(holds, roles),
    ...attachmentsOf(holds.roles, { roles, policies }),
    ...profilesOf(holds, roles),
  ];
};

/** Providers without thumbprints since 5.81.0: https://github.com/hashicorp/terraform-provider-aws/pull/37255 */
const constraintFor = ({ providers }: DesiredAccount): string => `>= ${providers.length > 0 ? '5.81.0' : '5.67.0'}, < 7.0.0`;

/** A file for each account: their administrators need not be the same, and neither need the states. */
export const emitRoleTf = (account: MadeAccount): readonly EmittedFile[] => {
  const { folder, side, holds, region } = account;
  const { begin, end } = markersOf('emit role-tf');
  const head = `terraform {
required_version = ">= 1.5.0"

required_providers {
aws = {
source = "hashicorp/aws"
version = ${hcl(constraintFor(holds))}
}
}
}

# Run with an administrator of the ${side} account ${holds.account}.${orderNote(account)}
# The import blocks take over what xacct init made: take them out where nothing is there yet, and after the first apply. From then on this
# configuration has what is in it, and xacct init does not.
provider "aws" {
region = ${hcl(region)}
allowed_account_ids = ${hcl([holds.account])}
}`;
  const body = [head, ...resourcesOf(holds).map(text)].join('\n\n').replaceAll(/\n{3,}/g, '\n\n');
  return [{ path: `${folder}/role.tf`, content: formatHcl(`${begin}\n\n${body.trim()}\n\n${end}\n`) }];
};
