/** Default quotas of an account ("IAM and STS quotas" in the IAM User Guide). Sizes count characters without white space. */
export const QUOTAS = {
  trustPolicySize: 2048,
  managedPolicySize: 6144,
  inlinePoliciesPerRole: 10_240,
  inlinePoliciesPerUser: 2048,
  attachedPerPrincipal: 10,
  versionsPerPolicy: 5,
  accessKeysPerUser: 2,
  rolesPerAccount: 1000,
  usersPerAccount: 5000,
  policiesPerAccount: 1500,
  instanceProfilesPerAccount: 1000,
  tagsPerEntity: 50,
} as const;
