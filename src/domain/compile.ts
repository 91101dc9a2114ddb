/** Spec to Desired: every document and ARN that should exist. Pure. */
import type { WebIdentity } from './access.ts';
import { formatPolicyArn, formatRoleArn } from './arn.ts';
import { compileSource, grantDocument } from './compile-source.ts';
import { ID_TAG, MANAGED_TAG, type Desired, type DesiredPolicy } from './desired.ts';
import { settlePermissions, type Permissions } from './permissions.ts';
import { policyNameFor } from './policy-name.ts';
import { checkTrustSize } from './policy-size.ts';
import { hubEntry, hubPrincipal } from './source-wish.ts';
import type { Spec } from './spec.ts';
import { XacctError } from './xacct-error.ts';
import { externalIdsOf, oidcProvidersOf, trustPolicyOf } from './trust-policy.ts';

/** Ours are exactly the roles and policies that carry both tags with these values. */
export const ownershipTags = (spec: Spec): Readonly<Record<string, string>> => ({
  [MANAGED_TAG]: '1',
  [ID_TAG]: `${spec.sourceAccount}/${spec.targetAccount}/${spec.role.name}`,
});

export const policyDescription = (roleName: string): string => `Permissions of ${roleName}, managed by xacct`;

/** Where nobody but tokens is let in, a token it is that Terraform brings; where there is a hub, it comes first on the way. */
const webIdentityOf = ({ role: { trust }, source: { hub } }: Spec): WebIdentity | undefined => {
  const [first, ...others] = hub?.trust ?? trust;
  if (first?.kind !== 'oidc' || others.some(({ kind }) => kind !== 'oidc')) return undefined;
  return { issuer: `https://${first.issuer}`, audience: first.audience, tokenFile: undefined };
};

/** Parsing has refused what is wrong with them; an account's own ARNs may still make one too long. Throws XacctError. */
const permissionsOf = ({ permissions, partition, targetAccount: account, role }: Spec): Permissions => {
  const settled = settlePermissions(permissions, { partition, account, role, boundary: role.permissionsBoundary });
  if (!settled.ok) throw XacctError.of(settled.diagnostics);
  return settled.value;
};

/** The target trusts the hub beside whom it trusts itself. */
const withHub = (spec: Spec): Spec => {
  const { hub } = spec.source;
  return hub ? { ...spec, role: { ...spec.role, trust: [hubPrincipal(hub), ...spec.role.trust] } } : spec;
};

export const compile = (given: Spec): Desired => {
  const spec = withHub(given);
  const { partition, targetAccount } = spec;
  const role = { partition, account: targetAccount, path: spec.role.path, name: spec.role.name };
  const roleArn = formatRoleArn(role);
  const policyArn = (name: string): string => formatPolicyArn({ partition, account: targetAccount, path: spec.role.path, name });
  const permissions = permissionsOf(spec);
  const policies = permissions.policies.map(({ name, document }): DesiredPolicy => {
    const policyName = policyNameFor(spec.role.name, name);
    return {
      arn: policyArn(policyName),
      name: policyName,
      description: policyDescription(spec.role.name),
      document,
    };
  });
  const trustPolicy = trustPolicyOf(spec);
  const trustSize = checkTrustSize(spec.role.name, trustPolicy);
  if (trustSize.some(({ severity }) => severity === 'error')) throw XacctError.of(trustSize);
  return {
    name: spec.name,
    targetAccount,
    role: {
      arn: roleArn,
      name: spec.role.name,
      path: spec.role.path,
      description: spec.role.description,
      maxSessionSeconds: spec.role.maxSessionSeconds,
      ...(spec.role.permissionsBoundary !== undefined && { permissionsBoundary: spec.role.permissionsBoundary }),
      trustPolicy,
      policies,
      policyArnPrefix: policyArn(policyNameFor(spec.role.name, '')),
      attachments: [...policies.map(({ arn }) => arn), ...permissions.policyArns],
      tags: { ...spec.role.tags, ...ownershipTags(spec) },
    },
    warnings: [...permissions.warnings, ...trustSize],
    providers: oidcProvidersOf(spec).map((provider) => ({ ...provider, tags: ownershipTags(spec) })),
    source: compileSource(given, grantDocument(roleArn)),
    access: {
      roleArn,
      role,
      externalIds: externalIdsOf(spec),
      sessionName: spec.session.name,
      sessionSeconds: spec.session.seconds,
      sessionTags: spec.session.tags,
      transitiveTagKeys: spec.session.transitiveTagKeys,
      sourceIdentity: spec.session.sourceIdentity,
      sessionPolicy: spec.session.policy,
      sessionPolicyArns: spec.session.policyArns,
      region: spec.region,
      via: given.source.hub ? [hubEntry(given.source.hub.role, spec.session.name)] : [],
      webIdentity: webIdentityOf(given),
    },
    sourceGrant: grantDocument(roleArn),
  };
};
