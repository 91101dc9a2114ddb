/** Accesses and what was asked for, to the model of a provider.tf. */
import { entriesOf, sentExternalId, type RoleEntry } from '#domain/access.ts';
import { formatDuration } from '#domain/duration.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { Expression, JsonText, type Value } from './hcl.ts';
import type {
  AssumeRoleModel,
  BackendModel,
  ExampleModel,
  ProviderModel,
  TerraformModel,
  TerraformOptions,
  TerraformTarget,
  VariableModel,
  WebIdentityModel,
} from './terraform-model.ts';
import { whatTerraformCannot } from './terraform-refusals.ts';
import { forEachModel } from './tofu-for-each.ts';
import { aheadOf, tokenOf } from './way-ahead.ts';

const nonEmpty = <T extends readonly unknown[]>(list: T): T | undefined => (list.length > 0 ? list : undefined);

/** An identifier of Terraform: https://developer.hashicorp.com/terraform/language/syntax/configuration#identifiers */
const identifierOf = (name: string): string => (/^[A-Za-z_]/.test(name) ? name : `_${name}`);

const assumeRoleOf = (entry: RoleEntry): AssumeRoleModel => ({
  roleArn: entry.roleArn,
  externalId: sentExternalId(entry),
  sessionName: entry.sessionName,
  duration: formatDuration(entry.sessionSeconds),
  sourceIdentity: entry.sourceIdentity,
  tags: Object.keys(entry.sessionTags).length > 0 ? entry.sessionTags : undefined,
  transitiveTagKeys: nonEmpty(entry.transitiveTagKeys),
  policy: entry.sessionPolicy && new JsonText(entry.sessionPolicy),
  policyArns: nonEmpty(entry.sessionPolicyArns),
});

/** AssumeRoleWithWebIdentity takes no external ID, tags or source identity: the token's claims say those. */
const webIdentityOf = (entry: RoleEntry, tokenFile: string | undefined): WebIdentityModel => {
  const { roleArn, sessionName, duration, policy, policyArns } = assumeRoleOf(entry);
  return { roleArn, sessionName, duration, policy, policyArns, tokenFile };
};

/** The way into the target, literally. */
const entryModelsOf = (target: TerraformTarget): Pick<ProviderModel, 'webIdentity' | 'assumeRoles'> => {
  const [first, ...rest] = aheadOf(target);
  const token = tokenOf(target);
  if (token === undefined || first === undefined)
    return { webIdentity: undefined, assumeRoles: aheadOf(target).map(assumeRoleOf) };
  return { webIdentity: webIdentityOf(first, token.tokenFile), assumeRoles: rest.map(assumeRoleOf) };
};

const literalProvider = (target: TerraformTarget, alias: string | undefined, options: TerraformOptions): ProviderModel => ({
  name: target.name,
  alias,
  forEach: undefined,
  region: target.access.region,
  profile: options.profile,
  allowedAccountIds: [target.access.role.account],
  skipMetadataApiCheck: options.skipMetadataApiCheck,
  stsRegion: options.stsRegion,
  stsEndpoint: options.stsEndpoint,
  useFips: options.fips,
  useDualstack: options.dualstack,
  defaultTags: Object.keys(options.defaultTags).length > 0 ? options.defaultTags : undefined,
  ...entryModelsOf(target),
  assumeRoleForEach: undefined,
});

interface Lifted {
  readonly provider: ProviderModel;
  readonly variables: readonly VariableModel[];
}

const STRING = new Expression('string');

/** What differs from one target or person to the next becomes variables; how the session is made stays in the file. */
const liftVariables = (provider: ProviderModel, { access }: TerraformTarget): Lifted => {
  const prefix = provider.alias === undefined ? '' : `${provider.alias}_`;
  const variables: VariableModel[] = [];
  const lift = (name: string, description: string, value: Value | undefined): Expression | undefined => {
    if (value === undefined) return undefined;
    const full = `${prefix}${name}`;
    variables.push({ name: full, description, type: STRING, value });
    return new Expression(`var.${full}`);
  };
  const liftText = (name: string, description: string, value: Value): Expression =>
    lift(name, description, value) ?? new Expression('null');
  const hop = (index: number): string => (index === access.via.length ? '' : `via${index + 1}_`);
  const about = (index: number): string =>
    index === access.via.length ? 'the role in the target account' : `role ${index + 1} on the way to the target`;
  const region = liftText('region', 'The region that the provider works in', provider.region);
  const account = liftText('account_id', 'The only account that Terraform may change', access.role.account);
  const offset = entriesOf(access).length - provider.assumeRoles.length;
  const webIdentity = provider.webIdentity && {
    ...provider.webIdentity,
    roleArn: liftText(`${hop(0)}role_arn`, `ARN of ${about(0)}`, provider.webIdentity.roleArn),
  };
  const assumeRoles = provider.assumeRoles.map((role, index): AssumeRoleModel => {
    const at = index + offset;
    return {
      ...role,
      roleArn: liftText(`${hop(at)}role_arn`, `ARN of ${about(at)}`, role.roleArn),
      externalId: lift(`${hop(at)}external_id`, `What the trust policy of ${about(at)} asks for; not a secret`, role.externalId),
    };
  });
  return { provider: { ...provider, region, allowedAccountIds: [account], webIdentity, assumeRoles }, variables };
};

