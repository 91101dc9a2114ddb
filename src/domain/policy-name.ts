/** How the policies that we make for a role are called. */

/** Policies of a role are named after it, so that an operator's own permissions can be scoped to `policy/xacct-*`. */
export const policyNameFor = (roleName: string, name: string): string =>
  roleName.startsWith('xacct-') ? `${roleName}-${name}` : `xacct-${roleName}-${name}`;
