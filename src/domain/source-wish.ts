/** What a set-up wants in the source account beside the trust of the target's role: leave for its principals, a role for instances, a hub. */
import type { RoleEntry } from './access.ts';
import { formatRoleArn, type RoleArn } from './arn.ts';
import { ID_TAG, MANAGED_TAG, type InlineOwner, type Tags } from './desired.ts';
import type { Principal } from './principal.ts';

/** A role that instances of the source have, and how they get it. */
export interface InstanceWish {
  readonly role: RoleArn;
  readonly profileName: string;
  /** Of us; otherwise it exists and stays as it is. */
  readonly makesRole: boolean;
  readonly makesProfile: boolean;
  /** What bounds one that exists and stays as it is; nobody here changes it. */
  readonly boundary?: string;
}

/** One role of the source that every target trusts; who may enter it is said once. */
export interface HubWish {
  readonly role: RoleArn;
  readonly trust: readonly Principal[];
}

export interface SourceWish {
  /** False where nobody gave its credentials: then nothing is wanted of it. */
  readonly isManaged: boolean;
  /** Leave was asked for, though it may not be for us to give. */
  readonly isGranted: boolean;
  /** Users and roles whose own policies are to let them assume the role. */
  readonly grants: readonly InlineOwner[];
  readonly instances: readonly InstanceWish[];
  readonly hub: HubWish | undefined;
  /** ARN of a policy that exists: it bounds the roles that are made there. Undefined: what bounds them is not ours to say. */
  readonly permissionsBoundary: string | undefined;
}

export const NO_SOURCE: SourceWish = {
  isManaged: false,
  isGranted: false,
  grants: [],
  instances: [],
  hub: undefined,
  permissionsBoundary: undefined,
};

/** A session that a role's session asked for ends after an hour: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
export const CHAINED_SECONDS = 3600;

/** Of what all targets of a source share: it is of no single target, so the source stands in its place. */
export const sharedTags = (sourceAccount: string, name: string): Tags => ({
  [MANAGED_TAG]: '1',
  [ID_TAG]: `${sourceAccount}/${sourceAccount}/${name}`,
});

/** The hub as the targets' trust policies name it. */
export const hubPrincipal = ({ role }: HubWish): Principal => ({ kind: 'aws', arn: formatRoleArn(role), account: role.account });

/** The hub's own trust policy asks for nothing but who one is. */
export const hubEntry = (role: RoleEntry['role'], sessionName: string): RoleEntry => ({
  roleArn: formatRoleArn(role),
  role,
  externalIds: [],
  sessionName,
  sessionSeconds: CHAINED_SECONDS,
  sessionTags: {},
  transitiveTagKeys: [],
  sourceIdentity: undefined,
  sessionPolicy: undefined,
  sessionPolicyArns: [],
});
