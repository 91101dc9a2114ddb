/** One write of a plan: the one call that it is, and whether it was done after all where its answer was lost. */
import type { Tags } from '#domain/desired.ts';
import type { Write } from '#domain/plan.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import type { AccountIam } from './ports/account-iam.ts';
import { refusalOf } from './ports/sessions.ts';

/** One call; what comes of it is the caller's to judge. */
export const send = (iam: AccountIam, write: Write): Promise<void> => {
  switch (write.kind) {
    case 'create-role':
      return iam.createRole(write.role);
    case 'delete-role':
      return iam.deleteRole(write.roleName);
    case 'update-trust':
      return iam.updateTrust(write.roleName, write.trustPolicy);
    case 'update-role':
      return iam.updateRole(write.roleName, write.settings);
    case 'put-boundary':
      return iam.putBoundary(write.roleName, write.policyArn);
    case 'delete-boundary':
      return iam.deleteBoundary(write.roleName);
    case 'tag':
      return iam.tag(write.on, write.tags);
    case 'untag':
      return iam.untag(write.on, write.keys);
    case 'create-policy':
      return iam.createPolicy(write.policy);
    case 'update-policy':
      return iam.updatePolicy(write.arn, write.document);
    case 'delete-policy':
      return iam.deletePolicy(write.arn);
    case 'attach-policy':
      return iam.attachPolicy(write.roleName, write.policyArn);
    case 'detach-policy':
      return iam.detachPolicy(write.roleName, write.policyArn);
    case 'put-inline':
      return iam.putInline(write.owner, write.policyName, write.document);
    case 'delete-inline':
      return iam.deleteInline(write.owner, write.policyName);
    case 'create-provider':
      return iam.createProvider(write.provider);
    case 'delete-provider':
      return iam.deleteProvider(write.arn);
    case 'add-client-id':
      return iam.addClientId(write.arn, write.clientId);
    case 'remove-client-id':
      return iam.removeClientId(write.arn, write.clientId);
    case 'create-instance-profile':
      return iam.createInstanceProfile(write.profile);
    case 'delete-instance-profile':
      return iam.deleteInstanceProfile(write.name);
    case 'add-role-to-profile':
      return iam.addRoleToProfile(write.profileName, write.roleName);
    case 'remove-role-from-profile':
      return iam.removeRoleFromProfile(write.profileName, write.roleName);
  }
};

const hasTags = (found: Tags | undefined, wanted: Tags): boolean =>
  found !== undefined && Object.entries(wanted).every(([key, value]) => found[key] === value);

/** What a create makes is there, with our tags: this run has made it. */
export const isMade = async (iam: AccountIam, write: Write): Promise<boolean> => {
  switch (write.kind) {
    case 'create-role': {
      const role = await iam.readRole(write.role.name);
      return (
        role !== undefined &&
        hasTags(role.tags, write.role.tags) &&
        role.permissionsBoundary === write.role.permissionsBoundary &&
        policyEquals(role.trustPolicy, write.role.trustPolicy)
      );
    }
    case 'create-policy': {
      const policy = await iam.readPolicy(write.arn);
      return (
        policy !== undefined && hasTags(policy.tags, write.policy.tags) && policyEquals(policy.document, write.policy.document)
      );
    }
    case 'create-provider':
      return hasTags((await iam.readProvider(write.provider.arn))?.tags, write.provider.tags);
    case 'create-instance-profile':
      return hasTags((await iam.readInstanceProfile(write.profile.name))?.tags, write.profile.tags);
    default:
      return false;
  }
};

/** A create whose answer was lost is refused when it is sent again. Refused at once: somebody else made it after the plan was made. */
const isRefusedForOurs = async (iam: AccountIam, write: Write, error: unknown): Promise<boolean> => {
  const refusal = refusalOf(error);
  return refusal?.code === 'EntityAlreadyExists' && (refusal.attempts ?? 1) > 1 && isMade(iam, write);
};

/** Throws what AWS refused, but for what this run has made after all. */
export const write = (iam: AccountIam, wanted: Write): Promise<void> =>
  send(iam, wanted).catch(async (error: unknown) => {
    if (!(await isRefusedForOurs(iam, wanted, error))) throw error;
  });
