/** The role itself as Terraform, with import blocks: a team takes over what init made, and the plan is empty. */
import type { DesiredRole } from '#domain/desired.ts';
import { Expression, formatHcl, hcl, JsonText, type Value } from './hcl.ts';
import { distinctNames, markersOf, resourceName, type EmittedFile, type MadeTarget } from './emitted.ts';

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly importId: string;
  readonly values: Readonly<Record<string, Value | undefined>>;
}

const addressOf = ({ type, name }: Resource): string => `${type}.${name}`;

const text = (resource: Resource): string => {
  const values = Object.entries(resource.values).filter(([, value]) => value !== undefined);
  const body = values.map(([key, value]) => `${key} = ${hcl(value)}\n`).join('');
  return `import {\nto = ${addressOf(resource)}\nid = ${hcl(resource.importId)}\n}\n\nresource ${hcl(resource.type)} ${hcl(resource.name)} {\n${body}}\n`;
};

const roleResources = (role: DesiredRole): readonly Resource[] => {
  const main: Resource = {
    type: 'aws_iam_role',
    name: resourceName(role.name),
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
  };
  const names = distinctNames(role.policies.map(({ name }) => name));
  const policies = role.policies.map((policy, index): Resource => ({
    type: 'aws_iam_policy',
    name: names[index] ?? '',
    importId: policy.arn,
    values: {
      name: policy.name,
      path: role.path,
      description: policy.description,
      tags: role.tags,
      policy: new JsonText(policy.document),
    },
  }));
  const inlineNames = distinctNames(Object.keys(role.inline ?? {}));
  const inline = Object.entries(role.inline ?? {}).map(([name, document], index): Resource => ({
    type: 'aws_iam_role_policy',
    name: inlineNames[index] ?? '',
    importId: `${role.name}:${name}`,
    values: { name, role: new Expression(`${addressOf(main)}.name`), policy: new JsonText(document) },
  }));
  const attachmentNames = distinctNames(role.attachments.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)));
  const attachments = role.attachments.map((arn, index): Resource => {
    const own = policies.find(({ importId }) => importId === arn);
    return {
      type: 'aws_iam_role_policy_attachment',
      name: attachmentNames[index] ?? '',
      importId: `${role.name}/${arn}`,
      values: {
        role: new Expression(`${addressOf(main)}.name`),
        policy_arn: own === undefined ? arn : new Expression(`${addressOf(own)}.arn`),
      },
    };
  });
  return [main, ...policies, ...inline, ...attachments];
};

export const emitRoleTf = ({ name, desired, spec }: MadeTarget): readonly EmittedFile[] => {
  const { begin, end } = markersOf('emit role-tf');
  const providers = desired.providers.map((provider, index): Resource => ({
    type: 'aws_iam_openid_connect_provider',
    name: distinctNames(desired.providers.map(({ url }) => url.replace('https://', '')))[index] ?? '',
    importId: provider.arn,
    values: { url: provider.url, client_id_list: provider.clientIds, tags: provider.tags },
  }));
  const head = `terraform {
required_version = ">= 1.5.0"

required_providers {
aws = {
source = "hashicorp/aws"
version = ">= 5.67.0, < 7.0.0"
}
}
}

# Run with an administrator of the target account ${desired.targetAccount}. The import blocks take over what xacct init made: take them out where
# nothing is there yet, and after the first apply. From then on this configuration has the role, and xacct init does not.
provider "aws" {
region = ${hcl(spec.region)}
allowed_account_ids = ${hcl([desired.targetAccount])}
}`;
  const resources = [...providers, ...roleResources(desired.role)];
  const body = [head, ...resources.map(text)].join('\n\n').replaceAll(/\n{3,}/g, '\n\n');
  return [{ path: `${name}/role.tf`, content: formatHcl(`${begin}\n\n${body.trim()}\n\n${end}\n`) }];
};
