/**
 * Every value that a person can give, described once. Flags and their variables, the help, the schema of xacct.yaml, what a target
 * inherits and what --save writes all follow from this table; what a value means is said where it is used (parse-spec.ts).
 */
import * as condition from './condition-fields.ts';
import * as field from './fields.ts';
import type { Field } from './fields.ts';
import { parsePresetText } from './presets.ts';
import { parsePrincipal } from './principal-request.ts';
import type { ValueDefinition } from './value-definition.ts';

const plain: Field<string> = (given) => ({ ok: true, value: given.value });

export const VALUES = {
  sourceAccount: {
    kind: 'account',
    flag: 'source-account',
    takes: 'id',
    key: 'source.account',
    about: 'the account that the source must be',
    parse: field.parseAccount,
  },
  grantSource: {
    kind: 'switch',
    flag: 'grant-source',
    key: 'source.grant',
    about: "also let the source's principals assume the role, by a policy of their own",
    parse: plain,
  },
  grantTo: {
    kind: 'list',
    flag: 'grant-to',
    takes: 'principal',
    key: 'source.grantTo',
    about: 'whom --grant-source lets in, where a whole account is trusted: a user or role of the source, or self',
    parse: parsePrincipal,
  },
  instanceRole: {
    kind: 'text',
    flag: 'instance-role',
    takes: 'name',
    key: 'source.instanceRole',
    about: 'the role of EC2 instances in the source account',
    parse: field.parseRoleName,
  },
  sourceTrust: {
    kind: 'list',
    flag: 'source-trust',
    takes: 'principal',
    key: 'source.trust',
    about: 'who may assume the hub role in the source account, which the targets then trust',
    parse: parsePrincipal,
  },
  hubRole: {
    kind: 'text',
    flag: 'hub-role',
    takes: 'name',
    key: 'source.hubRole',
    about: 'the name of the hub role (default: xacct-hub)',
    parse: field.parseRoleName,
  },
  layout: {
    kind: 'text',
    flag: 'layout',
    takes: 'layout',
    key: 'source.layout',
    about: 'where tokens enter: direct, each target of its own, or hub, a role of the source (the default from two targets on)',
    parse: field.parseLayout,
  },
  targetAccount: {
    kind: 'account',
    flag: 'target-account',
    takes: 'id',
    key: 'account',
    about: 'the account that the target must be',
    parse: field.parseAccount,
  },
  viaRole: {
    kind: 'list',
    flag: 'via-role',
    takes: 'role',
    key: 'viaRole',
    about: 'a role, by name or ARN, through which the target is entered; several make a chain',
    parse: condition.parseViaRole,
  },
  roleArn: { kind: 'text', flag: 'role-arn', takes: 'arn', about: 'the role in the target account', parse: field.parseRole },
  roleName: {
    kind: 'text',
    flag: 'role-name',
    takes: 'name',
    key: 'role.name',
    about: 'the name of the role (default: xacct-terraform)',
    parse: field.parseRoleName,
  },
  path: {
    kind: 'text',
    flag: 'path',
    takes: 'path',
    key: 'role.path',
    about: 'the path of the role and its policies (default: /)',
    parse: field.parsePath,
  },
  description: {
    kind: 'text',
    flag: 'description',
    takes: 'text',
    key: 'role.description',
    about: 'the description of the role',
    parse: field.parseDescription,
  },
  trust: {
    kind: 'list',
    flag: 'trust',
    takes: 'principal',
    key: 'role.trust',
    about:
      'who may assume the role: self, an account id, the ARN of a root, user or role, sso:SET, ec2:ROLE, github:…, gitlab:…, tfc:…, irsa:…; adds to xacct.yaml',
    parse: parsePrincipal,
  },
  untrust: {
    kind: 'list',
    flag: 'untrust',
    takes: 'principal',
    about: 'who of those in xacct.yaml may no longer assume the role',
    parse: parsePrincipal,
  },
  externalId: {
    kind: 'one-or-list',
    flag: 'external-id',
    takes: 'id',
    key: 'role.externalId',
    about: 'generate (the default), none, or a value; of several the first is sent and all are accepted',
    parse: field.parseExternalId,
  },
  rotateExternalId: {
    kind: 'switch',
    flag: 'rotate-external-id',
    about: 'put a new external ID in front of the present one, which stays good until it is retired',
    parse: plain,
  },
  retireExternalId: {
    kind: 'switch',
    flag: 'retire-external-id',
    about: 'take away every external ID but the first, once the source is proved to get in with it',
    parse: plain,
  },
  maxSessionDuration: {
    kind: 'duration',
    flag: 'max-session-duration',
    takes: 'duration',
    key: 'role.maxSessionDuration',
    about: "the role's maximum, 1h to 12h (default: 1h)",
    parse: field.parseMaxSessionDuration,
  },
  permissionsBoundary: {
    kind: 'text',
    flag: 'permissions-boundary',
    takes: 'arn',
    key: 'role.permissionsBoundary',
    about: 'a policy that bounds what the role may ever do, by its ARN',
    parse: field.parseAttachedPolicy,
  },
  tags: {
    kind: 'map',
    flag: 'tag',
    takes: 'key=value',
    key: 'role.tags',
    about: 'a tag of the role and its policies',
    parse: field.parseTag,
  },
  pair: {
    kind: 'switch',
    flag: 'pair',
    key: 'role.pair',
    about: "two roles: NAME-apply as described, and NAME-plan, which reads and holds the state's lock, for whoever only plans",
    parse: plain,
  },
  planTrust: {
    kind: 'list',
    flag: 'plan-trust',
    takes: 'principal',
    key: 'role.planTrust',
    about:
      'who may assume NAME-plan of the pair (default: pull requests of the same GitHub repository, the plan phase of the same workspace, otherwise the same)',
    parse: parsePrincipal,
  },
  requireMfa: {
    kind: 'switch',
    flag: 'require-mfa',
    key: 'role.conditions.mfa',
    about: 'let only sessions in that began with an MFA code',
    parse: plain,
  },
  sourceIps: {
    kind: 'one-or-list',
    flag: 'source-ip',
    takes: 'cidr',
    key: 'role.conditions.sourceIp',
    about: 'an address or range that calls must come from',
    parse: condition.parseSourceIp,
  },
  orgId: {
    kind: 'text',
    flag: 'org',
    takes: 'id',
    key: 'role.conditions.orgId',
    about: 'the organization that the caller must be of, beside being named',
    parse: condition.parseOrgId,
  },
  orgPaths: {
    kind: 'one-or-list',
    flag: 'org-path',
    takes: 'path',
    key: 'role.conditions.orgPaths',
    about: 'a unit of the organization that the caller must be in',
    parse: condition.parseOrgPath,
  },
  requiredSourceIdentities: {
    kind: 'one-or-list',
    flag: 'require-source-identity',
    takes: 'name',
    key: 'role.conditions.sourceIdentity',
    about: 'a source identity that the session must have',
    parse: condition.parseSourceIdentity,
  },
  sessionNamePrefix: {
    kind: 'text',
    flag: 'session-name-prefix',
    takes: 'text',
    key: 'role.conditions.sessionNamePrefix',
    about: "how every session's name must begin",
    parse: condition.parseSessionNamePrefix,
  },
  requiredSessionTags: {
    kind: 'tags',
    flag: 'require-session-tag',
    takes: 'key[=value]',
    key: 'role.conditions.sessionTags',
    about: 'a tag that the session must be given, with this value or with any',
    parse: condition.parseRequiredTag,
  },
  policyArns: {
    kind: 'list',
    flag: 'policy-arn',
    takes: 'arn',
    key: 'permissions.policyArns',
    about: 'a managed policy that exists',
    parse: field.parseAttachedPolicy,
  },
  presets: {
    kind: 'list',
    flag: 'preset',
    takes: 'name[:arg]',
    key: 'permissions.presets',
    about: 'permissions by the name of what is managed: s3-bucket:NAME, …; xacct presets lists them',
    parse: parsePresetText,
  },
  allowAdmin: {
    kind: 'switch',
    flag: 'allow-admin',
    key: 'permissions.allowAdmin',
    about: 'let the role be an administrator: AdministratorAccess, *, or all of IAM',
    parse: plain,
  },
  region: {
    kind: 'text',
    flag: 'region',
    takes: 'region',
    key: 'terraform.region',
    about: "the region of STS and of the emitted provider (default: AWS_REGION or the profile's)",
    parse: field.parseRegion,
  },
  sessionName: {
    kind: 'text',
    flag: 'session-name',
    takes: 'name',
    key: 'terraform.sessionName',
    about: 'the name of the session in CloudTrail (default: terraform)',
    parse: field.parseSessionName,
  },
  duration: {
    kind: 'duration',
    flag: 'duration',
    takes: 'duration',
    key: 'terraform.duration',
    about: 'how long a session lasts: 1h, 90m, 3600 (default: 1h)',
    parse: field.parseSessionDuration,
  },
  sessionTags: {
    kind: 'map',
    flag: 'session-tag',
    takes: 'key=value',
    key: 'terraform.sessionTags',
    about: 'a session tag that the call passes',
    parse: condition.parseSessionTag,
  },
  transitiveTags: {
    kind: 'list',
    flag: 'transitive-tag',
    takes: 'key',
    key: 'terraform.transitiveTagKeys',
    about: 'which of the session tags are transitive',
    parse: condition.parseTagKey,
  },
  sourceIdentity: {
    kind: 'text',
    flag: 'source-identity',
    takes: 'name',
    key: 'terraform.sourceIdentity',
    about: 'the source identity that the call sets',
    parse: condition.parseSourceIdentity,
  },
  sessionPolicy: {
    kind: 'text',
    flag: 'session-policy',
    takes: 'file',
    key: 'terraform.sessionPolicy',
    about: 'a JSON policy that every session is narrowed to: what it and the role both allow',
    parse: plain,
  },
  sessionPolicyArns: {
    kind: 'list',
    flag: 'session-policy-arn',
    takes: 'arn',
    key: 'terraform.sessionPolicyArns',
    about: 'a managed policy, of AWS or of the target, that every session is narrowed to',
    parse: field.parseAttachedPolicy,
  },
} as const satisfies Record<string, ValueDefinition>;

