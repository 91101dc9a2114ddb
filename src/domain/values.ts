/**
 * Every value that a person can give, described once. Flags and their variables, the help, the schema of xacct.yaml, what a target
 * inherits and what --save writes all follow from this table. What a good one is says value-parsers.ts; what it means, parse-spec.ts.
 */
import { SHAPES, type Kind, type ShapeOfKind, type ValueDefinition } from './value-definition.ts';

export const VALUES = {
  sourceAccount: {
    kind: 'account',
    flag: 'source-account',
    takes: 'id',
    key: 'source.account',
    about: 'the account that the source must be',
  },
  grantSource: {
    kind: 'switch',
    flag: 'grant-source',
    key: 'source.grant',
    about: "also let the source's principals assume the role, by a policy of their own",
  },
  grantTo: {
    kind: 'list',
    flag: 'grant-to',
    takes: 'principal',
    key: 'source.grantTo',
    about: 'whom --grant-source lets in, where a whole account is trusted: a user or role of the source, or self',
  },
  instanceRole: {
    kind: 'text',
    flag: 'instance-role',
    takes: 'name',
    key: 'source.instanceRole',
    about: 'the role of EC2 instances in the source account',
    default: 'xacct-instance',
  },
  sourceTrust: {
    kind: 'list',
    flag: 'source-trust',
    takes: 'principal',
    key: 'source.trust',
    about: 'who may assume the hub role in the source account, which the targets then trust',
  },
  hubRole: {
    kind: 'text',
    flag: 'hub-role',
    takes: 'name',
    key: 'source.hubRole',
    about: 'the name of the hub role',
    default: 'xacct-hub',
  },
  sourcePermissionsBoundary: {
    kind: 'text',
    flag: 'source-permissions-boundary',
    takes: 'arn',
    key: 'source.permissionsBoundary',
    about: 'a policy of the source, or of AWS, that bounds the roles that are made in the source: the hub, the role of instances',
  },
  layout: {
    kind: 'text',
    flag: 'layout',
    takes: 'layout',
    key: 'source.layout',
    choices: ['direct', 'hub'],
    about: 'where tokens enter: direct, each target of its own, or hub, a role of the source (the default from two targets on)',
  },
  targetAccount: {
    kind: 'account',
    flag: 'target-account',
    takes: 'id',
    key: 'account',
    about: 'the account that the target must be',
  },
  viaRole: {
    kind: 'list',
    flag: 'via-role',
    takes: 'role',
    key: 'viaRole',
    about: 'a role, by name or ARN, through which the target is entered; several make a chain',
  },
  roleArn: { kind: 'text', flag: 'role-arn', takes: 'arn', about: 'the role in the target account' },
  roleName: {
    kind: 'text',
    flag: 'role-name',
    takes: 'name',
    key: 'role.name',
    about: 'the name of the role',
    default: 'xacct-terraform',
  },
  path: {
    kind: 'text',
    flag: 'path',
    takes: 'path',
    key: 'role.path',
    about: 'the path of the role and its policies',
    default: '/',
  },
  description: {
    kind: 'text',
    flag: 'description',
    takes: 'text',
    key: 'role.description',
    about: 'the description of the role',
    default: 'Assumed by Terraform from another account, managed by xacct',
  },
  trust: {
    kind: 'list',
    flag: 'trust',
    takes: 'principal',
    key: 'role.trust',
    about:
      'who may assume the role: self, an account id, the ARN of a root, user or role, sso:SET, ec2:ROLE, github:…, gitlab:…, tfc:…, irsa:…; adds to xacct.yaml',
  },
  untrust: {
    kind: 'list',
    flag: 'untrust',
    takes: 'principal',
    about: 'who of those in xacct.yaml may no longer assume the role, or the hub',
  },
  externalId: {
    kind: 'one-or-list',
    flag: 'external-id',
    takes: 'id',
    key: 'role.externalId',
    about: 'generate (the default), none, or a value; of several the first is sent and all are accepted',
  },
  rotateExternalId: {
    kind: 'switch',
    flag: 'rotate-external-id',
    about: 'put a new external ID in front of the present one, which stays good until it is retired',
  },
  retireExternalId: {
    kind: 'switch',
    flag: 'retire-external-id',
    about: 'take away every external ID but the first, once the source is proved to get in with it',
  },
  maxSessionDuration: {
    kind: 'duration',
    flag: 'max-session-duration',
    takes: 'duration',
    key: 'role.maxSessionDuration',
    about: "the role's maximum, 1h to 12h",
    default: '1h',
  },
  permissionsBoundary: {
    kind: 'text',
    flag: 'permissions-boundary',
    takes: 'arn',
    key: 'role.permissionsBoundary',
    about: 'a policy that bounds what the role may ever do, by its ARN',
  },
  tags: {
    kind: 'map',
    flag: 'tag',
    takes: 'key=value',
    key: 'role.tags',
    about: 'a tag of the role and its policies',
  },
  pair: {
    kind: 'switch',
    flag: 'pair',
    key: 'role.pair',
    about: "two roles: NAME-apply as described, and NAME-plan, which reads and holds the state's lock, for whoever only plans",
  },
  planTrust: {
    kind: 'list',
    flag: 'plan-trust',
    takes: 'principal',
    key: 'role.planTrust',
    about:
      'who may assume NAME-plan of the pair (default: pull requests of the same GitHub repository, the plan phase of the same workspace, otherwise the same)',
  },
  requireMfa: {
    kind: 'switch',
    flag: 'require-mfa',
    key: 'role.conditions.mfa',
    about: 'let only sessions in that began with an MFA code',
  },
  sourceIps: {
    kind: 'one-or-list',
    flag: 'source-ip',
    takes: 'cidr',
    key: 'role.conditions.sourceIp',
    about: 'an address or range that calls must come from',
  },
  orgId: {
    kind: 'text',
    flag: 'org',
    takes: 'id',
    key: 'role.conditions.orgId',
    about: 'the organization that the caller must be of, beside being named',
  },
  orgPaths: {
    kind: 'one-or-list',
    flag: 'org-path',
    takes: 'path',
    key: 'role.conditions.orgPaths',
    about: 'a unit of the organization that the caller must be in',
  },
  requiredSourceIdentities: {
    kind: 'one-or-list',
    flag: 'require-source-identity',
    takes: 'name',
    key: 'role.conditions.sourceIdentity',
    about: 'a source identity that the session must have',
  },
  sessionNamePrefix: {
    kind: 'text',
    flag: 'session-name-prefix',
    takes: 'text',
    key: 'role.conditions.sessionNamePrefix',
    about: "how every session's name must begin",
  },
  requiredSessionTags: {
    kind: 'tags',
    flag: 'require-session-tag',
    takes: 'key[=value]',
    key: 'role.conditions.sessionTags',
    about: 'a tag that the session must be given, with this value or with any',
  },
  policies: {
    kind: 'files',
    flag: 'policy',
    takes: '[name=]file',
    key: 'permissions.policies',
    about: 'a JSON policy that the role gets, made as a customer-managed policy: its name, and the file',
  },
  policyArns: {
    kind: 'list',
    flag: 'policy-arn',
    takes: 'arn',
    key: 'permissions.policyArns',
    about: 'a managed policy that exists',
  },
  presets: {
    kind: 'list',
    flag: 'preset',
    takes: 'name[:arg]',
    key: 'permissions.presets',
    about: 'permissions by the name of what is managed: s3-bucket:NAME, …; xacct presets lists them',
  },
  permissions: {
    kind: 'text',
    flag: 'permissions',
    takes: 'none',
    choices: ['none'],
    about: 'none: a role without permissions',
  },
  allowAdmin: {
    kind: 'switch',
    flag: 'allow-admin',
    key: 'permissions.allowAdmin',
    about: 'let the role be an administrator: AdministratorAccess, *, or all of IAM',
  },
  region: {
    kind: 'text',
    flag: 'region',
    takes: 'region',
    key: 'terraform.region',
    about: "the region of STS and of the emitted provider (default: AWS_REGION or the profile's)",
  },
  sessionName: {
    kind: 'text',
    flag: 'session-name',
    takes: 'name',
    key: 'terraform.sessionName',
    about: 'the name of the session in CloudTrail',
    default: 'terraform',
  },
  duration: {
    kind: 'duration',
    flag: 'duration',
    takes: 'duration',
    key: 'terraform.duration',
    about: 'how long a session lasts: 1h, 90m, 3600',
    default: '1h',
  },
  sessionTags: {
    kind: 'map',
    flag: 'session-tag',
    takes: 'key=value',
    key: 'terraform.sessionTags',
    about: 'a session tag that the call passes',
  },
  transitiveTags: {
    kind: 'list',
    flag: 'transitive-tag',
    takes: 'key',
    key: 'terraform.transitiveTagKeys',
    about: 'which of the session tags are transitive',
  },
  sourceIdentity: {
    kind: 'text',
    flag: 'source-identity',
    takes: 'name',
    key: 'terraform.sourceIdentity',
    about: 'the source identity that the call sets',
  },
  sessionPolicy: {
    kind: 'file',
    flag: 'session-policy',
    takes: 'file',
    key: 'terraform.sessionPolicy',
    about: 'a JSON policy that every session is narrowed to: what it and the role both allow',
  },
  sessionPolicyArns: {
    kind: 'list',
    flag: 'session-policy-arn',
    takes: 'arn',
    key: 'terraform.sessionPolicyArns',
    about: 'a managed policy, of AWS or of the target, that every session is narrowed to',
  },
} as const satisfies Record<string, ValueDefinition>;

/** For a person: what it is, and what is meant without it. */
export const describeValue = ({ about, default: usual }: Pick<ValueDefinition, 'about' | 'default'>): string =>
  usual === undefined ? about : `${about} (default: ${usual})`;

export type ValueName = keyof typeof VALUES;

export const VALUE_NAMES = Object.keys(VALUES) as readonly ValueName[];

/** The same table without what differs from entry to entry, for those who walk it. */
export const definitionOf = (name: ValueName): ValueDefinition => VALUES[name];

/** How many texts a value is. */
export type Shape<N extends ValueName> = ShapeOfKind[(typeof VALUES)[N]['kind']];

export const shapeOf = (name: ValueName): ShapeOfKind[Kind] => SHAPES[definitionOf(name).kind];

/** Those that are text, one or many; the others are switches. */
export type TextValueName = { readonly [N in ValueName]: Shape<N> extends 'switch' ? never : N }[ValueName];
