/**
 * The organization that a seed may declare: a tree of units with service and resource control policies, and where in it each account is.
 * Source: AWS Organizations User Guide, "SCP evaluation" and "Resource control policies (RCPs)".
 */
import type { OrganizationLevel, PolicySource } from '#policy/scenario.ts';
import { parsedDocument } from './documents.ts';
import { compiled } from './compiled.ts';

interface SeedControlPolicy {
  readonly Name: string;
  /** As an object or as JSON text. */
  readonly Content: string | object;
}

interface SeedLevel {
  /** Beside FullAWSAccess. */
  readonly serviceControlPolicies?: readonly SeedControlPolicy[];
  /** Beside RCPFullAWSAccess, which cannot be detached. */
  readonly resourceControlPolicies?: readonly SeedControlPolicy[];
  /** False: FullAWSAccess is detached, so that the policies here have to allow. */
  readonly fullAccess?: boolean;
}

interface SeedUnit extends SeedLevel {
  readonly Name: string;
  /** `ou-…`; made from the name's place where absent. */
  readonly Id?: string;
  readonly accounts?: Readonly<Record<string, SeedLevel>>;
  readonly units?: readonly SeedUnit[];
}

export interface SeedOrganization extends SeedLevel {
  /** `o-…` */
  readonly Id?: string;
  /** `r-…` */
  readonly RootId?: string;
  /** SCPs and RCPs do not bind it. */
  readonly ManagementAccountId?: string;
  readonly accounts?: Readonly<Record<string, SeedLevel>>;
  readonly units?: readonly SeedUnit[];
}

/** An account's place. */
export interface Membership {
  readonly orgId: string;
  /** `o-…/r-…/ou-…/`, as `aws:PrincipalOrgPaths` has it. */
  readonly path: string;
  readonly isManagement: boolean;
  readonly scps: readonly OrganizationLevel[];
  readonly rcps: readonly OrganizationLevel[];
}

/** By account id. */
export type Organization = ReadonlyMap<string, Membership>;

const FULL_SCP = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
const FULL_RCP = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

const source = (kind: 'scp' | 'rcp', { Name, Content }: SeedControlPolicy): PolicySource => {
  const text = typeof Content === 'string' ? Content : JSON.stringify(Content);
  if (kind === 'scp') parsedDocument(text, 'identity');
  return compiled(kind, text, Name);
};

const scpLevel = (level: string, of: SeedLevel): OrganizationLevel => ({
  level,
  policies: [
    ...(of.fullAccess === false ? [] : [compiled('scp', FULL_SCP, 'FullAWSAccess')]),
    ...(of.serviceControlPolicies ?? []).map((policy) => source('scp', policy)),
  ],
});

const rcpLevel = (level: string, of: SeedLevel): OrganizationLevel => ({
  level,
  policies: [
    compiled('rcp', FULL_RCP, 'RCPFullAWSAccess'),
    ...(of.resourceControlPolicies ?? []).map((policy) => source('rcp', policy)),
  ],
});

/** Throws AwsError (MalformedPolicyDocument) for a document that is none. */
export const buildOrganization = (seed: SeedOrganization): Organization => {
  const orgId = seed.Id ?? 'o-xacctsandbox';
  const rootId = seed.RootId ?? 'r-xact';
  const members = new Map<string, Membership>();
  const walk = (
    unit: Pick<SeedUnit, 'accounts' | 'units'>,
    path: string,
    scps: readonly OrganizationLevel[],
    rcps: readonly OrganizationLevel[],
  ): void => {
    for (const [id, of] of Object.entries(unit.accounts ?? {}))
      members.set(id, {
        orgId,
        path,
        isManagement: id === seed.ManagementAccountId,
        scps: [...scps, scpLevel(`account ${id}`, of)],
        rcps: [...rcps, rcpLevel(`account ${id}`, of)],
      });
    for (const [index, child] of (unit.units ?? []).entries()) {
      const id = child.Id ?? `ou-${rootId.slice(2)}-${`${members.size}${index}`.padStart(8, '0')}`;
      const level = `unit ${child.Name}`;
      walk(child, `${path}${id}/`, [...scps, scpLevel(level, child)], [...rcps, rcpLevel(level, child)]);
    }
  };
  const top = `${orgId}/${rootId}/`;
  walk(seed, top, [scpLevel('root', seed)], [rcpLevel('root', seed)]);
  const management = seed.ManagementAccountId;
  if (management !== undefined && !members.has(management))
    members.set(management, { orgId, path: top, isManagement: true, scps: [], rcps: [] });
  return members;
};
