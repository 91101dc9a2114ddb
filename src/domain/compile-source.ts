/** The source's side of a Spec: every role, provider, profile and inline policy that its account should hold. Pure. */
import { formatRoleArn, type RoleArn } from './arn.ts';
import { grantNameFor, type DesiredAccount, type DesiredGrant, type DesiredRole, type InlineOwner } from './desired.ts';
import type { PolicyDocument } from './policy-document.ts';
import { CHAINED_SECONDS, sharedTags, type HubWish, type InstanceWish } from './source-wish.ts';
import type { Spec } from './spec.ts';
import { NO_CONDITIONS } from './trust-conditions.ts';
import { oidcProvidersOf, trustPolicyOf } from './trust-policy.ts';

/** Session tags and a source identity need both sides' leave, like the role itself. */
export const GRANT_ACTIONS = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'] as const;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html */
export const grantDocument = (roleArn: string, actions: readonly string[] = GRANT_ACTIONS): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'AssumeTarget', Effect: 'Allow', Action: actions, Resource: roleArn }],
});

const EC2_TRUST: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'AssumeRoleEc2', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Targets of one source share it: what other set-ups hung on it is theirs. */
const sharedRole = (
  role: RoleArn,
  { permissionsBoundary }: Spec['source'],
  { description, trustPolicy }: Pick<DesiredRole, 'description' | 'trustPolicy'>,
): DesiredRole => ({
  arn: formatRoleArn(role),
  name: role.name,
  path: role.path,
  description,
  maxSessionSeconds: CHAINED_SECONDS,
  ...(permissionsBoundary !== undefined && { permissionsBoundary }),
  trustPolicy,
  policies: [],
  policyArnPrefix: `arn:${role.partition}:iam::${role.account}:policy${role.path}${role.name}-`,
  attachments: [],
  tags: sharedTags(role.account, role.name),
  isShared: true,
});

/** As if the source were the target: who may enter the hub is said in the same words. */
const asTarget = (spec: Spec, hub: HubWish): Spec => ({
  ...spec,
  targetAccount: spec.sourceAccount,
  role: { ...spec.role, trust: hub.trust, externalId: { kind: 'none' }, conditions: NO_CONDITIONS },
});

const hubRole = (spec: Spec, hub: HubWish): DesiredRole =>
  sharedRole(hub.role, spec.source, {
    description: 'Enters the targets of Terraform, managed by xacct',
    trustPolicy: trustPolicyOf(asTarget(spec, hub)),
  });

const instanceRole = ({ source }: Spec, { role }: InstanceWish): DesiredRole =>
  sharedRole(role, source, { description: 'Of EC2 instances that run Terraform, managed by xacct', trustPolicy: EC2_TRUST });

const ownersOf = ({ source: { grants, instances, hub } }: Spec): readonly InlineOwner[] => {
  const roles = [...instances, ...(hub ? [hub] : [])].map(({ role: { name } }) => ({ kind: 'role', name }) as const);
  const all = [...grants, ...roles];
  return [...new Map(all.map((owner) => [`${owner.kind}/${owner.name}`, owner])).values()];
};

const grantsOf = (spec: Spec, document: PolicyDocument): readonly DesiredGrant[] =>
  ownersOf(spec).map((owner) => ({ owner, policyName: grantNameFor(spec.targetAccount, spec.role.name), document }));

export const compileSource = (spec: Spec, document: PolicyDocument): DesiredAccount => {
  const { sourceAccount: account, source } = spec;
  const bare = { account, roles: [], providers: [], instanceProfiles: [], grants: [] };
  if (!source.isManaged) return bare;
  const { instances, hub } = source;
  const profiles = instances
    .filter(({ makesProfile }) => makesProfile)
    .map(({ role, profileName }) => ({
      arn: `arn:${spec.partition}:iam::${account}:instance-profile${role.path}${profileName}`,
      name: profileName,
      path: role.path,
      roleName: role.name,
      tags: sharedTags(account, role.name),
    }));
  return {
    account,
    roles: [
      ...instances.filter(({ makesRole }) => makesRole).map((instance) => instanceRole(spec, instance)),
      ...(hub ? [hubRole(spec, hub)] : []),
    ],
    providers: hub
      ? oidcProvidersOf(asTarget(spec, hub)).map((provider) => ({ ...provider, tags: sharedTags(account, hub.role.name) }))
      : [],
    instanceProfiles: profiles,
    grants: grantsOf(spec, document),
  };
};
