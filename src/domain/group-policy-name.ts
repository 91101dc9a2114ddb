/** How an inline policy of a group is named among a user's policies, so that one can tell whose it is. */

const MARK = /^group\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/;

export const groupPolicyName = (group: string, policy: string): string => `group/${group}/${policy}`;

/** Undefined for every other policy: no name of IAM's has a slash. */
export const parseGroupPolicyName = (name: string): { readonly group: string; readonly policy: string } | undefined => {
  const [, group, policy] = MARK.exec(name) ?? [];
  return group === undefined || policy === undefined ? undefined : { group, policy };
};
