/** The model in Terraform's JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json */
import { doubleMarkers, Expression, JsonText } from './hcl.ts';
import { jsonObject } from './shared-file.ts';
import type {
  AssumeRoleModel,
  BackendModel,
  ProviderModel,
  TerraformModel,
  VariableModel,
  WebIdentityModel,
} from './terraform-model.ts';
import { escapeUnseen } from './unseen.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What is undefined is left out. Text of an argument, and a key of its maps, is a template there, too; what Terraform reads before it evaluates anything (backends, tfvars) is plain. */
export const formatValueJson = (value: unknown, isTemplate = true): Json => {
  if (typeof value === 'string') return isTemplate ? doubleMarkers(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Expression) return value.text === 'null' ? null : `\${${value.text}}`;
  if (value instanceof JsonText) return formatValueJson(JSON.stringify(value.document), isTemplate);
  if (Array.isArray(value)) return value.map((item) => formatValueJson(item, isTemplate));
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([key, entry]: [string, unknown]) =>
      entry === undefined ? [] : [[isTemplate ? doubleMarkers(key) : key, formatValueJson(entry, isTemplate)]],
    ),
  );
};

const roleArguments = (role: AssumeRoleModel | (WebIdentityModel & Partial<AssumeRoleModel>)) => ({
  role_arn: role.roleArn,
  external_id: role.externalId,
  session_name: role.sessionName,
  duration: role.duration,
  source_identity: role.sourceIdentity,
  web_identity_token_file: 'tokenFile' in role ? role.tokenFile : undefined,
  transitive_tag_keys: role.transitiveTagKeys,
  policy_arns: role.policyArns,
  tags: role.tags,
  policy: role.policy,
});

const assumeRoles = ({ assumeRoles: roles, assumeRoleForEach }: ProviderModel) => {
  const blocks = roles.map(roleArguments);
  if (blocks.length === 0) return {};
  if (assumeRoleForEach === undefined) return { assume_role: blocks };
  return { dynamic: { assume_role: { for_each: assumeRoleForEach, content: blocks[0] } } };
};

const provider = (model: ProviderModel): Json =>
  formatValueJson({
    for_each: model.forEach,
    alias: model.alias,
    region: model.region,
    profile: model.profile,
    allowed_account_ids: model.allowedAccountIds,
    sts_region: model.stsRegion,
    use_fips_endpoint: model.useFips || undefined,
    use_dualstack_endpoint: model.useDualstack || undefined,
    skip_metadata_api_check: model.skipMetadataApiCheck || undefined,
    assume_role_with_web_identity: model.webIdentity && roleArguments(model.webIdentity),
    ...assumeRoles(model),
    default_tags: model.defaultTags && { tags: model.defaultTags },
    endpoints: model.stsEndpoint === undefined ? undefined : { sts: model.stsEndpoint },
  });

const backend = (model: BackendModel): Json =>
  formatValueJson(
    {
      s3: {
        bucket: model.bucket,
        key: model.key,
        region: model.region,
        use_lockfile: true,
        profile: model.profile,
        allowed_account_ids: model.allowedAccountIds,
        assume_role: model.assumeRole && roleArguments(model.assumeRole),
        assume_role_with_web_identity: model.webIdentity && roleArguments(model.webIdentity),
      },
    },
    false,
  );

const json = (content: object): string => `${escapeUnseen(JSON.stringify(content, null, 2))}\n`;

const text = (comment: string, content: object): string => json({ '//': comment, ...content });

/** `comment` says whose file it is. */
export const formatProviderJson = (model: TerraformModel, comment: string): string =>
  text(comment, {
    terraform: {
      ...(model.requiredVersion !== undefined && { required_version: model.requiredVersion }),
      required_providers: { aws: { source: 'hashicorp/aws', version: model.providerVersion } },
      ...(model.backend && { backend: backend(model.backend) }),
    },
    ...(model.locals && { locals: formatValueJson(model.locals) }),
    provider: { aws: model.providers.map(provider) },
    ...(model.examples.length > 0 && {
      resource: {
        aws_s3_bucket: Object.fromEntries(
          model.examples.map(({ label, provider: chosen, forEach, bucket }) => [
            label,
            // A provider is named, not computed: https://developer.hashicorp.com/terraform/language/syntax/json#resource-and-data-blocks
            formatValueJson({ for_each: forEach, provider: chosen?.text, bucket }),
          ]),
        ),
      },
    }),
  });

export const formatVariablesJson = (variables: readonly VariableModel[], comment: string): string =>
  text(comment, {
    variable: Object.fromEntries(variables.map(({ name, description, type }) => [name, { type: type.text, description }])),
  });

/** What such a file declares; nothing in a text that is none. */
export const declaredIn = (text: string): readonly string[] => Object.keys(jsonObject(text)?.['variable'] ?? {});

/** terraform.tfvars.json has nothing but values: a comment would be an unknown variable. */
export const formatTfvarsJson = (variables: readonly VariableModel[]): string =>
  json(Object.fromEntries(variables.map(({ name, value }) => [name, formatValueJson(value, false)])));
