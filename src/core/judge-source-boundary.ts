/** What bounds the roles of the source through which a target is entered: where it keeps them from entering, nobody gets in. Reads only. */
import { formatRoleArn } from '#domain/arn.ts';
import { leavesOpen } from '#domain/boundary-hold.ts';
import type { Desired } from '#domain/desired.ts';
import { warning, type Diagnostic } from '#domain/diagnostic.ts';
import type { Result } from '#domain/result.ts';
import type { Spec } from '#domain/spec.ts';
import type { Unread } from '#domain/unread.ts';
import type { AccountIam, PolicyState } from './ports/account-iam.ts';
import type { SharedSource, SourcePlan } from './shared-source.ts';
import { attemptIn } from './unread.ts';

export interface JudgedBoundaries {
  readonly warnings: readonly Diagnostic[];
  readonly unread: readonly Unread[];
}

const NOTHING: JudgedBoundaries = { warnings: [], unread: [] };

interface Bounded {
  readonly roleArn: string;
  readonly boundary: string;
}

/** What we say bounds a role of ours, or else what somebody put there; of a role of others what was found on it. */
const boundedRoles = ({ source }: Spec, desired: Desired, { observed }: SourcePlan): readonly Bounded[] => {
  const all = [
    ...desired.source.roles.map(({ arn, name, permissionsBoundary }) => ({
      roleArn: arn,
      boundary: permissionsBoundary ?? observed.roles.get(name)?.state?.permissionsBoundary,
    })),
    ...source.instances
      .filter(({ makesRole }) => !makesRole)
      .map(({ role, boundary }) => ({ roleArn: formatRoleArn(role), boundary })),
  ];
  return all.flatMap(({ roleArn, boundary }) => (boundary === undefined ? [] : [{ roleArn, boundary }]));
};

/** What the session asks of it: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required */
const actionsOf = ({ session: { tags, sourceIdentity } }: Spec): readonly string[] => [
  'sts:AssumeRole',
  ...(Object.keys(tags).length === 0 ? [] : ['sts:TagSession']),
  ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
];

const faultsOf = (spec: Spec, target: string, { roleArn, boundary }: Bounded, policy: PolicyState | undefined) => {
  if (policy === undefined)
    return [
      warning('NOT_GRANTED', `there is no policy ${boundary}, which is to bound ${roleArn}`, [
        { text: 'name one that exists; this lists them', command: 'aws iam list-policies --query "Policies[].Arn"' },
      ]),
    ];
  const shut = actionsOf(spec).filter((action) => !leavesOpen(policy.document, { action, resource: target }));
  if (shut.length === 0) return [];
  const text = `the permissions boundary ${boundary} does not leave ${shut.join(', ')} on ${target} to ${roleArn}: nobody gets in through that role`;
  return [
    warning('NOT_GRANTED', text, [{ text: `let the boundary allow ${shut.join(', ')} on ${target}, or name another one` }]),
  ];
};

/** Of one target. Each policy is read once for all targets of a run. */
export const judgeSourceBoundaries = async (
  spec: Spec,
  desired: Desired,
  {
    planned,
    iam,
    shared,
  }: { readonly planned: Promise<Result<SourcePlan>>; readonly iam: AccountIam | undefined; readonly shared: SharedSource },
): Promise<JudgedBoundaries> => {
  if (iam === undefined) return NOTHING;
  const read = (arn: string): Promise<PolicyState | undefined> => shared.policy(arn, () => iam.readPolicy(arn));
  // What we say is read while the account is being looked at.
  if (desired.source.roles.length > 0 && spec.source.permissionsBoundary !== undefined)
    read(spec.source.permissionsBoundary).catch(() => undefined);
  const source = await planned;
  if (!source.ok) return NOTHING;
  const unread: Unread[] = [];
  const attempt = attemptIn(desired.source.account, unread);
  const found = await Promise.all(
    boundedRoles(spec, desired, source.value).map(async (bounded) => {
      const policy = await attempt(`policy ${bounded.boundary}`, 'iam:GetPolicy', () => read(bounded.boundary));
      return policy === 'unknown' ? [] : faultsOf(spec, desired.role.arn, bounded, policy);
    }),
  );
  return { warnings: found.flat(), unread };
};