/** Terraform calls no function in a backend. */
const withoutCalls = <T extends AssumeRoleModel | WebIdentityModel>(role: T | undefined): T | undefined =>
  role && { ...role, policy: role.policy instanceof JsonText ? JSON.stringify(role.policy.document) : role.policy };

const backendOf = (target: TerraformTarget, options: TerraformOptions): BackendModel | undefined => {
  const { backend } = options;
  if (backend === undefined) return undefined;
  const place = { bucket: backend.bucket, key: backend.key, region: backend.region ?? target.access.region };
  if (backend.account === 'source') {
    const account = target.isEntered ? entriesOf(target.access)[0]?.role.account : target.sourceAccount;
    const allowedAccountIds = account === undefined ? undefined : [account];
    return { ...place, allowedAccountIds, profile: options.profile, assumeRole: undefined, webIdentity: undefined };
  }
  const { webIdentity, assumeRoles } = entryModelsOf(target);
  return {
    ...place,
    allowedAccountIds: [target.access.role.account],
    profile: options.profile,
    assumeRole: withoutCalls(assumeRoles[0]),
    webIdentity: withoutCalls(webIdentity),
  };
};

const exampleOf = ({ name, exampleBucket }: TerraformTarget, alias: string | undefined): readonly ExampleModel[] =>
  exampleBucket === undefined
    ? []
    : [
        {
          label: alias === undefined ? 'example' : `example_${identifierOf(name)}`,
          provider: alias === undefined ? undefined : new Expression(`aws.${alias}`),
          forEach: undefined,
          bucket: exampleBucket,
        },
      ];

const oneByOne = (
  targets: readonly TerraformTarget[],
  options: TerraformOptions,
): Pick<TerraformModel, 'providers' | 'variables' | 'examples' | 'locals'> => {
  const lifted = targets.map((target): Lifted => {
    const provider = literalProvider(target, targets.length > 1 ? identifierOf(target.name) : options.alias, options);
    return options.hasVariables ? liftVariables(provider, target) : { provider, variables: [] };
  });
  return {
    locals: undefined,
    providers: lifted.map(({ provider }) => provider),
    variables: lifted.flatMap(({ variables }) => variables),
    examples: targets.flatMap((target, index) => exampleOf(target, lifted[index]?.provider.alias)),
  };
};

/** use_lockfile and the assume_role attribute: https://developer.hashicorp.com/terraform/language/backend/s3 */
const BACKEND_SINCE = '>= 1.10.0';
/** https://opentofu.org/docs/language/providers/configuration/#for_each-multiple-instances-of-a-provider-configuration */
const TOFU_FOR_EACH_SINCE = '>= 1.9.0';

const requiredVersion = (isForEach: boolean, options: TerraformOptions): string | undefined => {
  if (options.backend !== undefined) return BACKEND_SINCE;
  return isForEach ? TOFU_FOR_EACH_SINCE : undefined;
};

/** At least one target. */
export const buildTerraform = (targets: readonly TerraformTarget[], options: TerraformOptions): Result<TerraformModel> => {
  const isForEach = options.tofu && targets.length > 1;
  const [first] = targets;
  const unfit = whatTerraformCannot(targets, options);
  const each = isForEach
    ? forEachModel(
        targets.map((target) => ({ target, provider: literalProvider(target, undefined, options) })),
        options,
      )
    : ok(oneByOne(targets, options));
  if (unfit.length > 0) return fail(...unfit);
  if (!each.ok) return each;
  return ok({
    tool: options.tofu ? 'opentofu' : 'terraform',
    requiredVersion: requiredVersion(isForEach, options),
    providerVersion: options.providerVersion.constraint,
    backend: first && backendOf(first, options),
    ...each.value,
  });
};
