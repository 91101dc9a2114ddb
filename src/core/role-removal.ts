/** A role that goes, with all that hangs on it. */
import { ID_TAG, type InlineOwner, type Tags } from '#domain/desired.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Change, Phase, Write } from '#domain/plan.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { issuerOf } from './federation-changes.ts';
import type { AccountIam, InstanceProfileState, ProviderState, RoleState } from './ports/account-iam.ts';
import { addressIn, stepIn, type Site } from './steps.ts';

/** What is ours and stays, because somebody else uses it. */
export interface Kept {
  readonly address: string;
  /** Lower case, no full stop. */
  readonly reason: string;
}

export interface Found {
  readonly changes: readonly Change[];
  readonly kept: readonly Kept[];
}

export interface Hung {
  readonly role: RoleState;
  readonly attachments: readonly string[];
  readonly inline: readonly string[];
  readonly profiles: readonly InstanceProfileState[];
}

export const removal = (
  site: Site,
  address: string,
  before: unknown,
  deed: { subject: string; phase: Phase; write: Write },
): Change => ({
  action: 'delete',
  address: addressIn(site, address),
  risk: 'removes access',
  before,
  after: null,
  steps: [stepIn(site, deed.subject, deed)],
});

export const readHung = async (iam: AccountIam, role: RoleState): Promise<Hung> => {
  const [attachments, inline, profileNames] = await Promise.all([
    iam.listAttachedPolicies(role.name),
    iam.listInline(role.name),
    iam.listInstanceProfiles(role.name),
  ]);
  // One of ours is called like its role; a run that was cut off may have emptied it.
  const names = [...new Set([...profileNames, role.name])];
  const found = await Promise.all(names.map((name) => iam.readInstanceProfile(name)));
  const profiles = found.flatMap((profile) => profile ?? []);
  return {
    role,
    attachments,
    inline,
    profiles: profiles.filter(({ name, roleName }) => profileNames.includes(name) || roleName === undefined),
  };
};

/** IAM deletes no role that an instance profile holds; a profile of somebody else's is theirs to empty. */
export const expectOwnProfiles = ({ role, profiles }: Hung, isOwn: (tags: RoleState['tags']) => boolean): void => {
  const foreign = profiles.find(({ tags }) => !isOwn(tags));
  if (foreign === undefined) return;
  throw new XacctError(
    problem(
      'NOT_OURS',
      `instance profile ${foreign.name}, which xacct did not make, holds role ${role.name}: IAM would not delete the role`,
      {
        hints: [
          {
            text: 'take the role out of it, if no instance needs it any more',
            command: `aws iam remove-role-from-instance-profile --instance-profile-name ${foreign.name} --role-name ${role.name}`,
          },
        ],
      },
    ),
  );
};

/** An instance profile, emptied first. */
export const profileRemoval = (site: Site, { name, path }: InstanceProfileState, roleName: string): Change => {
  const deletion = { subject: name, phase: 'sweep', write: { kind: 'delete-instance-profile', name } } as const;
  const emptying = { phase: 'part', write: { kind: 'remove-role-from-profile', profileName: name, roleName } } as const;
  return {
    ...removal(site, `instance-profile/${name}`, { path, role: roleName }, deletion),
    steps: [stepIn(site, `${roleName} of ${name}`, emptying), stepIn(site, name, deletion)],
  };
};

/** `last` is the phase in which the role itself goes. */
export const roleRemoval = (site: Site, { role, attachments, inline, profiles }: Hung, last: Phase): readonly Change[] => {
  const roleName = role.name;
  const owner: InlineOwner = { kind: 'role', name: roleName };
  return [
    ...attachments.map((policyArn) =>
      removal(site, `role/${roleName}/attachment/${policyArn}`, policyArn, {
        subject: policyArn,
        phase: 'part',
        write: { kind: 'detach-policy', roleName, policyArn },
      }),
    ),
    ...inline.map((policyName) =>
      removal(site, `role/${roleName}/inline/${policyName}`, policyName, {
        subject: `${policyName} of role ${roleName}`,
        phase: 'part',
        write: { kind: 'delete-inline', owner, policyName },
      }),
    ),
    ...profiles.map((profile) => profileRemoval(site, profile, roleName)),
    removal(
      site,
      `role/${roleName}`,
      { trustPolicy: role.trustPolicy },
      {
        subject: roleName,
        phase: last,
        write: { kind: 'delete-role', roleName },
      },
    ),
  ];
};

/** Whose role something was made for; empty where no tag says it. */
export const roleNameIn = (tags: Tags): string => (tags[ID_TAG] ?? '').split('/')[2] ?? '';

export const providerRemoval = (site: Site, { arn, clientIds }: ProviderState): Change => {
  const url = arn.slice(arn.indexOf('/') + 1);
  return removal(
    site,
    `provider/${issuerOf({ url })}`,
    { clientIds },
    { subject: url, phase: 'clear', write: { kind: 'delete-provider', arn } },
  );
};

/** The providers whose tokens a trust policy takes. */
export const federatedOf = (trust: PolicyDocument): readonly string[] =>
  statementsOf(trust).flatMap(({ Principal = {} }) => (Principal === '*' ? [] : listOf(Principal['Federated'])));
