/** The call that enters a role as its entry says. Pure. */
import { sentExternalId, type RoleEntry } from '#domain/access.ts';
import { sessionPolicyText } from '#domain/session-policy.ts';
import type { AssumeRoleRequest } from './ports/sessions.ts';

/** All that Terraform will send. */
export const requestOf = (entry: RoleEntry): AssumeRoleRequest => {
  const externalId = sentExternalId(entry);
  return {
    roleArn: entry.roleArn,
    sessionName: entry.sessionName,
    sessionSeconds: entry.sessionSeconds,
    ...(externalId !== undefined && { externalId }),
    ...(Object.keys(entry.sessionTags).length > 0 && { tags: entry.sessionTags }),
    ...(entry.transitiveTagKeys.length > 0 && { transitiveTagKeys: entry.transitiveTagKeys }),
    ...(entry.sourceIdentity !== undefined && { sourceIdentity: entry.sourceIdentity }),
    ...limitsOf(entry),
  };
};

const limitsOf = ({ sessionPolicy, sessionPolicyArns }: RoleEntry): Partial<AssumeRoleRequest> => ({
  ...(sessionPolicy !== undefined && { policy: sessionPolicyText(sessionPolicy) }),
  ...(sessionPolicyArns.length > 0 && { policyArns: sessionPolicyArns }),
});

/** AssumeRoleWithWebIdentity takes no external ID, tags or source identity: the token's own claims say those. */
export const tokenRequestOf = (entry: RoleEntry): AssumeRoleRequest => {
  const { roleArn, sessionName, sessionSeconds } = entry;
  return { roleArn, sessionName, sessionSeconds, ...limitsOf(entry) };
};
