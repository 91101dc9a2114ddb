/** Versions of managed policies: at most five, one of them the default, their numbers never used again. */
import { deleteConflict, limitExceeded, noSuchEntity } from '#sandbox/errors.ts';
import type { ManagedPolicy, PolicyVersion } from '#sandbox/model/account.ts';
import { rememberText } from '#sandbox/model/consistency.ts';
import { assertManagedPolicy, encodeDocument } from '#sandbox/model/documents.ts';
import { addPolicyVersion } from '#sandbox/model/entities.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { findManagedPolicy, onPolicy } from './find.ts';
import type { Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { findOwnPolicy } from './policies.ts';
import { versionInList } from './views.ts';

type VersionOperations = Pick<
  IamOperations,
  'CreatePolicyVersion' | 'GetPolicyVersion' | 'ListPolicyVersions' | 'DeletePolicyVersion' | 'SetDefaultPolicyVersion'
>;

const findVersion = (policy: ManagedPolicy, versionId: string): PolicyVersion => {
  const version = policy.versions.get(versionId);
  if (version === undefined) throw noSuchEntity(`Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`);
  return version;
};

const NUMBER_WIDTH = 9;

export const policyVersionHandlers: Handlers<VersionOperations> = {
  CreatePolicyVersion: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'CreatePolicyVersion', PolicyArn)],
    run: ({ PolicyArn, PolicyDocument, SetAsDefault = false }, call) => {
      const policy = findOwnPolicy(call, 'CreatePolicyVersion', PolicyArn);
      assertManagedPolicy(PolicyDocument);
      if (policy.versions.size >= QUOTAS.versionsPerPolicy)
        throw limitExceeded(
          `A managed policy can have up to ${QUOTAS.versionsPerPolicy} versions. Before you create a new version, you must delete an existing version.`,
        );
      if (SetAsDefault) rememberText(call.world, policy);
      return { PolicyVersion: versionInList(policy, addPolicyVersion(call.world, policy, PolicyDocument, SetAsDefault)) };
    },
  },
  GetPolicyVersion: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'GetPolicyVersion', PolicyArn)],
    run: ({ PolicyArn, VersionId }, call) => {
      const policy = findManagedPolicy(call, PolicyArn);
      const version = findVersion(policy, VersionId);
      return { PolicyVersion: { Document: encodeDocument(version.text), ...versionInList(policy, version) } };
    },
  },
  ListPolicyVersions: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'ListPolicyVersions', PolicyArn)],
    run: (input, call) => {
      const policy = findManagedPolicy(call, input.PolicyArn);
      // Newest first, as IAM lists them.
      const place = ({ versionId }: PolicyVersion) =>
        String(10 ** NUMBER_WIDTH - Number(versionId.slice(1))).padStart(NUMBER_WIDTH + 1, '0');
      const { items, ...page } = paginate(policy.versions.values(), input, place);
      return { Versions: items.map((version) => versionInList(policy, version)), ...page };
    },
  },
  DeletePolicyVersion: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'DeletePolicyVersion', PolicyArn)],
    run: ({ PolicyArn, VersionId }, call) => {
      const policy = findOwnPolicy(call, 'DeletePolicyVersion', PolicyArn);
      findVersion(policy, VersionId);
      if (policy.defaultVersionId === VersionId) throw deleteConflict('Cannot delete the default version of a policy.');
      policy.versions.delete(VersionId);
    },
  },
  SetDefaultPolicyVersion: {
    permissions: ({ PolicyArn }, call) => [onPolicy(call, 'SetDefaultPolicyVersion', PolicyArn)],
    run: ({ PolicyArn, VersionId }, call) => {
      const policy = findOwnPolicy(call, 'SetDefaultPolicyVersion', PolicyArn);
      const { versionId } = findVersion(policy, VersionId);
      rememberText(call.world, policy);
      policy.defaultVersionId = versionId;
      policy.updatedAt = call.world.clock.now();
    },
  },
};
