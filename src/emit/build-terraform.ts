/** Accesses and what was asked for, to the model of a provider.tf; or what Terraform cannot do of it, with the alternative. */
import { entriesOf, sentExternalId, type Access, type RoleEntry, type WebIdentity } from '#domain/access.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { formatDuration } from '#domain/duration.ts';
import { CHAINED_SESSION_SECONDS } from '#domain/limits.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { Expression, JsonText, type Value } from './hcl.ts';
import { CHAINING_SINCE, isAtLeast, TOKEN_FROM_ENVIRONMENT_SINCE } from './provider-version.ts';
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
import { forEachModel } from './tofu-for-each.ts';

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

/** The roles that Terraform has yet to enter. */
const aheadOf = ({ access, isEntered = false }: TerraformTarget): readonly RoleEntry[] =>
  entriesOf(access).slice(isEntered ? 1 : 0);

/** The token that enters the first of them. */
const tokenOf = ({ access, isEntered = false }: TerraformTarget): WebIdentity | undefined =>
  isEntered ? undefined : access.webIdentity;

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

const usage = (message: string, path: string, text: string, command?: string): Diagnostic =>
  problem('USAGE', message, { path, hints: [{ text, ...(command !== undefined && { command }) }] });

/** The issuer alone does not say how the token comes: in a workflow its action has entered the role before Terraform starts. */
const tokenFileMissing = (name: string, constraint: string): Diagnostic =>
  problem('USAGE', `${name} is entered with a token, and AWS provider ${constraint} must be told its file`, {
    path: '--web-identity-token-file',
    hints: [
      {
        text: 'where the workflow of emit github-actions has entered the role already, nothing is left to enter it with',
        command: `xacct emit-tf ${name} --entered`,
      },
      { text: 'name the file', command: `xacct emit-tf ${name} --web-identity-token-file /var/run/secrets/token` },
      {
        text: 'or ask for a provider that reads AWS_WEB_IDENTITY_TOKEN_FILE',
        command: `xacct emit-tf ${name} --provider-version 6`,
      },
    ],
  });

/** STS refuses more for a session that is made from another one's credentials. */
const tooLong = (access: Access): readonly Diagnostic[] =>
  entriesOf(access)
    .slice(1)
    .filter(({ sessionSeconds }) => sessionSeconds > CHAINED_SESSION_SECONDS)
    .map(({ roleArn, sessionSeconds }) =>
      usage(
        `${roleArn} is entered from another role's session, which AWS ends after 1h, not ${formatDuration(sessionSeconds)}`,
        '--duration',
        'Terraform renews it by itself: ask for 1h',
        'xacct emit-tf --duration 1h',
      ),
    );

const unfitFor = (target: TerraformTarget, options: TerraformOptions): readonly Diagnostic[] => {
  const { name, access } = target;
  const webIdentity = tokenOf(target);
  const { oldest, constraint } = options.providerVersion;
  const needsToken =
    webIdentity !== undefined && webIdentity.tokenFile === undefined && !isAtLeast(oldest, TOKEN_FROM_ENVIRONMENT_SINCE);
  const isChained = aheadOf(target).length - (webIdentity === undefined ? 0 : 1) > 1;
  return [
    ...(needsToken ? [tokenFileMissing(name, constraint)] : []),
    ...(isChained && !isAtLeast(oldest, CHAINING_SINCE)
      ? [
          usage(
            `${name} is reached through other roles, and AWS provider ${constraint} may have one assume_role block only`,
            '--provider-version',
            'ask for 5.67.0 or newer, or let a profile walk the way: xacct emit aws-config',
            'xacct emit-tf --provider-version 5',
          ),
        ]
      : []),
    ...tooLong(access),
  ];
};

const unfitBackend = (targets: readonly TerraformTarget[], { backend }: TerraformOptions): readonly Diagnostic[] => {
  if (backend?.account !== 'target') return [];
  const [target] = targets;
  if (targets.length > 1 || target === undefined)
    return [
      usage(
        'one state cannot lie in several accounts',
        '--backend-account',
        'emit one target, or keep the state in the source account: --backend-account source',
      ),
    ];
  return aheadOf(target).length > 1
    ? [
        usage(
          'the S3 backend enters one role and no second one from there',
          '--backend-account',
          'keep the state in the source account, or let a profile walk the way: xacct emit aws-config',
          'xacct emit-tf --backend-account source',
        ),
      ]
    : [];
};

/** One set of credentials is of one role. */
const unfitEntered = (targets: readonly TerraformTarget[]): readonly Diagnostic[] => {
  const roles = new Set(targets.flatMap(({ access, isEntered }) => (isEntered ? [entriesOf(access)[0]?.roleArn] : [])));
  return roles.size > 1
    ? [
        usage(
          `one set of credentials is not of ${[...roles].join(' and ')}`,
          '--entered',
          'emit one target, or leave it out and let Terraform enter them',
        ),
      ]
    : [];
};

const unfitAlias = (targets: readonly TerraformTarget[], { alias }: TerraformOptions): readonly Diagnostic[] => {
  if (alias === undefined) return [];
  if (targets.length > 1)
    return [usage('--alias names one provider, and several targets have their own names', '--alias', 'leave it out')];
  return /^[A-Za-z_][\w-]*$/.test(alias)
    ? []
    : [
        problem('INVALID_VALUE', `"${alias}" is no name in Terraform: a letter, then letters, digits, _ and -`, {
          path: '--alias',
        }),
      ];
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
  const unfit = [
    ...targets.flatMap((target) => unfitFor(target, options)),
    ...unfitBackend(targets, options),
    ...unfitAlias(targets, options),
    ...unfitEntered(targets),
  ];
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
