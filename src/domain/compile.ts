/** Spec to Desired: every document and ARN that should exist. Pure. */
import { formatPolicyArn, formatRoleArn } from './arn.ts';
import { ID_TAG, MANAGED_TAG, type Desired, type DesiredPolicy } from './desired.ts';
import type { PolicyDocument } from './policy-document.ts';
import { policyNameFor } from './policy-name.ts';
import type { Spec } from './spec.ts';

/** Ours are exactly the roles and policies that carry both tags with these values. */
export const ownershipTags = (spec: Spec): Readonly<Record<string, string>> => ({
  [MANAGED_TAG]: '1',
  [ID_TAG]: `${spec.sourceAccount}/${spec.targetAccount}/${spec.role.name}`,
});

export const policyDescription = (roleName: string): string => `Permissions of ${roleName}, managed by xacct`;

const oneOrMany = (values: readonly string[]): string | readonly string[] => (values.length === 1 ? (values[0] ?? '') : values);

const externalIdsOf = ({ role: { externalId } }: Spec): readonly string[] => {
  switch (externalId.kind) {
    case 'generate':
      return [externalId.fresh];
    case 'given':
      return externalId.values;
    case 'none':
      return [];
  }
};

const trustPolicyOf = (spec: Spec): PolicyDocument => {
  const ids = externalIdsOf(spec);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: oneOrMany(spec.role.trust.map(({ arn }) => arn)) },
        Action: 'sts:AssumeRole',
        ...(ids.length > 0 && { Condition: { StringEquals: { 'sts:ExternalId': oneOrMany(ids) } } }),
      },
    ],
  };
};

export const compile = (spec: Spec): Desired => {
  const { partition, targetAccount } = spec;
  const role = { partition, account: targetAccount, path: spec.role.path, name: spec.role.name };
  const roleArn = formatRoleArn(role);
  const policyArn = (name: string): string => formatPolicyArn({ partition, account: targetAccount, path: spec.role.path, name });
  const policies = spec.permissions.policies.map(({ name, document }): DesiredPolicy => {
    const policyName = policyNameFor(spec.role.name, name);
    return {
      arn: policyArn(policyName),
      name: policyName,
      description: policyDescription(spec.role.name),
      document,
    };
  });
  return {
    name: spec.name,
    targetAccount,
    role: {
      arn: roleArn,
      name: spec.role.name,
      path: spec.role.path,
      description: spec.role.description,
      maxSessionSeconds: spec.role.maxSessionSeconds,
      trustPolicy: trustPolicyOf(spec),
      policies,
      policyArnPrefix: policyArn(policyNameFor(spec.role.name, '')),
      attachments: [...policies.map(({ arn }) => arn), ...spec.permissions.policyArns],
      tags: { ...spec.role.tags, ...ownershipTags(spec) },
    },
    providers: [],
    source: { account: spec.sourceAccount, roles: [], providers: [], instanceProfiles: [], grants: [] },
    access: {
      roleArn,
      role,
      externalId: externalIdsOf(spec)[0],
      sessionName: spec.session.name,
      sessionSeconds: spec.session.seconds,
      region: spec.region,
    },
    sourceGrant: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'AssumeTarget', Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn }],
    },
  };
};
