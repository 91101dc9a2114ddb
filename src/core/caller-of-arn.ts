/** The caller behind an ARN, as far as the ARN alone tells it. Pure. */
import { formatRoleArn, parseArn, parseRoleArn, parseRootArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { isSsoRole } from '#domain/principal.ts';
import type { Caller } from '#policy/scenario.ts';

/** Where IAM Identity Center puts its roles; the region stands in capitals, because a session's ARN does not hold it. */
const SSO_PATH = '/aws-reserved/sso.amazonaws.com/REGION/';

/**
 * A session's ARN has no path: its role is taken at `/`, and that of a permission set where such roles are.
 * Source: IAM User Guide, "IAM identifiers"; IAM Identity Center User Guide, "Referencing permission sets in resource policies".
 */
export const callerOfArn = (arn: string): Caller | undefined => {
  const session = parseSessionArn(arn);
  if (session !== undefined) {
    const { partition, account, roleName: name } = session;
    return {
      arn,
      kind: 'assumed-role',
      roleArn: formatRoleArn({ partition, account, path: isSsoRole(name) ? SSO_PATH : '/', name }),
    };
  }
  if (parseUserArn(arn) !== undefined) return { arn, kind: 'user' };
  if (parseRoleArn(arn) !== undefined) return { arn, kind: 'role' };
  if (parseRootArn(arn) !== undefined) return { arn, kind: 'root' };
  return parseArn(arn)?.resource.startsWith('federated-user/') === true ? { arn, kind: 'federated-user' } : undefined;
};

/** As aws:PrincipalArn has the caller: of a session the role, whose path the session's ARN does not tell. */
export const principalsOf = (callerArn: string): readonly string[] => {
  const { partition, account, roleName } = parseSessionArn(callerArn) ?? {};
  if (roleName === undefined) return [callerArn];
  const roles = `arn:${partition}:iam::${account}:role`;
  return [`${roles}/${roleName}`, `${roles}/*/${roleName}`];
};