export type ValueName = keyof typeof VALUES;

export const VALUE_NAMES = Object.keys(VALUES) as readonly ValueName[];

/** The same table without what differs from entry to entry, for those who walk it. */
export const definitionOf = (name: ValueName): ValueDefinition => VALUES[name];

type ShapeOf = {
  readonly text: 'one';
  readonly account: 'one';
  readonly duration: 'one';
  readonly switch: 'switch';
  readonly list: 'many';
  readonly 'one-or-list': 'many';
  readonly map: 'many';
  readonly tags: 'many';
};

/** How many texts a value is. */
export type Shape<N extends ValueName> = ShapeOf[(typeof VALUES)[N]['kind']];

export const shapeOf = (name: ValueName): 'one' | 'many' | 'switch' => {
  const { kind } = definitionOf(name);
  if (kind === 'switch') return 'switch';
  return kind === 'text' || kind === 'account' || kind === 'duration' ? 'one' : 'many';
};

type ItemOf<N extends ValueName> = (typeof VALUES)[N]['parse'] extends Field<infer T> ? T : never;

/** A value once it is parsed; undefined where nobody gave one. */
export type Parsed<N extends ValueName> =
  Shape<N> extends 'switch' ? boolean : (Shape<N> extends 'one' ? ItemOf<N> : readonly ItemOf<N>[]) | undefined;
